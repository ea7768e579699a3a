"""The network rebuilds itself from its checkpoint, and a stack of networks says what each says alone."""

import numpy as np
import pytest
import torch

from core.cnn_lstm import CnnLstm, Dimensions, StackedCnnLstm, from_checkpoint, to_checkpoint
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
    np.testing.assert_allclose(StackedCnnLstm(networks)(windows.numpy()), alone.numpy(), atol=1e-5, rtol=1e-5)


def test_networks_of_different_dimensions_are_not_stacked():
    with pytest.raises(ValueError, match="equal dimensions"):
        StackedCnnLstm([network(), network(dimensions=Dimensions())])
