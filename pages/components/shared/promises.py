"""What models promised of their two questions, when and which way, against what came true. Knows nothing of Streamlit.

The bands are where the share that came true lies 95 % of the time if blocks of days are drawn anew. Of several models
together they are as wide as if all moved as one, since coins nearly do: the truth is rather narrower.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.model.enough import ENOUGH
from core.model.promises import RELIABILITY_BINS, PromiseBin, Promises
from core.wording.language import in_a_row, phrase, say
from pages.components.shared.number_text import percent_text
from pages.components.shared.reliability import error_of, luck_band

QUIET_UNDER = 0.6
"""P(move) under which a candle counts as quiet here; the edge of a bin, as are the two below."""

LEANS_SHORT_UNDER, LEANS_LONG_OVER = 7 / RELIABILITY_BINS, 8 / RELIABILITY_BINS

NOT_MEASURED = phrase(
    "Not measured: the models here were tested before their promises were. Training them anew measures them."
)

NEVER_ASKED = phrase("No level was touched in the test, so nothing can be said of which one.")


@dataclass(frozen=True, slots=True)
class PromisePoint:
    """One bin of probability, or several: what was promised, what came true with its band (fractions), on how many candles."""

    promised: float
    came_true: float
    n: int
    low: float
    high: float

    @property
    def banded(self) -> bool:
        """Whether there are enough candles for a band: blocks alone know none of a handful."""
        return self.n >= ENOUGH

    @property
    def band(self) -> str:
        """The band in words, or that there is none."""
        if not self.banded:
            return say("under {enough} candles: no interval", enough=ENOUGH)
        return say("95\u00a0% interval {low} to {high}", low=percent_text(self.low), high=percent_text(self.high))

    @property
    def kept(self) -> bool:
        """Whether blocks of days or plain luck explain the distance; a handful of candles, maybe of one day, breaks nothing."""
        low, high = luck_band(self.n, self.promised)
        return not self.banded or self.low <= self.promised <= self.high or low <= self.came_true <= high


def promise_points(promises: Iterable[Promises]) -> list[PromisePoint]:
    """The bins that hold answers, from the least to the most likely, every candle of every model counted alike."""
    columns = zip(*(each.reliability for each in promises), strict=True)
    return [point for point in map(_pooled, columns) if point is not None]


def _pooled(bins: Sequence[PromiseBin]) -> PromisePoint | None:
    points = [
        PromisePoint(b.promised, b.came_true, b.n, *b.interval)
        for b in bins
        if b.promised is not None and b.came_true is not None and b.interval is not None
    ]
    return together(points) if points else None


def together(points: Sequence[PromisePoint]) -> PromisePoint:
    """Several points, one at least, as one."""
    n = sum(p.n for p in points)

    def mean(values: Iterable[float]) -> float:
        return sum(p.n * value for p, value in zip(points, values, strict=True)) / n

    return PromisePoint(
        mean(p.promised for p in points),
        mean(p.came_true for p in points),
        n,
        mean(p.low for p in points),
        mean(p.high for p in points),
    )


# ---------------------------------------------------------------- in sentences


def when_sentence(points: Sequence[PromisePoint]) -> str:
    """How P(move) was kept where it promised little, which is where it promises too much, and where it promised more."""
    line = percent_text(QUIET_UNDER, 0)
    ends = {
        say("under {share}", share=line): [p for p in points if p.promised <= QUIET_UNDER],
        say("{share} or more", share=line): [p for p in points if p.promised > QUIET_UNDER],
    }
    return _ends(ends)


def which_way_sentence(points: Sequence[PromisePoint]) -> str:
    """How P(LONG, given a move) was kept on either side and in between."""
    short, long = percent_text(LEANS_SHORT_UNDER, 0), percent_text(LEANS_LONG_OVER, 0)
    ends = {
        say("over {share}", share=long): [p for p in points if p.promised > LEANS_LONG_OVER],
        say("{low} to {high}", low=short, high=long): [
            p for p in points if LEANS_SHORT_UNDER < p.promised <= LEANS_LONG_OVER
        ],
        say("under {share}", share=short): [p for p in points if p.promised <= LEANS_SHORT_UNDER],
    }
    return _ends(ends)


def _ends(ends: dict[str, list[PromisePoint]]) -> str:
    return in_a_row(
        *(
            _end(share, together(points)) if points else say("It never said {share}.", share=share)
            for share, points in ends.items()
        )
    )


def _end(share: str, point: PromisePoint) -> str:
    verdict = _KEPT if point.kept else _TOO_HIGH if point.promised > point.came_true else _TOO_LOW
    return say(
        verdict,
        share=share,
        promised=percent_text(point.promised),
        came=percent_text(point.came_true),
        band=point.band,
        n=point.n,
    )


_KEPT = phrase("Said {share}: promised {promised}, came true {came} ({band}, n = {n:,}).")
_TOO_HIGH = phrase("Said {share}: promised {promised}, came true {came} ({band}, n = {n:,}): too high.")
_TOO_LOW = phrase("Said {share}: promised {promised}, came true {came} ({band}, n = {n:,}): too low.")


_OFF = phrase("Off by {points:.1f} points on average, over {n:,} candles")
_OFF_OF_SOME = phrase(
    "Off by {points:.1f} points on average, over {n:,} candles of the {measured} of {models} models whose promises were measured"
)


def error_sentence(promises: Sequence[Promises], models: int) -> str:
    """The calibration error, and of a single model what chance allows of it; of how many ``models`` where not of all."""
    points = promise_points(promises)
    off = say(
        _OFF if len(promises) >= models else _OFF_OF_SOME,
        points=error_of(points) * 100,
        n=sum(p.n for p in points),
        measured=len(promises),
        models=models,
    )
    if models > 1:
        return say(
            "{off}; errors that cancel between models do not show. What chance allows stands on each model's card.",
            off=off,
        )
    chance = promises[0].ece_by_chance
    return say(
        "{off}; on as long a test a perfectly calibrated model would be off by {mean:.1f} points by chance "
        "alone, and under {p95:.1f} points 19 times in 20.",
        off=off,
        mean=chance.mean * 100,
        p95=chance.p95 * 100,
    )
