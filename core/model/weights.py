"""The weights file, written by ``torch.save`` and read here as data: nothing in its pickle is ever called.

``torch.load(weights_only=True)`` runs no foreign code, but follows a stranger's file into gigabytes (it calls bytearray
with whatever number stands there) and into hashing that never ends (tuples in tuples, as keys). Here each instruction of
the pickle only notes what was meant, and the numbers come straight out of the archive's stored members.
"""

from __future__ import annotations

import math
import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from core.errors import UnusableModel
from core.model.archive import read_members
from core.text import shorten

LARGEST_WEIGHTS = 8_100_000
"""Bytes: as many parameters as a network may have, and what is written around them. A model of ours takes 70 kB."""
LARGEST_PICKLE = 16_000
"""Bytes: names, shapes and places of the weights. Ours take 1,153."""

_PICKLE, _BYTE_ORDER = "data.pkl", "byteorder"
_MOST_AXES = 4


@dataclass(frozen=True, slots=True, repr=False)
class Named:
    """A class or function that a pickle asks for; it is never looked up."""

    name: str


@dataclass(frozen=True, slots=True, repr=False)
class Called:
    """A call that a pickle asks for; it is never made."""

    function: object
    arguments: object


@dataclass(frozen=True, slots=True, repr=False)
class Stored:
    """Numbers that lie outside the pickle, in a member of the archive."""

    description: object


def read_weights(content: bytes) -> object:
    """What core.model.network.to_checkpoint made of the network, with arrays for its tensors, or whatever a stranger wrote.

    UnusableModel, or another exception, for a file that cannot have come from there.
    """
    files = _without_folder(read_members(content, LARGEST_WEIGHTS))
    if files.get(_BYTE_ORDER, b"little") != b"little":
        raise UnusableModel("The numbers stand in the byte order of another kind of machine; train the model anew.")
    checkpoint = read_pickle(files[_PICKLE])
    if isinstance(checkpoint, dict) and isinstance(checkpoint.get("weights"), dict):
        storages = {name.removeprefix("data/"): content for name, content in files.items()}
        weights = {name: _array(name, noted, storages) for name, noted in checkpoint["weights"].items()}
        return checkpoint | {"weights": weights}
    return checkpoint


def _without_folder(members: dict[str, bytes]) -> dict[str, bytes]:
    """The members by their names below the one folder that torch puts them in."""
    if len({name.partition("/")[0] for name in members}) != 1:
        raise UnusableModel(
            f"The archive holds {shorten(sorted(members), 120)}; expected one folder, as torch writes it."
        )
    return {name.partition("/")[2]: content for name, content in members.items()}


def _array(name: str, noted: object, storages: dict[str, bytes]) -> np.ndarray:
    """The weights that lie where ``noted`` says; each storage is taken once, so that they are no more than the file."""
    match noted:
        case Called(
            Named("torch._utils _rebuild_tensor_v2"),
            # Gradients and hooks say nothing about the numbers; what torch would add after them (negated, conjugated) does.
            (Stored(("storage", Named("torch FloatStorage"), str(place), _, _)), 0, tuple(size), tuple(strides), _, _),
        ) if place in storages:
            content = storages.pop(place)
        case _:
            raise UnusableModel(f"The model's weight {shorten(name)} is {_kind(noted)}; expected plain float32.")
    if not _is_whole(size, strides, len(content)):
        raise UnusableModel(f"The model's weight {shorten(name)} is not laid out as its file is; train the model anew.")
    return np.frombuffer(content, dtype="<f4").reshape(size)


def _kind(noted: object) -> str:
    """What else a weight is, in a word or two."""
    match noted:
        case Called(Named(), (Stored((_, Named(storage), *_)), *_)):
            return shorten(storage)
        case Called(Named(function), _):
            return shorten(function)
        case _:
            return type(noted).__name__


def _is_whole(size: tuple[Any, ...], strides: tuple[Any, ...], stored: int) -> bool:
    """Whether a shape with these strides is so many bytes of float32, one after another."""
    numbers = (*size, *strides)
    if len(numbers) > 2 * _MOST_AXES or not all(type(number) is int and number >= 1 for number in numbers):
        return False
    steps = [math.prod(size[place + 1 :]) for place in range(len(size))]
    in_a_row = len(size) == len(strides) and all(
        n == 1 or stride == step for n, stride, step in zip(size, strides, steps, strict=True)
    )
    return in_a_row and math.prod(size) * 4 == stored


# ---------------------------------------------------------------- the pickle


def read_pickle(content: bytes) -> Any:
    """What a pickle of plain data describes, with Named, Called and Stored for everything that is none.

    UnusableModel for a longer one than weights need, for instructions that ``torch.save`` does not write for them and for
    keys that are no text; IndexError and its like for one that breaks its own order.
    """
    if len(content) > LARGEST_PICKLE:
        raise UnusableModel(f"Names and shapes take {len(content):,} bytes; expected at most {LARGEST_PICKLE:,}.")
    reading = _Reading()
    for opcode, argument, _ in pickletools.genops(content):
        if opcode.name == "STOP":
            break
        reading.follow(opcode.name, argument)
    return reading.stack.pop()


_CONSTANTS: Final = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_WRITTEN_OUT: Final = {"BINUNICODE", "BININT", "BININT1", "BININT2", "BINFLOAT"}
_TUPLES: Final = {"EMPTY_TUPLE": 0, "TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class _Reading:
    """A pickle that is being read: its stack, where groups on it begin, and what it has a number for."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self._groups: list[int] = []
        self._numbered: dict[int, Any] = {}

    def follow(self, instruction: str, argument: Any) -> None:
        """One instruction further."""
        if instruction in _WRITTEN_OUT:
            self.stack.append(argument)
        elif instruction in _CONSTANTS:
            self.stack.append(_CONSTANTS[instruction])
        elif instruction in _TUPLES:
            self._make_tuple(len(self.stack) - _TUPLES[instruction])
        elif instruction in _STEPS:
            _STEPS[instruction](self, argument)
        else:
            raise UnusableModel(f"The pickle has the instruction {instruction}, which no weights need.")

    def _make_tuple(self, start: int) -> None:
        if start < 0:
            raise IndexError(start)
        self.stack[start:] = [tuple(self.stack[start:])]

    def begin_group(self, _: object) -> None:
        self._groups.append(len(self.stack))

    def end_tuple(self, _: object) -> None:
        self._make_tuple(self._groups.pop())

    def number(self, argument: int) -> None:
        self._numbered[argument] = self.stack[-1]

    def recall(self, argument: int) -> None:
        self.stack.append(self._numbered[argument])

    def add_item(self, _: object) -> None:
        self._add(len(self.stack) - 2)

    def add_items(self, _: object) -> None:
        self._add(self._groups.pop())

    def _add(self, start: int) -> None:
        items = self.stack[start:]
        del self.stack[start:]
        if not all(isinstance(key, str) for key in items[::2]):
            raise UnusableModel("The pickle has a key that is no text, which no weights need.")
        self.stack[-1].update(zip(items[::2], items[1::2], strict=True))

    def call(self, _: object) -> None:
        arguments, function = self.stack.pop(), self.stack.pop()
        self.stack.append(Called(function, arguments))


_STEPS: Final[dict[str, Callable[[_Reading, Any], None]]] = {
    "PROTO": lambda _reading, _argument: None,
    "EMPTY_DICT": lambda reading, _: reading.stack.append({}),
    "GLOBAL": lambda reading, name: reading.stack.append(Named(name)),
    "BINPERSID": lambda reading, _: reading.stack.append(Stored(reading.stack.pop())),
    "MARK": _Reading.begin_group,
    "TUPLE": _Reading.end_tuple,
    "BINPUT": _Reading.number,
    "LONG_BINPUT": _Reading.number,
    "BINGET": _Reading.recall,
    "LONG_BINGET": _Reading.recall,
    "SETITEM": _Reading.add_item,
    "SETITEMS": _Reading.add_items,
    "REDUCE": _Reading.call,
}
