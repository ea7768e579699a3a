"""/api/health: is the process alive, and has it something to show? For load balancers and watchdogs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from core.api.answers import LiveAnswer, NotReadyAnswer, ReadyAnswer, market_json
from core.api.errors import error_response
from core.api.ledger import ledger_json
from core.api.readiness import why_not_ready
from core.api.replay import replay_json
from core.api.requests import Running
from core.roles import Part

router = APIRouter(prefix="/health", tags=["health"])

_NEVER_KEPT = {"Cache-Control": "no-store"}


@router.get("/live", responses={200: {"model": LiveAnswer}})
async def live() -> Response:
    """The server answers; nothing else is asked."""
    return JSONResponse({"status": "alive"}, headers=_NEVER_KEPT)


@router.get("/ready", responses={200: {"model": ReadyAnswer}, 503: {"model": NotReadyAnswer}})
async def ready(application: Running) -> Response:
    """The board has predictions and is kept current; otherwise 503 with the reasons why not.

    A ledger in trouble, or one that is still being opened, is told in `ledger`, and keeps nobody from the signals: that
    alone is no reason to be sent elsewhere.
    """
    reasons = why_not_ready(application)
    recorder = application.recorder
    beside = {
        "role": part_json(recorder.part()),
        "ledger": ledger_json(recorder.state()),
        "replay": replay_json(application.replayer.progress),
    }
    if reasons:
        message = " ".join(reasons)
        return error_response(HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", message, reasons=reasons, **beside)
    board = application.board.snapshot()
    predictions = sum(signal.prediction is not None for signal in board.signals.values())
    content = {"status": "ready", "market": market_json(board.market), "predictions": predictions, **beside}
    return JSONResponse(content, headers=_NEVER_KEPT)


def part_json(part: Part) -> dict[str, Any]:
    """Which part of Candor this process is."""
    return {"name": part.role.value, "standing": part.standing.value, "epoch": part.epoch}
