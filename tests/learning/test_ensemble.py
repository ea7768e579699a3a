from __future__ import annotations

import numpy as np
import pytest

from core.learning.ensemble import Blend, choose_ensembles, fit_blend
from core.learning.validation import Validation, fit_temperature, log_loss

BLOCKS = np.repeat(np.arange(60), 100)
BOUNDS = (0.8, 1.25)
World = tuple[np.ndarray, np.ndarray, np.ndarray]


def softmax(logits: np.ndarray) -> np.ndarray:
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def draw(logits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return (rng.random((len(logits), 1)) > softmax(logits).cumsum(axis=1)).sum(axis=1).clip(0, 2)


@pytest.fixture
def world() -> World:
    """Logits of two models that each see one of two independent causes, and what happened."""
    rng = np.random.default_rng(0)
    one, other = rng.standard_normal((2, 6000, 3))
    return one, other, draw(one + other, rng)


def blend_of(network: np.ndarray, trees: np.ndarray, labels: np.ndarray) -> Blend:
    coins = np.full(len(labels), "AAAUSDT")
    return fit_blend(*(Validation(coins, labels, BLOCKS, logits, 1.0) for logits in (network, trees)), BOUNDS)


def loss(p: np.ndarray, labels: np.ndarray) -> float:
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


def test_two_models_that_know_different_things_know_more_together(world: World) -> None:
    one, other, labels = world
    blend = blend_of(one, other, labels)
    assert 0.4 < blend.share < 0.6
    assert loss(blend(one, other), labels) < min(loss(softmax(one), labels), loss(softmax(other), labels)) - 0.02


def test_a_model_that_knows_nothing_still_gets_a_quarter_since_one_period_cannot_be_sure_of_it() -> None:
    rng = np.random.default_rng(1)
    informed, noise = rng.standard_normal((2, 6000, 3))
    labels = draw(informed, rng)
    assert blend_of(informed, noise, labels).share == pytest.approx(0.75, abs=0.02)
    assert blend_of(noise, informed, labels).share == pytest.approx(0.25, abs=0.02)


def test_a_blend_gives_probabilities_and_with_all_its_weight_on_one_model_that_model(world: World) -> None:
    one, other, _ = world
    np.testing.assert_allclose(Blend(0.3, 1.1)(one, other).sum(axis=1), 1)
    np.testing.assert_allclose(Blend(1.0, 1.0)(one, other), softmax(one), atol=1e-9)


def test_a_blend_is_the_weighted_geometric_mean_of_both_probabilities(world: World) -> None:
    one, other, _ = world
    mean = softmax(one) ** 0.3 * softmax(other) ** 0.7
    np.testing.assert_allclose(Blend(0.3, 1.0)(one, other), mean / mean.sum(axis=1, keepdims=True), atol=1e-9)


# ---------------------------------------------------------------- which coins


CANDLES = 3000  # of each coin
COINS = np.repeat(["AAAUSDT", "BBBUSDT"], CANDLES)
DAYS = np.tile(np.repeat(np.arange(60), CANDLES // 60), 2)


def validations(network: np.ndarray, trees: np.ndarray, truth: np.ndarray) -> tuple[Validation, Validation]:
    """What happened is drawn with the probabilities that the logits ``truth`` stand for."""
    drawn = np.random.default_rng(5).random((len(truth), 1))
    labels = (drawn > softmax(truth).cumsum(axis=1)).sum(axis=1).clip(0, 2)
    return _validations(COINS, labels, DAYS, network, trees)


def _validations(
    coins: np.ndarray, labels: np.ndarray, blocks: np.ndarray, network: np.ndarray, trees: np.ndarray
) -> tuple[Validation, Validation]:
    temperature = fit_temperature(trees, labels, blocks, BOUNDS)
    return Validation(coins, labels, blocks, network, 1.0), Validation(coins, labels, blocks, trees, temperature)


def two_causes() -> tuple[np.ndarray, np.ndarray]:
    one, other = np.random.default_rng(0).standard_normal((2, 2 * CANDLES, 3))
    return one, other


def test_coins_speak_as_ensembles_where_network_and_trees_know_different_things() -> None:
    one, other = two_causes()
    blends = choose_ensembles(*validations(one, other, one + other), BOUNDS)
    assert list(blends) == ["AAAUSDT", "BBBUSDT"]
    assert 0.4 < blends["AAAUSDT"].share < 0.6
    assert blends["AAAUSDT"] == blends["BBBUSDT"]


def test_a_coin_whose_own_validation_candles_speak_clearly_against_it_keeps_its_network_alone() -> None:
    one, other = two_causes()
    of_the_second = (COINS == "BBBUSDT")[:, None]
    truth = np.where(of_the_second, one, one + 2 * other)
    assert list(choose_ensembles(*validations(one, other, truth), BOUNDS)) == ["AAAUSDT"]


def test_a_coin_that_is_worse_off_by_chance_goes_with_the_others() -> None:
    """Its network was right in 14 of 20 days and its trees in the other 6: better, but by luck as likely as not."""
    one, other = two_causes()
    mine, theirs = validations(one, other, one + other)
    right, wrong = np.array([1.0, 0.0, 0.0]), np.array([-1.0, 0.0, 0.0])
    network = np.where((np.arange(20) % 10 < 7)[:, None], right, wrong)
    lucky = _validations(
        np.concatenate([mine.coins, np.full(20, "NEWUSDT")]),
        np.concatenate([mine.labels, np.zeros(20, dtype=np.int64)]),
        np.concatenate([mine.blocks, np.arange(20)]),
        np.concatenate([mine.logits, network]),
        np.concatenate([theirs.logits, -network]),
    )
    assert log_loss(network, np.zeros(20, dtype=np.int64)) < log_loss(0 * network, np.zeros(20, dtype=np.int64)) - 0.1
    assert "NEWUSDT" in choose_ensembles(*lucky, BOUNDS)


def test_no_coin_is_an_ensemble_where_trees_know_nothing_or_everything() -> None:
    """Better than one of its parts is not enough: the blend must be better than both."""
    one, _ = two_causes()
    assert choose_ensembles(*validations(one, np.zeros_like(one), 2 * one), BOUNDS) == {}
    assert choose_ensembles(*validations(-one, one, one), BOUNDS) == {}
