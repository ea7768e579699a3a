"""What the API answers when it cannot answer: one JSON shape, one sentence, one code per kind of failure.

400 is a cursor beyond the end of the ledger, 404 names something that does not exist here, 422 a value that can never
be right, 503 something to ask again for later (with Retry-After). Nothing a client sends yields a 500 or a traceback.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api.json_bytes import json_bytes
from core.errors import (
    BadCandles,
    CandorError,
    InvalidRequest,
    MarketUnavailable,
    NotEnoughCandles,
    UnknownSymbol,
    UnknownTimeframe,
)
from core.text import did_you_mean, shorten
from core.wording.sentences import error_text

logger = logging.getLogger(__name__)

LONGEST_URL = 16_384
"""Bytes of path and query together; every coin by name takes less than a tenth of it."""

RETRY_AFTER_S = 5

_STATUS_OF: dict[type[CandorError], HTTPStatus] = {
    InvalidRequest: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownSymbol: HTTPStatus.NOT_FOUND,
    UnknownTimeframe: HTTPStatus.NOT_FOUND,
    BadCandles: HTTPStatus.SERVICE_UNAVAILABLE,
    NotEnoughCandles: HTTPStatus.SERVICE_UNAVAILABLE,
    MarketUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class ApiError(Exception):
    """A failure that only the API knows: its status, its code, its sentence and what else the answer carries."""

    def __init__(self, status: HTTPStatus, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.more = status, code, message, more


def error_response(status: int, code: str, message: str, **more: Any) -> Response:
    """The JSON of every failure: status, error, message, and what ``more`` adds."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    content = {"status": "error", "error": code, "message": message, **more}
    try:
        body = json_bytes(content)
    except TypeError:  # half a character out of a file's name, which only escapes can say
        body = json.dumps(content).encode()
    return Response(body, status, headers, media_type="application/json")


def addresses_of(routers: Iterable[APIRouter]) -> tuple[str, ...]:
    """What somebody may have meant who asked for something else: addresses without a parameter in their path."""
    routes = (route for router in routers for route in router.routes)
    return tuple(each.path for each in routes if isinstance(each, APIRoute) and "{" not in each.path)


def install_error_answers(api: FastAPI, addresses: Collection[str]) -> None:
    """Map every exception of ``api``, which has these ``addresses``, to its JSON answer, in this one place."""

    @api.exception_handler(ApiError)
    def _(_: Request, error: ApiError) -> Response:
        return error_response(error.status, error.code, error.message, **error.more)

    @api.exception_handler(CandorError)
    def _(_: Request, error: CandorError) -> Response:
        status = next((s for kind, s in _STATUS_OF.items() if isinstance(error, kind)), HTTPStatus.SERVICE_UNAVAILABLE)
        return error_response(status, error.code, error_text(error))

    @api.exception_handler(RequestValidationError)
    def _(_: Request, error: RequestValidationError) -> Response:
        return error_response(HTTPStatus.UNPROCESSABLE_ENTITY, InvalidRequest.code, _sentence(error.errors()[0]))

    @api.exception_handler(HTTPException)
    def _(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            message = f"{shorten(request.method)} is not a method of this address; use GET."
            answer = error_response(error.status_code, "method_not_allowed", message)
            answer.headers["Allow"] = "GET, HEAD"
            return answer
        return error_response(HTTPStatus.NOT_FOUND, "not_found", _nothing_at(request, addresses))

    @api.exception_handler(Exception)
    def _(request: Request, error: Exception) -> Response:
        logger.error("%s %s failed", request.method, shorten(request.url.path, 200), exc_info=error)
        message = "Something went wrong inside Candor; its log has the details."
        return error_response(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", message)


class RefuseLongUrls:
    """Middleware that answers 414 before anything is parsed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
        if scope["type"] != "http" or length <= LONGEST_URL:
            await self.app(scope, receive, send)
            return
        message = f"The address has {length:,} bytes; at most {LONGEST_URL:,} are read. Leave out 'symbols' to get every coin."
        await error_response(HTTPStatus.REQUEST_URI_TOO_LONG, "uri_too_long", message)(scope, receive, send)


def _sentence(problem: dict[str, Any]) -> str:
    """One sentence out of a FastAPI validation problem: the parameter, what was got, what was expected."""
    name, context = problem["loc"][-1], problem.get("ctx", {})
    expected = {
        "greater_than_equal": f"a number of at least {context.get('ge')}",
        "less_than_equal": f"a number of at most {context.get('le')}",
        "finite_number": "a finite number",
        "float_parsing": "a number",
        "int_parsing": "a whole number",
        "int_from_float": "a whole number",
        "int_parsing_size": "a whole number",
        "bool_parsing": "true or false",
        "value_error": context.get("error"),
    }.get(problem["type"])
    if expected is None:
        return f"The parameter {name!r} is {shorten(problem.get('input'))!r}: {problem['msg']}."
    return f"The parameter {name!r} is {shorten(problem['input'])!r}; expected {expected}."


def _nothing_at(request: Request, addresses: Collection[str]) -> str:
    root = request.scope.get("root_path", "")
    path = request.scope["path"]
    inside = path.removeprefix(root)
    tidy = "/" + "/".join(part for part in inside.split("/") if part)
    leads_somewhere = any(tidy == address or tidy.startswith(f"{address}/") for address in addresses)
    if tidy != inside and leads_somewhere:
        return f"There is nothing at {shorten(root + inside, 80)!r}. Ask for {shorten(root + tidy, 120)!r}. See {root}/docs."
    choices = [root + address for address in addresses]
    return f"There is nothing at {shorten(root + inside, 80)!r}.{did_you_mean(root + inside, choices)} See {root}/docs."
