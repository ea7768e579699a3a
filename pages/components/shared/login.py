"""Streamlit's OIDC login as the gate needs it: whether a request comes with its cookie, and where it begins.

``st.login`` guards what a script shows; the gate asks the same cookie before any script runs.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from starlette.requests import cookie_parser
from streamlit.auth_util import (
    get_cookie_with_chunks,
    get_origin_from_redirect_uri,
    get_secrets_auth_section,
    validate_auth_credentials,
)
from streamlit.errors import StreamlitAuthError
from streamlit.user_info import AUTH_LOGIN_ENDPOINT, AUTH_LOGOUT_ENDPOINT, generate_login_redirect_url
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from core.access import Login
from core.errors import InvalidRequest
from pages.components.shared.base_path import base_path

SHORTEST_SECRET = 32
"""Characters."""


def login_of_secrets(users: Collection[str]) -> Login | None:
    """The login that .streamlit/secrets.toml describes, for ``users`` or for whoever the provider knows; None without.

    InvalidRequest says what is missing in it.
    """
    section = get_secrets_auth_section()
    if not section:
        return None
    provider = "default" if section.get("client_id") else next(_providers(section), "default")
    try:
        validate_auth_credentials(provider)
    except StreamlitAuthError as error:
        raise InvalidRequest(" ".join(str(error).split())) from None
    if len(get_cookie_secret()) < SHORTEST_SECRET:
        raise InvalidRequest(
            f"The cookie_secret of secrets.toml has {len(get_cookie_secret())} characters; expected {SHORTEST_SECRET} or "
            "more, drawn at random, since it signs who is logged in."
        )
    way_out = base_path() + AUTH_LOGOUT_ENDPOINT
    return Login(
        is_in=lambda headers: may_enter(user_in(headers), users),
        address=lambda: generate_login_redirect_url(provider),
        paths=frozenset({base_path() + AUTH_LOGIN_ENDPOINT, way_out, base_path() + "/oauth2callback"}),
        kept_out=lambda headers: kept_out(user_in(headers), users),
        way_out=way_out,
    )


def user_in(headers: Mapping[str, str]) -> Mapping[str, Any]:
    """What the provider said of whoever logged in, empty without a login whose signature and origin are right."""
    cookies = cookie_parser(headers.get("Cookie", ""))

    def signed(name: str) -> bytes | None:
        value = cookies.get(name)
        return None if value is None else decode_signed_value(get_cookie_secret(), name, value)

    try:
        claims = json.loads(get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        return {}
    genuine = isinstance(claims, dict) and claims.get("origin") == get_origin_from_redirect_uri()
    return claims if genuine and claims.get("is_logged_in") is True else {}


def may_enter(user: Mapping[str, Any], users: Collection[str]) -> bool:
    """Whether ``user`` is logged in and among ``users``: addresses, or domains such as ``@example.com``; empty is all."""
    if not user or not users:
        return bool(user)
    email = str(user.get("email", "")).lower()
    return _is_confirmed(user) and (email in users or "@" + email.rpartition("@")[2] in users)


def _is_confirmed(user: Mapping[str, Any]) -> bool:
    """Whether the provider has confirmed the address, or says nothing of it. Some write the answer as a word."""
    return str(user.get("email_verified", True)).lower() == "true"


def kept_out(user: Mapping[str, Any], users: Collection[str]) -> str | None:
    """Who is logged in and not among ``users``; None where nobody is, or who is may enter."""
    if not user or may_enter(user, users):
        return None
    return str(user.get("email") or user.get("name") or user.get("sub") or "")


def _providers(section: Mapping[str, Any]) -> Iterator[str]:
    return (name for name, value in section.items() if isinstance(value, Mapping))
