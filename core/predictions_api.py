"""The REST API, and its /api/predictions. It reads the board and never asks a model: a request costs no inference.

Handlers are plain functions, which FastAPI runs in threads: a slow disk or a starting application holds up
its own request only, never the dashboard that shares the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi_offline import FastAPIOffline
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse, Response

from core.api import candles, health, models
from core.api.answers import OnePredictionAnswer, PredictionListAnswer, SummaryAnswer, answer, market_json
from core.api.errors import ApiError, RefuseLongUrls, install_error_answers
from core.api.requests import (
    ERROR_ANSWERS,
    ConfidenceQuery,
    DirectionQuery,
    Running,
    SymbolPath,
    SymbolsQuery,
    TimeframeQuery,
    TrustedQuery,
    filled_board,
    parse_direction,
    parse_symbols,
    refuse_odd_parameters,
)
from core.application import Application
from core.confluence import confluence
from core.domain import Timeframe, Verdict, resolve_symbol
from core.inference_service import UnavailableKind
from core.signal_board import Signal

DESCRIPTION = """
Signals of every coin, with the reasons to believe or doubt each one.

Every answer names the market it shows; where `market.notice` is not null, its prices are not live.
Answers carry an `ETag`: send it back as `If-None-Match`, and an answer that has not changed costs 304 and no body.
Errors have one shape: `status`, `error` (for programs) and `message` (for people). **404** names something that
does not exist here, **422** a value that can never be right, **503** something to ask for again after `Retry-After`
seconds.
"""

router = APIRouter(tags=["predictions"])


def create_api(get_application: Callable[[], Application]) -> FastAPI:
    """The API over whatever application ``get_application`` returns; it is asked anew for every request."""
    api = FastAPIOffline(
        title="Candor",
        description=DESCRIPTION,
        version="1",
        redoc_url=None,
        redirect_slashes=False,
        swagger_ui_parameters={"validatorUrl": None, "tryItOutEnabled": True},
    )
    api.state.get_application = get_application
    api.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    api.add_middleware(RefuseLongUrls)
    install_error_answers(api)
    for part in (router, models.router, candles.router):
        api.include_router(part, dependencies=[Depends(refuse_odd_parameters)], responses=ERROR_ANSWERS)
    api.include_router(health.router)

    @api.get("/", include_in_schema=False)
    async def front(request: Request) -> Response:
        return RedirectResponse(request.scope.get("root_path", "") + "/docs")

    return api


@router.get("/predictions", responses={200: {"model": PredictionListAnswer}})
def predictions(
    request: Request,
    application: Running,
    timeframe: TimeframeQuery = Timeframe.M15.value,
    symbols: SymbolsQuery = None,
    min_confidence: ConfidenceQuery = 0.0,
    direction: DirectionQuery = None,
    trusted: TrustedQuery = None,
) -> Response:
    """The newest prediction of every coin, or of some, on one timeframe."""
    asked, called = Timeframe.parse(timeframe), parse_direction(direction)
    board = filled_board(application)
    signals = [board.signals[symbol, asked] for symbol in parse_symbols(symbols, board.symbols())]
    found = [
        p.to_dict()
        for signal in signals
        if (p := signal.prediction) is not None
        and p.confidence >= min_confidence
        and called in {None, p.direction}
        and trusted in {None, p.trust.verdict is Verdict.TRUSTED}
    ]
    content = {
        "status": "success",
        "market": market_json(board.market),
        "count": len(found),
        "timeframe": asked.value,
        "predictions": found,
        "unavailable": _unavailable(signals),
    }
    return answer(request, content)


@router.get("/predictions/{symbol}", responses={200: {"model": OnePredictionAnswer}})
def prediction(
    request: Request, application: Running, symbol: SymbolPath, timeframe: TimeframeQuery = Timeframe.M15.value
) -> Response:
    """The newest prediction of one coin; 404 `no_model` where it has no usable model on that timeframe."""
    asked = Timeframe.parse(timeframe)
    board = filled_board(application)
    signal = board.signals[resolve_symbol(symbol, board.symbols()), asked]
    if signal.prediction is None:
        raise _no_prediction(signal)
    content = {"status": "success", "market": market_json(board.market), **signal.prediction.to_dict()}
    return answer(request, content)


@router.get("/predictions/{symbol}/summary", responses={200: {"model": SummaryAnswer}})
def summary(request: Request, application: Running, symbol: SymbolPath) -> Response:
    """One coin on all timeframes, and how far they agree; null where a timeframe has no prediction."""
    board = filled_board(application)
    resolved = resolve_symbol(symbol, board.symbols())
    signals = board.of(resolved)
    by_timeframe = {timeframe: signal.prediction for timeframe, signal in signals.items()}
    content = {
        "status": "success",
        "market": market_json(board.market),
        "symbol": resolved,
        "predictions_by_timeframe": {tf.value: p and p.to_dict() for tf, p in by_timeframe.items()},
        "confluence": confluence(by_timeframe).to_dict(),
        "unavailable": _unavailable(signals.values()),
    }
    return answer(request, content)


def _unavailable(signals: Iterable[Signal]) -> list[dict[str, Any]]:
    return [
        {"symbol": s.symbol, "timeframe": s.timeframe.value, "code": s.problem.kind.value, "reason": s.problem.sentence}
        for s in signals
        if s.problem is not None
    ]


def _no_prediction(signal: Signal) -> ApiError:
    if signal.problem is None:
        return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "no_prediction", "The prediction is on its way.")
    if signal.problem.kind is UnavailableKind.NO_MODEL:
        return ApiError(HTTPStatus.NOT_FOUND, "no_model", signal.problem.sentence)
    return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "no_prediction", signal.problem.sentence)
