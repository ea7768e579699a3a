"""A row of a history is, to the last bit, what was said as its candle closed: with gaps, and after any number of candles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.domain import Series
from core.market.candles import CandleArrays
from core.model.registry import ModelRegistry
from core.prediction import Prediction
from core.signals.history import answerable, answers_along, predict_history
from core.signals.service import PredictionService
from tests.applications import NOON
from tests.hand_made_models import publish
from tests.signals.held_candles import M15, HeldCandles

BTC = Series("BTCUSDT", M15)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> ModelRegistry:
    folder: Path = tmp_path_factory.mktemp("models")
    publish(folder, *BTC)
    return ModelRegistry(folder)


def answers_as_closed(registry: ModelRegistry, candles: pd.DataFrame) -> pd.DataFrame:
    """What was said as each candle closed."""
    model, arrays = registry.get(*BTC), CandleArrays.of(candles)
    rows = answerable(model, arrays)
    answers = np.concatenate([values for *_, values in answers_along(model, arrays, rows)])
    return pd.DataFrame(answers, index=candles["open_time"].iloc[rows], columns=["SHORT", "NO_TRADE", "LONG"])


def holed(candles: pd.DataFrame) -> pd.DataFrame:
    """Without some candles: a stretch that ends in the middle of a window, and one too short to be answered in."""
    return candles.drop(index=[*range(180, 183), 250, 500]).reset_index(drop=True)


def still(candles: pd.DataFrame) -> pd.DataFrame:
    """The same, but for 600 candles the coin is not traded."""
    dead = candles.copy()
    dead.loc[200:799, ["open", "high", "low", "close"]] = candles["close"].iloc[199]
    dead.loc[200:799, "volume"] = 0.0
    return dead


def wild(candles: pd.DataFrame) -> pd.DataFrame:
    """The same, but for one candle that is a thousand times as large as the others and traded a billion times as much."""
    struck = candles.copy()
    struck.loc[150, "high"] *= 1000
    struck.loc[150, "volume"] *= 1e9
    return struck


@pytest.mark.slow
@pytest.mark.parametrize(
    "market", [lambda candles: candles, holed, still, wild], ids=["plain", "holed", "still", "wild"]
)
def test_a_row_is_what_was_said_as_its_candle_closed(market, long_candles, registry) -> None:
    candles = market(long_candles)
    history = answers_as_closed(registry, candles)
    answered = 0
    for end in range(101, len(candles) + 1, 23):
        so_far = candles.iloc[:end].reset_index(drop=True)
        answer = PredictionService(HeldCandles(so_far), registry).predict_all([BTC])[BTC]
        opened = so_far["open_time"].iloc[-1]
        assert isinstance(answer, Prediction) is (opened in history.index)
        if isinstance(answer, Prediction):
            answered += 1
            assert history.loc[opened].to_dict() == {name.value: value for name, value in answer.probabilities.items()}
    assert answered > 10
    assert np.isfinite(history.to_numpy()).all()


@pytest.mark.parametrize("market", [lambda candles: candles, holed], ids=["plain", "holed"])
def test_the_fast_history_has_the_same_rows_and_nearly_the_same_answers(market, long_candles, registry) -> None:
    candles = market(long_candles)
    fast, exact = predict_history(registry.get(*BTC), candles, NOON), answers_as_closed(registry, candles)
    assert list(fast.index) == list(exact.index)
    assert np.abs(fast.to_numpy() - exact.to_numpy()).max() < 5e-4
