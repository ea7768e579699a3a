"""Which part of Candor a process is, and whether it records what is said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a process is there for."""

    ALL = "all"
    """Follows the market, records and shows: the only process, or one of several that all do the same."""
    FEEDER = "feeder"
    """Records while it leads, and waits to lead otherwise."""
    FACE = "face"
    """Shows, and writes nothing into the ledger's database."""


class Standing(StrEnum):
    """What a process does for the ledger now."""

    RECORDING = "recording"
    LEADING = "leading"
    STANDBY = "standby"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Part:
    """The part that a process plays; ``epoch`` is that of a feeder which leads, and None of every other process.

    ``kept_out`` says that somebody who leads keeps this process from recording.
    """

    role: Role
    epoch: int | None = None
    kept_out: bool = False

    @property
    def standing(self) -> Standing:
        match self.role:
            case Role.ALL:
                return Standing.STANDBY if self.kept_out else Standing.RECORDING
            case Role.FACE:
                return Standing.READING
            case Role.FEEDER:
                return Standing.STANDBY if self.epoch is None else Standing.LEADING

    @property
    def records(self) -> bool:
        """Whether what is said now is written by this very process."""
        return self.standing in {Standing.RECORDING, Standing.LEADING}
