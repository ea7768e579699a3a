"""The states of a rule on one series, as Grafana has them, and the one step from each to the next. Pure; no clock.

A rule fires when a signal *changes into* it: what meets a rule when it is looked at first does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """How a rule stands on one series."""

    NORMAL = "normal"
    PENDING = "pending"
    """It is met, not yet on enough candles in a row."""
    FIRING = "firing"
    RECOVERING = "recovering"
    """It is met no longer, and what is lower still would end it."""
    NO_DATA = "no_data"
    ERROR = "error"
    """There is a candle, and nothing that the rule could judge."""


class Seen(StrEnum):
    """What one candle shows of a rule."""

    MEETS = "meets"
    HOLDS = "holds"
    """Below what enters the rule, not below what leaves it."""
    LEAVES = "leaves"
    SILENT = "silent"
    UNREADABLE = "unreadable"


class Event(StrEnum):
    """What there is to tell of a step."""

    FIRED = "fired"
    ENDED = "ended"
    WENT_SILENT = "went_silent"


@dataclass(frozen=True, slots=True)
class Standing:
    """A state; ``candles`` have met the rule in a row while it is pending, ``fired`` is whether an alert has not ended yet."""

    state: State
    fired: bool = False
    candles: int = 0

    def __post_init__(self) -> None:
        fired = {State.FIRING: True, State.RECOVERING: True, State.NORMAL: False, State.PENDING: False}
        if fired.get(self.state, self.fired) is not self.fired or (self.candles > 0) != (self.state is State.PENDING):
            raise ValueError(
                f"Nothing stands as {self}; expected fired in {State.FIRING}, candles in {State.PENDING} only."
            )


NORMAL, FIRING, RECOVERING = Standing(State.NORMAL), Standing(State.FIRING, True), Standing(State.RECOVERING, True)


class Step(NamedTuple):
    """How a rule stands after a candle, None where nothing was ever seen, and what there is to tell."""

    standing: Standing | None
    event: Event | None = None


def step(before: Standing | None, seen: Seen, wanted: int, candles: int = 1) -> Step:
    """The step that so many ``candles`` make which all show the same; ``wanted`` in a row make the rule fire."""
    if seen in {Seen.SILENT, Seen.UNREADABLE}:
        return _without_sight(before, seen)
    if before is None:
        return Step(FIRING if seen is Seen.MEETS else NORMAL)
    return _after_firing(seen) if before.fired else _toward_firing(before, seen, wanted, candles)


def _without_sight(before: Standing | None, seen: Seen) -> Step:
    if before is None:
        return Step(None)
    state = State.NO_DATA if seen is Seen.SILENT else State.ERROR
    goes_silent = state is State.NO_DATA is not before.state
    return Step(Standing(state, before.fired), Event.WENT_SILENT if goes_silent else None)


def _after_firing(seen: Seen) -> Step:
    if seen is Seen.LEAVES:
        return Step(NORMAL, Event.ENDED)
    return Step(FIRING if seen is Seen.MEETS else RECOVERING)


def _toward_firing(before: Standing, seen: Seen, wanted: int, candles: int) -> Step:
    if seen is not Seen.MEETS:
        return Step(NORMAL)
    in_a_row = before.candles + candles
    if in_a_row >= wanted:
        return Step(FIRING, Event.FIRED)
    return Step(replace(NORMAL, state=State.PENDING, candles=in_a_row))
