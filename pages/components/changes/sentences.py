"""What the page of changes says above its list, and in the place of one. Knows nothing of Streamlit."""

from __future__ import annotations

from pages.components.shared.number_text import count_text

WHAT_COUNTS = (
    "A change is a live signal whose band of P(move), whose side or whose verdict is another than in the signal before it of "
    "the same coin and timeframe. A side that is not proven counts as unclear."
)


def found_sentence(found: int, shown: int, series: int) -> str:
    """How many there are, of how many series, and whether all are listed."""
    text = f"{count_text(found, 'change')} of what {count_text(series, 'model')} said live."
    return text if found == shown else f"{text} The newest {shown} are listed; the CSV has all."


def nothing_sentence(series: int, any_change: bool) -> str:
    """Why the list is empty."""
    if any_change:
        return "No change passes these filters. Take one away to see more."
    if not series:
        return "No live signal has been recorded yet. The first ones come with the next candle that closes."
    return (
        f"Nothing has changed yet: {count_text(series, 'model')} spoke live, and every signal so far said what the one before "
        "it did. Changes appear here as candles close."
    )
