"""Many networks of one shape evaluated as one: what makes a whole board cost little more than a few predictions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from core.model.parameters import Parameters

_HALF = np.float32(0.5)


class StackedCnnLstm:
    """Many networks of equal Dimensions evaluated as one forward pass, each on a window of its own; or one on many windows.

    Weights are stacked along a first axis, so that every layer becomes one batched matrix product:
    convolutions as products over unfolded windows, the LSTM step by step. Stacking is what makes it six to nine times as
    fast as one network after another; that the products are numpy's and not torch's makes no measurable difference. Gives
    what the networks give one by one, up to float32 rounding; and of a window the same to the last bit, whatever stands
    beside it.
    """

    def __init__(self, networks: Sequence[Parameters]) -> None:
        different = {network.dimensions for network in networks}
        if len(different) != 1:
            raise ValueError(f"only networks of equal dimensions can be stacked, got {sorted(map(str, different))}")
        self.dimensions = networks[0].dimensions
        stacked = {name: np.stack([network.weights[name] for network in networks]) for name in self.dimensions.shapes}
        self._conv1 = _kernels_as_matrices(stacked["conv1.weight"]), stacked["conv1.bias"][:, None]
        self._conv2 = _kernels_as_matrices(stacked["conv2.weight"]), stacked["conv2.bias"][:, None]
        gates = _gates_as_one_tanh(self.dimensions.hidden)
        self._input = _transposed(stacked["lstm.weight_ih_l0"]) * gates
        self._recurrent = _transposed(stacked["lstm.weight_hh_l0"]) * gates
        self._lstm_bias = (stacked["lstm.bias_ih_l0"] + stacked["lstm.bias_hh_l0"])[:, None] * gates
        self._head = _transposed(stacked["head.weight"]), stacked["head.bias"][:, None]
        self._out = _transposed(stacked["out.weight"]), stacked["out.bias"][:, None]

    def __call__(self, windows: np.ndarray) -> np.ndarray:
        """Logits (windows, classes) out of standardised features (windows, window, features), all float32.

        As many windows as networks; any number where there is one network.
        """
        d = self.dimensions
        x = _gelu(_convolve(windows, d.first_kernel, *self._conv1))
        x = _gelu(_convolve(x, d.second_kernel, *self._conv2))
        steps = x.shape[1] // d.pool
        x = _mean_of_each(x[:, : steps * d.pool].reshape(len(windows), steps, d.pool, d.channels))
        state = self._last_state(_linear(x, self._input, self._lstm_bias))
        joined = np.concatenate([state, windows[:, -1:]], axis=2)
        return _linear(_gelu(_linear(joined, *self._head)), *self._out)[:, 0]

    def _last_state(self, driven: np.ndarray) -> np.ndarray:
        """The LSTM's hidden state (windows, 1, hidden) after every step of its inputs' share of the gates."""
        hidden = self.dimensions.hidden
        state = np.zeros((len(driven), 1, hidden), dtype=np.float32)
        cell = np.zeros_like(state)
        for step in range(driven.shape[1]):
            gates = _linear(state, self._recurrent, driven[:, step : step + 1])
            np.tanh(gates, out=gates)
            opened = _HALF * gates
            opened += _HALF
            let_in, kept, shown = (opened[..., n * hidden : (n + 1) * hidden] for n in (0, 1, 3))
            cell = kept * cell + let_in * gates[..., 2 * hidden : 3 * hidden]
            state = shown * np.tanh(cell)
        return state


def _gates_as_one_tanh(hidden: int) -> np.ndarray:
    """What each column of an LSTM's gates is multiplied by, so that one tanh does for all four.

    They stand in PyTorch's order: input, forget, cell, output. All but the cell are sigmoids, and
    sigmoid(x) = tanh(x / 2) / 2 + 1 / 2.
    """
    return np.repeat(np.array([0.5, 0.5, 1.0, 0.5], dtype=np.float32), hidden)


def _transposed(weight: np.ndarray) -> np.ndarray:
    """Weights (networks, out, in) as matrices (networks, in, out)."""
    return np.ascontiguousarray(weight.transpose(0, 2, 1))


def _kernels_as_matrices(weight: np.ndarray) -> np.ndarray:
    """Kernels (networks, out, in, width) as matrices (networks, width * in, out)."""
    networks, out = weight.shape[:2]
    return np.ascontiguousarray(weight.transpose(0, 3, 2, 1).reshape(networks, -1, out))


def _convolve(x: np.ndarray, width: int, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """One convolution per network over time: (windows, time, in) -> (windows, time - width + 1, out)."""
    windows, time, channels = x.shape
    patches = sliding_window_view(x.reshape(windows, time * channels), width * channels, axis=1)[:, ::channels]
    return _linear(np.ascontiguousarray(patches), weight, bias)


def _linear(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """``x @ weight + bias``, in one array instead of two: so many of them leave the processor's cache."""
    product: np.ndarray = x @ weight
    product += bias
    return product


def _mean_of_each(groups: np.ndarray) -> np.ndarray:
    """The mean over the third axis, which numpy's own takes three times as long for where it is short."""
    total = groups[:, :, 0].copy()
    for place in range(1, groups.shape[2]):
        total += groups[:, :, place]
    total /= np.float32(groups.shape[2])
    return total


def _gelu(x: np.ndarray) -> np.ndarray:
    """torch's, which takes a tenth of the time of one made of scipy's error function; in place of ``x``."""
    torch.ops.aten.gelu_(torch.from_numpy(x))
    return x


def use_one_thread() -> None:
    """Let PyTorch have one thread in this process: several wait for each other in a loop, and beside other work that takes
    four times as long.
    """
    torch.set_num_threads(1)
