"""Whose pages may open a WebSocket here: browsers let any page open one, with the cookies of who looks at it, and name its site."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

_HOST = ("Host", "X-Forwarded-Host")
"""Where the host stands that a browser asked; core.api.proxies takes off the second where no named proxy says it."""


def is_of_this_site(headers: Mapping[str, str]) -> bool:
    """Whether what asks is a page of this host, or no page: programs name no ``Origin``.

    The scheme is left out, since TLS may end at a proxy that does not tell; Streamlit's own WebSocket asks no more.
    ``headers`` finds names whatever their case.
    """
    origin = headers.get("Origin")
    if not origin:
        return True
    asked = {headers.get(name, "").partition(",")[0].strip().lower() for name in _HOST} - {""}
    try:
        return urlsplit(origin).netloc.lower() in asked
    except ValueError:
        return False
