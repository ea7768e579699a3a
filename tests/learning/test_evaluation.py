from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.evaluation import block_losses, class_frequencies, confidence_error, evaluate, reliability
from core.model.metrics import Evaluation
from core.model.scores import wilson_interval

THIRDS = np.full(3, 1 / 3)


def blocks(n: int) -> np.ndarray:
    """The days in which ``n`` hours lie."""
    return np.arange(n) // 24


def draw(probabilities: np.ndarray, seed: int = 0) -> np.ndarray:
    """Labels that happen exactly as often as ``probabilities`` say."""
    rng = np.random.default_rng(seed)
    return (rng.random((len(probabilities), 1)) > probabilities.cumsum(axis=1)).sum(axis=1).clip(0, 2)


def some_probabilities(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet([3, 3, 3], size=n)


def test_climatology_itself_has_no_skill_of_any_kind() -> None:
    climatology = np.array([0.36, 0.30, 0.34])
    labels = draw(np.tile(climatology, (500, 1)))
    losses = block_losses(np.tile(climatology, (500, 1)), labels, blocks(500), climatology)
    np.testing.assert_allclose(losses.skills(), 0, atol=1e-12)
    np.testing.assert_allclose(losses.skill_intervals(), 0, atol=1e-12)


def test_skill_is_one_minus_the_ratio_of_log_losses() -> None:
    p, labels = some_probabilities(400), draw(some_probabilities(400))
    climatology = np.array([0.2, 0.5, 0.3])
    result = evaluate(p, labels, blocks(400), climatology)
    loss = -np.log(p[np.arange(400), labels]).mean()
    baseline = -np.log(climatology[labels]).mean()
    assert result["log_loss"] == pytest.approx(loss)
    assert result["climatology_log_loss"] == pytest.approx(baseline)
    assert result["skill"] == pytest.approx(1 - loss / baseline)
    assert result["uniform_log_loss"] == pytest.approx(math.log(3))


def test_a_model_that_only_knows_when_has_timing_skill_and_no_direction_skill() -> None:
    quiet = np.random.default_rng(1).uniform(0.05, 0.9, size=4000)
    p = np.stack([(1 - quiet) / 2, quiet, (1 - quiet) / 2], axis=1)
    labels = draw(p)
    result = evaluate(p, labels, blocks(4000), np.array([0.25, 0.5, 0.25]))
    assert result["timing_skill_interval"][0] > 0.1
    assert result["direction_skill"] == pytest.approx(0, abs=1e-9)


def test_a_model_that_only_knows_which_way_has_direction_skill_and_no_timing_skill() -> None:
    up = np.random.default_rng(1).uniform(0.05, 0.95, size=4000)
    p = np.stack([0.7 * (1 - up), np.full(4000, 0.3), 0.7 * up], axis=1)
    result = evaluate(p, draw(p), blocks(4000), np.array([0.35, 0.30, 0.35]))
    assert result["direction_skill_interval"][0] > 0.1
    assert result["timing_skill"] == pytest.approx(0, abs=1e-9)


def test_what_the_clock_knows_already_is_no_skill_over_it() -> None:
    quiet = np.random.default_rng(1).uniform(0.05, 0.9, size=4000)
    p = np.stack([(1 - quiet) / 2, quiet, (1 - quiet) / 2], axis=1)
    labels = draw(p)
    result = evaluate(p, labels, blocks(4000), THIRDS, by_the_clock=p)
    assert result["timing_skill_over_clock"] == pytest.approx(0, abs=1e-9)
    assert result["timing_skill"] > 0.1
    against_nothing = evaluate(p, labels, blocks(4000), THIRDS, by_the_clock=np.tile(THIRDS, (4000, 1)))
    assert against_nothing["timing_skill_over_clock"] == pytest.approx(result["timing_skill"])


def test_the_three_losses_add_up_when_a_barrier_and_its_side_make_the_class() -> None:
    p = some_probabilities(300)
    losses = block_losses(p, draw(p), blocks(300), THIRDS).sums.sum(axis=0)
    np.testing.assert_allclose(losses[0], losses[1] + losses[2])


def test_the_interval_of_skill_treats_the_candles_of_one_block_as_one_observation() -> None:
    rng = np.random.default_rng(3)
    sure = np.where(rng.random(60) < 0.5, 0.9, 0.05)  # whole days right, whole days wrong
    p = np.repeat(np.stack([(1 - sure) / 2, (1 - sure) / 2, sure], axis=1), 24, axis=0)
    low, high = evaluate(p, np.full(len(p), 2), blocks(len(p)), THIRDS)["skill_interval"]
    scattered = rng.permutation(len(p))
    low_alone, high_alone = evaluate(p[scattered], np.full(len(p), 2), blocks(len(p)), THIRDS)["skill_interval"]
    assert high - low > 3 * (high_alone - low_alone)


def test_calibrated_probabilities_have_a_small_calibration_error_and_boasting_a_large_one() -> None:
    p = some_probabilities(20_000)
    labels = draw(p)
    assert confidence_error(p, labels) < 0.012
    boast = p**3 / (p**3).sum(axis=1, keepdims=True)
    assert confidence_error(boast, labels) > 0.15


def test_reliability_bins_hold_every_prediction_once() -> None:
    p = np.vstack([some_probabilities(500), [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]]])
    labels = draw(p)
    bins = reliability(p, labels)
    assert sum(b["n"] for b in bins) == len(p)
    assert all(b["lower"] - 1e-9 <= b["mean_confidence"] <= b["upper"] + 1e-9 for b in bins if b["n"])
    assert bins[-1]["n"] >= 1


def test_majority_accuracy_is_that_of_the_test_periods_own_commonest_class() -> None:
    labels = np.array([0] * 2 + [1] * 88)
    p = np.tile([0.01, 0.98, 0.01], (90, 1))
    result = evaluate(p, labels, blocks(90), THIRDS)
    assert result["accuracy"] == result["majority_accuracy"] == pytest.approx(88 / 90)
    assert result["balanced_accuracy"] == pytest.approx(0.5)


def test_rows_of_the_confusion_matrix_are_what_happened() -> None:
    labels = np.array([0, 0, 1, 2])
    p = np.eye(3)[[0, 2, 1, 2]]
    assert evaluate(p, labels, blocks(4), THIRDS)["confusion_matrix"] == [[1, 0, 1], [0, 1, 0], [0, 0, 1]]


def test_the_famous_one_in_ninety_has_an_interval_from_0_2_to_6_0_percent() -> None:
    low, high = wilson_interval(1, 90)
    assert (round(low, 3), round(high, 3)) == (0.002, 0.060)


@given(n=st.integers(1, 10_000), share=st.floats(0, 1))
def test_the_wilson_interval_holds_the_share_and_stays_within_0_and_1(n: int, share: float) -> None:
    hits = round(n * share)
    low, high = wilson_interval(hits, n)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1


def test_a_certain_and_wrong_model_gets_finite_numbers_that_fit_the_contract() -> None:
    p = np.tile([1.0, 0.0, 0.0], (50, 1))
    result = evaluate(p, np.full(50, 2), blocks(50), THIRDS, np.tile(THIRDS, (50, 1)))
    Evaluation.model_validate(result)
    assert result["accuracy"] == 0


def test_class_frequencies_count_classes_that_never_happen() -> None:
    np.testing.assert_array_equal(class_frequencies(np.array([2, 2, 0, 2])), [0.25, 0, 0.75])
