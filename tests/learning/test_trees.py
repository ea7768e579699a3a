from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.learning.recipes import TreesRecipe
from core.learning.trees import grow, grow_with_early_stopping
from core.learning.validation import log_loss
from core.learning.windows import Windows

ROUNDS = 12
RECIPE = TreesRecipe(rounds=ROUNDS, learning_rate=0.1)


def test_trees_learn_the_season(windows: dict[str, Windows], loss_of_class_frequencies: float) -> None:
    grown = grow_with_early_stopping(windows["train"], windows["validation"], RECIPE, 1)
    assert grown.rounds == ROUNDS
    assert log_loss(grown.logits(windows["test"]), windows["test"].labels) < loss_of_class_frequencies


def test_trees_that_only_learn_by_heart_are_cut_where_validation_says_so(windows: dict[str, Windows]) -> None:
    by_heart = TreesRecipe(rounds=60, learning_rate=0.5, leaves=63, depth=12, rows_per_leaf=1, penalty=0)
    assert grow_with_early_stopping(windows["train"], windows["validation"], by_heart, 1).rounds < 60


def test_trees_are_the_same_for_the_same_seed_and_others_for_another(windows: dict[str, Windows]) -> None:
    one, same, other = (grow(windows["train"], RECIPE, ROUNDS, seed).logits(windows["test"]) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_trees_are_no_deeper_and_have_no_more_leaves_than_they_may(windows: dict[str, Windows]) -> None:
    small = replace(RECIPE, leaves=7, depth=3, rows_per_leaf=5)
    trees = grow(windows["train"], small, ROUNDS, 1).booster.trees_to_dataframe()
    leaves = trees[trees["split_feature"].isna()]
    assert leaves.groupby("tree_index").size().max() <= 7
    assert trees["node_depth"].max() <= 3 + 1


def test_growing_trees_leaves_the_windows_as_they_were(windows: dict[str, Windows]) -> None:
    before = windows["train"].rows.copy()
    grow(windows["train"], RECIPE, 2, 1)
    np.testing.assert_array_equal(windows["train"].rows, before)


def test_without_windows_there_are_no_logits(windows: dict[str, Windows]) -> None:
    none = Windows(windows["test"].rows, *(np.empty(0, dtype=np.int64) for _ in range(3)))
    assert grow(windows["train"], RECIPE, 2, 1).logits(none).shape == (0, 3)
