"""The plain version computes the same things, or a comparison with it would mean nothing."""

from datetime import UTC, datetime

import numpy as np
import pytest

from core.domain import Timeframe
from core.market.clock import ManualClock
from core.model.features import FEATURES, calculate_features
from core.model.registry import ModelRegistry
from scripts.made_forest import made_forest
from scripts.plain_board import pandas_features, plain_forest_logit, plain_probabilities
from tests.applications import still_life
from tests.drawn_once import DrawnOnce
from tests.hand_made_models import publish_ensemble

NOON = datetime(2025, 9, 3, 12, 0, tzinfo=UTC)


@pytest.mark.slow
@pytest.mark.parametrize("timeframe", list(Timeframe))
def test_features_written_in_pandas_agree_with_those_served(timeframe):
    candles = DrawnOnce(seed=3, clock=ManualClock(NOON)).candles("ETHUSDT", timeframe, 500)
    served = calculate_features(candles, timeframe).iloc[-50:]
    plain = pandas_features(candles, timeframe).iloc[-50:]
    for name in FEATURES:
        np.testing.assert_allclose(plain[name], served[name], atol=5e-3, err_msg=name)


def test_trees_asked_one_by_one_agree_with_those_served():
    trees = made_forest(rounds=7)
    rows = np.random.default_rng(0).normal(size=(20, 15)).astype(np.float32)
    np.testing.assert_allclose([plain_forest_logit(trees, row) for row in rows], trees.logits(rows), atol=1e-12)


@pytest.mark.parametrize(
    "publish_more", [lambda folder: None, lambda folder: publish_ensemble(folder, "BTCUSDT", Timeframe.M15)]
)
def test_plain_probabilities_agree_with_the_service(tmp_path, publish_more):
    life = still_life(tmp_path, ("BTCUSDT",))
    publish_more(tmp_path)
    model = ModelRegistry(tmp_path).get("BTCUSDT", "15m")
    plain = plain_probabilities(model, life.feed.candles("BTCUSDT", Timeframe.M15))
    served = life.service.predict("BTCUSDT", "15m").probabilities
    assert list(plain) == pytest.approx([served["SHORT"], served["NO_TRADE"], served["LONG"]], abs=2e-3)
