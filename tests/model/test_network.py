"""The network rebuilds itself from its checkpoint, and a stack of networks says what each says alone."""

import numpy as np
import pytest
import torch

from core.errors import UnusableModel
from core.model import stacked
from core.model.network import CnnLstm, from_checkpoint, parameters_of, to_checkpoint
from core.model.parameters import Dimensions
from core.model.stacked import StackedCnnLstm
from tests.hand_made_models import TINY, network


def test_the_shipped_dimensions_have_fifteen_and_a_half_thousand_parameters():
    assert sum(p.numel() for p in CnnLstm(Dimensions()).parameters()) == 15_619


def test_a_checkpoint_rebuilds_the_network_it_came_from():
    original = network(seed=3)
    windows = torch.randn(5, TINY.window, TINY.features, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.equal(from_checkpoint(to_checkpoint(original))(windows), original(windows))


@pytest.mark.parametrize(
    "dimensions", [TINY, Dimensions(), Dimensions(window=21, channels=5, pool=3, hidden=7, head=6)]
)
@pytest.mark.parametrize("count", [1, 2, 9])
def test_a_stack_says_what_its_networks_say_one_by_one(dimensions, count):
    networks = [network(seed, dimensions) for seed in range(count)]
    windows = torch.randn(count, dimensions.window, dimensions.features, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        alone = torch.cat([net(windows[n : n + 1]) for n, net in enumerate(networks)])
    np.testing.assert_allclose(
        StackedCnnLstm(list(map(parameters_of, networks)))(windows.numpy()), alone.numpy(), atol=1e-5, rtol=1e-5
    )


@pytest.mark.slow
def test_of_a_window_the_same_is_said_to_the_last_bit_whatever_stands_beside_it():
    windows = torch.randn(40, TINY.window, TINY.features, generator=torch.Generator().manual_seed(1)).numpy()
    alone = StackedCnnLstm([parameters_of(network(seed=5))])
    one_by_one = np.concatenate([alone(windows[n : n + 1]) for n in range(len(windows))])
    assert np.array_equal(alone(windows), one_by_one)
    together = StackedCnnLstm([parameters_of(network(seed=seed)) for seed in range(len(windows))])
    assert np.array_equal(together(windows)[5], one_by_one[5])


def test_networks_of_different_dimensions_are_not_stacked():
    with pytest.raises(ValueError, match="equal dimensions"):
        StackedCnnLstm([parameters_of(network()), parameters_of(network(dimensions=Dimensions()))])


SHAPES = [
    TINY,
    Dimensions(),
    Dimensions(window=21, channels=5, pool=3, hidden=7, head=6),
    Dimensions(window=13, pool=1),
]


@pytest.mark.parametrize("dimensions", SHAPES)
def test_the_shapes_of_weights_follow_from_the_dimensions_as_torch_makes_them(dimensions):
    made = {name: tuple(weight.shape) for name, weight in CnnLstm(dimensions).state_dict().items()}
    assert list(dimensions.shapes.items()) == list(made.items())


@pytest.mark.parametrize("dimensions", SHAPES)
def test_a_series_is_read_as_each_of_its_windows_alone(dimensions, monkeypatch):
    monkeypatch.setattr(stacked, "WINDOWS_AT_ONCE", 7)
    net = network(1, dimensions)
    series = torch.randn(dimensions.window + 22, dimensions.features, generator=torch.Generator().manual_seed(2))
    windows = series.unfold(0, dimensions.window, 1).transpose(1, 2)
    with torch.inference_mode():
        alone = net(windows)
    read = StackedCnnLstm([parameters_of(net)]).along(series.numpy())
    assert read.dtype == np.float64
    np.testing.assert_allclose(read, alone.numpy(), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("candles", [0, 1, TINY.window - 1])
def test_a_series_shorter_than_a_window_has_no_logits(candles):
    series = np.zeros((candles, TINY.features), dtype=np.float32)
    assert StackedCnnLstm([parameters_of(network())]).along(series).shape == (0, 3)


def test_a_checkpoint_of_tensors_that_learn_is_one_and_one_of_tensors_of_another_kind_is_refused() -> None:
    checkpoint = to_checkpoint(network())
    learning = {name: each.clone().requires_grad_() for name, each in checkpoint["weights"].items()}
    assert from_checkpoint(checkpoint | {"weights": learning}).dimensions == TINY
    for odd in (torch.Tensor.bfloat16, torch.Tensor.to_sparse):
        weights = {name: odd(each) for name, each in checkpoint["weights"].items()}
        with pytest.raises(UnusableModel, match="The model's weight"):
            from_checkpoint(checkpoint | {"weights": weights})


def test_a_window_that_holds_no_number_takes_no_other_with_it() -> None:
    windows = torch.randn(3, TINY.window, TINY.features, generator=torch.Generator().manual_seed(1)).numpy()
    stack = StackedCnnLstm([parameters_of(network(seed=seed)) for seed in range(3)])
    expected = stack(windows)
    windows[1, 5, 2] = np.nan
    assert np.isnan(stack(windows)[1]).all()
    assert np.array_equal(stack(windows)[[0, 2]], expected[[0, 2]])


def test_gelu_is_torchs_for_whatever_a_network_may_come_to() -> None:
    ordinary = torch.randn(50_000, generator=torch.Generator().manual_seed(4)) * 3
    x = torch.cat([ordinary, torch.tensor([0.0, -0.0, 5.9999, 6.0, -6.0, 1e-30, 7.5, -7.5, 1e30, -1e6])])
    exact = torch.nn.functional.gelu(x.double()).float()
    np.testing.assert_allclose(stacked._gelu(x.numpy().copy()), exact, rtol=2e-7, atol=5e-7)
