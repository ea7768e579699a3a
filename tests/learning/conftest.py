"""Datasets of made-up coins, and what holds for every test that trains."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.domain import Timeframe
from core.learning.datasets import build_dataset, shipped_fold
from core.learning.recipes import RECIPES
from core.learning.windows import Windows, fit_scaler, scaling_of, windows_of
from core.market.candles import open_times_ms
from tests.learning.no_compiler import stand_in_for_the_compiler
from tests.made_candles import make_candles

stand_in_for_the_compiler()


@pytest.fixture(scope="session")
def datasets() -> list[pd.DataFrame]:
    """Of two made-up coins."""
    coins = [make_candles(1500, seed=seed) for seed in (1, 2)]
    times = open_times_ms(coins[0])
    fold = shipped_fold(int(times[0]), int(times[-1]), Timeframe.M15, RECIPES[Timeframe.M15].held_out)
    return [build_dataset(coin, Timeframe.M15, fold) for coin in coins]


@pytest.fixture(scope="session")
def windows(datasets: list[pd.DataFrame]) -> dict[str, Windows]:
    """Windows of two made-up coins by split, standardised."""
    scaling = scaling_of(fit_scaler(datasets))
    return {split: windows_of(datasets, [split], scaling) for split in ("train", "validation", "test")}


@pytest.fixture(scope="session")
def loss_of_class_frequencies(windows: dict[str, Windows]) -> float:
    """Log loss on the test windows of a model that always says how frequent each class was in training."""
    shares = np.bincount(windows["train"].labels, minlength=3) / len(windows["train"])
    return float(-np.log(shares[windows["test"].labels]).mean())
