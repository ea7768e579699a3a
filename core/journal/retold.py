"""A replayed signal as the JSON of a prediction: with the keys of one that was shown, put together from what is recorded.

Nobody saw it when its candle closed: ``trust`` is the one that a live signal of that candle would have had, but for what
nobody knows any more (core.journal.replayed). Its sentences are made of the facts that were
recorded of its model and of itself; where they were not yet, there are none.
"""

from __future__ import annotations

from typing import Any

from core.domain import Direction, TradeLevels
from core.journal.entries import ModelEntry, SignalEntry
from core.journal.noted import reasons_of
from core.market.candles import moment_of
from core.prediction import SkillResult, TrustResult, given_a_move
from core.text import iso


def prediction_json(signal: SignalEntry, model: ModelEntry | None) -> dict[str, Any]:
    """What was said, by a ``model`` as it was described; the figures of one that was not are None."""
    step = signal.series.timeframe.milliseconds
    closed_ms = signal.candle_open_ms + step
    long, short = signal.p_long, signal.p_short
    levels = TradeLevels(
        Direction(signal.levels_side), signal.entry, signal.stop_loss, signal.tp1, signal.tp2, signal.tp3
    )
    upper, lower = levels.barriers
    return {
        "symbol": signal.symbol,
        "timeframe": signal.timeframe,
        "direction": signal.direction,
        "confidence": max(long, short, signal.p_no_trade),
        "probabilities": {"LONG": long, "SHORT": short, "NO_TRADE": signal.p_no_trade},
        "model_accuracy": None if model is None else model.test_accuracy,
        "test_candles": None if model is None else model.test_n,
        "majority_accuracy": None if model is None else model.test_majority_accuracy,
        "entry": signal.entry,
        "stop_loss": signal.stop_loss,
        "take_profits": {"tp1": signal.tp1, "tp2": signal.tp2, "tp3": signal.tp3},
        "tp_eta_minutes": _minutes_to_target(signal, model),
        "prediction_time": _moment(signal.issued_at_ms),
        "valid_until": _moment(closed_ms + step),
        "expired": False,
        "levels_side": signal.levels_side,
        "trust": _trust(signal, model).to_dict(),
        "model_version": signal.model_version,
        "model_kind": signal.model_kind,
        "candle_open_time": _moment(signal.candle_open_ms),
        "move_probability": signal.p_move,
        "usual_move_probability": None if model is None else 1 - model.climatology_no_trade,
        "side_probability": {side: given_a_move(p, long, short) for side, p in (("LONG", long), ("SHORT", short))},
        "barriers": {"upper": upper, "lower": lower},
        "horizon_ends": _moment(closed_ms + signal.horizon_candles * step),
    }


def _minutes_to_target(signal: SignalEntry, model: ModelEntry | None) -> int | None:
    if model is None:
        return None
    long = signal.levels_side == Direction.LONG
    minutes = model.minutes_to_target_long if long else model.minutes_to_target_short
    return None if minutes is None else round(minutes)


def _trust(signal: SignalEntry, model: ModelEntry | None) -> TrustResult:
    timing, side = SkillResult(signal.timing, None, None, None), SkillResult(signal.side, None, None, None)
    if model is not None:
        timing = _skill(signal.timing, model, "test_timing_skill", model.test_n)
        side = _skill(signal.side, model, "test_side_skill", model.test_moves)
    return TrustResult(signal.verdict, signal.severity, reasons_for(signal, model) or (), timing, side)


def reasons_for(signal: SignalEntry, model: ModelEntry | None) -> tuple[str, ...] | None:
    """The sentences of its verdict; None where what the model's test says was not recorded yet when it was described."""
    return None if model is None or model.standing is None else reasons_of(model.standing, signal.circumstances)


def _skill(verdict: str, model: ModelEntry, name: str, n: int | None) -> SkillResult:
    skill, low, high = (getattr(model, name + end) for end in ("", "_low", "_high"))
    return SkillResult(verdict, skill, None if low is None or high is None else (low, high), n)


def _moment(unix_ms: int) -> str:
    return iso(moment_of(unix_ms))
