"""Where somebody wanted to go when they were led to the login: Streamlit's login always comes back to the first page.

The address waits in a cookie of the browser that asked for it, and is good once.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote, unquote

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

COOKIE = "candor_destination"
SECONDS = 600
"""How long a login may take."""
LONGEST = 2000
"""Characters of an address that is kept; browsers keep no cookie of more than twice as many."""


class Destination:
    """Keeps and follows the addresses of pages below ``base_path``, which has no slash at its end."""

    def __init__(self, base_path: str) -> None:
        self._base_path = base_path

    def keep(self, scope: Scope, leading_away: Response) -> None:
        """Remember, with an answer that leads to the login, which page was asked for; of the first one nothing is kept."""
        query = scope["query_string"].decode("latin-1")
        wanted = quote(scope["path"]) + (f"?{query}" if query else "")
        if (self._is_first_page(scope) and not query) or len(wanted) > LONGEST:
            self._forget(leading_away)
            return
        leading_away.set_cookie(
            COOKIE,
            quote(wanted, safe=""),
            max_age=SECONDS,
            path=f"{self._base_path}/",
            secure=scope.get("scheme") == "https",
            httponly=True,
            samesite="lax",
        )

    def of(self, scope: Scope, headers: Headers) -> Response | None:
        """The way to the page that was asked for, to who comes to the first one with its cookie; None to everybody else."""
        if not self._is_first_page(scope):
            return None
        wanted = unquote(cookie_parser(headers.get("Cookie", "")).get(COOKIE, ""))
        if not wanted:
            return None
        leading_on = RedirectResponse(self._inside(wanted), HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})
        self._forget(leading_on)
        return leading_on

    def _is_first_page(self, scope: Scope) -> bool:
        return scope["path"].removeprefix(self._base_path) in {"", "/"}

    def _inside(self, wanted: str) -> str:
        """The address where it is one of this server's: ``//elsewhere`` would be another's."""
        below = wanted.removeprefix(self._base_path)
        is_ours = wanted.startswith(f"{self._base_path}/") and below[1:2] not in {"/", "\\"} and below.isprintable()
        return wanted if is_ours else f"{self._base_path}/"

    def _forget(self, answer: Response) -> None:
        answer.delete_cookie(COOKIE, path=f"{self._base_path}/", httponly=True, samesite="lax")
