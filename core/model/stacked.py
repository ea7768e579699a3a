"""Many networks of one shape evaluated as one: what makes a whole board cost little more than a few predictions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from core.model.parameters import Parameters

_HALF = np.float32(0.5)

WINDOWS_AT_ONCE = 2048
"""In one pass of ``along``: memory stays bounded however long a history is."""


class StackedCnnLstm:
    """Many networks of equal Dimensions evaluated as one forward pass, each on a window of its own; or one on many windows.

    Weights are stacked along a first axis, so that every layer becomes one batched matrix product:
    convolutions as products over unfolded windows, the LSTM step by step. Stacking is what makes it six to nine times as
    fast as one network after another; that the products are numpy's and not torch's makes no measurable difference, and
    lets who serves do without torch, which takes as long to import as everything else together. Gives what the networks
    give one by one, up to float32 rounding; and of a window the same to the last bit, whatever stands beside it.
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
        shapes = self._find_shapes(windows)[:, : d.steps * d.pool]
        means = _mean_of_each(shapes.reshape(len(windows), d.steps, d.pool, d.channels))
        driven = _linear(means, self._input, self._lstm_bias)
        return self._answer((driven[:, step : step + 1] for step in range(d.steps)), windows[:, -1:])[:, 0]

    def along(self, series: np.ndarray) -> np.ndarray:
        """Logits, float64 (windows, classes), of every window in float32 features (candles, features) without a gap.

        What the one network that is stacked gives of each, up to float32 rounding; but neighbours share most of their
        convolutions, which are computed once.
        """
        parts = [np.empty((0, self.dimensions.classes))]
        for start in range(0, len(series) - self.dimensions.window + 1, WINDOWS_AT_ONCE):
            parts.append(self._along(series[start : start + WINDOWS_AT_ONCE + self.dimensions.window - 1]))
        return np.concatenate(parts)

    def _along(self, series: np.ndarray) -> np.ndarray:
        d = self.dimensions
        newest = series[None, d.window - 1 :]
        shapes = self._find_shapes(series[None])
        means = _mean_of_each(sliding_window_view(shapes, d.pool, axis=1).transpose(0, 1, 3, 2))
        driven = _linear(means, self._input, self._lstm_bias)
        of_each_window = (driven[:, step * d.pool :][:, : newest.shape[1]] for step in range(d.steps))
        return self._answer(of_each_window, newest)[0]

    def _find_shapes(self, features: np.ndarray) -> np.ndarray:
        """Shapes (..., places, channels) in features (..., candles, features)."""
        x = _gelu(_convolve(features, self.dimensions.first_kernel, *self._conv1))
        return _gelu(_convolve(x, self.dimensions.second_kernel, *self._conv2))

    def _answer(self, driven: Iterable[np.ndarray], newest: np.ndarray) -> np.ndarray:
        """Logits (networks, windows, classes), of each step's share of the gates and the newest features (networks, windows, ...)."""
        joined = np.concatenate([self._last_state(driven, newest.shape[:2]), newest], axis=2)
        return _linear(_gelu(_linear(joined, *self._head)), *self._out)

    def _last_state(self, driven: Iterable[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
        """The LSTM's hidden state (networks, windows, hidden) after every step of its inputs' share of the gates."""
        hidden = self.dimensions.hidden
        state = np.zeros((*shape, hidden), dtype=np.float32)
        cell = np.zeros_like(state)
        for each in driven:
            gates = _linear(state, self._recurrent, each)
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


# ---------------------------------------------------------------- gelu

_END = np.float32(6)
_STRETCHES = 1 << 14
_PHI = np.array([math.erfc(-x / math.sqrt(2)) / 2 for x in np.linspace(-_END, _END, _STRETCHES + 1)])
_PHI[[0, -1]] = 0, 1
_STARTS, _RISES = _PHI.astype(np.float32), np.diff(_PHI, append=1.0).astype(np.float32)
_IN_CACHE = 1 << 14


def _gelu(x: np.ndarray) -> np.ndarray:
    """``x`` times the standard normal distribution function at ``x`` (Hendrycks & Gimpel, Gaussian Error Linear Units,
    2016), of float32 in one piece; in their place.

    That function is read off a table, in straight lines between places that lie so close that it is off by less than
    single precision rounds. numpy has no error function; scipy's takes twice as long, and some time to import.
    """
    flat = x.reshape(-1)
    for start in range(0, len(flat), _IN_CACHE):
        part = flat[start : start + _IN_CACHE]
        share = np.fmax(part, -_END)  # unlike clip for what is no number, which stays none and takes no other with it
        np.fmin(share, _END, out=share)
        share += _END
        share *= np.float32(_STRETCHES) / (2 * _END)
        whole = np.floor(share)
        share -= whole
        place = whole.astype(np.intp)
        share *= _RISES.take(place)
        share += _STARTS.take(place)
        part *= share
    return x
