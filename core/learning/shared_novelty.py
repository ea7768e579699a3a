"""How far a timeframe's ordinary candles lie from those its network learned from; shared by all its coins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from core.learning.sources import Pool
from core.model.features import FEATURES
from core.model.novelty import NoveltyLimit, fit_novelty_limit


def novelty_limit_path(datasets: Path, timeframe: str) -> Path:
    """Where a timeframe's limit is kept, beside its shared network."""
    return datasets / "shared" / f"{timeframe}_novelty.npz"


def make_novelty_limit(pool: Pool, scaler: StandardScaler, path: Path) -> None:
    """Fit the limit on the training rows of all coins, set it on their validation rows, and keep it at ``path``."""
    rows: dict[str, list[np.ndarray]] = {"train": [], "validation": []}
    for file in pool.datasets:
        dataset = pd.read_parquet(file, columns=[*FEATURES, "split"])
        for split, parts in rows.items():
            features = dataset.loc[dataset["split"] == split, list(FEATURES)].to_numpy(dtype=np.float64)
            parts.append((features - scaler.mean_) / scaler.scale_)
    fitted = fit_novelty_limit(np.concatenate(rows["train"]), np.concatenate(rows["validation"]))
    np.savez(path, precision=fitted.precision, limit=fitted.limit)


def load_novelty_limit(path: Path) -> NoveltyLimit:
    """What make_novelty_limit kept."""
    with np.load(path) as kept:
        return NoveltyLimit(kept["precision"], float(kept["limit"]))
