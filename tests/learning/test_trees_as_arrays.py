"""Plain arrays say of every row what LightGBM's own trees say of it."""

from __future__ import annotations

import warnings
from typing import Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnusableModel
from core.learning.trees import forest_of
from core.model.trees import BoostedTrees, Forest
from tests.laws import tried

FEATURES = 15


def examples(seed: int = 0, count: int = 400, levels: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels that have something to do with each other; with ``levels`` only few different values."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(count, FEATURES)).clip(-5, 5)
    if levels is not None:
        rows = np.round(rows * levels) / levels
    happened = rows[:, 0] + np.sin(3 * rows[:, 1]) + rng.normal(0, 0.5, count) > 0
    return rows.astype(np.float32), happened


def grow(rows: np.ndarray, labels: np.ndarray, rounds: int, **parameters: Any) -> lightgbm.Booster:
    settled = {"objective": "binary", "num_threads": 1, "min_data_in_leaf": 5, "verbosity": -1}
    return lightgbm.train(settled | parameters, lightgbm.Dataset(rows, labels), rounds)


def assert_they_agree(booster: lightgbm.Booster, trees: Forest, rows: np.ndarray, rounds: int) -> None:
    """Up to the rounding of each leaf to float32, far less than what another leaf would make of it."""
    expected = booster.predict(rows, raw_score=True, num_iteration=rounds, num_threads=1)
    rounding = trees.rounds * float(np.abs(trees.values).max()) * 2.0**-24
    np.testing.assert_allclose(trees.logits(rows), expected, rtol=0, atol=rounding + 1e-12)


def rows_on_thresholds(booster: lightgbm.Booster) -> np.ndarray:
    """Rows whose features are the thresholds of the trees, as float32, and the numbers just beside them.

    LightGBM takes numbers within 1e-35 of zero for zero, so here they are.
    """
    splits = booster.trees_to_dataframe().dropna(subset=["split_feature"])
    thresholds = np.sort(splits["threshold"].to_numpy()).astype(np.float32)
    beside = [np.nextafter(thresholds, side) for side in (np.float32(-9), np.float32(9))]
    values = np.concatenate([thresholds, *beside])
    return np.repeat(np.where(np.abs(values) < 2e-35, 0, values)[:, None], FEATURES, axis=1)


@tried(15)
@given(
    seed=st.integers(0, 99),
    leaves=st.sampled_from([2, 3, 8, 31, 64]),
    rounds=st.integers(1, 6),
    levels=st.sampled_from([None, 1, 7]),
)
def test_every_row_ends_where_lightgbm_ends_it(seed: int, leaves: int, rounds: int, levels: int | None) -> None:
    rows, labels = examples(seed, levels=levels)
    booster = grow(rows, labels, rounds, num_leaves=leaves)
    trees = forest_of(booster, rounds)
    assert trees.leaves.max() <= leaves
    for asked in (rows, examples(seed + 100)[0], rows_on_thresholds(booster)):
        assert_they_agree(booster, trees, asked, rounds)


def test_stumps_have_two_leaves() -> None:
    rows, labels = examples()
    booster = grow(rows, labels, 4, num_leaves=2)
    trees = forest_of(booster, 4)
    assert (trees.leaves == 2).all()
    assert_they_agree(booster, trees, rows_on_thresholds(booster), 4)


def test_trees_that_could_not_split_are_single_leaves() -> None:
    rows, labels = examples()
    booster = grow(rows, labels, 3, min_data_in_leaf=300)
    trees = forest_of(booster, 3)
    assert (trees.leaves == 1).all()
    assert_they_agree(booster, trees, rows, 3)


def test_what_never_happened_stays_all_but_impossible() -> None:
    rows, labels = examples()
    booster = grow(rows, np.zeros_like(labels), 3)
    trees = forest_of(booster, 3)
    assert_they_agree(booster, trees, rows, 3)
    assert (trees.logits(rows) < -20).all()


def test_rounds_after_the_best_are_left_out() -> None:
    rows, labels = examples()
    watched = lightgbm.Dataset(*examples(seed=1))
    booster = lightgbm.train(
        {"objective": "binary", "learning_rate": 0.5, "num_threads": 1, "verbosity": -1},
        lightgbm.Dataset(rows, labels),
        60,
        valid_sets=[watched],
        callbacks=[lightgbm.early_stopping(5, verbose=False)],
        keep_training_booster=True,
    )
    best = booster.best_iteration
    assert best < booster.current_iteration()
    trees = forest_of(booster, best)
    assert trees.rounds == best
    assert_they_agree(booster, trees, rows, best)
    assert forest_of(booster, 1).rounds == 1


def test_a_file_of_them_says_the_same() -> None:
    rows, labels = examples()
    trees = forest_of(grow(rows, labels, 3), 3)
    read = BoostedTrees.from_bytes(BoostedTrees(trees).to_bytes())
    np.testing.assert_array_equal(read.timing.logits(rows), trees.logits(rows))


def test_equal_training_makes_equal_files() -> None:
    grown = (forest_of(grow(*examples(), 3, seed=1, deterministic=True), 3) for _ in range(2))
    first, second = (BoostedTrees(each).to_bytes() for each in grown)
    assert first == second


def test_what_plain_arrays_cannot_say_is_refused() -> None:
    rows, labels = examples(levels=2)
    holed = rows.copy()
    holed[::7, 0] = np.nan
    with pytest.raises(ValueError, match="missing values 'NaN'"):
        forest_of(grow(holed, labels, 2), 2)
    with warnings.catch_warnings(), pytest.raises(ValueError, match="tests '=='"):
        warnings.simplefilter("ignore")
        dataset = lightgbm.Dataset(np.abs(rows).round(), labels, categorical_feature=[0, 1])
        parameters = {"objective": "binary", "min_data_per_group": 5, "verbosity": -1}
        forest_of(lightgbm.train(parameters | {"max_cat_to_onehot": 1}, dataset, 2), 2)
    with pytest.raises(ValueError, match="leaves are linear models"):
        forest_of(grow(rows, labels, 2, linear_tree=True), 2)


def test_boosters_of_other_features_or_classes_are_refused() -> None:
    rows, labels = examples()
    with pytest.raises(ValueError, match="reads 14 features into 1 scores"):
        forest_of(grow(rows[:, 1:], labels, 1), 1)
    with pytest.raises(ValueError, match="reads 15 features into 3 scores"):
        forest_of(grow(rows, labels.astype(int), 1, objective="multiclass", num_class=3), 1)


def test_trees_with_too_many_leaves_are_refused_where_they_are_made() -> None:
    rows, labels = examples(count=4000)
    with pytest.raises(ValueError, match="has 65 leaves; expected at most 64"):
        forest_of(grow(rows, labels, 1, num_leaves=65, min_data_in_leaf=1), 1)


def test_a_forest_that_no_server_would_load_is_refused_where_it_is_made() -> None:
    rows, labels = examples(count=60)
    booster = grow(rows, labels, 1001, num_leaves=2)
    with pytest.raises(UnusableModel, match="expected 1 to 1,000"):
        forest_of(booster, 1001)
