"""The network: a small CNN-LSTM that turns a window of features into three logits.

Conv1d, Conv1d and average pooling find short shapes, an LSTM reads their order, and a small head joins
its last state with the newest candle's features. Dimensions travel with the weights, so that a checkpoint
rebuilds its own network.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.errors import UnusableModel
from core.model.features import FEATURES
from core.text import shorten

MOST_PARAMETERS = 2_000_000
"""Of one network; the shipped ones have 15,619."""
LARGEST_WEIGHT = 10_000.0
"""Trained weights stay under 10. From far larger ones arithmetic overflows, and no probability comes out."""

_WINDOWS_AT_ONCE = 2048  # in one pass of logits_along: memory stays bounded however long the history is


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What a CNN-LSTM is built from; two networks with equal Dimensions can be stacked."""

    features: int = len(FEATURES)
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
            got = shorten(sorted(values), 120) if isinstance(values, dict) else type(values).__name__
            raise UnusableModel(f"The model's dimensions are {got}; expected exactly {names}.")
        for name in names:
            value = values[name]
            if type(value) is not int or not 1 <= value <= 1024:
                got = shorten(value) if isinstance(value, int | float | str) else type(value).__name__
                raise UnusableModel(f"The model's dimension {name} is {got}; expected a whole number from 1 to 1024.")
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
        shapes = self.pool(self._find_shapes(windows.transpose(1, 2)))
        return self._read_in_order(shapes.transpose(1, 2), windows[:, -1])

    def forward(self, windows: Tensor) -> Tensor:
        return self.out(self.dropout(self.embed(windows)))

    def along(self, series: Tensor) -> Tensor:
        """Logits (windows, classes) of every window in standardised features (candles, features) without a gap.

        What ``forward`` gives of each, up to float32 rounding; but neighbours share most of their convolutions,
        which are computed once.
        """
        d = self.dimensions
        shapes = functional.avg_pool1d(self._find_shapes(series.T), d.pool, stride=1)
        steps = (d.window - d.first_kernel - d.second_kernel + 2) // d.pool
        newest = series[d.window - 1 :]
        by_window = shapes.unfold(1, (steps - 1) * d.pool + 1, 1)[:, : len(newest), :: d.pool]
        return self.out(self.dropout(self._read_in_order(by_window.permute(1, 2, 0), newest)))

    def _find_shapes(self, features: Tensor) -> Tensor:
        """Shapes (..., channels, places) in features (..., features, candles)."""
        return functional.gelu(self.conv2(functional.gelu(self.conv1(features))))

    def _read_in_order(self, shapes: Tensor, newest: Tensor) -> Tensor:
        """What the last layer sees (batch, head), of shapes (batch, places, channels) and the newest features."""
        _, (state, _) = self.lstm(shapes)
        joined = torch.cat([state[-1], newest], dim=1)
        return functional.gelu(self.head(self.dropout(joined)))


def logits_along(network: CnnLstm, series: np.ndarray) -> np.ndarray:
    """Logits, float64, shape (windows, classes), of every window in float32 features (candles, features) without a gap."""
    window = network.dimensions.window
    parts = [np.empty((0, network.dimensions.classes))]
    with torch.inference_mode():
        for start in range(0, len(series) - window + 1, _WINDOWS_AT_ONCE):
            part = torch.from_numpy(series[start : start + _WINDOWS_AT_ONCE + window - 1])
            parts.append(network.along(part).double().numpy())
    return np.concatenate(parts)


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
    dimensions = Dimensions.from_dict(checkpoint["dimensions"])
    with torch.device("meta"):  # shapes without memory: a hostile file could ask for gigabytes
        network = CnnLstm(dimensions)
    expected = network.state_dict()
    parameters = sum(tensor.numel() for tensor in expected.values())
    if parameters > MOST_PARAMETERS:
        raise UnusableModel(
            f"The model's dimensions ask for {parameters:,} parameters; expected at most {MOST_PARAMETERS:,}."
        )
    weights = checkpoint["weights"]
    if set(weights) != set(expected):
        got = shorten(sorted(map(str, weights)), 120)
        raise UnusableModel(f"The model's weights are named {got}; expected {sorted(expected)}.")
    for name, tensor in weights.items():
        if not isinstance(tensor, Tensor) or tensor.shape != expected[name].shape:
            shape = tuple(tensor.shape) if isinstance(tensor, Tensor) else type(tensor).__name__
            raise UnusableModel(
                f"The model's weight {name} has shape {shape}; its dimensions ask for {tuple(expected[name].shape)}."
            )
        if tensor.dtype != torch.float32 or tensor.layout != torch.strided:
            raise UnusableModel(
                f"The model's weight {name} is {tensor.dtype} ({tensor.layout}); expected plain float32."
            )
        if not torch.isfinite(tensor).all():
            raise UnusableModel(f"The model's weight {name} holds a value that is not finite.")
        if tensor.numel() and tensor.abs().max() > LARGEST_WEIGHT:
            raise UnusableModel(
                f"The model's weight {name} holds {float(tensor.abs().max()):.3g}; expected at most {LARGEST_WEIGHT:,.0f}."
            )
    network.load_state_dict(weights, assign=True)
    return network.eval().requires_grad_(False)
