from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.learning.recipes import TreesRecipe
from core.learning.trees import (
    Question,
    asked_of,
    examples,
    grow,
    grow_with_early_stopping,
    is_true,
    logits_of_trees,
    questions,
    trees_of,
)
from core.learning.windows import DIRECTIONAL, Windows
from core.model.pool import timing_and_side

ROUNDS = 12
RECIPE = TreesRecipe(rounds=ROUNDS, side_rounds=ROUNDS, learning_rate=0.1)


def loss(logits: np.ndarray, happened: np.ndarray) -> float:
    return float(np.log1p(np.exp(np.where(happened, -logits, logits))).mean())


def test_trees_learn_the_season(windows: dict[str, Windows]) -> None:
    grown = grow_with_early_stopping("timing", windows["train"], windows["validation"], RECIPE, 1)
    assert grown.rounds == ROUNDS
    touched = is_true("timing", windows["test"].labels)
    usual = np.log(
        is_true("timing", windows["train"].labels).mean() / (1 - is_true("timing", windows["train"].labels).mean())
    )
    assert loss(grown.logits(windows["test"]), touched) < loss(np.full(len(touched), usual), touched)


@pytest.mark.parametrize("question", ["timing", "side"])
def test_trees_that_only_learn_by_heart_are_cut_where_validation_says_so(
    question: Question, windows: dict[str, Windows]
) -> None:
    by_heart = TreesRecipe(
        rounds=60, side_rounds=60, learning_rate=0.5, leaves=63, depth=12, rows_per_leaf=1, penalty=0
    )
    assert grow_with_early_stopping(question, windows["train"], windows["validation"], by_heart, 1).rounds < 60


def test_trees_are_the_same_for_the_same_seed_and_others_for_another(windows: dict[str, Windows]) -> None:
    one, same, other = (
        grow("side", windows["train"], RECIPE, ROUNDS, seed).logits(windows["test"]) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_trees_are_no_deeper_and_have_no_more_leaves_than_they_may(windows: dict[str, Windows]) -> None:
    small = replace(RECIPE, leaves=7, depth=3, rows_per_leaf=5)
    trees = grow("timing", windows["train"], small, ROUNDS, 1).booster.trees_to_dataframe()
    leaves = trees[trees["split_feature"].isna()]
    assert leaves.groupby("tree_index").size().max() <= 7
    assert trees["node_depth"].max() <= 3 + 1


def test_growing_trees_leaves_the_windows_as_they_were(windows: dict[str, Windows]) -> None:
    before = windows["train"].rows.copy()
    grow("side", windows["train"], RECIPE, 2, 1)
    np.testing.assert_array_equal(windows["train"].rows, before)


def test_without_windows_there_are_no_logits(windows: dict[str, Windows]) -> None:
    none = Windows(windows["test"].rows, *(np.empty(0, dtype=np.int64) for _ in range(3)))
    assert grow("timing", windows["train"], RECIPE, 2, 1).logits(none).shape == (0,)


def test_charts_are_mirrored_for_the_side_and_not_for_timing(windows: dict[str, Windows]) -> None:
    train = windows["train"]
    as_they_are, labels = examples(train, RECIPE, 1, mirror=RECIPE.mirror_timing)
    np.testing.assert_array_equal(as_they_are, train.newest())
    np.testing.assert_array_equal(labels, train.labels)
    turned, labels = examples(train, RECIPE, 1, mirror=RECIPE.mirror_side)
    flipped = (turned[:, DIRECTIONAL] != train.newest()[:, DIRECTIONAL]).any(axis=1)
    assert 0.4 < flipped.mean() < 0.6
    np.testing.assert_array_equal(labels[flipped], 2 - train.labels[flipped])


def test_the_side_is_asked_only_where_a_barrier_was_touched() -> None:
    labels = np.array([0, 1, 2])
    assert asked_of("side", labels).tolist() == [True, False, True]
    assert asked_of("timing", labels).all()
    assert questions(RECIPE, labels) == ("timing", "side")
    assert questions(RECIPE, np.array([1, 1])) == ("timing",), "nothing to learn a side from"
    assert questions(replace(RECIPE, side_rounds=0), labels) == ("timing",), "the network answers alone"


def test_trees_alone_give_three_logits_and_both_sides_alike_where_they_do_not_answer_which(
    windows: dict[str, Windows],
) -> None:
    timing = grow("timing", windows["train"], RECIPE, 2, 1)
    got, side = timing_and_side(logits_of_trees(trees_of({"timing": timing}), windows["test"]))
    np.testing.assert_allclose(got, timing.logits(windows["test"]), atol=1e-5)
    assert not side.any()
