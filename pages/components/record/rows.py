"""The rows of the record's tables as the browser draws them. Knows nothing of Streamlit.

A row has its ``key``, its ``cells`` by column, and where it leads (``link``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from core.domain import Direction, ticker
from core.journal.slices import ENOUGH, MoveCalls, Question, Share, Slice
from core.journal.track_record import ModelRecord, RecordedCall, SkillSequence
from core.market.candles import moment_of
from pages.components.record.cells import Row, cell, few, nothing, share_cell, skill_cell, tone_of
from pages.components.record.falls import model_name
from pages.components.record.sentences import NOT_ENOUGH, kept_word, wait_text
from pages.components.shared.appearance import DIRECTION_LOOKS
from pages.components.shared.number_text import NONE, percent_text, score_text

MOVES = {"called": "Called", "came": "Came", "promised": "Promised", "n": "n"}
SEQUENCES = {"timeframe": "TF", "mean": "Nats a signal", "interval": "At all times", "n": "n", "verdict": "Verdict"}
SLICES = {
    "name": "Part",
    "signals": "Signals",
    "open": "Open",
    "likely": "Called likely, came",
    "timing": "Timing skill",
    "accuracy": "Accuracy",
    "sides": "Side right",
    "r": "R a call",
}
MODELS = {
    "model": "Model",
    "n": "n",
    "fall": "Fell by",
    "skill": "Skill",
    "accuracy": "Accuracy",
    "promise": "Log loss",
    "verdict": "Verdict",
}
CALLS = {
    "coin": "Coin",
    "timeframe": "TF",
    "time": "Candle (UTC)",
    "move": "P(move)",
    "said": "Said",
    "happened": "Happened",
    "given": "It had given that",
    "r": "R",
}
"""What each table shows, with the heads of its columns."""

PAST = {name: head for name, head in CALLS.items() if name not in {"coin", "timeframe"}}


# ---------------------------------------------------------------- when, and which way


def move_rows(moves: MoveCalls) -> list[Row]:
    """How often a move came, by what was called."""
    told = {"Move likely": moves.likely, "Usual": moves.usual, "Quiet": moves.quiet}
    return [{"key": name, "cells": _move_cells(name, share)} for name, share in told.items()]


def _move_cells(name: str, share: Share | None) -> Row:
    n = cell("0" if share is None else f"{share.n:,}")
    if share is None or share.promised is None or share.n < ENOUGH:
        return {"called": cell(name), "came": share_cell(share), "promised": nothing(), "n": n}
    kept = kept_word(share)
    return {
        "called": cell(name),
        "came": share_cell(share) | {"bar": share_cell(share, share.promised, "promised")["bar"]},
        "promised": cell(percent_text(share.promised), kept, "worse" if kept.startswith("promised") else ""),
        "n": n,
    }


def sequence_rows(sequences: Iterable[SkillSequence], question: Question) -> list[Row]:
    """Per timeframe how sure a question's skill is, and what it takes until it is surer."""
    return [
        {"key": each.timeframe.value, "cells": _sequence_cells(each)} for each in sequences if each.question is question
    ]


def _sequence_cells(sequence: SkillSequence) -> Row:
    timeframe, n = cell(sequence.timeframe.value), cell(f"{sequence.n:,}")
    if sequence.n < ENOUGH:
        return {"timeframe": timeframe, "mean": few(sequence.n), "interval": nothing(), "n": n, "verdict": nothing()}
    ends = NONE
    if sequence.low is not None and sequence.high is not None:
        ends = f"{score_text(sequence.low, 4)} to {score_text(sequence.high, 4)}"
    return {
        "timeframe": timeframe,
        "mean": cell(score_text(sequence.mean, 4), tone=tone_of(sequence)),
        "interval": cell(ends, title=f"{sequence.blocks:,} blocks of {sequence.days_a_block:,} days"),
        "n": n,
        "verdict": cell(wait_text(sequence), tone=tone_of(sequence)),
    }


# ---------------------------------------------------------------- the same figures of parts, and of models


def slice_rows(slices: Sequence[Slice]) -> list[Row]:
    """The main figures of each part of the signals."""
    return [{"key": each.name, "cells": _slice_cells(each)} for each in slices]


def _slice_cells(part: Slice) -> Row:
    likely, sides, accuracy = part.moves.likely, part.sides, part.accuracy
    return {
        "name": cell(slice_name(part.name)),
        "signals": cell(f"{part.signals:,}"),
        "open": cell(f"{part.open:,}"),
        "likely": share_cell(likely, likely.promised if likely else None, "promised"),
        "timing": skill_cell(part.timing_skill),
        "accuracy": share_cell(
            accuracy.right if accuracy else None, accuracy.majority_accuracy if accuracy else None, "baseline"
        ),
        "sides": share_cell(sides.right if sides else None, sides.majority_share if sides else None, "baseline"),
        "r": _result_cell(part),
    }


def _result_cell(part: Slice) -> Row:
    if part.result is None:
        return nothing()
    if part.result.n < ENOUGH:
        return few(part.result.n)
    return cell(score_text(part.result.mean_r, 3), f"n {part.result.n:,}", title="After fees; never traded")


def slice_name(name: str) -> str:
    """What a part's signals have in common, as pages write it."""
    if name in DIRECTION_LOOKS:
        return DIRECTION_LOOKS[Direction(name)].word
    return ticker(name) if name.endswith("USDT") else name.replace("_", " ")


def slice_value(part: Slice, column: str) -> Any:
    """What a column of parts is ordered by; None where there is too little."""
    shares = {
        "likely": part.moves.likely,
        "accuracy": part.accuracy.right if part.accuracy else None,
        "sides": part.sides.right if part.sides else None,
    }
    if column in shares:
        share = shares[column]
        return share.share if share is not None and share.n >= ENOUGH else None
    if column == "timing":
        return part.timing_skill.skill if part.timing_skill and part.timing_skill.n >= ENOUGH else None
    if column == "r":
        return part.result.mean_r if part.result and part.result.n >= ENOUGH else None
    return getattr(part, column)


def model_rows(models: Sequence[ModelRecord]) -> list[Row]:
    """Each model's record beside its test; the points of all skills lie on one axis."""
    skills = [end for model in models if model.skill_fall for end in (model.skill_fall.test, model.skill_fall.record)]
    low, high = min([0.0, *skills]), max([0.0, *skills])
    return [{"key": f"{m.series} {m.model_version}", **_model_row(m, low, (high - low) or 1.0)} for m in models]


def _model_row(model: ModelRecord, low: float, width: float) -> Row:
    cells = {
        "model": cell(model_name(model), title=f"Version {model.model_version}"),
        "n": cell(f"{model.figures.resolved:,}"),
        "fall": _fall_cell(model),
        "skill": _skill_beside_test(model, low, width),
        "accuracy": _accuracy_beside_test(model),
        "promise": _promise_cell(model),
        "verdict": _verdict_cell(model),
    }
    symbol, timeframe = model.series
    return {"cells": cells, "link": {"page": "model_quality", "symbol": symbol, "timeframe": timeframe.value}}


def _fall_cell(model: ModelRecord) -> Row:
    if not model.figures.enough:
        return few(model.figures.resolved)
    if model.skill_fall is None:
        return cell(NONE, "never tested" if model.test is None else "too few days", "few")
    return cell(f"{model.skill_fall.deviations:.1f}".replace("-", "−"), "standard errors")


def _skill_beside_test(model: ModelRecord, low: float, width: float) -> Row:
    fall = model.skill_fall
    if fall is None or not model.figures.enough:
        return nothing()
    at = (fall.record - low) / width
    bar = {"low": at, "high": at, "value": at, "mark": (fall.test - low) / width}
    return cell(score_text(fall.record, 3), f"test {score_text(fall.test, 3)}", bar=bar)


def _accuracy_beside_test(model: ModelRecord) -> Row:
    accuracy = model.figures.accuracy
    if accuracy is None:
        return nothing()
    if model.test is None:
        return share_cell(accuracy.right, accuracy.majority_accuracy, "baseline")
    return share_cell(accuracy.right, model.test.accuracy, "test")


def _promise_cell(model: ModelRecord) -> Row:
    reliance = model.reliance
    if reliance is None or reliance.n < ENOUGH:
        return nothing()
    return cell(f"{reliance.log_loss:.3f}", f"expected {reliance.expected:.3f}", title=f"n = {reliance.n:,}")


def _verdict_cell(model: ModelRecord) -> Row:
    if model.reliance is not None and model.reliance.alarm:
        return cell("Promises more than comes", tone="worse", title="Stale model: its probabilities are off, provably")
    if not model.figures.enough:
        return cell(NOT_ENOUGH, tone="few")
    judged = model.reliance is not None and model.reliance.low is not None
    return cell("No alarm" if judged else "Too few days", tone="few")


def model_value(model: ModelRecord, column: str) -> Any:
    """What a column of models is ordered by; None where there is too little."""
    if column == "model":
        return model.series.symbol, model.series.timeframe.minutes
    if column == "n":
        return model.figures.resolved
    if not model.figures.enough:
        return None
    return {
        "fall": model.skill_fall and model.skill_fall.deviations,
        "skill": model.skill_fall and model.skill_fall.record,
        "accuracy": model.figures.accuracy and model.figures.accuracy.right.share,
        "promise": model.reliance and model.reliance.gap,
        "verdict": model.reliance and model.reliance.alarm,
    }[column]


# ---------------------------------------------------------------- single signals


def call_rows(calls: Iterable[RecordedCall]) -> list[Row]:
    """Single signals: what was said, what happened, and what had been given to it."""
    return [{"key": str(call.seq), "cells": _call_cells(call), "link": _candle_of(call)} for call in calls]


def _candle_of(call: RecordedCall) -> Row:
    symbol, timeframe = call.series
    return {"page": "coin", "symbol": symbol, "timeframe": timeframe.value, "candle": time_in_address(call)}


def _call_cells(call: RecordedCall) -> Row:
    symbol, timeframe = call.series
    return {
        "coin": cell(ticker(symbol), title=f"Entry {call.seq:,} of the ledger, model {call.model_version}"),
        "timeframe": cell(timeframe.value),
        "time": cell(f"{_opened(call):%Y-%m-%d %H:%M}"),
        "move": cell(percent_text(1 - call.probabilities[Direction.NO_TRADE])),
        "said": _direction_cell(call.direction, percent_text(call.probabilities[call.direction])),
        "happened": _direction_cell(call.happened, "as said" if came_true(call) else ""),
        "given": cell(percent_text(call.probabilities[call.happened])),
        "r": cell(NONE if call.r is None else score_text(call.r)),
    }


def _direction_cell(direction: Direction, more: str) -> Row:
    look = DIRECTION_LOOKS[direction]
    return cell(f"{look.glyph} {look.word}", more, direction.value)


def came_true(call: RecordedCall) -> bool:
    return call.direction is call.happened


def time_in_address(call: RecordedCall) -> str:
    """The candle by its open time, as addresses have it: ``2025-09-03T12:00``."""
    return f"{_opened(call):%Y-%m-%dT%H:%M}"


def _opened(call: RecordedCall) -> datetime:
    return moment_of(call.candle_open_ms)
