"""The ASGI launcher: dashboard at /, API at /api, pushes at /socket.io, browser libraries at /assets, below a base path if any.

Started with ``streamlit run app.py``.
"""

from __future__ import annotations

import sys

from core.errors import CandorError, UnknownSymbol
from core.log import set_up_logging
from core.settings import get_settings, log_format


def check_settings() -> None:
    """End the process with one sentence per CANDOR_* variable that holds something unusable."""
    set_up_logging(log_format())
    try:
        get_settings()
    except CandorError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


check_settings()  # before the imports that take seconds

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route, WebSocketRoute

from core.access import check_access
from core.api.app import create_api
from core.api.beside import ApiBesideDashboard, SocketIo, SocketIoBesideDashboard
from core.api.compression import Compression
from core.api.connections import address_of, attend, bound_to, own_server
from core.api.gate import Gate, Guard
from core.api.head import HeadAsGet
from core.api.proxies import NamedProxies
from core.application import get_application, stop_application
from core.market.coins import none_of_these
from pages.addresses import DECLARED
from pages.components.changes.live_drawer import LIVE_DRAWER_PATH, LiveDrawer, newest_change
from pages.components.shared.assets import ASSETS_PATH, serve_asset
from pages.components.shared.base_path import base_path
from pages.components.shared.first_page import FirstPage
from pages.components.shared.login import login_of_secrets
from pages.components.shared.news import NEWS_PATH, News
from pages.components.shared.open_pages import open_pages
from pages.components.shared.scripts import SCRIPTS_PATH, serve_script
from pages.components.signals.live_board import LIVE_BOARD_PATH, LiveBoard
from pages.drawn_with import DRAWN_WITH


def cannot_start(error: CandorError) -> None:
    """Say why, and end the server as if it had been told to."""
    print(f"Candor cannot start: {error}", file=sys.stderr)
    signal.raise_signal(signal.SIGTERM)


def refuse_unknown_coins(unlisted: Mapping[str, UnknownSymbol]) -> None:
    """End a start whose CANDOR_SYMBOLS names coins that the exchange lacks."""
    if unlisted:
        cannot_start(none_of_these(unlisted))


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Follow the market for as long as the server runs; end the server where the settings name none that can be."""
    set_up_logging(get_settings().log)
    server = attend(at_the_end=api.state.tail.end)
    refuse_strangers(None if server is None else bound_to(server))
    try:
        application = await asyncio.to_thread(get_application)
        application.once_the_exchange_has_listed(refuse_unknown_coins)
    except CandorError as error:
        cannot_start(error)
    # Modules and Streamlit's objects live as long as the process: no collection need walk them for a page's refresh.
    gc.collect()
    gc.freeze()
    if server is not None:
        print(f"Candor is at {address_of(server)}{base_path()}", flush=True)
    try:
        yield
    finally:
        await asyncio.to_thread(stop_application)


def refuse_strangers(where: str | None) -> None:
    """End the process where its server would be open to them: one that imported this module first was not known by then.

    At once, since a server that is told to end while it starts listens for a moment all the same.
    """
    settings = get_settings()
    try:
        check_access(where, bool(guard), settings.public, settings.disclosure)
    except CandorError as error:
        print(error, file=sys.stderr, flush=True)
        os._exit(2)


def signals_by_name(request: Request) -> RedirectResponse:
    """The first page is found under its name, too, with whatever the address asks of it."""
    return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./")


def guard_of_settings() -> Guard:
    """Who is let in, as the settings have it; ends the process where that would be strangers whom nobody meant."""
    settings = get_settings()
    try:
        guard = Guard(settings.api_keys, settings.identity_header, login_of_secrets(settings.users))
        server = own_server()
        where = st.get_option("server.address") if server is None else bound_to(server)
        check_access(where, bool(guard), settings.public, settings.disclosure)
    except CandorError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    return guard


guard = guard_of_settings()
api = create_api(get_application, open_pages)

app = st.App(
    Path(__file__).with_name("pages") / "main.py",
    lifespan=lifespan,
    routes=[
        Route(ASSETS_PATH + "/{name}", serve_asset),
        Route(SCRIPTS_PATH + "/{name:path}", serve_script),
        Route(base_path() + "/signals", signals_by_name),
        WebSocketRoute(NEWS_PATH, News(get_application, newest_change).serve),
        Route(LIVE_BOARD_PATH, LiveBoard(get_application).serve),
        Route(LIVE_DRAWER_PATH, LiveDrawer(get_application).serve),
    ],
    middleware=[
        Middleware(NamedProxies, get_settings().trusted_proxy, get_settings().identity_header),
        *([Middleware(Gate, guard, base_path(), (f"{base_path()}/static/", f"{ASSETS_PATH}/"))] if guard else []),
        Middleware(HeadAsGet),
        Middleware(Compression),
        Middleware(SocketIoBesideDashboard, socket_io=SocketIo(api.state.tail), base_path=base_path()),
        Middleware(ApiBesideDashboard, api=api, base_path=base_path()),
        Middleware(FirstPage, drawn_with=DRAWN_WITH, pages=DECLARED),
    ],
)
