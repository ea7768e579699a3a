"""The replay and the parity of live and replayed signals, as JSON."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from core.replay import Parity, ReplayProgress, ReplayState
from core.text import iso
from core.wording.replay import parity_text, progress_text


class ReplayAnswer(BaseModel):
    """Models are run over past candles that they have never seen, once each; the signals enter the ledger as `replayed`."""

    state: ReplayState
    models_done: int
    models: int
    signals: int = Field(description="Entered since this process began.")
    left_out: int = Field(description="Models of which nothing is replayed; `message` says why.")
    message: str


class ParityAnswer(BaseModel):
    """Live signals beside what their own replay says, each compared once, within a minute of its entry: direction, side,

    levels, barriers, probabilities, proofs and verdict, unless that was `stale_data` or `stale_model`, which depend on more
    than candles.
    """

    compared: int
    equal: int
    largest_difference: float = Field(
        description="In probability, and relative to the price; 0 is equal to the last bit."
    )
    left_out: int = Field(description="More of that time whose candles, or model, were not at hand any more.")
    compared_since: str = Field(description="When the first was compared: as a rule, when this process was started.")
    compared_at: str = Field(description="When the newest were.")
    message: str


def replay_json(progress: ReplayProgress) -> dict[str, Any]:
    """How far the replay has come, for health checks."""
    return {
        "state": progress.state.value,
        "models_done": progress.done,
        "models": progress.total,
        "signals": progress.rows,
        "left_out": len(progress.left_out),
        "message": progress_text(progress),
    }


def parity_json(parity: Parity | None, damaged: bool) -> dict[str, Any] | None:
    """What the last comparison found; None before the first."""
    if parity is None:
        return None
    return {
        "compared": parity.compared,
        "equal": parity.equal,
        "largest_difference": parity.largest_difference,
        "left_out": parity.left_out,
        "compared_since": iso(parity.since),
        "compared_at": iso(parity.at),
        "message": parity_text(parity, damaged),
    }
