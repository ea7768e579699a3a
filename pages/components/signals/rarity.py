"""Whether this board is the quietest or the liveliest for a while, by what was said live before. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from statistics import fmean
from typing import TYPE_CHECKING

from core.domain import Timeframe
from core.market.candles import moment_of, unix_ms
from core.signals.board import Signal
from core.wording.language import phrase, say
from pages.components.shared.headline import day_text, share_text
from pages.components.shared.number_text import coins_text, offset_text

if TYPE_CHECKING:
    from core.journal.boards import PastBoard

LOOKBACK = 672
"""Candles: a week at 15m."""

ENOUGH = 48
"""So many boards in a row have to be livelier, or quieter: of boards without a trend, one of 49 would be by chance."""

COVERED = 0.9
"""The share of candles, and of the coins on each, that the record has to have: what nobody recorded may have been quieter."""


@dataclass(frozen=True, slots=True)
class Rarity:
    """Mean P(move) of ``coins`` beside the usual one, beyond those of the ``boards`` before.

    ``since`` is when the last one opened that was as quiet, or as lively; None where none on record was.
    """

    quiet: bool
    move: float
    usual: float
    coins: int
    boards: int
    since: datetime | None


def rarity_of(board: Sequence[Signal], past: Sequence[PastBoard]) -> Rarity | None:
    """What is rare about a board beside the live ones of ``past``, oldest first; None where nothing is, or too little is known."""
    predictions = [signal.prediction for signal in board if signal.prediction is not None]
    if not predictions:
        return None
    timeframe, newest = predictions[0].series.timeframe, max(p.candle_open_time for p in predictions)
    before = [each for each in past if each.open_ms < unix_ms(newest) and each.coins >= COVERED * len(predictions)]
    move, usual = fmean(p.move_probability for p in predictions), fmean(p.usual_move_probability for p in predictions)
    for quiet in (True, False):
        streak, same = _streak(before, move, quiet)
        if streak >= ENOUGH and _covers(before[-streak:], timeframe, newest):
            since = None if same is None else moment_of(same.open_ms)
            return Rarity(quiet, move, usual, len(predictions), streak, since)
    return None


def _streak(before: Sequence[PastBoard], move: float, quiet: bool) -> tuple[int, PastBoard | None]:
    """How many of the last boards were livelier, or else quieter, and the one before them."""
    for streak, each in enumerate(reversed(before)):
        if each.move <= move if quiet else each.move >= move:
            return streak, each
    return len(before), None


def _covers(boards: Sequence[PastBoard], timeframe: Timeframe, newest: datetime) -> bool:
    candles = (unix_ms(newest) - boards[0].open_ms) / timeframe.milliseconds
    return len(boards) >= COVERED * candles


def rarity_sentence(rarity: Rarity, timeframe: Timeframe, zone: tzinfo | None = UTC) -> str:
    """Since when there was none like it, with what that was counted on."""
    figures = say(
        "P(move) {move} on average of {coins}, usually {usual}",
        move=share_text(rarity.move),
        coins=coins_text(rarity.coins),
        usual=share_text(rarity.usual),
    )
    if rarity.since is None:
        text = (
            phrase("The quietest of {boards:,} live {timeframe} boards on record: {figures}.")
            if rarity.quiet
            else phrase("The liveliest of {boards:,} live {timeframe} boards on record: {figures}.")
        )
        return say(text, boards=rarity.boards + 1, timeframe=timeframe, figures=figures)
    text = (
        phrase(
            "The quietest {timeframe} board since {since}: {figures}; more on each of the {boards:,} live boards between."
        )
        if rarity.quiet
        else phrase(
            "The liveliest {timeframe} board since {since}: {figures}; less on each of the {boards:,} live boards between."
        )
    )
    since = _weekday_text(rarity.since.astimezone(zone))
    return say(text, timeframe=timeframe, since=since, figures=figures, boards=rarity.boards)


def _weekday_text(at: datetime) -> str:
    """``Tuesday 25 Nov 04:00 UTC``."""
    return f"{say(_WEEKDAYS[at.weekday()])} {day_text(at)} {at:%H:%M}\u00a0{offset_text(at)}"


_WEEKDAYS = (
    phrase("Monday"),
    phrase("Tuesday"),
    phrase("Wednesday"),
    phrase("Thursday"),
    phrase("Friday"),
    phrase("Saturday"),
    phrase("Sunday"),
)
