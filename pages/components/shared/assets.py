"""Browser libraries, served out of the Python packages that carry them.

A library's version is part of its address, so a browser keeps it for good and fetches a new one at once.
"""

from __future__ import annotations

from importlib.metadata import distribution, version
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from pages.components.shared.base_path import base_path

ASSETS_PATH = f"{base_path()}/assets"
"""Where they are on this server."""

PLOTLY_NAME = f"plotly-{version('plotly')}.min.js"
"""What components tell plotly.js in this folder, which looks for it where it was fetched itself."""

PLOTLY_PATH = f"{ASSETS_PATH}/{PLOTLY_NAME}"

CHARTS_NAME = f"lightweight-charts-{version('litecharts')}.js"
"""TradingView's Lightweight Charts, under the version of the package that carries it."""

CHARTS_PATH = f"{ASSETS_PATH}/{CHARTS_NAME}"


def _carried(package: str, file: str) -> Path:
    return Path(str(distribution(package).locate_file(file)))


_LIBRARIES = {
    PLOTLY_NAME: _carried("plotly", "plotly/package_data/plotly.min.js"),
    CHARTS_NAME: _carried("litecharts", "litecharts/js/lightweight-charts.js"),
}

FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}


def serve_asset(request: Request) -> Response:
    """The library named at the end of the path."""
    path = _LIBRARIES.get(request.path_params["name"])
    if path is None:
        return PlainTextResponse("No such library.", status_code=404)
    return FileResponse(path, media_type="text/javascript", headers=FOR_GOOD)
