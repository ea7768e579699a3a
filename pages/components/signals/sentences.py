"""What the signals page says in words: what the board is like, and why nothing passes. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.measured import Proof
from core.model.scores import LIKELY
from core.signals.bands import Band, band_of
from core.signals.board import Signal
from core.signals.hours import NO_HOURS, USUAL_DAYS, Hours, band_at_hour, hour_of
from core.wording.language import in_a_row, phrase, say, say_count
from pages.components.shared.appearance import is_weak
from pages.components.shared.headline import minute_text
from pages.components.shared.nothing_found import no_coin_text, no_watched_text
from pages.components.shared.number_text import coins_text
from pages.components.signals.filters import HIDES_WEAK, Lift, count_bands, counted

FILTER_NAMES = {
    "directions": phrase("the call"),
    "bands": phrase("the band"),
    "trusted_only": phrase("“trusted”"),
    "watch": phrase("the watchlist"),
    "search": phrase("the search"),
    HIDES_WEAK: phrase("“weak: hide”"),
}
"""By their names in the address; minimums have a slider, and are named by what they are of."""


def board_sentence(board: Sequence[Signal], now: datetime, hours: Hours = NO_HOURS) -> str:
    """What is likely, which models cannot be relied on, and until when all that holds."""
    predictions = [signal.prediction for signal in board if signal.prediction is not None]
    if not predictions:
        return say("None of {coins} has a signal.", coins=coins_text(len(board)))
    bands = count_bands(board)
    likely, quiet, of = bands[Band.LIKELY], bands[Band.QUIET], sum(bands.values())
    weak = sum(is_weak(prediction.trust) for prediction in predictions)
    likely_part = _likely_part(likely, quiet, of, _likely_now(board, hours))
    parts = [likely_part, _hour_part(board, hours), _unproven_part(board)] if of else []
    if weak:
        parts.append(say_count("{count} model is weak.", "{count} models are weak.", weak))
    parts.append(say("Holds until {until}.", until=minute_text(max(p.valid_until for p in predictions), now)))
    return in_a_row(*parts)


def _hour_part(board: Sequence[Signal], hours: Hours) -> str:
    """Where the hour tells something and nobody knows what yet, the order is one that may change of itself."""
    of = counted(board)
    known = sum(hour_of(each, hours) is not None for each in of)
    if board[0].timeframe not in USUAL_DAYS or known == len(of):
        return ""
    if not known:
        return say("What is usual at this hour is not known yet.")
    return say("What is usual at this hour is known of {coins} so far.", coins=coins_text(known))


def _unproven_part(board: Sequence[Signal]) -> str:
    """Of how many that are called likely nothing proves that their models know when."""
    called = [each for each in counted(board) if band_of(each) is Band.LIKELY]
    unproven = sum(each.trust.timing_proof is not Proof.PROVEN for each in called)
    if not unproven:
        return ""
    return say("Timing is not proven for {unproven} of {likely}.", unproven=unproven, likely=len(called))


def _likely_now(board: Sequence[Signal], hours: Hours) -> int | None:
    """Of those that are likely over all hours, how many are for this very one; None where it is not known of each."""
    likely = [each for each in counted(board) if band_of(each) is Band.LIKELY]
    known = all(hour_of(each, hours) for each in likely)
    return sum(band_at_hour(each, hours) is Band.LIKELY for each in likely) if known else None


def _likely_part(likely: int, quiet: int, of: int, now: int | None) -> str:
    points = round(LIKELY * 100)
    if likely and now == 0:
        return say(
            "A move is likely for {likely} of {of}, {points} points or more above usual over all hours. It is a busy "
            "hour: none is as far above usual at this hour.",
            likely=likely,
            of=coins_text(of),
            points=points,
        )
    if likely and now is not None:
        return say(
            "A move is likely for {likely} of {of}, {points} points or more above usual over all hours; for {now} of "
            "them as far above usual at this hour, too.",
            likely=likely,
            of=coins_text(of),
            points=points,
            now=now,
        )
    if likely:
        return say(
            "A move is likely for {likely} of {of}, {points} points or more above usual over all hours.",
            likely=likely,
            of=coins_text(of),
            points=points,
        )
    if quiet == of > 1:
        return say(
            "Quiet: for all {of} coins a move is {points} points or more below usual over all hours.",
            of=of,
            points=points,
        )
    none = say("No move is {points} points or more likelier than usual over all hours.", points=points)
    below = (
        say_count("{count} coin is as far below usual.", "{count} coins are as far below usual.", quiet)
        if quiet
        else ""
    )
    return in_a_row(none, below)


def empty_sentence(search: str, lifts: Sequence[Lift]) -> str:
    """Why nothing shows, where more than a minimum is to blame: the name that was typed, or all filters together."""
    if [lift.field for lift in lifts] == ["search"]:
        return no_coin_text(search)
    if [lift.field for lift in lifts] == ["watch"]:
        return no_watched_text()
    return say("No signal passes these filters together.")
