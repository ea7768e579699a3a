from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from core.learning.validation import (
    Blend,
    Validation,
    beyond_doubt,
    choose_ensemble,
    fit_blend,
    fit_temperature,
    longest_good,
)
from core.model.pool import three_logits, timing_and_side

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


def blend_of(network: np.ndarray, trees: np.ndarray, labels: np.ndarray, knows_sides: bool = True) -> Blend:
    return fit_blend(*validations(network, trees, labels), knows_sides, BOUNDS)


def validations(network: np.ndarray, trees: np.ndarray, labels: np.ndarray) -> Iterator[Validation]:
    coins = np.full(len(labels), "AAAUSDT")
    return (Validation(coins, labels, SIXTY_BLOCKS, logits, 1.0) for logits in (network, trees))


def loss(p: np.ndarray, labels: np.ndarray) -> float:
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


def test_two_models_that_know_different_things_know_more_together(world: World) -> None:
    one, other, labels = world
    blend = blend_of(one, other, labels)
    assert 0.4 < blend.timing_share < 0.6
    assert 0.4 < blend.side_share < 0.6
    alone = min(loss(softmax(one), labels), loss(softmax(other), labels))
    assert loss(blend(one, *timing_and_side(other)), labels) < alone - 0.02


def test_each_question_is_weighed_by_itself() -> None:
    """One knows when, the other which way."""
    rng = np.random.default_rng(2)
    timing, side = rng.standard_normal((2, 6000))
    nothing = np.zeros(6000)
    labels = draw(three_logits(timing, 2 * side), rng)
    blend = blend_of(three_logits(timing, nothing), three_logits(nothing, 2 * side), labels)
    assert blend.timing_share == pytest.approx(0.75, abs=0.05)
    assert blend.side_share == pytest.approx(0.25, abs=0.05)


def test_a_model_that_knows_nothing_still_gets_a_quarter_since_one_period_cannot_be_sure_of_it() -> None:
    rng = np.random.default_rng(1)
    informed, noise = rng.standard_normal((2, 6000, 3))
    labels = draw(informed, rng)
    assert blend_of(informed, noise, labels).timing_share == pytest.approx(0.75, abs=0.02)
    assert blend_of(noise, informed, labels).timing_share == pytest.approx(0.25, abs=0.02)


def test_trees_that_do_not_answer_which_side_have_no_weight_in_it(world: World) -> None:
    one, other, labels = world
    blend = blend_of(one, other, labels, knows_sides=False)
    assert blend.side_share == 1
    np.testing.assert_allclose(
        timing_and_side(blend.logits(one, timing_and_side(other)[0], None))[1], one[:, 2] - one[:, 0]
    )


def test_a_blend_gives_probabilities_and_with_all_its_weight_on_one_model_that_model(world: World) -> None:
    one, other, _ = world
    np.testing.assert_allclose(Blend(0.3, 0.6, 1.1)(one, *timing_and_side(other)).sum(axis=1), 1)
    np.testing.assert_allclose(Blend(1.0, 1.0, 1.0)(one, *timing_and_side(other)), softmax(one), atol=1e-9)


# ---------------------------------------------------------------- whether trees speak at all


def test_trees_that_know_what_the_network_does_not_speak_with_it(world: World) -> None:
    one, other, labels = world
    assert choose_ensemble(*validations(one, other, labels), True, BOUNDS) == blend_of(one, other, labels)


def test_trees_speak_unless_the_network_alone_is_better_beyond_doubt() -> None:
    rng = np.random.default_rng(3)
    one, noise = rng.standard_normal((2, 6000, 3))
    labels = draw(one, rng)
    assert choose_ensemble(*validations(one, one + 0.1 * noise, labels), True, BOUNDS) is not None
    assert choose_ensemble(*validations(one, 5 * noise, labels), True, BOUNDS) is None
