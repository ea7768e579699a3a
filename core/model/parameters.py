"""A network as numbers: the dimensions it was built with, and its weights, checked against each other before they are used."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from core.errors import UnusableModel
from core.model.features import FEATURES
from core.text import shorten

MOST_PARAMETERS = 2_000_000
"""Of one network; the shipped ones have 15,619."""
LARGEST_WEIGHT = 10_000.0
"""Trained weights stay under 10. From far larger ones arithmetic overflows, and no probability comes out."""


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

    @property
    def steps(self) -> int:
        """How many pooled places of a window the LSTM reads, one after another."""
        return (self.window - self.first_kernel - self.second_kernel + 2) // self.pool

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each weight, by torch's name for it and in torch's order."""
        gates = 4 * self.hidden
        return {
            "conv1.weight": (self.channels, self.features, self.first_kernel),
            "conv1.bias": (self.channels,),
            "conv2.weight": (self.channels, self.channels, self.second_kernel),
            "conv2.bias": (self.channels,),
            "lstm.weight_ih_l0": (gates, self.channels),
            "lstm.weight_hh_l0": (gates, self.hidden),
            "lstm.bias_ih_l0": (gates,),
            "lstm.bias_hh_l0": (gates,),
            "head.weight": (self.head, self.hidden + self.features),
            "head.bias": (self.head,),
            "out.weight": (self.classes, self.head),
            "out.bias": (self.classes,),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """The weights of one network, float32, by name; whoever has them does not change them."""

    dimensions: Dimensions
    weights: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, checkpoint: object) -> Parameters:
        """What a checkpoint of plain data describes; UnusableModel where its weights do not fit its dimensions."""
        if (
            not isinstance(checkpoint, dict)
            or set(checkpoint) != {"dimensions", "weights"}
            or not isinstance(checkpoint["weights"], dict)
        ):
            raise UnusableModel(
                "The model file is not a Candor checkpoint; expected a dict of 'dimensions' and 'weights'."
            )
        dimensions = Dimensions.from_dict(checkpoint["dimensions"])
        _check(checkpoint["weights"], dimensions.shapes)
        return cls(dimensions, checkpoint["weights"])


def _check(weights: dict[str, object], shapes: dict[str, tuple[int, ...]]) -> None:
    parameters = sum(map(math.prod, shapes.values()))
    if parameters > MOST_PARAMETERS:
        raise UnusableModel(
            f"The model's dimensions ask for {parameters:,} parameters; expected at most {MOST_PARAMETERS:,}."
        )
    if set(weights) != set(shapes):
        got = shorten(sorted(map(str, weights)), 120)
        raise UnusableModel(f"The model's weights are named {got}; expected {sorted(shapes)}.")
    for name, weight in weights.items():
        _check_weight(name, weight, shapes[name])


def _check_weight(name: str, weight: object, shape: tuple[int, ...]) -> None:
    if not isinstance(weight, np.ndarray) or weight.shape != shape:
        got = weight.shape if isinstance(weight, np.ndarray) else type(weight).__name__
        raise UnusableModel(f"The model's weight {name} has shape {got}; its dimensions ask for {shape}.")
    if weight.dtype != np.float32:
        raise UnusableModel(f"The model's weight {name} is {weight.dtype}; expected plain float32.")
    largest = max(-float(weight.min()), float(weight.max()))  # NaN where one number is NaN
    if not math.isfinite(largest):
        raise UnusableModel(f"The model's weight {name} holds a value that is not finite.")
    if largest > LARGEST_WEIGHT:
        raise UnusableModel(f"The model's weight {name} holds {largest:.3g}; expected at most {LARGEST_WEIGHT:,.0f}.")
