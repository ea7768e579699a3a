"""What a model must beat: class frequencies, equal chances, and a logistic regression on the newest candle's features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from core.learning.assessment.comparison import with_probabilities
from core.learning.datasets import LEARNED_FROM
from core.learning.evaluation import CLASSES
from core.learning.recipes import TreesRecipe
from core.learning.trees import examples
from core.learning.windows import TrainingData, Windows
from core.model.scaling import Scaling

_ALL_BUT_IMPOSSIBLE = -30.0  # logit of a class that never happened in training


def always(probabilities: Mapping[str, np.ndarray] | np.ndarray, like: pd.DataFrame) -> pd.DataFrame:
    """The same probabilities for every candle of ``like``, or of each coin of it."""
    rows = [probabilities[s] if isinstance(probabilities, Mapping) else probabilities for s in like["symbol"]]
    return with_probabilities(like, np.array(rows))


@dataclass(frozen=True, slots=True)
class Logistic:
    """A multinomial logistic regression, in the form of core.learning.experiment.Learned."""

    model: LogisticRegression
    scaling: Scaling
    temperature: float = 1.0

    @property
    def length(self) -> int:
        """Iterations it took."""
        return int(self.model.n_iter_[0])

    def logits(self, windows: Windows) -> np.ndarray:
        """float64 (windows, 3)."""
        logits = np.full((len(windows), CLASSES), _ALL_BUT_IMPOSSIBLE)
        if len(windows):
            logits[:, self.model.classes_] = self.model.predict_log_proba(windows.newest())
        return logits


def learn_logistic(data: TrainingData, recipe: TreesRecipe, seed: int) -> Logistic:
    """On the same examples as the trees."""
    return Logistic(fit_logistic(data.windows(LEARNED_FROM), recipe, seed), data.scaling)


def fit_logistic(windows: Windows, recipe: TreesRecipe, seed: int) -> LogisticRegression:
    return LogisticRegression(max_iter=500).fit(*examples(windows, recipe, seed))
