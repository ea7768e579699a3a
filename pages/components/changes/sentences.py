"""What the page of changes says above its list, and in the place of one. Knows nothing of Streamlit."""

from __future__ import annotations

from core.wording.language import in_a_row, phrase, say, say_count
from pages.components.shared.number_text import models_text

WHAT_COUNTS = phrase(
    "A change is a live signal whose band of P(move), whose side or whose verdict is another than in the "
    "signal before it of the same coin and timeframe. A side that is not proven counts as unclear."
)


NOTHING_PASSES = phrase("No change passes these filters together.")


def found_sentence(found: int, shown: int, series: int) -> str:
    """How many there are, of how many series, and whether all are listed."""
    text = say(
        "{changes} of what {models} called live.",
        changes=say_count("{count} change", "{count} changes", found),
        models=models_text(series),
    )
    if found == shown:
        return text
    return in_a_row(text, say("The newest {shown} are listed; the CSV has all.", shown=shown))


def nothing_sentence(series: int) -> str:
    """Why there is no change at all."""
    if not series:
        return say("No live signal has been recorded yet. The first ones come with the next candle that closes.")
    return say(
        "Nothing has changed yet: {models} spoke live, and none has said anything else since. Changes appear here as "
        "candles close.",
        models=models_text(series),
    )
