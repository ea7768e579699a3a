"""Ensembles speak through the same calls as networks alone, and no call says something else than another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Series, Timeframe
from core.inference_service import InferenceService
from core.market.clock import ManualClock
from core.market.feed import CandleFeed
from core.model.features import calculate_features
from core.model.registry import ModelRegistry
from core.model.scaling import FEATURE_CLIP
from core.model.trees import Forest
from core.signals.service import PredictionService
from core.signals.trust import judge
from tests.applications import NOON
from tests.drawn_once import DrawnOnce
from tests.hand_made_models import TINY, publish, publish_ensemble
from tests.laws import tried

M15 = Timeframe.M15
COINS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT")
"""BTC and ETH are ensembles with the same trees, SOL is one with others, DOGE is a network alone."""
ENOUGH = 99 + TINY.window


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    publish_ensemble(folder, "BTCUSDT", M15, seed=1, network_share=0.4, temperature=1.3)
    publish_ensemble(folder, "ETHUSDT", M15, seed=2, network_share=0.7)
    publish_ensemble(folder, "SOLUSDT", M15, seed=3, forest_seed=1)
    publish(folder, "DOGEUSDT", M15, seed=4)
    return folder


@pytest.fixture(scope="module")
def feed():
    feed = CandleFeed(DrawnOnce(seed=1, clock=ManualClock(NOON)), symbols=COINS)
    feed.refresh_once()
    return feed


@pytest.fixture
def service(feed, models_dir):
    return InferenceService(feed, ModelRegistry(models_dir))


@pytest.fixture
def predictions(feed, models_dir):
    return PredictionService(feed, ModelRegistry(models_dir))


@pytest.fixture(scope="module")
def history():
    return DrawnOnce(seed=2, clock=ManualClock(NOON)).candles("BTCUSDT", M15, 700)


def values_of(result):
    return [result.probabilities[name] for name in ("SHORT", "NO_TRADE", "LONG")]


@pytest.mark.slow
def test_an_ensemble_pools_the_logits_of_its_network_and_its_trees(service, feed, models_dir):
    """Computed here once more, step by step, from what is published."""
    model = ModelRegistry(models_dir).get("BTCUSDT", M15)
    features = calculate_features(feed.candles("BTCUSDT", M15), M15).to_numpy()[-TINY.window :]
    window = np.clip((features - model.scaling.mean) / model.scaling.scale, -FEATURE_CLIP, FEATURE_CLIP).astype(
        np.float32
    )
    import torch

    with torch.inference_mode():
        network = model.network(torch.from_numpy(window[None]))[0].double().numpy()
    short, quiet, long = network
    timing = 0.4 * (np.logaddexp(short, long) - quiet) + 0.6 * model.trees.timing.logits(window[-1:])[0]
    side = 0.7 * (long - short) + 0.3 * model.trees.side_logits(window[-1:])[0]
    powers = np.exp(np.array([timing - np.logaddexp(0, side), 0, timing - np.logaddexp(0, -side)]) / 1.3)
    assert values_of(service.predict("BTC", "15m")) == pytest.approx(powers / powers.sum(), abs=1e-5)
    assert abs(model.trees.timing.logits(window[-1:])[0]) > 0.01


@pytest.mark.slow
def test_every_call_says_the_same_of_every_kind(predictions, feed, models_dir):
    board = predictions.predict_all([Series(symbol, M15) for symbol in COINS])
    for symbol in COINS:
        alone = InferenceService(feed, ModelRegistry(models_dir))
        expected = pytest.approx(values_of(board[Series(symbol, M15)]), abs=1e-6)
        assert values_of(alone.predict(symbol, "15m")) == expected
        assert values_of(alone.predict_batch(["SOL", symbol], "15m")[symbol]) == expected
        assert values_of(alone.predict_timeframes(symbol)["15m"]) == expected
        assert list(alone.predict_history(symbol, "15m").iloc[-1]) == expected


def test_trees_that_coins_share_are_asked_once_for_all_of_them(predictions, monkeypatch):
    asked = []
    logits = Forest.logits

    def counted(forest, rows):
        asked.append(len(rows))
        return logits(forest, rows)

    monkeypatch.setattr(Forest, "logits", counted)
    predictions.predict_all([Series(symbol, M15) for symbol in COINS])
    assert sorted(asked) == [1, 2, 2, 4], "once when, and once which side, of each chart and its mirror"
    predictions.predict_all([Series(symbol, M15) for symbol in COINS])
    assert len(asked) == 4, "what is remembered is not asked again"


def test_a_prediction_says_which_kind_speaks(service):
    kinds = {symbol: result.model_kind for symbol, result in service.predict_batch(list(COINS), "15m").items()}
    assert kinds == {"BTCUSDT": "ensemble", "ETHUSDT": "ensemble", "SOLUSDT": "ensemble", "DOGEUSDT": "cnn_lstm"}
    assert service.predict("DOGE", "15m").to_dict()["model_kind"] == "cnn_lstm"


def test_a_model_that_becomes_an_ensemble_predicts_as_one_at_once(feed, tmp_path):
    publish(tmp_path, "BTCUSDT", M15)
    service = InferenceService(feed, ModelRegistry(tmp_path))
    before = service.predict("BTC", "15m")
    publish_ensemble(tmp_path, "BTCUSDT", M15)
    after = service.predict("BTC", "15m")
    assert (before.model_kind, after.model_kind) == ("cnn_lstm", "ensemble")
    assert values_of(before) != pytest.approx(values_of(after), abs=1e-3)


def test_the_verdict_beside_an_ensemble_is_the_one_its_metrics_earn(predictions):
    btc = Series("BTCUSDT", M15)
    assert predictions.predict_all([btc])[btc].trust == judge(predictions.registry.load_metadata("BTC", "15m"), NOON)


@pytest.mark.slow
@tried(8)
@given(cut=st.integers(ENOUGH, 700))
def test_an_ensembles_history_is_never_repainted_by_later_candles(cut, history, models_dir, feed):
    service = InferenceService(feed, ModelRegistry(models_dir))
    whole = service.predict_history("BTCUSDT", "15m", history)
    part = service.predict_history("BTCUSDT", "15m", history.iloc[:cut])
    assert len(part) == cut - ENOUGH + 1
    np.testing.assert_allclose(part, whole.loc[part.index], atol=1e-6)


def test_an_ensembles_history_leaves_out_windows_that_span_a_gap(service, history):
    holed = history.drop(index=range(400, 403)).reset_index(drop=True)
    shares = service.predict_history("BTCUSDT", "15m", holed)
    whole = service.predict_history("BTCUSDT", "15m", history)
    before = shares.index < history["open_time"].iloc[400]
    assert before.sum() == 400 - ENOUGH + 1
    assert (~before).sum() == 700 - 403 - ENOUGH + 1
    np.testing.assert_allclose(shares[before], whole.loc[shares.index[before]], atol=1e-6)
