"""A signal of the ledger as the API tells it: what was shown, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from core.api.moments import moment_json, moment_or_none
from core.domain import Direction
from core.signals.outcomes import Touched, came, label_of, side_right

if TYPE_CHECKING:
    from core.journal.entries import SignalEntry
    from core.journal.judged import StoredOutcome
    from core.journal.stored import StoredSignal


def signal_json(stored: StoredSignal) -> dict[str, Any]:
    """Read inside the ledger's ``understood``: what somebody has changed cannot be told, and raises what that catches."""
    from core.journal.lateness import came_late  # noqa: PLC0415 - loads the database's packages, as opening a ledger did
    from core.journal.retold import prediction_json  # noqa: PLC0415

    entry = stored.entry
    return {
        **(prediction_json(entry, stored.model) if entry.shown is None else orjson.loads(entry.shown)),
        "seq": stored.seq,
        "origin": entry.origin,
        "recorded_at": moment_json(stored.recorded_at_ms),
        "delay_seconds": entry.delay_ms / 1000,
        "late": came_late(entry),
        "code": entry.code,
        "exact_barriers": {"upper": entry.upper_barrier, "lower": entry.lower_barrier},
        "outcome": None if stored.outcome is None else _outcome_json(entry, stored.outcome),
    }


def _outcome_json(signal: SignalEntry, stored: StoredOutcome) -> dict[str, Any]:
    outcome, touched, step = stored.entry, Touched(stored.entry.touched), signal.series.timeframe.milliseconds
    candles = outcome.candles_to_touch
    return {
        "seq": stored.seq,
        "corrects": None if outcome.follows == outcome.signal_seq else outcome.follows,
        "touched": touched,
        "came": came(touched),
        "happened": label_of(touched),
        "side_right": side_right(Direction(signal.direction), touched),
        "touched_at": None if candles is None else moment_json(signal.candle_open_ms + (1 + candles) * step),
        "stop_at": moment_or_none(outcome.stop_at_ms),
        "take_profits": {
            "tp1": moment_or_none(outcome.tp1_at_ms),
            "tp2": moment_or_none(outcome.tp2_at_ms),
            "tp3": moment_or_none(outcome.tp3_at_ms),
        },
        "highest_atr": outcome.highest_atr,
        "lowest_atr": outcome.lowest_atr,
        "r": outcome.r,
        "fee_percent": outcome.fee_percent,
        "resolved_at": moment_json(outcome.resolved_at_ms),
    }
