"""/api/models: which coins and timeframes have a usable model, and how good it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from core.api.answers import Entries, ModelListAnswer, OneModelAnswer, answer, entries, market_json
from core.api.reading import from_files
from core.api.requests import Running, SymbolPath, TimeframePath, filled_board
from core.domain import Timeframe, resolve_symbol
from core.measured import MeasuredSkill
from core.model.evaluated import UnusableEvaluation
from core.model.metrics import Evaluation, ModelMetrics
from core.model.registry import ModelRegistry, ModelStatus
from core.signals.board import BoardSnapshot
from core.signals.trust import (
    accuracy_band,
    model_findings,
    side_skill,
    timing_over_clock,
    timing_skill,
    what_was_tested,
    whole_skill,
)
from core.text import iso
from core.wording.result import skill_result
from core.wording.sentences import finding_sentence, problem_sentence, what_was_tested_sentence

router = APIRouter(tags=["models"])


@router.get("/models", responses={200: {"model": ModelListAnswer}})
async def models(request: Request, application: Running) -> Response:
    """Every coin and timeframe: whether it has a usable model, and how good that is."""
    board = filled_board(application)
    listed = await from_files(partial(_entries, board, application.registry))
    content = {
        "status": "success",
        "market": market_json(board.market),
        "count": sum(entry["state"] == "available" for entry in listed.made),
        "models": listed.json,
    }
    return answer(request, content)


@router.get("/models/{symbol:symbol}/{timeframe}", responses={200: {"model": OneModelAnswer}})
async def model(request: Request, application: Running, symbol: SymbolPath, timeframe: TimeframePath) -> Response:
    """One model with all its metrics; `state` tells where there is none (`missing`, `unusable`), and why."""
    asked = Timeframe.parse(timeframe)
    board = filled_board(application)
    one = await from_files(partial(_one, board, application.registry, symbol, asked))
    return answer(request, {"status": "success", "market": market_json(board.market), **one})


def _entries(board: BoardSnapshot, registry: ModelRegistry) -> Entries:
    every_series = dict.fromkeys([*board.signals, *registry.available()])
    return entries(registry.statuses(every_series), _entry)


def _one(board: BoardSnapshot, registry: ModelRegistry, symbol: str, timeframe: Timeframe) -> dict[str, Any]:
    known = dict.fromkeys([*board.symbols(), *(series.symbol for series in registry.available())])
    status = registry.status(resolve_symbol(symbol, known), timeframe)
    return {
        **_entry(status),
        "walk_forward": _walk_forward(registry, timeframe),
        "metrics": status.metrics and status.metrics.model_dump(mode="json", by_alias=True),
    }


def _walk_forward(registry: ModelRegistry, timeframe: Timeframe) -> dict[str, Any]:
    """What the timeframe's recipe did on several periods in a row, or the reason why nobody can say."""
    try:
        evaluated = registry.evaluation()
    except UnusableEvaluation:
        return {"reason": "unusable_evaluation"}
    measured = evaluated.timeframes.get(timeframe) if evaluated else None
    return measured.walk_forward.model_dump(mode="json") if measured else {"reason": "not_evaluated"}


def _entry(status: ModelStatus) -> dict[str, Any]:
    metrics = status.metrics
    test = metrics.test if metrics else None
    return {
        "symbol": status.series.symbol,
        "timeframe": status.series.timeframe.value,
        "state": status.state,
        "reason": status.problem and str(problem_sentence(status.problem)),
        "model_version": metrics.model_version if metrics else None,
        "model_kind": metrics.kind if metrics else None,
        "trained_at": iso(metrics.trained_at) if metrics else None,
        "tested": what_was_tested_sentence(tested) if metrics and (tested := what_was_tested(metrics)) else None,
        "accuracy": test.accuracy if test else None,
        "accuracy_interval": test.accuracy_interval if test else None,
        "test_candles": test.n if test else None,
        "majority_accuracy": test.majority_accuracy if test else None,
        "accuracy_band": accuracy_band(test.accuracy) if test else None,
        **_skills(metrics),
        "findings": [str(finding_sentence(finding)) for finding in model_findings(metrics)] if metrics else [],
    }


_SKILLS: dict[str, Callable[[Evaluation], MeasuredSkill | None]] = {
    "skill": whole_skill,
    "timing": timing_skill,
    "timing_over_clock": timing_over_clock,
    "side": side_skill,
}
"""What a test measured, by the name it is sent under; None is what it did not."""


def _skills(metrics: ModelMetrics | None) -> dict[str, Any]:
    """Each skill with what it proves; None where there is no model at all."""
    if metrics is None:
        return dict.fromkeys(_SKILLS)
    return {
        name: skill_result(None if metrics.test is None else measure(metrics.test)).to_dict()
        for name, measure in _SKILLS.items()
    }
