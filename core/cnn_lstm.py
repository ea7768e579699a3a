"""The network: a small CNN-LSTM that turns a window of features into three logits.

Conv1d, Conv1d and average pooling find short shapes, an LSTM reads their order, and a small head joins
its last state with the newest candle's features. Dimensions travel with the weights, so that a checkpoint
rebuilds its own network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.domain import UnusableModel


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What a CNN-LSTM is built from; two networks with equal Dimensions can be stacked."""

    features: int = 15
    window: int = 48  # candles
    channels: int = 32
    first_kernel: int = 5
    second_kernel: int = 3
    pool: int = 2
    hidden: int = 32
    head: int = 32
    classes: int = 3

    @classmethod
    def from_dict(cls, values: object) -> Dimensions:
        """Dimensions out of a checkpoint; UnusableModel says which value cannot be."""
        names = [f.name for f in fields(cls)]
        if not isinstance(values, dict) or sorted(values) != sorted(names):
            got = sorted(values) if isinstance(values, dict) else type(values).__name__
            raise UnusableModel(f"The model's dimensions are {got}; expected exactly {names}.")
        for name in names:
            if type(values[name]) is not int or not 1 <= values[name] <= 1024:
                raise UnusableModel(
                    f"The model's dimension {name} is {values[name]!r}; expected a whole number from 1 to 1024."
                )
        if values["window"] < values["first_kernel"] + values["second_kernel"] + values["pool"]:
            raise UnusableModel(f"The model's window of {values['window']} candles is shorter than its kernels need.")
        return cls(**values)


class CnnLstm(nn.Module):
    """Logits (batch, classes) out of standardised features (batch, window, features)."""

    def __init__(self, dimensions: Dimensions, dropout: float = 0.0) -> None:
        super().__init__()
        d = self.dimensions = dimensions
        self.conv1 = nn.Conv1d(d.features, d.channels, d.first_kernel)
        self.conv2 = nn.Conv1d(d.channels, d.channels, d.second_kernel)
        self.lstm = nn.LSTM(d.channels, d.hidden, batch_first=True)
        self.head = nn.Linear(d.hidden + d.features, d.head)
        self.out = nn.Linear(d.head, d.classes)
        self.pool = nn.AvgPool1d(d.pool)
        self.dropout = nn.Dropout(dropout)

    def embed(self, windows: Tensor) -> Tensor:
        """What the last layer sees: (batch, head). Per-coin training changes only that last layer."""
        shapes = functional.gelu(self.conv2(functional.gelu(self.conv1(windows.transpose(1, 2)))))
        _, (state, _) = self.lstm(self.pool(shapes).transpose(1, 2))
        joined = torch.cat([state[-1], windows[:, -1]], dim=1)
        return functional.gelu(self.head(self.dropout(joined)))

    def forward(self, windows: Tensor) -> Tensor:
        return self.out(self.dropout(self.embed(windows)))


def to_checkpoint(network: CnnLstm) -> dict[str, Any]:
    """Plain data for ``torch.save``: dimensions and float32 weights."""
    weights = {
        name: tensor.detach().to("cpu", torch.float32).contiguous().clone()
        for name, tensor in network.state_dict().items()
    }
    return {"dimensions": asdict(network.dimensions), "weights": weights}


def from_checkpoint(checkpoint: object) -> CnnLstm:
    """The network a checkpoint describes, in evaluation mode; UnusableModel where its shapes do not fit its dimensions."""
    if (
        not isinstance(checkpoint, dict)
        or set(checkpoint) != {"dimensions", "weights"}
        or not isinstance(checkpoint["weights"], dict)
    ):
        raise UnusableModel("The model file is not a Candor checkpoint; expected a dict of 'dimensions' and 'weights'.")
    network = CnnLstm(Dimensions.from_dict(checkpoint["dimensions"]))
    expected = network.state_dict()
    weights = checkpoint["weights"]
    if set(weights) != set(expected):
        raise UnusableModel(f"The model's weights are named {sorted(map(str, weights))}; expected {sorted(expected)}.")
    for name, tensor in weights.items():
        if not isinstance(tensor, Tensor) or tensor.shape != expected[name].shape:
            got = tuple(tensor.shape) if isinstance(tensor, Tensor) else type(tensor).__name__
            raise UnusableModel(
                f"The model's weight {name} has shape {got}; its dimensions ask for {tuple(expected[name].shape)}."
            )
        if not torch.isfinite(tensor).all():
            raise UnusableModel(f"The model's weight {name} holds a value that is not finite.")
    network.load_state_dict(weights)
    return network.eval().requires_grad_(False)


class StackedCnnLstm:
    """Many networks of equal Dimensions evaluated as one forward pass, each on a window of its own.

    Weights are stacked along a first axis, so that every layer becomes one batched matrix product:
    convolutions as products over unfolded windows, the LSTM step by step (its gates in PyTorch's order
    input, forget, cell, output). Gives what the networks give one by one, up to float32 rounding.
    """

    def __init__(self, networks: Sequence[CnnLstm]) -> None:
        different = {network.dimensions for network in networks}
        if len(different) != 1:
            raise ValueError(f"only networks of equal dimensions can be stacked, got {sorted(map(str, different))}")
        self.dimensions = networks[0].dimensions
        self.count = len(networks)
        states = [network.state_dict() for network in networks]
        stacked = {name: torch.stack([state[name] for state in states]) for name in states[0]}
        n = self.count
        self._conv1 = _as_product(stacked["conv1.weight"]), stacked["conv1.bias"].unsqueeze(1)
        self._conv2 = _as_product(stacked["conv2.weight"]), stacked["conv2.bias"].unsqueeze(1)
        self._input = stacked["lstm.weight_ih_l0"].transpose(1, 2).contiguous()
        self._recurrent = stacked["lstm.weight_hh_l0"].transpose(1, 2).contiguous()
        self._lstm_bias = (stacked["lstm.bias_ih_l0"] + stacked["lstm.bias_hh_l0"]).view(n, 1, -1)
        self._head = stacked["head.weight"].transpose(1, 2).contiguous(), stacked["head.bias"].unsqueeze(1)
        self._out = stacked["out.weight"].transpose(1, 2).contiguous(), stacked["out.bias"].unsqueeze(1)

    def __call__(self, windows: Tensor) -> Tensor:
        """Logits (networks, classes) out of standardised features (networks, window, features)."""
        d = self.dimensions
        with torch.inference_mode():
            x = functional.gelu(_conv(windows, d.first_kernel, *self._conv1))
            x = functional.gelu(_conv(x, d.second_kernel, *self._conv2))
            steps = x.shape[1] // d.pool
            x = x[:, : steps * d.pool].reshape(self.count, steps, d.pool, d.channels).mean(dim=2)
            state = self._last_state(torch.baddbmm(self._lstm_bias, x, self._input))
            joined = torch.cat([state, windows[:, -1:]], dim=2)
            embedded = functional.gelu(torch.baddbmm(self._head[1], joined, self._head[0]))
            return torch.baddbmm(self._out[1], embedded, self._out[0]).squeeze(1)

    def _last_state(self, driven: Tensor) -> Tensor:
        """The LSTM's hidden state (networks, 1, hidden) after every step of its inputs' share of the gates."""
        hidden = self.dimensions.hidden
        state = driven.new_zeros(self.count, 1, hidden)
        cell = driven.new_zeros(self.count, 1, hidden)
        for step in range(driven.shape[1]):
            gates = torch.baddbmm(driven[:, step : step + 1], state, self._recurrent)
            keep = torch.sigmoid(gates[..., : 2 * hidden])
            cell = keep[..., hidden:] * cell + keep[..., :hidden] * torch.tanh(gates[..., 2 * hidden : 3 * hidden])
            state = torch.sigmoid(gates[..., 3 * hidden :]) * torch.tanh(cell)
        return state


def _as_product(weight: Tensor) -> Tensor:
    """Kernels (networks, out, in, width) as matrices (networks, in * width, out)."""
    return weight.flatten(2).transpose(1, 2).contiguous()


def _conv(x: Tensor, width: int, weight: Tensor, bias: Tensor) -> Tensor:
    """One convolution per network over time: (networks, time, in) -> (networks, time - width + 1, out)."""
    patches = x.unfold(1, width, 1).flatten(2)
    return torch.baddbmm(bias, patches, weight)
