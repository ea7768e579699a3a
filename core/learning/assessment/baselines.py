"""A baseline: multinomial logistic regression on the newest candle's features."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

from core.learning.evaluation import CLASSES
from core.learning.trees import examples, newest_features
from core.learning.windows import Windows


def fit_logistic(windows: Windows, seed: int) -> LogisticRegression:
    """A multinomial logistic regression on the same examples as the trees."""
    return LogisticRegression(max_iter=500).fit(*examples(windows, seed, mirror=True))


def logistic_logits(model: LogisticRegression, windows: Windows) -> np.ndarray:
    """float64 (windows, 3); a class that never happened in training is all but impossible."""
    logits = np.full((len(windows), CLASSES), -30.0)
    if len(windows):
        logits[:, model.classes_] = model.predict_log_proba(newest_features(windows))
    return logits
