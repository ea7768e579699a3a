"""What models answer to their inputs: network and trees -> calibrated probabilities, many questions at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from core.model.files import LoadedModel
from core.model.pool import pooled_logits
from core.model.probabilities import calibrated
from core.model.stacked import StackedCnnLstm
from core.signals.inputs import ModelInputs

StackOf = Callable[[tuple[LoadedModel, ...]], StackedCnnLstm]
"""The networks of models as one, in the order of the models."""

Key = TypeVar("Key", bound=Hashable)

MOST_ACROSS_TIMEFRAMES = 256
"""So many networks are evaluated as one whatever their timeframe, which saves steps; of more, each group costs megabytes."""


def probabilities(asked: Sequence[ModelInputs], stack_of: StackOf) -> np.ndarray:
    """Calibrated probabilities, float64, shape (asked, 3).

    Of each question the same to the last bit, whatever others are asked with it: what is said of a past candle is what
    was said as it closed.
    """
    temperatures = np.array([each.model.metrics.temperature for each in asked])
    return calibrated(_logits(asked, stack_of), temperatures[:, None])


def answers_to(model: LoadedModel, windows: np.ndarray) -> np.ndarray:
    """One model's calibrated probabilities of many windows, standardised as it reads them: float64, shape (windows, 3)."""
    logits = StackedCnnLstm([model.parameters])(windows)
    return calibrated(with_trees(model, logits, windows[:, -1]), model.metrics.temperature)


def with_trees(model: LoadedModel, logits: np.ndarray, newest: np.ndarray) -> np.ndarray:
    """A network's logits (n, 3) pooled with those of the model's trees, where it has some, on newest candles (n, features)."""
    logits, trees, metrics = logits.astype(np.float64), model.trees, model.metrics
    if trees is None:
        return logits
    timing, side = trees.timing.logits(newest), trees.side_logits(newest)
    return pooled_logits(logits, timing, side, metrics.network_share, metrics.side_share)


def _logits(asked: Sequence[ModelInputs], stack_of: StackOf) -> np.ndarray:
    """Logits, float64, shape (asked, 3): networks of equal shape together, and trees for all models that share them."""
    logits = np.empty((len(asked), 3))
    few = len(asked) <= MOST_ACROSS_TIMEFRAMES
    for places in _alike(
        (None if few else each.question.series.timeframe, each.model.parameters.dimensions) for each in asked
    ).values():
        alike = [asked[place] for place in places]
        logits[places] = stack_of(tuple(each.model for each in alike))(np.stack([each.window for each in alike]))
    for trees, places in _alike(each.model.trees for each in asked).items():
        if trees is not None:
            alike = [asked[place] for place in places]
            newest = np.stack([each.window[-1] for each in alike])
            timing, side = trees.timing.logits(newest), trees.side_logits(newest)
            shares = np.array([(of.network_share, of.side_share) for of in (each.model.metrics for each in alike)])
            logits[places] = pooled_logits(logits[places], timing, side, *shares.T)
    return logits


def _alike(keys: Iterable[Key]) -> dict[Key, list[int]]:
    """The places at which each key stands."""
    places: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return places
