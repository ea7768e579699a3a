"""Which signals of a timeframe an analyst wants to see, and in which order. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.domain import Direction
from core.prediction import Prediction
from core.signals.bands import Band, band_of, side_margin
from core.signals.board import Signal
from core.signals.hours import NO_HOURS, Hours, above_usual_at_hour
from pages.components.shared.appearance import is_weak
from pages.components.shared.coin_search import name_matches
from pages.components.shared.watchlist import is_among


class Measure(StrEnum):
    """What a minimum can be asked of; each is a fraction."""

    CONFIDENCE = "confidence"
    MOVE = "move"
    SIDE = "side"

    def of(self, prediction: Prediction) -> float:
        match self:
            case Measure.CONFIDENCE:
                return prediction.confidence
            case Measure.MOVE:
                return prediction.move_probability
            case Measure.SIDE:
                return side_margin(prediction)


class Sort(StrEnum):
    """Orders of the signals; highest first, except names.

    UNUSUAL is by band, and within one by how far P(move) is above what is usual for coin and hour.
    """

    UNUSUAL = "unusual"
    MOVE = "move"
    CONFIDENCE = "confidence"
    SIDE = "side"
    ACCURACY = "accuracy"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Filters:
    """What an analyst asked for. The defaults let everything through.

    ``min_...`` are fractions, of P(move) and of the sides' margin too; ``directions``, ``bands`` and the coins of
    ``watch`` empty mean each of them; ``search`` holds parts of coin names, apart by spaces or commas, of which one must occur.
    """

    min_confidence: float = 0.0
    min_move: float = 0.0
    min_side: float = 0.0
    directions: frozenset[Direction] = frozenset()
    bands: frozenset[Band] = frozenset()
    trusted_only: bool = False
    watch: frozenset[str] = frozenset()
    search: str = ""

    @property
    def minimums(self) -> dict[Measure, float]:
        return {Measure.CONFIDENCE: self.min_confidence, Measure.MOVE: self.min_move, Measure.SIDE: self.min_side}

    def without_minimums(self) -> Filters:
        """All else that is asked for: minimums are applied in the browser while they are dragged."""
        return replace(self, min_confidence=0.0, min_move=0.0, min_side=0.0)

    def admit(self, signal: Signal) -> bool:
        """Whether ``signal`` passes. One without a prediction passes only filters that ask nothing of a prediction."""
        if not (name_matches(signal.symbol, self.search) and is_among(signal.symbol, self.watch)):
            return False
        if signal.prediction is None:
            return not (any(self.minimums.values()) or self.directions or self.bands or self.trusted_only)
        prediction = signal.prediction
        return (
            all(measure.of(prediction) >= least for measure, least in self.minimums.items())
            and (not self.directions or prediction.direction in self.directions)
            and (not self.bands or band_of(prediction) in self.bands)
            and (not self.trusted_only or prediction.trust.trusted)
        )


@dataclass(frozen=True, slots=True)
class Lift:
    """A filter that is on, by its name in the address, and how many signals show once it alone is lifted."""

    field: str
    brings_back: int


HIDES_WEAK = "weak"
"""What hides weak models, by its name in the address."""


def select(signals: Iterable[Signal], filters: Filters, sort: Sort, hours: Hours = NO_HOURS) -> tuple[Signal, ...]:
    """The signals that pass, sorted; after all others come those of weak models, then those without a prediction.

    ``hours`` say what is usual at an hour of the day: without them any hour counts.
    """
    return tuple(sorted((s for s in signals if filters.admit(s)), key=lambda s: _rank(s, sort, hours)))


def _rank(signal: Signal, sort: Sort, hours: Hours) -> tuple[int, int, bool, float, str]:
    prediction = signal.prediction
    if prediction is None:
        return (2, 0, True, 0.0, signal.symbol)
    value = _value(prediction, sort, hours)
    band = -_BANDS_UPWARDS.index(band_of(prediction)) if sort is Sort.UNUSUAL else 0
    return (int(is_weak(prediction.trust)), band, value is None, -(value or 0.0), signal.symbol)


_BANDS_UPWARDS = tuple(Band)


def _value(prediction: Prediction, sort: Sort, hours: Hours) -> float | None:
    match sort:
        case Sort.UNUSUAL:
            return above_usual_at_hour(prediction, hours)
        case Sort.ACCURACY:
            return None if prediction.accuracy is None else prediction.accuracy.accuracy
        case Sort.NAME:
            return 0.0
        case _:
            return Measure(sort.value).of(prediction)


def count_directions(signals: Iterable[Signal]) -> dict[Direction, int]:
    """How many of ``signals`` call each direction; signals without a prediction are not counted."""
    called = [signal.prediction.direction for signal in signals if signal.prediction is not None]
    return {direction: called.count(direction) for direction in Direction}


def counted(signals: Iterable[Signal]) -> list[Prediction]:
    """The predictions that count where signals are counted: those of models that are not weak."""
    return [p for each in signals if (p := each.prediction) is not None and not is_weak(p.trust)]


def count_bands(signals: Iterable[Signal]) -> dict[Band, int]:
    """How many of those of ``signals`` that count fall into each band."""
    bands = list(map(band_of, counted(signals)))
    return {band: bands.count(band) for band in reversed(Band)}


def lifts(signals: Sequence[Signal], filters: Filters, weak_hidden: bool = False) -> tuple[Lift, ...]:
    """Where nothing shows: every filter that is on, the one that brings most back first; nothing where something shows.

    Minimums are on all the while, and not among them: by how much each has to be lowered is the browser's to say.
    """

    def shown(asked: Filters, hidden: bool) -> int:
        return sum(asked.admit(signal) and not (hidden and _is_of_weak_model(signal)) for signal in signals)

    if shown(filters, weak_hidden):
        return ()
    found = [Lift(HIDES_WEAK, shown(filters, False))] if weak_hidden else []
    without = Filters()
    for field in Filters.__dataclass_fields__:
        if field not in _MINIMUMS and getattr(filters, field) != getattr(without, field):
            lifted = replace(filters, **{field: getattr(without, field)})
            found.append(Lift(field, shown(lifted, weak_hidden)))
    return tuple(sorted(found, key=lambda lift: -lift.brings_back))


_MINIMUMS = {f"min_{measure}" for measure in Measure}


def _is_of_weak_model(signal: Signal) -> bool:
    return signal.prediction is not None and is_weak(signal.prediction.trust)
