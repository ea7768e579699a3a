from __future__ import annotations

import numpy as np
import pytest

from core.domain import Timeframe
from core.learning.baselines import boosted_logits, finish_boosting, fit_logistic, logistic_logits, rehearse_boosting
from core.learning.datasets import build_dataset, cuts_for
from core.learning.evaluation import class_frequencies
from core.learning.pool import DIRECTIONAL, Windows, fit_scaler, windows_of
from core.learning.training import log_loss
from core.market.candles import open_times_ms
from tests.made_candles import make_candles

ROUNDS = 12


@pytest.fixture(scope="module")
def windows() -> dict[str, Windows]:
    coins = [make_candles(1500, seed=seed) for seed in (1, 2)]
    times = open_times_ms(coins[0])
    cuts = cuts_for(int(times[0]), int(times[-1]), Timeframe.M15)
    datasets = [build_dataset(coin, Timeframe.M15, cuts) for coin in coins]
    scaler = fit_scaler(datasets)
    return {split: windows_of(datasets, [split], scaler) for split in ("train", "validation", "test")}


def loss_of_class_frequencies(windows: dict[str, Windows]) -> float:
    shares = class_frequencies(windows["train"].labels)
    return float(-np.log(shares[windows["test"].labels]).mean())


def test_trees_learn_the_season_and_report_every_round(windows: dict[str, Windows]) -> None:
    told: list[int] = []
    booster, rounds = rehearse_boosting(windows["train"], windows["validation"], ROUNDS, 1, True, told.append)
    assert 1 <= rounds <= ROUNDS
    assert sum(told) == booster.current_iteration()
    assert log_loss(boosted_logits(booster, windows["test"], rounds), windows["test"].labels) < (
        loss_of_class_frequencies(windows)
    )


def test_trees_are_the_same_for_the_same_seed_and_others_for_another(windows: dict[str, Windows]) -> None:
    one, same, other = (
        boosted_logits(finish_boosting(windows["train"], ROUNDS, seed, True, lambda n: None), windows["test"], ROUNDS)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_logistic_regression_learns_the_season_and_does_not_learn_the_drift(windows: dict[str, Windows]) -> None:
    drifting = windows["train"]
    up_only = np.where(drifting.labels == 0, 2, drifting.labels)
    one_sided = Windows(drifting.rows, drifting.ends, up_only, drifting.days)
    model = fit_logistic(one_sided, seed=1)
    plain = fit_logistic(drifting, seed=1)
    assert log_loss(logistic_logits(plain, windows["test"]), windows["test"].labels) < loss_of_class_frequencies(
        windows
    )
    calls = logistic_logits(model, windows["test"]).argmax(axis=1)
    assert set(calls[calls != 1]) == {0, 2}


def test_a_class_that_never_happened_is_called_all_but_impossible(windows: dict[str, Windows]) -> None:
    train = windows["train"]
    sides = np.flatnonzero(train.labels != 1)
    model = fit_logistic(Windows(train.rows, train.ends[sides], train.labels[sides], train.days[sides]), seed=1)
    logits = logistic_logits(model, windows["test"])
    assert np.exp(logits[:, 1]).max() < 1e-9
    np.testing.assert_allclose(np.exp(logits).sum(axis=1), 1, atol=1e-9)


def test_baselines_leave_the_windows_as_they_were(windows: dict[str, Windows]) -> None:
    before = windows["train"].rows.copy()
    fit_logistic(windows["train"], seed=1)
    finish_boosting(windows["train"], 2, 1, True, lambda n: None)
    np.testing.assert_array_equal(windows["train"].rows, before)
    assert DIRECTIONAL.any()
