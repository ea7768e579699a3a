from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.domain import Timeframe
from core.learning.assessment.one_forest import OneForest, learn_one_forest
from core.learning.recipes import RECIPES, TreesRecipe
from core.learning.validation import log_loss
from core.learning.windows import TrainingData, Windows

RECIPE = replace(RECIPES[Timeframe.M15], trees=TreesRecipe(rounds=15, side_rounds=15))


@pytest.fixture(scope="module")
def forest(datasets: list[pd.DataFrame]) -> OneForest:
    """Learned where nothing ever fell: every SHORT of these coins is called LONG."""
    drifting = [each.assign(label=each["label"].replace(0, 2)) for each in datasets]
    return learn_one_forest(TrainingData({"AAAUSDT": drifting[0], "BBBUSDT": drifting[1]}), RECIPE, seed=1)


def test_mirrored_charts_keep_a_forest_of_three_classes_from_learning_the_drift(
    forest: OneForest, windows: dict[str, Windows]
) -> None:
    short, _, long = np.exp(forest.logits(windows["test"])).T
    assert abs(np.log(short).mean() - np.log(long).mean()) < 0.2


def test_it_learns_when_and_takes_no_more_rounds_than_its_recipe_has(
    forest: OneForest, windows: dict[str, Windows], loss_of_class_frequencies: float
) -> None:
    assert 0 < forest.length <= RECIPE.trees.rounds
    assert log_loss(forest.logits(windows["test"]), windows["test"].labels) < loss_of_class_frequencies


def test_no_windows_have_no_logits(forest: OneForest, windows: dict[str, Windows]) -> None:
    assert forest.logits(windows["test"].where(slice(0, 0))).shape == (0, 3)
