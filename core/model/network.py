"""The network: a small CNN-LSTM that turns a window of features into three logits.

Conv1d, Conv1d and average pooling find short shapes, an LSTM reads their order, and a small head joins
its last state with the newest candle's features. Dimensions travel with the weights, so that a checkpoint
rebuilds its own network.
"""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.model.parameters import Dimensions, Parameters


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

    def _find_shapes(self, features: Tensor) -> Tensor:
        """Shapes (..., channels, places) in features (..., features, candles)."""
        return functional.gelu(self.conv2(functional.gelu(self.conv1(features))))

    def _read_in_order(self, shapes: Tensor, newest: Tensor) -> Tensor:
        """What the last layer sees (batch, head), of shapes (batch, places, channels) and the newest features."""
        _, (state, _) = self.lstm(shapes)
        joined = torch.cat([state[-1], newest], dim=1)
        return functional.gelu(self.head(self.dropout(joined)))


def to_checkpoint(network: CnnLstm) -> dict[str, Any]:
    """Plain data for ``torch.save``: dimensions and float32 weights."""
    weights = {
        name: tensor.detach().to("cpu", torch.float32).contiguous().clone()
        for name, tensor in network.state_dict().items()
    }
    return {"dimensions": asdict(network.dimensions), "weights": weights}


def write_weights(network: CnnLstm) -> bytes:
    """The weights file of a network, which core.model.weights reads."""
    file = io.BytesIO()
    torch.save(to_checkpoint(network), file)
    return file.getvalue()


def from_checkpoint(checkpoint: object) -> CnnLstm:
    """The network that ``to_checkpoint`` was given; UnusableModel where its weights do not fit its dimensions."""
    return network_of(Parameters.of(_as_arrays(checkpoint)))


def parameters_of(network: CnnLstm) -> Parameters:
    """The weights of a network as they are now."""
    return Parameters.of(_as_arrays(to_checkpoint(network)))


def network_of(parameters: Parameters) -> CnnLstm:
    """The network with these weights, in evaluation mode."""
    with torch.device("meta"):  # random weights that nobody needs would take most of the time
        network = CnnLstm(parameters.dimensions)
    weights = {name: torch.from_numpy(weight.copy()) for name, weight in parameters.weights.items()}
    network.load_state_dict(weights, assign=True)
    return network.eval().requires_grad_(False)


def _as_arrays(checkpoint: object) -> object:
    """A checkpoint with arrays for its tensors."""
    if not isinstance(checkpoint, dict) or not isinstance(checkpoint.get("weights"), dict):
        return checkpoint
    weights = checkpoint["weights"].items()
    return checkpoint | {
        "weights": {name: _as_array(each) if isinstance(each, Tensor) else each for name, each in weights}
    }


def _as_array(tensor: Tensor) -> object:
    """The tensor itself where numpy has nothing like it: who checks weights says what is wrong with it."""
    try:
        return tensor.detach().numpy()
    except (TypeError, RuntimeError):
        return tensor
