"""The models of a history as arrays: what each was given by its training, and how it was tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.domain import Timeframe
from core.journal.entries import ModelEntry
from core.model.scores import question_losses

TIMEFRAMES = tuple(Timeframe)


class Speakers:
    """``models`` in the order of their entries, whose numbers are ``seq``; the other arrays have a row for each.

    ``usual`` are class frequencies (models, 3), ``usual_losses`` their losses (models, labels, questions), ``timeframe``
    is the place in TIMEFRAMES, ``promised`` (models, directions) in how many minutes a target is usually reached and
    ``tested`` a test's accuracy, NaN where nothing is known.
    """

    def __init__(self, models: Sequence[ModelEntry] = (), seq: Sequence[int] = ()) -> None:
        self.models = list(models)
        self.seq = np.array(seq, dtype=np.int64)
        self.usual = np.array([_usual(model) for model in models]).reshape(-1, 3)
        self.usual_losses = _losses_of_each_label(self.usual)
        self.timeframe = np.array([TIMEFRAMES.index(model.series.timeframe) for model in models], dtype=np.int64)
        self.promised = np.array([_promised(model) for model in models], dtype=np.float64).reshape(-1, 3)
        self.tested = np.array([model.test_accuracy for model in models], dtype=np.float64)

    def and_of(self, models: Mapping[int, ModelEntry]) -> Speakers:
        """These and some more, by the number of their entry, which are higher."""
        return Speakers([*self.models, *models.values()], [*self.seq.tolist(), *models])


def _usual(model: ModelEntry) -> tuple[float, float, float]:
    return model.climatology_short, model.climatology_no_trade, model.climatology_long


def _promised(model: ModelEntry) -> tuple[float | None, None, float | None]:
    """In how many minutes the target of each direction is usually reached; NO_TRADE has none."""
    return model.minutes_to_target_short, None, model.minutes_to_target_long


def _losses_of_each_label(usual: np.ndarray) -> np.ndarray:
    """Of probabilities (models, 3) the losses in every question after each label, (models, labels, questions)."""
    return np.stack([question_losses(usual, np.full(len(usual), label)) for label in range(3)], axis=1)
