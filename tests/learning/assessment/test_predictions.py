from __future__ import annotations

import numpy as np

from core.learning.assessment.predictions import Logistic, fit_logistic
from core.learning.recipes import TreesRecipe
from core.learning.validation import log_loss
from core.learning.windows import Windows
from core.model.scaling import Scaling

RECIPE = TreesRecipe(rounds=1, side_rounds=1)
AS_IT_IS = Scaling(np.zeros(15), np.ones(15))  # these windows are standardised already


def test_a_logistic_regression_learns_the_season_and_does_not_learn_the_drift(
    windows: dict[str, Windows], loss_of_class_frequencies: float
) -> None:
    drifting = windows["train"]
    up_only = np.where(drifting.labels == 0, 2, drifting.labels)
    one_sided = Windows(drifting.rows, drifting.ends, up_only, drifting.blocks)
    model = fit_logistic(one_sided, RECIPE, seed=1)
    plain = fit_logistic(drifting, RECIPE, seed=1)
    assert (
        log_loss(Logistic(plain, AS_IT_IS).logits(windows["test"]), windows["test"].labels) < loss_of_class_frequencies
    )
    calls = Logistic(model, AS_IT_IS).logits(windows["test"]).argmax(axis=1)
    assert set(calls[calls != 1]) == {0, 2}


def test_a_class_that_never_happened_is_called_all_but_impossible(windows: dict[str, Windows]) -> None:
    train = windows["train"]
    sides = np.flatnonzero(train.labels != 1)
    model = fit_logistic(
        Windows(train.rows, train.ends[sides], train.labels[sides], train.blocks[sides]), RECIPE, seed=1
    )
    logits = Logistic(model, AS_IT_IS).logits(windows["test"])
    assert np.exp(logits[:, 1]).max() < 1e-9
    np.testing.assert_allclose(np.exp(logits).sum(axis=1), 1, atol=1e-9)


def test_fitting_leaves_the_windows_as_they_were(windows: dict[str, Windows]) -> None:
    before = windows["train"].rows.copy()
    fit_logistic(windows["train"], RECIPE, seed=1)
    np.testing.assert_array_equal(windows["train"].rows, before)
