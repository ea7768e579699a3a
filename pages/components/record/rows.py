"""The rows of the record's tables as the browser draws them. Knows nothing of Streamlit.

A row has its ``key``, its ``cells`` by column, and where it leads (``link``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.domain import Direction, Timeframe, ticker
from core.findings import Verdict
from core.journal.slices import Accuracy, MoveCalls, Question, Share, Skill, Slice
from core.journal.track_record import ModelRecord, RecordedCall, SkillSequence
from core.market.candles import moment_of
from core.signals.bands import Band
from core.wording.language import phrase, say
from core.wording.style import TYPESET, Style
from pages.components.record.cells import (
    BASELINE,
    PROMISED,
    TEST,
    USUAL,
    Row,
    cell,
    few,
    nothing,
    share_cell,
    side_by_side,
    skill_cell,
    tone_of,
)
from pages.components.record.falls import model_name
from pages.components.record.sentences import is_broken, kept_word, wait_text
from pages.components.shared.appearance import BAND_STYLES, DIRECTION_STYLES, TOUCHED_FIRST, VERDICT_WORDS
from pages.components.shared.number_text import NONE, NOT_ENOUGH, ends_text, percent_text, score_text

MOVES = {
    "called": phrase("Band"),
    "came": phrase("Came"),
    "promised": phrase("Promised"),
    "usual": phrase("Usual"),
    "n": "n",
}
SEQUENCES = {
    "timeframe": phrase("TF"),
    "mean": phrase("Skill"),
    "interval": phrase("95\u00a0% interval"),
    "n": "n",
    "verdict": phrase("Verdict"),
}
SLICES = {
    "name": phrase("Part"),
    "signals": phrase("Signals"),
    "open": phrase("Open"),
    "likely": phrase("Move likely, came"),
    "timing": phrase("Timing skill"),
    "accuracy": phrase("Accuracy"),
    "sides": phrase("Side right"),
    "r": phrase("R a call"),
}
MODELS = {
    "model": phrase("Model"),
    "n": "n",
    "fall": phrase("Fell by"),
    "skill": phrase("Skill"),
    "accuracy": phrase("Accuracy"),
    "promise": phrase("Log loss"),
    "verdict": phrase("Verdict"),
}
CALLS = {
    "coin": phrase("Coin"),
    "timeframe": phrase("TF"),
    "time": phrase("Candle opened"),
    "move": phrase("P(move)"),
    "said": phrase("Call"),
    "happened": phrase("Outcome"),
    "given": phrase("Its probability"),
    "r": "R",
}
"""What each table shows, with the heads of its columns."""

PAST = {name: head for name, head in CALLS.items() if name not in {"coin", "timeframe"}}


# ---------------------------------------------------------------- when, and which way


def move_rows(moves: MoveCalls) -> list[Row]:
    """How often a move came, by what was called."""
    shares = {Band.LIKELY: moves.likely, Band.USUAL: moves.usual, Band.QUIET: moves.quiet}
    return [{"key": band.value, "cells": _move_cells(BAND_STYLES[band].word, share)} for band, share in shares.items()]


def _move_cells(name: str, share: Share | None) -> Row:
    n = cell("0" if share is None else f"{share.n:,}")
    if share is None or share.promised is None or not share.enough:
        return {"called": cell(name), "came": share_cell(share), "promised": nothing(), "usual": nothing(), "n": n}
    ends = f"{share.low * 100:.1f}–{share.high * 100:.1f}"
    return {
        "called": cell(name),
        "came": share_cell(share, {PROMISED: share.promised}) | {"more": ends},
        "promised": cell(percent_text(share.promised), kept_word(share), "worse" if is_broken(share) else ""),
        "usual": nothing() if share.usual is None else cell(percent_text(share.usual)),
        "n": n,
    }


def sequence_rows(
    sequences: Iterable[SkillSequence], question: Question, skills: Mapping[Timeframe, Skill | None]
) -> list[Row]:
    """Per timeframe how sure a question's skill is, and what it takes until it is surer; in the unit of ``skills``."""
    return [
        {"key": each.timeframe.value, "cells": _sequence_cells(_as_skill(each, skills.get(each.timeframe)))}
        for each in sequences
        if each.question is question
    ]


def _as_skill(sequence: SkillSequence, skill: Skill | None) -> SkillSequence:
    """The same in the unit of the sentence above the table, so that nobody has to convert nats."""
    return sequence if skill is None else replace(sequence, mean=skill.skill, low=skill.low, high=skill.high)


def _sequence_cells(sequence: SkillSequence) -> Row:
    timeframe, n = cell(sequence.timeframe.value), cell(f"{sequence.n:,}")
    if not sequence.enough:
        return {
            "timeframe": timeframe,
            "mean": nothing(),
            "interval": nothing(),
            "n": n,
            "verdict": few(sequence.n, sequence.independent) | {"text": say(NOT_ENOUGH)},
        }
    ends = NONE
    if sequence.low is not None and sequence.high is not None:
        ends = ends_text(sequence.low, sequence.high)
    return {
        "timeframe": timeframe,
        "mean": cell(TYPESET.around_zero(sequence.mean), tone=tone_of(sequence)),
        "interval": cell(
            ends,
            title=say("{blocks:,} blocks of {days:,} days", blocks=sequence.blocks, days=sequence.days_a_block),
        ),
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
        "likely": share_cell(likely, {PROMISED: likely.promised, USUAL: likely.usual} if likely else {}),
        "timing": skill_cell(part.timing_skill),
        "accuracy": _accuracy_cell(accuracy, accuracy.tested) if accuracy else nothing(),
        "sides": share_cell(sides.right, {BASELINE: sides.majority_share}) if sides else nothing(),
        "r": _result_cell(part),
    }


def _result_cell(part: Slice) -> Row:
    if part.result is None:
        return nothing()
    result = part.result
    if result.interval is None:
        return few(result.n, result.independent)
    low, high = result.interval
    ends = ends_text(low, high)
    title = say("After fees; never traded; not to trade is 0")
    return cell(TYPESET.around_zero(result.mean_r), side_by_side(f"n {result.n:,}", ends), title=title)


def slice_name(name: str) -> str:
    """What a part's signals have in common, as pages write it."""
    if name in DIRECTION_STYLES:
        return DIRECTION_STYLES[Direction(name)].word
    if name in set(Band):
        return BAND_STYLES[Band(name)].word
    if name in set(Verdict):
        return say(VERDICT_WORDS[Verdict(name)])
    return ticker(name) if name.endswith("USDT") else name


def slice_value(part: Slice, column: str) -> Any:
    """What a column of parts is ordered by; None where there is too little."""
    shares = {
        "likely": part.moves.likely,
        "accuracy": part.accuracy.right if part.accuracy else None,
        "sides": part.sides.right if part.sides else None,
    }
    if column in shares:
        share = shares[column]
        return share.share if share is not None and share.enough else None
    if column == "timing":
        return part.timing_skill.skill if part.timing_skill and part.timing_skill.enough else None
    if column == "r":
        return part.result.mean_r if part.result and part.result.enough else None
    return getattr(part, column)


def model_rows(models: Sequence[ModelRecord]) -> list[Row]:
    """Each model's record beside its test; the points of all skills lie on one axis, on which the baseline is at 0."""
    skills = [end for model in models if model.skill_fall for end in (model.skill_fall.test, model.skill_fall.record)]
    lowest, highest = min([0.0, *skills]), max([0.0, *skills])
    width = ((highest - lowest) or 1.0) * (1 + 2 * _MARGIN)
    low = (lowest + highest - width) / 2
    return [{"key": f"{m.series} {m.model_version}", **_model_row(m, low, width)} for m in models]


_MARGIN = 0.06
"""Of an axis of skills, at either end: a mark at the very end would be cut."""


def _model_row(model: ModelRecord, low: float, width: float) -> Row:
    cells = {
        "model": cell(model_name(model), title=say("Version {model_version}", model_version=model.model_version)),
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
        return few(model.figures.resolved, model.figures.independent)
    if model.skill_fall is None:
        return cell(NONE, say("never tested") if model.test is None else say("too few days"), "few")
    return cell(f"{model.skill_fall.deviations:.1f}".replace("-", "−"), say("standard errors"))


def _skill_beside_test(model: ModelRecord, low: float, width: float) -> Row:
    fall = model.skill_fall
    if fall is None or not model.figures.enough:
        return nothing()
    at = (fall.record - low) / width
    bar = {"low": at, "high": at, "value": at, "test": (fall.test - low) / width, "mark": -low / width}
    return cell(TYPESET.around_zero(fall.record), say("test {test}", test=TYPESET.around_zero(fall.test)), bar=bar)


def _accuracy_beside_test(model: ModelRecord) -> Row:
    accuracy = model.figures.accuracy
    return nothing() if accuracy is None else _accuracy_cell(accuracy, model.test.accuracy if model.test else None)


def _accuracy_cell(accuracy: Accuracy, tested: float | None) -> Row:
    return share_cell(accuracy.right, {BASELINE: accuracy.majority_accuracy, TEST: tested})


def _promise_cell(model: ModelRecord) -> Row:
    reliance = model.reliance
    if reliance is None or not reliance.enough:
        return nothing()
    return cell(
        f"{reliance.log_loss:.3f}",
        say("expected {expected:.3f}", expected=reliance.expected),
        title=f"n = {reliance.n:,}",
    )


def _verdict_cell(model: ModelRecord) -> Row:
    if model.reliance is not None and model.reliance.alarm:
        return cell(
            say("Promises more than comes"), tone="worse", title=say("Stale model: its probabilities are off, provably")
        )
    if not model.figures.enough:
        return cell(say(NOT_ENOUGH), tone="few")
    judged = model.reliance is not None and model.reliance.low is not None
    return cell(say("No alarm") if judged else say("Too few days"), tone="few")


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


def call_rows(calls: Sequence[RecordedCall], style: Style = TYPESET) -> list[Row]:
    """Single signals: what was said, what happened, and what had been given to it."""
    return [{"key": str(call.seq), "cells": _call_cells(call, style), "link": _candle_of(call)} for call in calls]


def _candle_of(call: RecordedCall) -> Row:
    symbol, timeframe = call.series
    return {
        "page": "coin",
        "symbol": symbol,
        "timeframe": timeframe.value,
        "candle": time_in_address(call),
        "origin": call.origin.value,
    }


def _call_cells(call: RecordedCall, style: Style) -> Row:
    symbol, timeframe = call.series
    return {
        "coin": cell(
            ticker(symbol),
            title=say(
                "Entry {seq:,} of the ledger, model {model_version}", seq=call.seq, model_version=call.model_version
            ),
        ),
        "timeframe": cell(timeframe.value),
        "time": cell(style.day_and_time(_opened(call)), style.offset(_opened(call))),
        "move": cell(percent_text(1 - call.probabilities[Direction.NO_TRADE])),
        "said": _direction_cell(call.direction, percent_text(call.probabilities[call.direction])),
        "happened": _happened_cell(call),
        "given": cell(percent_text(call.probabilities[call.happened])),
        "r": cell(NONE if call.r is None else score_text(call.r)),
    }


def _direction_cell(direction: Direction, more: str) -> Row:
    return cell(DIRECTION_STYLES[direction].text, more, direction.value)


def _happened_cell(call: RecordedCall) -> Row:
    glyph, remark = DIRECTION_STYLES[call.happened].glyph, say("as called") if came_true(call) else ""
    return cell(f"{glyph} {happened_word(call)}", remark, call.happened.value)


def happened_word(call: RecordedCall) -> str:
    """What prices did: a market calls nothing, so that none of the words of a call is theirs."""
    if call.happened is not Direction.NO_TRADE:
        return say(TOUCHED_FIRST[call.happened])
    return say("both touched") if call.tie else say("neither touched")


def came_true(call: RecordedCall) -> bool:
    return call.direction is call.happened


def time_in_address(call: RecordedCall) -> str:
    """The candle by its open time, as addresses have it: ``2025-09-03T12:00``."""
    return f"{_opened(call):%Y-%m-%dT%H:%M}"


def _opened(call: RecordedCall) -> datetime:
    return moment_of(call.candle_open_ms)
