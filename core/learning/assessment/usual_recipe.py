"""The usual recipe: what most who come from elsewhere would train, judged with the same rules.

Each coin alone, from its last 30 days, by LightGBM as it comes out of the box (200 trees, no mirroring) on the same 15
features, trained anew every week of the test period on the days before it.
"""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import pandas as pd

from core.domain import LABEL_TO_DIRECTION, Timeframe
from core.learning.datasets import Fold
from core.market.candles import open_times_ms
from core.model.barriers import HORIZON_CANDLES
from core.model.features import FEATURES
from core.model.scores import CLASSES, DAY_MS
from core.signals.labels import NO_LABEL

DAYS, TREES = 30, 200
_WEEK_MS = 7 * DAY_MS
_SMALLEST = 1e-6  # a class that 30 days never showed is given so much, or one candle of it would cost without bound


def predict_usual(symbol: str, dataset: pd.DataFrame, timeframe: Timeframe, fold: Fold) -> pd.DataFrame:
    """Predictions of a coin's test period: symbol, open_time, split, label, block, SHORT, NO_TRADE, LONG.

    ``dataset`` is as core.learning.datasets.build_dataset made it for ``fold``.
    """
    opens = open_times_ms(dataset)
    known = (dataset["label"] != NO_LABEL).to_numpy() & np.isfinite(dataset[list(FEATURES)].to_numpy()).all(axis=1)
    test = (dataset["split"] == "test").to_numpy()
    parts = []
    for start in range(fold.test, fold.end, _WEEK_MS):
        asked = test & (opens >= start) & (opens < start + _WEEK_MS)
        ended = opens + (HORIZON_CANDLES + 1) * timeframe.milliseconds <= start
        learned = known & ended & (opens >= start - DAYS * DAY_MS)
        if asked.any():
            parts.append(_week(dataset[learned], dataset[asked]))
    rows = dataset.loc[test, ["open_time", "label", "block"]]
    predicted = np.concatenate(parts)
    columns: dict[str, Any] = {name: predicted[:, n].astype(np.float32) for n, name in LABEL_TO_DIRECTION.items()}
    return rows.assign(symbol=symbol, split="test", **columns)


def _week(learned: pd.DataFrame, asked: pd.DataFrame) -> np.ndarray:
    """float64 (n, 3): equal probabilities where there is nothing, or one class only, to learn from."""
    classes = np.unique(learned["label"])
    if len(classes) < 2:
        return np.full((len(asked), CLASSES), 1 / CLASSES)
    model = lightgbm.LGBMClassifier(n_estimators=TREES, random_state=1, n_jobs=1, verbosity=-1)
    model.fit(learned[list(FEATURES)].to_numpy(), learned["label"].to_numpy())
    probabilities = np.full((len(asked), CLASSES), _SMALLEST)
    probabilities[:, classes.astype(int)] = np.maximum(
        np.asarray(model.predict_proba(asked[list(FEATURES)].to_numpy())), _SMALLEST
    )
    return probabilities / probabilities.sum(axis=1, keepdims=True)
