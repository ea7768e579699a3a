"""What is usual at an hour of the day: how often a barrier was touched then, pooled with the class frequency of training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from types import MappingProxyType

from core.domain import Series, Timeframe
from core.prediction import Prediction
from core.signals.bands import Band, band_beside

LOOKBACK_DAYS = 30
"""What is replayed of a new model, so that a young ledger can tell as much as an old one."""

LEAST_DAYS = 14
"""Of fewer days nothing is said."""

USUAL_DAYS: Mapping[Timeframe, int] = {Timeframe.M15: 20, Timeframe.H1: 60}
"""So many days of the class frequency are pooled with those on record. At 4h and 1d the hour tells nothing: there the clock
predicts worse than the class frequencies do (models/EVALUATION.md).

Of the weights 0, 5, 10, 20, 30, 60 and 120 these predict best on the second half of the real candles of 34 coins, from
the 30 days before each: log loss 1.7 % below that of the class frequency at 15m (410,720 candles) and 0.4 % at 1h
(335,600). The record alone, without any pooling, saves 0.7 % at 15m and costs 1.7 % at 1h. The weights were chosen on
these same candles, so later ones may gain less.
"""


@dataclass(frozen=True, slots=True)
class HourRecord:
    """The candles of a coin that closed in one ``hour`` of the day, UTC, and whose horizon is over.

    After ``touched`` of the ``candles``, of so many ``days``, one barrier was touched first; ``live`` of them were spoken
    for as they closed, the others replayed.
    """

    series: Series
    hour: int
    candles: int
    days: int
    touched: int
    live: int

    @property
    def share(self) -> float:
        """How often a barrier was touched, as it was."""
        return self.touched / self.candles

    def pooled(self, usual: float) -> float:
        """The same, drawn to the ``usual`` share of training: a few days alone would claim more than they know."""
        weight = USUAL_DAYS[self.series.timeframe]
        return (self.days * self.share + weight * usual) / (self.days + weight)


Hours = Mapping[tuple[str, int], HourRecord]
"""By coin and hour of the day, UTC, in which candles close."""

NO_HOURS: Hours = MappingProxyType({})

HoursOfTimeframes = Mapping[Timeframe, Hours]

NO_HOURS_OF_ANY: HoursOfTimeframes = MappingProxyType(dict.fromkeys(Timeframe, NO_HOURS))


def by_hour(records: Iterable[HourRecord]) -> Hours:
    """Those of enough days to say something."""
    return {(each.series.symbol, each.hour): each for each in records if each.days >= LEAST_DAYS}


def hour_of(prediction: Prediction, hours: Hours) -> HourRecord | None:
    """The record of the hour in which a prediction's candle closed; None where nobody knows."""
    return hours.get((prediction.series.symbol, prediction.candle_close_time.astimezone(UTC).hour))


def usual_at_hour(prediction: Prediction, hours: Hours) -> float | None:
    """How often a move comes for the coin at this hour, 0 to 1; None where nobody knows."""
    record = hour_of(prediction, hours)
    return None if record is None else record.pooled(prediction.usual_move_probability)


def band_at_hour(prediction: Prediction, hours: Hours) -> Band:
    """The band beside what is usual at this hour; at any hour, where nobody knows."""
    return band_beside(prediction.move_probability, _usual_then(prediction, hours))


def above_usual_at_hour(prediction: Prediction, hours: Hours) -> float:
    """By how much a move is likelier than usual for the coin at this hour, -1 to 1; than at any hour, where nobody knows."""
    return prediction.move_probability - _usual_then(prediction, hours)


def _usual_then(prediction: Prediction, hours: Hours) -> float:
    usual = usual_at_hour(prediction, hours)
    return prediction.usual_move_probability if usual is None else usual
