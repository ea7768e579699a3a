"""An explanation adds up to what was issued, whoever speaks, and gives every group its share and no more."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from math import factorial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.application import registry_of
from core.domain import Direction, Series, Timeframe
from core.market.candles import CandleArrays
from core.market.clock import ManualClock
from core.market.feed import CandleFeed
from core.model.background import BACKGROUND_WINDOWS
from core.model.features import FEATURES, FeatureGroup
from core.model.files import LoadedModel
from core.model.probabilities import share_of_long
from core.model.registry import ModelRegistry, publish_model
from core.model.trees import BoostedTrees
from core.prediction import Prediction
from core.settings import PROJECT
from core.signals.evaluation import answers_to
from core.signals.explanation import (
    Background,
    Explained,
    Explanation,
    Explanations,
    NotExplained,
    explain,
    shapley_values,
)
from core.signals.inputs import ModelInputs, Question, model_inputs
from core.signals.service import PredictionService
from scripts.made_forest import made_trees
from tests.applications import NOON
from tests.drawn_once import DrawnOnce
from tests.hand_made_models import TINY, background, network, publish, publish_ensemble, scaler
from tests.hand_made_models import metrics as described
from tests.signals.held_candles import M15

BTC = Series("BTCUSDT", M15)
LACKING = 99 + TINY.window
"""Candles that come before the first whole window."""


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture(scope="module")
def feed(clock: ManualClock) -> CandleFeed:
    feed = CandleFeed(DrawnOnce(seed=1, clock=clock), symbols=("BTCUSDT",))
    feed.refresh_once()
    return feed


def of(feed: CandleFeed, registry: ModelRegistry, series: Series) -> tuple[Prediction, Explanation]:
    prediction = PredictionService(feed, registry).predict_all([series])[series]
    assert isinstance(prediction, Prediction)
    return prediction, Explanations(feed, registry).of(prediction)


def explained(model: LoadedModel, candles: CandleArrays) -> Explanation:
    found = explain(model, candles)
    assert found is not None
    return found


def adds_up(explained: Explained, issued: float) -> bool:
    assert {effect.group for effect in explained.effects} == set(FeatureGroup)
    total = explained.background + sum(effect.added for effect in explained.effects)
    return explained.issued == pytest.approx(issued, abs=1e-6) and total == pytest.approx(issued, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("timeframe", Timeframe)
def test_the_effects_add_up_to_what_a_shipped_model_issued(feed: CandleFeed, timeframe: Timeframe) -> None:
    prediction, explanation = of(feed, registry_of(PROJECT / "models"), Series("BTCUSDT", timeframe))
    assert adds_up(explanation.move, prediction.move_probability)
    assert adds_up(explanation.side, prediction.side_probability(Direction.LONG))
    assert explanation.explains(prediction)


@pytest.mark.parametrize("kind", ["cnn_lstm", "ensemble", "ensemble of one question"])
def test_they_add_up_whoever_speaks(feed: CandleFeed, tmp_path: Path, kind: str) -> None:
    if kind == "cnn_lstm":
        publish(tmp_path, *BTC)
    elif kind == "ensemble":
        publish_ensemble(tmp_path, *BTC)
    else:
        metrics = described(*BTC, kind="ensemble", network_share=0.4, side_share=1.0)
        trees = BoostedTrees(made_trees(rounds=20, leaves=8).timing)
        publish_model(tmp_path, BTC, network(), scaler(), background(), metrics, trees)
    prediction, explanation = of(feed, ModelRegistry(tmp_path), BTC)
    assert adds_up(explanation.move, prediction.move_probability)
    assert adds_up(explanation.side, prediction.side_probability(Direction.LONG))


def test_the_largest_effect_comes_first(long_candles: pd.DataFrame, registry: ModelRegistry) -> None:
    explanation = explained(registry.get(*BTC), CandleArrays.of(long_candles))
    sizes = [abs(effect.added) for effect in explanation.move.effects]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0


def test_a_group_that_is_as_in_all_of_the_background_adds_nothing(
    long_candles: pd.DataFrame, registry: ModelRegistry
) -> None:
    """Candles whose volume never changes, beside windows of such."""
    model, still = registry.get(*BTC), CandleArrays.of(long_candles.assign(volume=7.0))
    [inputs] = model_inputs([Question(model, still, 1.0, None)])
    assert isinstance(inputs, ModelInputs)
    windows, volume = model.background.copy(), FEATURES.index("vol_rel")
    windows[..., volume] = inputs.window[:, volume]
    explanation = explained(replace(model, background=windows), still)
    for each in (explanation.move, explanation.side):
        [effect] = [effect for effect in each.effects if effect.group is FeatureGroup.VOLUME]
        assert abs(effect.added) < 1e-12
        assert effect.error < 1e-12


def test_whatever_the_market_does_the_effects_are_numbers_that_add_up(
    long_candles: pd.DataFrame, registry: ModelRegistry
) -> None:
    struck = long_candles.copy()
    struck.loc[len(struck) - 1, "high"] *= 1000
    struck.loc[len(struck) - 1, "volume"] *= 1e9
    explanation = explained(registry.get(*BTC), CandleArrays.of(struck))
    for each in (explanation.move, explanation.side):
        assert np.isfinite([effect.added for effect in each.effects]).all()
        assert adds_up(each, each.issued)


def test_the_same_candles_have_the_same_explanation(long_candles: pd.DataFrame, registry: ModelRegistry) -> None:
    candles = CandleArrays.of(long_candles)
    assert explain(registry.get(*BTC), candles) == explain(registry.get(*BTC), candles)


def test_the_background_is_what_the_model_was_published_with_and_stays_as_time_passes(
    long_candles: pd.DataFrame, registry: ModelRegistry
) -> None:
    model, candles = registry.get(*BTC), CandleArrays.of(long_candles)
    first, later = (explained(model, candles[:end]) for end in (600, 700))
    assert first.background == later.background == Background(BACKGROUND_WINDOWS, model.metrics.periods.train)
    own = answers_to(model, model.background)
    for explanation in (first, later):
        assert explanation.move.background == pytest.approx(1 - own[:, 1].mean(), abs=1e-9)
        assert explanation.side.background == pytest.approx(share_of_long(own).mean(), abs=1e-9)


def test_where_the_model_has_no_whole_window_there_is_nothing_to_explain(
    long_candles: pd.DataFrame, registry: ModelRegistry
) -> None:
    model = registry.get(*BTC)
    assert explain(model, CandleArrays.of(long_candles.iloc[: LACKING - 1])) is None
    assert explain(model, CandleArrays.of(long_candles.iloc[:LACKING])) is not None
    holed = long_candles.drop(index=len(long_candles) - 5).reset_index(drop=True)
    assert explain(model, CandleArrays.of(holed)) is None


@pytest.mark.slow
def test_an_explanation_is_remembered_until_the_next_candle_and_one_whose_model_is_gone_is_refused(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON)
    feed, registry = CandleFeed(DrawnOnce(seed=1, clock=clock), symbols=("BTCUSDT",)), ModelRegistry(tmp_path)
    publish(tmp_path, *BTC)
    feed.refresh_once()
    service, explanations = PredictionService(feed, registry), Explanations(feed, registry)
    first = service.predict_all([BTC])[BTC]
    assert isinstance(first, Prediction)
    explanation = explanations.of(first)
    assert explanations.of(first) is explanation
    clock.advance(M15.duration)
    feed.refresh_once()
    second = service.predict_all([BTC])[BTC]
    assert isinstance(second, Prediction)
    assert explanations.of(second).candle_open_time == first.candle_open_time + M15.duration
    assert explanations.of(first).explains(first), "a page may still show the signal before"
    publish(tmp_path, *BTC, model_version="another")
    with pytest.raises(NotExplained, match="said of 2025-09-03 12:00 UTC cannot be explained any more"):
        Explanations(feed, registry).of(second)


# ---------------------------------------------------------------- the values themselves


def by_orders(worths: np.ndarray, players: int) -> np.ndarray:
    """Shapley's own words: what each adds as it comes, on average over all orders in which they may come."""
    values = np.zeros(players)
    for order in permutations(range(players)):
        there = 0
        for player in order:
            values[player] += worths[there | 1 << player] - worths[there]
            there |= 1 << player
    return values / factorial(players)


def test_each_value_is_what_a_player_adds_on_average_over_all_orders() -> None:
    worths = np.random.default_rng(1).normal(size=2**5)
    assert shapley_values(worths) == pytest.approx(by_orders(worths, 5), abs=1e-12)


def test_players_that_do_the_same_get_the_same_and_who_does_nothing_gets_nothing() -> None:
    """Two gloves make a pair, whoever brings them; the third player has none."""
    worths = np.array([0, 0, 0, 1, 0, 0, 0, 1.0])
    assert shapley_values(worths) == pytest.approx([0.5, 0.5, 0.0])


def test_the_order_of_the_players_changes_nothing() -> None:
    worths, order = np.random.default_rng(2).normal(size=2**4), np.array([2, 0, 3, 1])
    coalitions = np.arange(2**4)
    renamed = sum((coalitions >> place & 1) << player for place, player in enumerate(order))
    assert shapley_values(worths[renamed]) == pytest.approx(shapley_values(worths)[order])
