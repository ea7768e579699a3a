"""/api/predictions: every coin's newest prediction. It reads the board and never asks a model: a request costs no inference.

Handlers need no thread, since they read memory only, and each answer is made once per snapshot (see remembered.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from core.api.answers import OnePredictionAnswer, PredictionListAnswer, SummaryAnswer, answer, entries, market_json
from core.api.errors import ApiError
from core.api.requests import (
    ConfidenceQuery,
    DirectionQuery,
    MoveQuery,
    ProofQuery,
    Running,
    SymbolPath,
    SymbolsQuery,
    TimeframeQuery,
    TrustedQuery,
    filled_board,
    parse_direction,
    parse_proof,
    parse_symbols,
)
from core.domain import Direction, Series, Timeframe, resolve_symbol
from core.findings import UnavailableKind
from core.measured import Proof
from core.prediction import Prediction
from core.signals.board import BoardSnapshot, Signal
from core.signals.confluence import confluence
from core.wording.result import confluence_json, result_of
from core.wording.sentences import problem_sentence

router = APIRouter(tags=["predictions"])


@dataclass(frozen=True, slots=True)
class Wish:
    """Which predictions are asked for: at least so sure, and of the rest what is not None must be so."""

    min_confidence: float
    min_move: float
    direction: Direction | None
    trusted: bool | None
    timing: Proof | None
    side: Proof | None

    def admits(self, prediction: Prediction) -> bool:
        trust = prediction.trust
        return (
            prediction.confidence >= self.min_confidence
            and prediction.move_probability >= self.min_move
            and self.direction in {None, prediction.direction}
            and self.trusted in {None, trust.trusted}
            and self.timing in {None, trust.timing_proof}
            and self.side in {None, trust.side_proof}
        )


@router.get("/predictions", responses={200: {"model": PredictionListAnswer}})
async def predictions(
    request: Request,
    application: Running,
    timeframe: TimeframeQuery = Timeframe.M15.value,
    symbols: SymbolsQuery = None,
    min_confidence: ConfidenceQuery = 0.0,
    min_move: MoveQuery = 0.0,
    direction: DirectionQuery = None,
    trusted: TrustedQuery = None,
    timing: ProofQuery = None,
    side: ProofQuery = None,
) -> Response:
    """The newest prediction of every coin, or of some, on one timeframe."""
    asked = Timeframe.parse(timeframe)
    wish = Wish(
        min_confidence,
        min_move,
        parse_direction(direction),
        trusted,
        parse_proof("timing", timing),
        parse_proof("side", side),
    )
    board = filled_board(application)
    signals = [board.signals[Series(symbol, asked)] for symbol in parse_symbols(symbols, board.symbols())]
    predicted = (signal.prediction for signal in signals if signal.prediction is not None)
    found = entries(filter(wish.admits, predicted), _entry)
    content = {
        "status": "success",
        "market": market_json(board.market),
        "count": len(found.made),
        "timeframe": asked.value,
        "predictions": found.json,
        "unavailable": _unavailable(signals),
    }
    return answer(request, content)


@router.get("/predictions/{symbol:symbol}", responses={200: {"model": OnePredictionAnswer}})
async def prediction(
    request: Request, application: Running, symbol: SymbolPath, timeframe: TimeframeQuery = Timeframe.M15.value
) -> Response:
    """The newest prediction of one coin; 404 `no_model` where it has no usable model on that timeframe."""
    board = filled_board(application)
    newest = newest_prediction(board, symbol, timeframe)
    content = {"status": "success", "market": market_json(board.market), **result_of(newest).to_dict()}
    return answer(request, content)


@router.get("/predictions/{symbol:symbol}/summary", responses={200: {"model": SummaryAnswer}})
async def summary(request: Request, application: Running, symbol: SymbolPath) -> Response:
    """One coin on all timeframes, and how far they agree; null where a timeframe has no prediction."""
    board = filled_board(application)
    resolved = resolve_symbol(symbol, board.symbols())
    signals = board.of(resolved)
    by_timeframe = {timeframe: signal.prediction for timeframe, signal in signals.items()}
    content = {
        "status": "success",
        "market": market_json(board.market),
        "symbol": resolved,
        "predictions_by_timeframe": {
            tf.value: next(iter(entries([p] if p else [], _entry).made), None) for tf, p in by_timeframe.items()
        },
        "confluence": confluence_json(confluence(by_timeframe)),
        "unavailable": _unavailable(signals.values()),
    }
    return answer(request, content)


def newest_prediction(board: BoardSnapshot, symbol: str, timeframe: str) -> Prediction:
    """What a board says of a coin on a timeframe, both as a client wrote them; an error says why that is nothing."""
    asked = Timeframe.parse(timeframe)
    signal = board.signals[Series(resolve_symbol(symbol, board.symbols()), asked)]
    if signal.prediction is None:
        raise _no_prediction(signal)
    return signal.prediction


def _entry(prediction: Prediction) -> dict[str, Any]:
    return result_of(prediction).to_dict()


def _unavailable(signals: Iterable[Signal]) -> orjson.Fragment:
    return entries([signal for signal in signals if signal.problem is not None], _unavailable_entry).json


def _unavailable_entry(signal: Signal) -> dict[str, Any]:
    assert signal.problem is not None
    return {
        "symbol": signal.symbol,
        "timeframe": signal.timeframe.value,
        "code": signal.problem.kind.value,
        "reason": str(problem_sentence(signal.problem)),
    }


def _no_prediction(signal: Signal) -> ApiError:
    problem = signal.problem
    if problem is None:
        return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "no_prediction", "The prediction is on its way.")
    sentence = str(problem_sentence(problem))
    if problem.kind is UnavailableKind.NO_MODEL:
        return ApiError(HTTPStatus.NOT_FOUND, "no_model", sentence)
    return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "no_prediction", sentence)
