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
    """The library named at the end of the path, compressed where the browser takes that."""
    path = _LIBRARIES.get(request.path_params["name"])
    if path is None:
        return PlainTextResponse("No such library.", status_code=404)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers = {**_HEADERS, "Content-Encoding": "gzip"}
        return Response(_compressed(path), media_type="text/javascript", headers=headers)
    return Response(path.read_bytes(), media_type="text/javascript", headers=_HEADERS)


@cache
def _compressed(path: Path) -> bytes:
    """Compressed once per process: plotly.js takes 100 ms and shrinks to a third."""
    return gzip.compress(path.read_bytes(), 6, mtime=0)
