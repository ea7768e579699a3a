"""Browser libraries, served out of the Python packages that carry them.

A library's version is part of its address, so a browser keeps it for good and fetches a new one at once.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

ASSETS_PATH = "/assets"

PLOTLY_NAME = f"plotly-{version('plotly')}.min.js"

PLOTLY_URL = f"{ASSETS_PATH}/{PLOTLY_NAME}"
"""Address of plotly.js on this server, for components to load."""

_LIBRARIES = {PLOTLY_NAME: Path(str(distribution("plotly").locate_file("plotly/package_data/plotly.min.js")))}

_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


def serve_asset(request: Request) -> Response:
    """The library named at the end of the path."""
    name = request.path_params["name"]
    if name not in _LIBRARIES:
        return PlainTextResponse("No such library.", status_code=404)
    return lasting_response(request, _library(name), "text/javascript")


def lasting_response(request: Request, body: bytes, media_type: str) -> Response:
    """``body`` for good, since another body would have another address; compressed where the browser takes that."""
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers = {**_HEADERS, "Content-Encoding": "gzip"}
        return Response(_compressed(body), media_type=media_type, headers=headers)
    return Response(body, media_type=media_type, headers=_HEADERS)


@cache
def _library(name: str) -> bytes:
    return _LIBRARIES[name].read_bytes()


@cache
def _compressed(body: bytes) -> bytes:
    """Compressed once per process: plotly.js takes 100 ms and shrinks to a third."""
    return gzip.compress(body, 6, mtime=0)
