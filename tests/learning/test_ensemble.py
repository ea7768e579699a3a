from __future__ import annotations

import numpy as np
import pytest

from core.learning.ensemble import Blend, fit_blend

BLOCKS = np.repeat(np.arange(60), 100)


def softmax(logits: np.ndarray) -> np.ndarray:
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def draw(logits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return (rng.random((len(logits), 1)) > softmax(logits).cumsum(axis=1)).sum(axis=1).clip(0, 2)


@pytest.fixture
def world() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits of two models that each see one of two independent causes, and what happened."""
    rng = np.random.default_rng(0)
    one, other = rng.standard_normal((2, 6000, 3))
    return one, other, draw(one + other, rng)


def loss(p: np.ndarray, labels: np.ndarray) -> float:
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


def test_two_models_that_know_different_things_know_more_together(world) -> None:
    one, other, labels = world
    blend = fit_blend(one, other, labels, BLOCKS)
    assert 0.4 < blend.share < 0.6
    assert loss(blend(one, other), labels) < min(loss(softmax(one), labels), loss(softmax(other), labels)) - 0.02


def test_a_model_that_knows_nothing_still_gets_a_quarter_since_one_period_cannot_be_sure_of_it() -> None:
    rng = np.random.default_rng(1)
    informed, noise = rng.standard_normal((2, 6000, 3))
    labels = draw(informed, rng)
    assert fit_blend(informed, noise, labels, BLOCKS).share == pytest.approx(0.75, abs=0.02)
    assert fit_blend(noise, informed, labels, BLOCKS).share == pytest.approx(0.25, abs=0.02)


def test_a_blend_gives_probabilities_and_with_all_its_weight_on_one_model_that_model(world) -> None:
    one, other, _ = world
    np.testing.assert_allclose(Blend(0.3, 1.1)(one, other).sum(axis=1), 1)
    np.testing.assert_allclose(Blend(1.0, 1.0)(one, other), softmax(one), atol=1e-9)


def test_a_blend_is_the_weighted_geometric_mean_of_both_probabilities(world) -> None:
    one, other, _ = world
    mean = softmax(one) ** 0.3 * softmax(other) ** 0.7
    np.testing.assert_allclose(Blend(0.3, 1.0)(one, other), mean / mean.sum(axis=1, keepdims=True), atol=1e-9)
