from __future__ import annotations

import numpy as np
import pytest

from core.learning.ensemble import Blend, fit_blend

DAYS = np.repeat(np.arange(60), 100)


def softmax(logits: np.ndarray) -> np.ndarray:
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


def draw(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return (rng.random((len(p), 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, 2)


@pytest.fixture
def world() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two models that each see one of two independent causes, and what happened."""
    rng = np.random.default_rng(0)
    one, other = rng.standard_normal((2, 6000, 3))
    return softmax(one), softmax(other), draw(softmax(one + other), rng)


def loss(p: np.ndarray, labels: np.ndarray) -> float:
    return float(-np.log(p[np.arange(len(labels)), labels]).mean())


def test_two_models_that_know_different_things_know_more_together(world) -> None:
    one, other, labels = world
    blend = fit_blend(one, other, labels, DAYS)
    assert 0.4 < blend.share < 0.6
    assert loss(blend(one, other), labels) < min(loss(one, labels), loss(other, labels)) - 0.02


def test_a_model_that_knows_nothing_gets_no_weight() -> None:
    rng = np.random.default_rng(1)
    informed, noise = softmax(rng.standard_normal((6000, 3))), softmax(rng.standard_normal((6000, 3)))
    labels = draw(informed, rng)
    assert fit_blend(informed, noise, labels, DAYS).share > 0.95
    assert fit_blend(noise, informed, labels, DAYS).share < 0.05


def test_a_blend_gives_probabilities_and_with_all_its_weight_on_one_model_that_model(world) -> None:
    one, other, _ = world
    np.testing.assert_allclose(Blend(0.3, 1.1)(one, other).sum(axis=1), 1)
    np.testing.assert_allclose(Blend(1.0, 1.0)(one, other), one, atol=1e-9)


def test_a_certain_model_leaves_a_blend_finite() -> None:
    sure = np.tile([1.0, 0.0, 0.0], (10, 1))
    assert np.isfinite(Blend(0.5, 1.0)(sure, sure[:, ::-1])).all()
