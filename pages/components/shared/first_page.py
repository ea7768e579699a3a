"""The page that a browser is given before any script has run: Streamlit's own, made to be seen and complete sooner.

Streamlit's is white until its scripts have come, names for the browser only those that every app begins with, and
preloads a font that no theme here uses. This one shows the places of bar and blocks at once, and names all scripts and
styles that the page asked for is drawn with, so that they come side by side.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.file_util import get_static_dir

from core.wording.language import Language
from pages.components.shared.base_path import base_path, below_base
from pages.components.shared.browser_component import sheets_of
from pages.components.shared.imports import streamlit_scripts, with_imports
from pages.components.shared.language import language_of
from pages.components.shared.market_header import HEADER
from pages.components.shared.scripts import SCRIPTS, SCRIPTS_PATH
from pages.components.shared.welcome import WELCOME

ON_EVERY_PAGE = (HEADER, WELCOME)
"""Components above whatever a page shows."""

STREAMLIT_ELEMENTS = ("Html", "BidiComponent", "purify")
"""What Streamlit draws those with."""

UNUSED_FONT = re.compile(r'\s*<link\s+rel="preload"[^>]*\bas="font"[^>]*>')
ROOT = '<div id="root"></div>'
BLOCKS = 12

NO_PAGE = "no_page"
"""In the first page's address: the page that there is not."""

LATER = 'fetchpriority="low"'
"""What Streamlit asks for at its start goes before what draws components."""

_FOLDER = Path(__file__).parent
_COLOURS = {"": "backgroundColor", "-block": "secondaryBackgroundColor", "-line": "borderColor"}


class FirstPage:
    """Middleware for the innermost place: whatever page is inside goes out as the first page of that address.

    ``drawn_with`` is that of pages.drawn_with, by a page's path below the base path; the first page's is empty.
    Who asks for none of ``pages`` is led to the first, which says so: Streamlit would do it in English.
    """

    def __init__(
        self, app: ASGIApp, drawn_with: Mapping[str, tuple[str, ...]], pages: Collection[str] | None = None
    ) -> None:
        self._pages = pages
        self._app = app
        self._drawn_with = drawn_with

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        replaced = False

        async def send_page(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_page(message):
                replaced = True
                await self._page(scope)(scope, receive, send)
            if not replaced:
                await send(message)

        await self._app(scope, receive, send_page)

    def _page(self, scope: Scope) -> Response:
        path = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix(base_path()).strip("/")
        if self._pages is not None and path not in self._pages:
            query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            folder = "../" * (path.count("/") + scope["path"].endswith("/")) or "./"
            return RedirectResponse(f"{folder}?{urlencode([*query, (NO_PAGE, path)])}")
        body = first_page(self._drawn_with.get(path, ()), language_of(HTTPConnection(scope)))
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if Headers(scope=scope).get("if-none-match", "").removeprefix("W/") == tag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="text/html", headers=headers)


def _is_page(message: Message) -> bool:
    return message["status"] == 200 and Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")


@cache
def first_page(drawn_with: tuple[str, ...], language: Language) -> bytes:
    """Streamlit's page for whoever speaks ``language``, with all that a page is ``drawn_with``, as pages.drawn_with names it."""
    index = (Path(get_static_dir()) / "index.html").read_text(encoding="utf-8")
    head = [
        f"<style>:root {{{_colours()}}}\n{(_FOLDER / 'first_page.css').read_text(encoding='utf-8')}</style>",
        f"<script>{(_FOLDER / 'first_page.js').read_text(encoding='utf-8')}</script>",
    ]
    ours = [*ON_EVERY_PAGE, *(name for name in drawn_with if "/" in name)]
    streamlits = [*STREAMLIT_ELEMENTS, *(name for name in drawn_with if "/" not in name)]
    preloads = [*map(_script, streamlit_scripts(*streamlits)), *_preloads(ours, language)]
    index = UNUSED_FONT.sub("", index)
    index = index.replace("</head>", "\n".join([*head, *preloads, "</head>"]))
    return index.replace(ROOT, ROOT + _blocks()).encode()


def _preloads(components: Iterable[str], language: Language) -> list[str]:
    words = [] if language is Language.ENGLISH else [f"words/{language}.js"]
    scripts = ["shared/mount.js", *(f"{name}.js" for name in components), *words]
    sheets = dict.fromkeys(sheet for name in components for sheet in sheets_of(name))
    folder = below_base(SCRIPTS_PATH)
    return [
        *(_script(f"{folder}/{name}") for name in with_imports(scripts, _text_of)),
        *(f'<link rel="preload" as="fetch" crossorigin {LATER} href="./{folder}/{sheet}.css">' for sheet in sheets),
    ]


def _script(path: str) -> str:
    return f'<link rel="modulepreload" {LATER} href="./{path}">'


def _text_of(name: str) -> str | None:
    return SCRIPTS[name].decode() if name in SCRIPTS else None


def _colours() -> str:
    """The places' colours in either theme, as the settings of Streamlit's themes have them."""
    return " ".join(
        f"--{theme}{part}: {config.get_option(f'theme.{theme}.{name}')};"
        for theme in ("dark", "light")
        for part, name in _COLOURS.items()
    )


def _blocks() -> str:
    block = '<div class="block"></div>'
    return f'<div id="candor-first" aria-hidden="true"><div class="bar"></div><div class="blocks">{block * BLOCKS}</div></div>'
