from __future__ import annotations

import numpy as np
import pandas as pd

from core.learning.assessment.calibration_chance import calibration_error_by_chance
from core.learning.evaluation import confidence_error


def predictions(candles: int, coins: int, seed: int = 0) -> pd.DataFrame:
    """Opinions that last 20 candles, as those of a model do."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet([6, 6, 6], size=candles * coins // 20).repeat(20, axis=0)
    times = pd.date_range("2025-01-01", periods=candles, freq="15min", tz="UTC")
    return pd.DataFrame(
        {
            "symbol": np.repeat([f"C{n}USDT" for n in range(coins)], candles),
            "open_time": np.tile(times, coins),
            "SHORT": p[:, 0],
            "NO_TRADE": p[:, 1],
            "LONG": p[:, 2],
        }
    )


def test_a_longer_period_leaves_less_to_chance() -> None:
    short, long = (calibration_error_by_chance(predictions(candles, 3)) for candles in (500, 8000))
    assert long.pooled < 0.6 * short.pooled
    assert long.worst < 0.6 * short.worst


def test_the_worst_coin_errs_more_than_all_together_and_limits_lie_above_means() -> None:
    found = calibration_error_by_chance(predictions(2000, 5))
    assert found.pooled < found.worst
    assert found.pooled < found.pooled_limit
    assert found.worst < found.worst_limit


def test_labels_that_hang_together_leave_more_to_chance_than_independent_ones() -> None:
    """Ignoring the overlap would hold a good model to a standard that none can meet."""
    frame = predictions(4000, 1)
    p = frame[["SHORT", "NO_TRADE", "LONG"]].to_numpy()
    rng = np.random.default_rng(3)
    independent = [
        confidence_error(p, (rng.random((len(p), 1)) > p.cumsum(axis=1)[:, :2]).sum(axis=1)) for _ in range(20)
    ]
    assert calibration_error_by_chance(frame).pooled > 1.5 * np.mean(independent)


def test_the_same_predictions_and_seed_give_the_same_figures() -> None:
    frame = predictions(500, 2)
    assert calibration_error_by_chance(frame) == calibration_error_by_chance(frame)
    assert calibration_error_by_chance(frame) != calibration_error_by_chance(frame, seed=1)
