"""What a prediction says first: how far the price moves, until when, how likely, and how much may be said of the side.

Knows nothing of Streamlit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.domain import Direction
from core.measured import Proof
from core.prediction import Prediction
from core.signals.bands import CLEAR_SIDE, Band, SideStrength, band_beside, band_of, likelier_side, side_strength
from core.signals.hours import NO_HOURS, Hours, usual_at_hour
from core.wording.language import phrase, say
from core.wording.style import TYPESET, percent_sign
from pages.components.shared.appearance import DIRECTION_STYLES
from pages.components.shared.number_text import NONE, offset_text, percent_text, price_text

_NEARLY = 0.995
_MOST_DECIMALS = 3


def distance_text(prediction: Prediction) -> str:
    """How far the barriers are from the close, which is the same on both sides: ``±1.1 %``, ``±0.76 %``."""
    percent = round((prediction.label_barriers[0] / prediction.close - 1) * 100, 2)
    return f"±{percent:.{1 if percent >= 1 else 2}f}{percent_sign()}"


def moment_text(moment: datetime, now: datetime) -> str:
    """A moment in the zone of ``now`` as it is written beside others: ``15:15`` today, ``27 Nov 00:00`` on another day."""
    moment = moment.astimezone(now.tzinfo)
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    return f"{day_text(moment)}\u00a0{moment:%H:%M}"


def day_text(moment: datetime) -> str:
    """``27 Nov``, ``11月27日``."""
    return say("{day}\u00a0{month}", day=moment.day, month=say(_MONTHS[moment.month - 1]))


_MONTHS = (
    phrase("Jan"),
    phrase("Feb"),
    phrase("Mar"),
    phrase("Apr"),
    phrase("May"),
    phrase("Jun"),
    phrase("Jul"),
    phrase("Aug"),
    phrase("Sep"),
    phrase("Oct"),
    phrase("Nov"),
    phrase("Dec"),
)


def minute_text(moment: datetime, now: datetime) -> str:
    """A moment in the zone of ``now`` to the minute, with its day where that is not today's: ``15:15 UTC``, ``27 Nov 02:00 UTC+2``."""
    moment = moment.astimezone(now.tzinfo)
    day = "" if moment.date() == now.date() else f"{day_text(moment)}\u00a0"
    return f"{day}{moment:%H:%M}\u00a0{offset_text(moment)}"


def share_text(share: float, decimals: int = 0) -> str:
    """A probability in percent; in whole ones it is never said to be certain or impossible."""
    if decimals:
        return percent_text(share, decimals)
    if share > _NEARLY:
        return f">\u00a099{percent_sign()}"
    return f"{share * 100:.0f}{percent_sign()}" if share >= 1 - _NEARLY else f"<\u00a01{percent_sign()}"


def fewest_decimals(judge: Callable[..., object], *shares: float) -> int:
    """Of percents: how few will do until ``judge`` makes of the rounded shares what it makes of the shares."""
    judged = judge(*shares)
    enough = (n for n in range(_MOST_DECIMALS) if judge(*(round(share, 2 + n) for share in shares)) == judged)
    return next(enough, _MOST_DECIMALS)


def move_beside_usual(prediction: Prediction, at_hour: float | None = None) -> tuple[str, str, str | None]:
    """P(move), what is usual, and what is usual at this hour where that is known, in whole percent; with decimals where whole
    ones would look like another band.

    ``73.6 %`` is no likely move beside a usual ``68.7 %``, as 74 % beside 69 % would be.
    """
    shares = [prediction.move_probability, prediction.usual_move_probability, *([] if at_hour is None else [at_hour])]
    decimals = fewest_decimals(_bands_beside, *shares)
    move, usual, *hour = (share_text(share, decimals) for share in shares)
    return move, usual, hour[0] if hour else None


def _bands_beside(move: float, *usual: float) -> list[Band]:
    return [band_beside(move, each) for each in usual]


def move_text(prediction: Prediction, now: datetime) -> str:
    """What moves and until when: ``Move of ±1.1 % by 15:15``."""
    return say(
        "Move of {distance} by {ends}",
        distance=distance_text(prediction),
        ends=moment_text(prediction.horizon_ends, now),
    )


def distance_by_text(prediction: Prediction, now: datetime) -> str:
    """The same under a head that says that it is a move: ``±1.1 % by 15:15``."""
    return say(
        "{distance} by {ends}",
        distance=distance_text(prediction),
        ends=moment_text(prediction.horizon_ends, now),
    )


def headline_text(prediction: Prediction, now: datetime, hours: Hours = NO_HOURS) -> str:
    """The whole of it: ``Move of ±1.1 % by 15:15: 74 %, usually 68 %``, and what is usual at this hour where that is known."""
    share, usual, at_hour = move_beside_usual(prediction, usual_at_hour(prediction, hours))
    return say(
        "{move}: {share}, {usually}", move=move_text(prediction, now), share=share, usually=usual_text(usual, at_hour)
    )


def usual_text(usual: str, at_hour: str | None) -> str:
    """``usually 68 % (at this hour 72 %)``"""
    if at_hour is None:
        return say("usually\u00a0{usual}", usual=usual)
    return say("usually\u00a0{usual} (at\u00a0this\u00a0hour\u00a0{share})", usual=usual, share=at_hour)


def side_text(prediction: Prediction) -> str:
    """The side, only as strong as it is: ``side unclear``, ``leans LONG 52 %`` or ``LONG 63 %``; ``side even`` where a model
    that is proven to know it says neither.
    """
    side, strength = likelier_side(prediction), side_strength(prediction)
    if strength is SideStrength.UNCLEAR:
        return say("side even") if prediction.trust.side_proof is Proof.PROVEN else say("side unclear")
    return side_and_share_text(side, prediction.side_probability(side), strength is SideStrength.CLEAR)


def side_and_share_text(side: Direction, share: float, clear: bool) -> str:
    """``LONG 63 %``, or ``leans LONG 54.8 %``, which never looks like the line from which on it is clear."""
    word = DIRECTION_STYLES[side].word
    if clear:
        return f"{word}\u00a0{share_text(share)}"
    leans = f"{word}\u00a0{TYPESET.share_below(share, CLEAR_SIDE, 0)}"
    return say("leans {share}", share=leans)


def bracket_text(prediction: Prediction, tick_size: float | None) -> str:
    """Both barriers, the lower one first: ``118,496.4 – 120,301.8``."""
    upper, lower = prediction.levels.barriers
    return f"{price_text(lower, tick_size)}\u00a0{NONE} {price_text(upper, tick_size)}"


def headline(prediction: Prediction, now: datetime, at_hour: dict[str, Any] | None = None) -> dict[str, Any]:
    """The same for browsers to draw: texts, the band, the numbers of a bar, and what is proven of both answers.

    ``at_hour`` is what is usual at this hour of the day (hours.py), None where nobody knows.
    """
    long, short = (prediction.side_probability(side) for side in (Direction.LONG, Direction.SHORT))
    share, usual, hour = move_beside_usual(prediction, None if at_hour is None else at_hour["at"])
    return {
        "move": {
            "text": move_text(prediction, now),
            "share": share,
            "usual": usual,
            "at": round(prediction.move_probability, 4),
            "usually": round(prediction.usual_move_probability, 4),
            "band": band_of(prediction).value,
            "proof": prediction.trust.timing_proof.value,
            **({} if at_hour is None else {"hour": at_hour | {"share": hour}}),
        },
        "side": {
            "text": side_text(prediction),
            "strength": side_strength(prediction).value,
            "name": likelier_side(prediction).value,
            "long": share_text(long),
            "short": share_text(short),
            "proof": prediction.trust.side_proof.value,
        },
    }
