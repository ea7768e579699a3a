"""A model as the ledger describes it before its first signal, so that a record needs no model that is gone by then."""

from __future__ import annotations

from typing import Any

from core.journal.entries import ModelEntry
from core.journal.noted import as_noted
from core.market.candles import unix_ms
from core.model.metrics import ModelMetrics
from core.signals.trust import model_findings, side_skill


def model_entry(metrics: ModelMetrics) -> ModelEntry:
    """The entry of a model with these metrics."""
    usual, minutes = metrics.climatology, metrics.time_to_target_minutes
    return ModelEntry(
        symbol=metrics.symbol,
        timeframe=metrics.timeframe,
        model_version=metrics.model_version,
        model_kind=metrics.kind,
        data_until_ms=data_until_ms(metrics),
        climatology_long=usual.LONG,
        climatology_short=usual.SHORT,
        climatology_no_trade=usual.NO_TRADE,
        minutes_to_target_long=None if minutes.LONG is None else minutes.LONG.median,
        minutes_to_target_short=None if minutes.SHORT is None else minutes.SHORT.median,
        standing=as_noted(model_findings(metrics)),
        **_tested(metrics),
    )


def data_until_ms(metrics: ModelMetrics) -> int:
    """When the last candle closes that a model learned from or was chosen by, Unix milliseconds.

    Its last label looked a whole horizon ahead, so that is later than the periods of metrics.json end.
    """
    last = max(metrics.periods.train.to, metrics.periods.validation.to)
    return unix_ms(last) + (1 + metrics.horizon_candles) * metrics.timeframe.milliseconds


def _tested(metrics: ModelMetrics) -> dict[str, Any]:
    test = metrics.test
    if test is None:
        return dict.fromkeys(name for name in ModelEntry.__slots__ if name.startswith("test"))
    skills = {
        "test_skill": (test.skill, test.skill_interval),
        "test_timing_skill": (test.timing_skill, test.timing_skill_interval),
        "test_side_skill": (test.direction_skill, test.direction_skill_interval),
    }
    with_intervals = {
        f"{name}{end}": value
        for name, (skill, (low, high)) in skills.items()
        for end, value in (("", skill), ("_low", low), ("_high", high))
    }
    return with_intervals | {
        "tested_version": metrics.tested_version,
        "test_from_ms": unix_ms(metrics.test_period.from_),
        "test_until_ms": unix_ms(metrics.test_period.to),
        "test_n": test.n,
        "test_accuracy": test.accuracy,
        "test_majority_accuracy": test.majority_accuracy,
        "test_log_loss": test.log_loss,
        "test_calibration_error": test.ece,
        "test_moves": side_skill(test).n,
    }
