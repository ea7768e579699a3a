from __future__ import annotations

import numpy as np
import pytest
import torch

from core.domain import Timeframe
from core.learning.datasets import DIMENSIONS, build_dataset, cuts_for
from core.learning.network import (
    TEMPERATURE_BOUNDS,
    Recipe,
    beyond_doubt,
    fit_last_layer,
    fit_temperature,
    log_loss,
    logits_of,
    longest_good,
    mirrored,
    rehearse,
    train_until,
)
from core.learning.windows import DIRECTIONAL, Windows, fit_scaler, windows_of
from core.market.candles import open_times_ms
from core.model.features import FEATURES
from core.model.network import CnnLstm
from core.model.scaling import FEATURE_CLIP
from tests.made_candles import make_candles

QUICK = Recipe(steps=30, batch=64, learning_rate=3e-3, dropout=0.1, noise=0.1, weight_decay=0.05, check_every=10)


@pytest.fixture(scope="module", autouse=True)
def one_torch_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def datasets():
    coins = [make_candles(1500, seed=seed) for seed in (1, 2)]
    times = open_times_ms(coins[0])
    cuts = cuts_for(int(times[0]), int(times[-1]), Timeframe.M15)
    return [build_dataset(coin, Timeframe.M15, cuts) for coin in coins]


@pytest.fixture(scope="module")
def windows(datasets) -> dict[str, Windows]:
    scaler = fit_scaler(datasets)
    return {split: windows_of(datasets, [split], scaler) for split in ("train", "validation", "test")}


@pytest.fixture(scope="module")
def shared(windows: dict[str, Windows]) -> CnnLstm:
    return train_until(QUICK.steps, windows["train"], QUICK, 1)


def test_a_window_is_its_candle_and_the_47_before_it_standardised_and_clipped(datasets) -> None:
    scaler = fit_scaler(datasets)
    test = windows_of(datasets, ["test"], scaler)
    second = np.flatnonzero(datasets[1]["split"] == "test")
    wanted = datasets[1][list(FEATURES)].to_numpy()[second[3] - 47 : second[3] + 1]
    wanted = np.clip((wanted - scaler.mean_) / scaler.scale_, -FEATURE_CLIP, FEATURE_CLIP)
    first_coin = int((datasets[0]["split"] == "test").sum())
    np.testing.assert_allclose(test.take(np.array([first_coin + 3]))[0], wanted, atol=1e-5)
    assert test.labels[first_coin + 3] == datasets[1]["label"].iloc[second[3]]


def test_the_scaler_sees_training_rows_only_and_leaves_directional_features_centred_on_zero(datasets) -> None:
    scaler = fit_scaler(datasets)
    assert (scaler.mean_[DIRECTIONAL] == 0).all()
    later = [d.copy() for d in datasets]
    for dataset in later:
        dataset.loc[dataset["split"] != "train", list(FEATURES)] = 1e6
    np.testing.assert_array_equal(fit_scaler(later).scale_, scaler.scale_)
    train = np.concatenate([d.loc[d["split"] == "train", list(FEATURES)].to_numpy(np.float64) for d in datasets])
    np.testing.assert_allclose(scaler.mean_[~DIRECTIONAL], train.mean(axis=0)[~DIRECTIONAL], rtol=1e-6)
    np.testing.assert_allclose(scaler.scale_[DIRECTIONAL], np.sqrt((train**2).mean(axis=0))[DIRECTIONAL], rtol=1e-6)


def test_a_constant_feature_is_left_alone_by_the_scaler(datasets) -> None:
    flat = [d.assign(wk_ahead=np.float32(0.25)) for d in datasets]
    scaler = fit_scaler(flat)
    assert scaler.scale_[FEATURES.index("wk_ahead")] == 1.0


def test_mirroring_twice_gives_the_chart_back_and_once_swaps_long_and_short(windows: dict[str, Windows]) -> None:
    x, y = torch.from_numpy(windows["train"].take(slice(0, 9))), torch.from_numpy(windows["train"].labels[:9])
    every = torch.ones(9, dtype=torch.bool)
    once = mirrored(x, y, every)
    assert torch.equal(once[1], 2 - y)
    assert torch.equal(once[0][:, :, 4], x[:, :, 4])  # atr_pct has no direction
    assert torch.equal(once[0][:, :, 0], -x[:, :, 0])
    twice = mirrored(*once, every)
    assert torch.equal(twice[0], x)
    assert torch.equal(twice[1], y)


def test_the_same_seed_gives_the_same_network_and_another_seed_another(
    windows: dict[str, Windows], shared: CnnLstm
) -> None:
    again, other = (train_until(QUICK.steps, windows["train"], QUICK, seed) for seed in (1, 2))
    for name, tensor in shared.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])
    assert not torch.equal(shared.out.weight, other.out.weight)


def test_a_rehearsal_keeps_the_average_of_the_step_it_chose_and_reports_every_step(
    windows: dict[str, Windows],
) -> None:
    told: list[int] = []
    rehearsal = rehearse(windows["train"], windows["validation"], QUICK, 1, told.append)
    assert [step for step, _ in rehearsal.looks] == [10, 20, 30]
    assert sum(told) == QUICK.steps
    kept = log_loss(logits_of(rehearsal.network, windows["validation"]), windows["validation"].labels)
    assert kept == pytest.approx(dict(rehearsal.looks)[rehearsal.steps])


BLOCKS = np.repeat(np.arange(20), 50)


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


def test_training_until_a_step_repeats_what_the_rehearsal_had_there(windows: dict[str, Windows]) -> None:
    rehearsal = rehearse(windows["train"], windows["validation"], QUICK, 1)
    repeated = train_until(rehearsal.steps, windows["train"], QUICK, 1)
    for name, tensor in rehearsal.network.state_dict().items():
        assert torch.equal(tensor, repeated.state_dict()[name])


def test_a_strong_pull_leaves_the_last_layer_where_it_was_and_a_weak_one_fits_the_coin_better(
    windows: dict[str, Windows], shared: CnnLstm
) -> None:
    held = fit_last_layer(shared, windows["train"], pull=1e6)
    torch.testing.assert_close(held.out.weight, shared.out.weight, atol=1e-4, rtol=0)
    free = fit_last_layer(shared, windows["train"], pull=1e-3)
    losses = [log_loss(logits_of(n, windows["train"]), windows["train"].labels) for n in (free, shared)]
    assert losses[0] < losses[1]
    for name, tensor in shared.state_dict().items():
        assert name.startswith("out.") or torch.equal(tensor, free.state_dict()[name])


def test_the_temperature_undoes_exaggeration_within_its_bounds() -> None:
    rng = np.random.default_rng(0)
    logits = rng.standard_normal((4000, 3))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (rng.random((4000, 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    days = np.arange(4000) // 40
    assert fit_temperature(logits, labels, days) == pytest.approx(1, abs=0.05)
    assert fit_temperature(logits * 1.15, labels, days) == pytest.approx(1.15, abs=0.05)
    assert fit_temperature(logits * 3, labels, days) == pytest.approx(TEMPERATURE_BOUNDS[1], abs=1e-3)
    assert fit_temperature(logits / 3, labels, days) == pytest.approx(TEMPERATURE_BOUNDS[0], abs=1e-3)


def test_a_temperature_that_only_some_days_ask_for_or_too_few_days_is_not_used() -> None:
    logits = np.tile([0.0, 0.0, 1.0], (1200, 1))
    days = np.repeat(np.arange(24), 50)
    right_on_most_days = np.where(days % 6 < 5, 2, 0)
    assert fit_temperature(logits, right_on_most_days, days % 6 + 6 * (days // 6)) != 1.0
    right_on_half_of_the_days = np.where(days % 2 == 0, 2, 0)
    assert fit_temperature(logits * 0.3, right_on_half_of_the_days, days) == 1.0
    assert fit_temperature(logits, np.full(1200, 2), days) == pytest.approx(TEMPERATURE_BOUNDS[0], abs=1e-3)
    assert fit_temperature(logits, np.full(1200, 2), days // 2) == 1.0


def test_a_network_of_the_shared_dimensions_reads_these_windows(windows: dict[str, Windows]) -> None:
    assert logits_of(CnnLstm(DIMENSIONS).eval(), windows["test"]).shape == (len(windows["test"]), 3)
