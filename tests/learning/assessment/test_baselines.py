from __future__ import annotations

import numpy as np

from core.learning.assessment.baselines import fit_logistic, logistic_logits
from core.learning.network import log_loss
from core.learning.windows import Windows


def test_a_logistic_regression_learns_the_season_and_does_not_learn_the_drift(
    windows: dict[str, Windows], loss_of_class_frequencies: float
) -> None:
    drifting = windows["train"]
    up_only = np.where(drifting.labels == 0, 2, drifting.labels)
    one_sided = Windows(drifting.rows, drifting.ends, up_only, drifting.blocks)
    model = fit_logistic(one_sided, seed=1)
    plain = fit_logistic(drifting, seed=1)
    assert log_loss(logistic_logits(plain, windows["test"]), windows["test"].labels) < loss_of_class_frequencies
    calls = logistic_logits(model, windows["test"]).argmax(axis=1)
    assert set(calls[calls != 1]) == {0, 2}


def test_a_class_that_never_happened_is_called_all_but_impossible(windows: dict[str, Windows]) -> None:
    train = windows["train"]
    sides = np.flatnonzero(train.labels != 1)
    model = fit_logistic(Windows(train.rows, train.ends[sides], train.labels[sides], train.blocks[sides]), seed=1)
    logits = logistic_logits(model, windows["test"])
    assert np.exp(logits[:, 1]).max() < 1e-9
    np.testing.assert_allclose(np.exp(logits).sum(axis=1), 1, atol=1e-9)


def test_fitting_leaves_the_windows_as_they_were(windows: dict[str, Windows]) -> None:
    before = windows["train"].rows.copy()
    fit_logistic(windows["train"], seed=1)
    np.testing.assert_array_equal(windows["train"].rows, before)
