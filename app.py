"""The ASGI launcher: dashboard at /, REST API at /api, browser libraries at /assets.

Started with ``streamlit run app.py``.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http import h11_impl

from core.api.app import create_api
from core.api.compression import Compression
from core.application import get_application, stop_application
from core.errors import CandorError
from core.settings import get_settings
from pages.components.shared.assets import ASSETS_PATH, serve_asset
from pages.components.shared.scripts import SCRIPTS_PATH, serve_script


class AheadOfStreamlit:
    """Middleware that hands everything under /api to the API before Streamlit's own middleware sees it.

    Streamlit refuses suspicious paths in plain text, and shows the dashboard for addresses that no route
    matches; under /api every answer is JSON.
    """

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self.app = app
        self.api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not f"{path}/".startswith("/api/"):
            await self.app(scope, receive, send)
        else:
            inside = {
                **scope,
                "root_path": scope.get("root_path", "") + "/api",
                "path": "/api/" if path == "/api" else path,
            }
            await self.api(inside, receive, send)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Follow the market for as long as the server runs; end the server where the settings name none that can be."""
    try:
        await asyncio.to_thread(get_application)
    except CandorError as error:
        print(f"Candor cannot start: {error}", file=sys.stderr)
        signal.raise_signal(signal.SIGTERM)
    # Modules, Streamlit's objects and torch's live as long as the process: walking them in every collection would
    # cost each page refresh about 200 ms.
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        await asyncio.to_thread(stop_application)


def check_settings() -> None:
    """End the process with one sentence per CANDOR_* variable that holds something unusable."""
    try:
        get_settings()
    except CandorError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


check_settings()

# uvicorn refuses requests with more than 16 KB of address and headers in plain text, and Streamlit hands it no
# other limit. Up to this many bytes the API answers them itself, in JSON.
h11_impl.DEFAULT_MAX_INCOMPLETE_EVENT_SIZE = 1_000_000  # type: ignore[attr-defined]

app = st.App(
    Path(__file__).with_name("pages") / "main.py",
    lifespan=lifespan,
    routes=[Route(ASSETS_PATH + "/{name}", serve_asset), Route(SCRIPTS_PATH + "/{name:path}", serve_script)],
    middleware=[Middleware(Compression), Middleware(AheadOfStreamlit, api=create_api(get_application))],
)
