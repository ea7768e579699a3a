"""What is told of the replay: how far it has come, whom it leaves out and why, and whether it says what was said live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from core.domain import Series


class ReplayState(StrEnum):
    """What the replay does now."""

    OFF = "off"
    """The settings ask for none."""
    WAITING = "waiting"
    """For the first board, or for a ledger that can be written."""
    ELSEWHERE = "elsewhere"
    """This process records nothing."""
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class OnlyLearned:
    """The model has learned from all past candles at hand, or was chosen by them, until ``learned_until``: none is new to it."""

    learned_until: datetime


@dataclass(frozen=True, slots=True)
class NoPastCandles:
    """The market's past candles cannot be had; ``message`` is the market's, and may hold ``{path}`` for ``path``."""

    message: str
    path: str | None


@dataclass(frozen=True, slots=True)
class ReplayFailed:
    """What nobody foresaw; ``error`` is its kind, and the log has the details."""

    error: str


LeftOut = OnlyLearned | NoPastCandles | ReplayFailed


@dataclass(frozen=True, slots=True)
class ReplayProgress:
    """So many models of ``total`` are done, with ``rows`` signals entered since the process began.

    ``left_out`` has the models of which nothing is replayed, and why.
    """

    state: ReplayState
    done: int = 0
    total: int = 0
    rows: int = 0
    left_out: Mapping[Series, LeftOut] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Different:
    """A live signal that its own replay does not repeat: which one, and the first value in which the two differ."""

    series: Series
    candle_open_time: datetime
    value: str
    live: str | float
    replayed: str | float


@dataclass(frozen=True, slots=True)
class Parity:
    """Live signals beside their own replay: ``equal`` of ``compared`` say the same.

    ``largest_difference`` is that of probabilities, and of prices relative to the price. Each was compared once, the first
    at ``since`` and the newest at ``at``, this machine's time; ``left_out`` more could not be, since their candles or their
    model were not at hand any more.
    """

    compared: int
    equal: int
    largest_difference: float
    first_different: Different | None
    since: datetime
    at: datetime
    left_out: int = 0
