"""The REST API put together: one ASGI app over whatever application it is given."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from fastapi import Depends, FastAPI, Request
from fastapi_offline import FastAPIOffline
from starlette.responses import RedirectResponse, Response

from core.api import (
    alerts,
    candles,
    changes,
    comparisons,
    explanation,
    export,
    health,
    ledger,
    metrics,
    models,
    predictions,
    stream,
    track_record,
)
from core.api.errors import RefuseLongUrls, addresses_of, install_error_answers
from core.api.head import HeadAsGet
from core.api.remembered import RememberedAnswers
from core.api.requests import ERROR_ANSWERS, refuse_odd_parameters
from core.api.tail import Tail
from core.application import Application
from core.errors import CandorError
from core.signals.board import BoardSnapshot

DESCRIPTION = """
Signals of every coin, with the reasons to believe or doubt each one.

Every answer names the market it shows; where `market.notice` is not null, its prices are not live.
A prediction whose `valid_until` is over by the market's clock is `expired`, whatever keeps the next one from coming, and
`trusted=true` lists none of those.
Answers carry an `ETag`: send it back as `If-None-Match`, and an answer that has not changed costs 304 and no body.
Errors have one shape: `status`, `error` (for programs) and `message` (for people). **400** is a cursor beyond the
ledger's end, **404** names something that does not exist here, **422** a value that can never be right, **503** something
to ask for again after `Retry-After` seconds.
"""


def create_api(get_application: Callable[[], Application], sessions: Callable[[], int] = lambda: 0) -> FastAPI:
    """The API over whatever application ``get_application`` returns; it is asked anew for every request.

    ``sessions`` counts the pages that are open in browsers, of which the API knows nothing itself.
    """
    api = FastAPIOffline(
        title="Candor",
        description=DESCRIPTION,
        version="1",
        redoc_url=None,
        redirect_slashes=False,
        swagger_ui_parameters={"validatorUrl": None, "tryItOutEnabled": True},
    )
    api.state.get_application, api.state.sessions = get_application, sessions
    api.state.tail = Tail(get_application)

    def snapshot() -> BoardSnapshot | None:
        with suppress(CandorError):  # which the routes tell, too
            return get_application().board.strict_snapshot()
        return None

    api.add_middleware(RememberedAnswers, path="/predictions", snapshot=snapshot)
    api.add_middleware(RefuseLongUrls)
    api.add_middleware(HeadAsGet)
    parts = (
        predictions,
        explanation,
        models,
        candles,
        ledger,
        changes,
        comparisons,
        alerts,
        track_record,
        export,
        stream,
    )
    install_error_answers(api, addresses_of(part.router for part in (*parts, health, metrics)))
    for part in parts:
        api.include_router(part.router, dependencies=[Depends(refuse_odd_parameters)], responses=ERROR_ANSWERS)
    api.include_router(health.router)
    api.include_router(metrics.router)

    @api.get("/", include_in_schema=False)
    async def front(request: Request) -> Response:
        return RedirectResponse(request.scope.get("root_path", "") + "/docs")

    return api
