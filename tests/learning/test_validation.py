from __future__ import annotations

import numpy as np
import pytest

from core.learning.validation import (
    Blend,
    Validation,
    beyond_doubt,
    choose_ensembles,
    fit_blend,
    fit_temperature,
    log_loss,
    longest_good,
)

BLOCKS = np.repeat(np.arange(20), 50)
BOUNDS = (0.8, 1.25)


def test_a_training_is_as_long_as_the_recipe_says_while_no_shorter_one_is_better_beyond_doubt() -> None:
    rng = np.random.default_rng(0)
    early, late = rng.standard_normal((2, 1000))
    by_chance = {10: early, 20: late - late.mean() + early.mean() + 0.001}
    assert longest_good(by_chance, BLOCKS) == 20
    assert longest_good({10: early, 20: early - 1, 30: early - 0.9}, BLOCKS) == 20
    assert longest_good({10: early, 20: early + 0.1, 30: early + 1}, BLOCKS) == 10
    assert longest_good({10: early}, BLOCKS) == 10


def test_a_gain_of_one_block_of_time_alone_is_not_beyond_doubt() -> None:
    one_lucky_block = np.where(BLOCKS == 3, 1.0, 0.0)
    assert not beyond_doubt(one_lucky_block, BLOCKS)
    assert beyond_doubt(np.full(1000, 0.01), BLOCKS)
    assert not beyond_doubt(np.zeros(1000), BLOCKS)


def test_the_temperature_undoes_exaggeration_within_its_bounds() -> None:
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((4000, 3))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (rng.random((4000, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    days = np.arange(4000) // 40
    assert fit_temperature(logits, labels, days, BOUNDS) == pytest.approx(1, abs=0.05)
    assert fit_temperature(logits * 1.15, labels, days, BOUNDS) == pytest.approx(1.15, abs=0.05)
    assert fit_temperature(logits * 3, labels, days, BOUNDS) == pytest.approx(BOUNDS[1], abs=1e-3)
    assert fit_temperature(logits / 3, labels, days, BOUNDS) == pytest.approx(BOUNDS[0], abs=1e-3)


def test_a_temperature_that_only_some_days_ask_for_or_too_few_days_is_not_used() -> None:
    logits = np.tile([0.0, 0.0, 1.0], (1200, 1))
    days = np.repeat(np.arange(24), 50)
    right_on_most_days = np.where(days % 6 < 5, 2, 0)
    assert fit_temperature(logits, right_on_most_days, days % 6 + 6 * (days // 6), BOUNDS) != 1.0
    right_on_half_of_the_days = np.where(days % 2 == 0, 2, 0)
    assert fit_temperature(logits * 0.3, right_on_half_of_the_days, days, BOUNDS) == 1.0
    assert fit_temperature(logits, np.full(1200, 2), days, BOUNDS) == pytest.approx(BOUNDS[0], abs=1e-3)
    assert fit_temperature(logits, np.full(1200, 2), days // 2, BOUNDS) == 1.0


SIXTY_BLOCKS = np.repeat(np.arange(60), 100)
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
    return fit_blend(*(Validation(coins, labels, SIXTY_BLOCKS, logits, 1.0) for logits in (network, trees)), BOUNDS)


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
