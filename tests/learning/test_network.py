from __future__ import annotations

import pytest
import torch

from core.learning.datasets import DIMENSIONS
from core.learning.network import fit_last_layer, logits_of, loss_of, mirrored, train_until, train_with_early_stopping
from core.learning.recipes import NetworkRecipe
from core.learning.validation import log_loss
from core.learning.windows import Windows
from core.model.network import CnnLstm

QUICK = NetworkRecipe(steps=12, batch=64, learning_rate=3e-3, dropout=0.1, noise=0.1, weight_decay=0.05, check_every=4)


@pytest.fixture(scope="module", autouse=True)
def one_torch_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def shared(windows: dict[str, Windows]) -> CnnLstm:
    return train_until(QUICK.steps, windows["train"], QUICK, 1)


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


def test_the_loss_of_three_classes_is_that_of_timing_and_that_of_the_side_together() -> None:
    logits, labels = torch.randn(60, 3, generator=torch.Generator().manual_seed(0)), torch.arange(60) % 3
    none, every = torch.zeros(60, dtype=torch.bool), torch.ones(60, dtype=torch.bool)
    whole = torch.nn.functional.cross_entropy(logits, labels)
    for turned, weight in ((none, 0.0), (every, 1.0)):
        torch.testing.assert_close(loss_of(logits, labels, turned, weight), whole)
    side = loss_of(logits, labels, every, 0.0)
    torch.testing.assert_close(whole - side, (whole - loss_of(logits, labels, every, 0.5)) * 2)
    more_moves = logits + torch.tensor([1.0, 0.0, 1.0])
    torch.testing.assert_close(
        loss_of(more_moves, labels, every, 0.0), side, msg="a mirrored chart says nothing of when"
    )


def test_a_coins_last_layer_does_not_learn_timing_from_mirrored_charts_where_the_recipe_says_so(
    windows: dict[str, Windows], shared: CnnLstm
) -> None:
    one, other = (fit_last_layer(shared, windows["train"], 0.1, weight) for weight in (0.0, 1.0))
    assert not torch.allclose(one.out.weight, other.out.weight)


def test_the_same_seed_gives_the_same_network_and_another_seed_another(
    windows: dict[str, Windows], shared: CnnLstm
) -> None:
    again, other = (train_until(QUICK.steps, windows["train"], QUICK, seed) for seed in (1, 2))
    for name, tensor in shared.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name])
    assert not torch.equal(shared.out.weight, other.out.weight)


def test_early_stopping_keeps_the_average_of_the_step_it_chose(
    windows: dict[str, Windows],
) -> None:
    early = train_with_early_stopping(windows["train"], windows["validation"], QUICK, 1)
    assert [step for step, _ in early.checks] == [4, 8, 12]
    kept = log_loss(logits_of(early.network, windows["validation"]), windows["validation"].labels)
    assert kept == pytest.approx(dict(early.checks)[early.steps])


def test_training_until_a_step_repeats_what_early_stopping_had_there(windows: dict[str, Windows]) -> None:
    early = train_with_early_stopping(windows["train"], windows["validation"], QUICK, 1)
    repeated = train_until(early.steps, windows["train"], QUICK, 1)
    for name, tensor in early.network.state_dict().items():
        assert torch.equal(tensor, repeated.state_dict()[name])


def test_a_strong_prior_leaves_the_last_layer_where_it_was_and_a_weak_one_fits_the_coin_better(
    windows: dict[str, Windows], shared: CnnLstm
) -> None:
    held = fit_last_layer(shared, windows["train"], prior_strength=1e6, mirrored_timing=1)
    torch.testing.assert_close(held.out.weight, shared.out.weight, atol=1e-4, rtol=0)
    free = fit_last_layer(shared, windows["train"], prior_strength=1e-3, mirrored_timing=1)
    losses = [log_loss(logits_of(n, windows["train"]), windows["train"].labels) for n in (free, shared)]
    assert losses[0] < losses[1]
    for name, tensor in shared.state_dict().items():
        assert name.startswith("out.") or torch.equal(tensor, free.state_dict()[name])


def test_a_network_of_the_shared_dimensions_reads_these_windows(windows: dict[str, Windows]) -> None:
    assert logits_of(CnnLstm(DIMENSIONS).eval(), windows["test"]).shape == (len(windows["test"]), 3)
