"""What the signals page says in words: what the board is like, and why nothing passes. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.signals.bands import Band
from core.signals.board import Signal
from core.wording.language import in_a_row, phrase, say, say_count
from pages.components.shared.appearance import is_weak
from pages.components.shared.headline import minute_text
from pages.components.shared.nothing_found import no_coin_text
from pages.components.shared.number_text import coins_text
from pages.components.signals.filters import HIDES_WEAK, Lift, count_bands

FILTER_NAMES = {
    "directions": phrase("the call"),
    "bands": phrase("the band"),
    "trusted_only": phrase("“trusted”"),
    "watch": phrase("the watchlist"),
    "search": phrase("the search"),
    HIDES_WEAK: phrase("“weak: hide”"),
}
"""By their names in the address; minimums have a slider, and are named by what they are of."""


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
        return say(
            "A move is likelier than usual (at any hour) for {likely} of {of}.", likely=likely, of=coins_text(of)
        )
    if quiet == of > 1:
        return say("Quiet: all {of} coins are less likely to move than usual (at any hour).", of=of)
    if quiet:
        return say("No coin is likelier to move than usual (at any hour), {quiet} less likely to move.", quiet=quiet)
    return say("No coin is likelier to move than usual (at any hour).")


def empty_sentence(search: str, lifts: Sequence[Lift]) -> str:
    """Why nothing shows, where more than a minimum is to blame: the name that was typed, or all filters together."""
    if [lift.field for lift in lifts] == ["search"]:
        return no_coin_text(search)
    return say("No signal passes these filters together.")
