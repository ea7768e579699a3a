"""What the signals page says in words: what the board is like, and why nothing passes. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.signals.bands import Band
from core.signals.board import Signal
from core.wording.language import in_a_row, phrase, say, say_count
from pages.components.shared.appearance import is_weak
from pages.components.shared.headline import minute_text
from pages.components.shared.number_text import coins_text
from pages.components.signals.filters import Filters, Relief, count_bands

FILTER_NAMES = {
    "min_confidence": phrase("the minimum confidence"),
    "min_move": phrase("the minimum P(move)"),
    "min_side": phrase("the minimum side margin"),
    "directions": phrase("the direction"),
    "bands": phrase("the band"),
    "trusted_only": phrase("“trusted”"),
    "watch": phrase("the watchlist"),
    "search": phrase("the search"),
}
"""By their field in Filters, which is their name in the address too."""


def board_sentence(board: Sequence[Signal], now: datetime) -> str:
    """What is likely, which models cannot be relied on, and until when all that holds."""
    predictions = [signal.prediction for signal in board if signal.prediction is not None]
    if not predictions:
        return say("None of {coins} has a signal.", coins=coins_text(len(board)))
    bands = count_bands(board)
    likely, quiet, of = bands[Band.LIKELY], bands[Band.QUIET], sum(bands.values())
    weak = sum(is_weak(prediction.trust) for prediction in predictions)
    parts = [_likely_part(likely, quiet, of)] if of else []
    if weak:
        parts.append(say_count("{count} model is weak.", "{count} models are weak.", weak))
    parts.append(say("Holds until {until}.", until=minute_text(max(p.valid_until for p in predictions), now)))
    return in_a_row(*parts)


def _likely_part(likely: int, quiet: int, of: int) -> str:
    if likely:
        return say("A move is likelier than usual for {likely} of {of}.", likely=likely, of=coins_text(of))
    if quiet == of > 1:
        return say("Quiet: all {of} coins are less likely to move than usual.", of=of)
    if quiet:
        return say("No coin is likelier to move than usual, {quiet} less likely to move.", quiet=quiet)
    return say("No coin is likelier to move than usual.")


def empty_sentence(coins: int, filters: Filters, blame: Relief | None) -> str:
    """Why nothing passes ``filters``, minimums left aside, and what would bring most back."""
    of = coins_text(coins)
    if blame is None:
        return say_count(
            "No signal passes these filters together; {count} coin is on this timeframe.",
            "No signal passes these filters together; {count} coins are on this timeframe.",
            coins,
        )
    if blame.field == "search":
        return say(
            "No coin here is called “{search}”. Without the search {brings_back:,} of {of} would show.",
            search=filters.search,
            brings_back=blame.brings_back,
            of=of,
        )
    name = say(FILTER_NAMES[blame.field])
    return say(
        "No signal passes: {name} hides the most. Without it {brings_back:,} of {of} would show.",
        name=name,
        brings_back=blame.brings_back,
        of=of,
    )
