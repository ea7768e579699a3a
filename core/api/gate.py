"""The gate before everything that Candor serves: pages, their WebSocket, the API, streams, browser libraries.

One plain ASGI middleware, since what stands before routes guards those that will be added, too. It knows three ways in:
a key, the user that a trusted proxy names, and a login whose cookie somebody else understands.
"""

from __future__ import annotations

import base64
import binascii
import math
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from core.access import ApiKey, Login
from core.api.beside import API_PATH
from core.api.destination import Destination
from core.api.errors import error_response
from core.api.key_limits import KeyLimits, TooMany

POLICY_VIOLATION = 1008
"""As RFC 6455 has it."""

ALWAYS_OPEN = API_PATH + "/health/live"
"""Supervisors ask whether the process is alive, and hear nothing else."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Who is let in. ``identity_header`` is believed: NamedProxies takes it off whoever may not name users."""

    keys: tuple[ApiKey, ...] = ()
    identity_header: str | None = None
    login: Login | None = None
    limits: KeyLimits = field(default_factory=KeyLimits)

    def __bool__(self) -> bool:
        """Whether anybody could be asked for anything."""
        return bool(self.keys or self.identity_header or self.login)


class Gate:
    """Middleware that answers 401, 429 or the way to the login in place of whatever is inside.

    What is read below the ``uncounted`` paths uses up no key: the scripts and styles that pages are made of, over a hundred
    for a first visit. A page that lacks one of them is broken until it is loaded again.
    """

    def __init__(self, app: ASGIApp, guard: Guard, base_path: str = "", uncounted: tuple[str, ...] = ()) -> None:
        self._app, self._guard, self._base_path, self._uncounted = app, guard, base_path, uncounted
        self._open = {base_path + ALWAYS_OPEN, *(guard.login.paths if guard.login else ())}
        self._destination = Destination(base_path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = None if scope["type"] == "lifespan" or scope["path"] in self._open else self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(POLICY_VIOLATION)(scope, receive, send)  # 403; of an answer uvicorn logs an error each
        else:
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        """The answer to who may not pass, or wanted another page before they logged in; None to who may.

        Keys come last, since what stands in their place may be meant for a proxy on the way: it keeps nobody out whom
        somebody else knows, nor from the login.
        """
        headers, guard = Headers(scope=scope), self._guard
        if guard.identity_header and headers.get(guard.identity_header, "").strip():
            return None
        if guard.login is not None and guard.login.is_in(headers):
            return self._destination.of(scope, headers) if self._is_page(scope, headers) else None
        sent = keys_in(headers)
        known = [each for each in guard.keys for key in sent if each.is_of(key)]  # all are compared, wherever it stands
        if known:
            wait = None if self._is_uncounted(scope) else guard.limits.take(known[0])
            return None if wait is None else _too_many(wait, self._is_page(scope, headers))
        if sent and not (guard.login and self._is_page(scope, headers)):
            return _unauthorized("This key is not known here. Ask whoever runs this Candor for another.", "Bearer")
        return self._who_are_you(scope, headers)

    def _who_are_you(self, scope: Scope, headers: Headers) -> Response:
        """A browser that opens a page is led to the login, or may ask for a key; everybody else is told what is wanted.

        Who is logged in and may not enter is told so: the login would lead straight back here, for ever.
        """
        login, is_page = self._guard.login, self._is_page(scope, headers)
        stranger = None if login is None else login.kept_out(headers)
        if login is not None and stranger is not None:
            return _forbidden(stranger, login.way_out if is_page else None)
        if login is not None and is_page:
            leading_away = RedirectResponse(login.address(), HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})
            self._destination.keep(scope, leading_away)
            return leading_away
        message = "Say who you are: send a key as 'Authorization: Bearer KEY', or open the dashboard and log in."
        return _unauthorized(
            message, 'Basic realm="Candor: any name, and a key as the password"' if is_page else "Bearer"
        )

    def _is_uncounted(self, scope: Scope) -> bool:
        return _reads(scope) and scope["path"].startswith(self._uncounted)

    def _is_page(self, scope: Scope, headers: Headers) -> bool:
        inside = scope["path"].removeprefix(self._base_path)
        return (
            _reads(scope) and "text/html" in headers.get("Accept", "") and not f"{inside}/".startswith(API_PATH + "/")
        )


def _reads(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}


def keys_in(headers: Headers) -> tuple[str, ...]:
    """What a request carries where keys stand: as a bearer, or as a password, which browsers ask for by themselves; in X-API-Key."""
    kind, _, value = headers.get("Authorization", "").partition(" ")
    authorized = {"bearer": [value.strip()], "basic": [_password(value.strip())]}.get(kind.lower(), [])
    return (*authorized, *headers.getlist("X-API-Key"))


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _unauthorized(message: str, challenge: str) -> Response:
    answer = error_response(HTTPStatus.UNAUTHORIZED, "unauthorized", message)
    answer.headers["WWW-Authenticate"] = challenge
    return answer


def _forbidden(stranger: str, way_out: str | None) -> Response:
    """To a program, or as a page with the ``way_out``, which leads to another login."""
    message = f"{stranger or 'Whoever you are logged in as'} may not enter here. Ask whoever runs this Candor."
    if way_out is None:
        return error_response(HTTPStatus.FORBIDDEN, "forbidden", message)
    return _as_page(HTTPStatus.FORBIDDEN, message, f'<p><a href="{way_out}">Log in as somebody else</a></p>')


def _as_page(status: HTTPStatus, message: str, more: str = "") -> Response:
    """To a person, whose browser shows what it is sent; ``more`` is HTML."""
    page = f'<!doctype html><html lang="en"><title>Candor</title><p>{escape(message)}</p>{more}</html>'
    return HTMLResponse(page, status, {"Cache-Control": "no-store"})


def _too_many(wait: TooMany, is_page: bool) -> Response:
    seconds = math.ceil(wait.seconds)
    message = f"This key is good for {wait.per_minute} requests a minute. Ask again in {seconds} s."
    status = HTTPStatus.TOO_MANY_REQUESTS
    answer = _as_page(status, message) if is_page else error_response(status, "too_many_requests", message)
    answer.headers["Retry-After"] = str(seconds)
    return answer
