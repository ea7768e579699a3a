from __future__ import annotations

import numpy as np
import pytest

from core.learning.validation import beyond_doubt, fit_temperature, longest_good

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
