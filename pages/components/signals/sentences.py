"""What the signals page says in words: what the board is like, and why nothing passes. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.signals.bands import Band
from core.signals.board import Signal
from pages.components.shared.appearance import is_weak
from pages.components.shared.headline import minute_text
from pages.components.shared.number_text import count_text
from pages.components.signals.filters import Filters, Relief, count_bands

FILTER_NAMES = {
    "min_confidence": "the minimum confidence",
    "min_move": "the minimum P(move)",
    "min_side": "the minimum side margin",
    "directions": "the direction",
    "bands": "the band",
    "trusted_only": "“trusted”",
    "watch": "the watchlist",
    "search": "the search",
}
"""By their field in Filters, which is their name in the address too."""


def board_sentence(board: Sequence[Signal], now: datetime) -> str:
    """What is likely, which models cannot be relied on, and until when all that holds."""
    predictions = [signal.prediction for signal in board if signal.prediction is not None]
    if not predictions:
        return f"None of {count_text(len(board), 'coin')} has a signal."
    bands = count_bands(board)
    likely, quiet, of = bands[Band.LIKELY], bands[Band.QUIET], sum(bands.values())
    weak = sum(is_weak(prediction.trust) for prediction in predictions)
    parts = [_likely_part(likely, quiet, of)] if of else []
    if weak:
        parts.append(f"{weak} {'model is' if weak == 1 else 'models are'} weak.")
    parts.append(f"Holds until {minute_text(max(p.valid_until for p in predictions), now)}.")
    return " ".join(parts)


def _likely_part(likely: int, quiet: int, of: int) -> str:
    if likely:
        return f"A move is likelier than usual for {likely} of {count_text(of, 'coin')}."
    if quiet == of > 1:
        return f"Quiet: all {of} coins are less likely to move than usual."
    less = f", {quiet} less likely to move" if quiet else ""
    return f"No coin is likelier to move than usual{less}."


def empty_sentence(coins: int, filters: Filters, blame: Relief | None) -> str:
    """Why nothing passes ``filters``, minimums left aside, and what would bring most back."""
    of = count_text(coins, "coin")
    if blame is None:
        return f"No signal passes these filters together; {of} {'is' if coins == 1 else 'are'} on this timeframe."
    if blame.field == "search":
        return (
            f"No coin here is called “{filters.search}”. Without the search {blame.brings_back:,} of {of} would show."
        )
    name = FILTER_NAMES[blame.field]
    return f"No signal passes: {name} hides the most. Without it {blame.brings_back:,} of {of} would show."
