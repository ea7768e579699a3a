from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.responses import FileResponse, PlainTextResponse
from starlette.types import ASGIApp
from streamlit.file_util import get_static_dir

from core.wording.language import Language
from pages.addresses import DECLARED
from pages.components.shared.base_path import below_base
from pages.components.shared.first_page import FirstPage, first_page
from pages.components.shared.imports import streamlit_scripts, with_imports
from pages.components.shared.scripts import SCRIPTS, SCRIPTS_PATH
from pages.drawn_with import DRAWN_WITH
from tests import event_loop

STREAMLIT = Path(get_static_dir())
SIGNALS, COIN = DRAWN_WITH[""], DRAWN_WITH["coin"]
NAMED = re.compile(r'<link rel="(?:modulepreload|preload)"[^>]*href="\./([^"]+)"')


def asked(inside: ASGIApp, path: str = "/", query: bytes = b"", **headers: str) -> tuple[int, Headers, bytes]:
    """What the middleware around ``inside`` answers to a GET."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.Event().wait()  # nobody hangs up

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "headers": raw}
    event_loop.run(FirstPage(inside, DRAWN_WITH, DECLARED)(scope, receive, send))
    start, *bodies = sent
    return start["status"], Headers(raw=start["headers"]), b"".join(body.get("body", b"") for body in bodies)


def streamlits_own() -> ASGIApp:
    return FileResponse(STREAMLIT / "index.html")


def test_places_are_seen_before_any_script_has_run() -> None:
    page = first_page(SIGNALS, Language.ENGLISH).decode()
    assert '<div id="root"></div><div id="candor-first" aria-hidden="true">' in page
    assert "--dark: #0e131b" in page, "in the colours of the themes"
    assert "document.fonts.load" in page, "and the font of icons waits"


def test_a_font_that_no_theme_uses_is_not_preloaded() -> None:
    assert 'as="font"' in (STREAMLIT / "index.html").read_text(encoding="utf-8")
    assert b'as="font"' not in first_page(SIGNALS, Language.ENGLISH)


@pytest.mark.parametrize("components", DRAWN_WITH.values(), ids=DRAWN_WITH.keys())
@pytest.mark.parametrize("language", Language)
def test_whatever_is_named_for_the_browser_is_served(components: tuple[str, ...], language: Language) -> None:
    ours = below_base(SCRIPTS_PATH) + "/"
    named = NAMED.findall(first_page(components, language).decode())
    unknown = {path for path in named if not (path.removeprefix(ours) in SCRIPTS or (STREAMLIT / path).is_file())}
    assert unknown == set()
    assert len(named) == len(set(named))


def test_a_page_names_what_it_is_drawn_with_and_the_words_of_its_language() -> None:
    ours = below_base(SCRIPTS_PATH)
    signals, coin = (first_page(components, Language.CHINESE).decode() for components in (SIGNALS, COIN))
    assert f"{ours}/signals/card.js" in signals, "which the board imports"
    assert f"{ours}/signals/card.css" in signals
    assert f"{ours}/signals/card.js" not in coin
    assert f"{ours}/coin/chart_series.js" in coin
    assert f"{ours}/words/zh.js" in coin
    assert f"{ours}/words/zh.js" not in first_page(COIN, Language.ENGLISH).decode()


def test_a_page_is_given_anew_only_where_it_is_another_one() -> None:
    status, headers, body = asked(streamlits_own())
    assert (status, headers["content-length"]) == (200, str(len(body)))
    assert body == first_page(SIGNALS, Language.ENGLISH)
    again, _, nothing = asked(streamlits_own(), if_none_match=f"W/{headers['etag']}")
    assert (again, nothing) == (304, b"")
    assert asked(streamlits_own(), "/coin", if_none_match=headers["etag"])[0] == 200


def test_what_is_no_page_goes_out_as_it_is() -> None:
    assert asked(PlainTextResponse("export {}", media_type="text/javascript"))[2] == b"export {}"
    assert asked(PlainTextResponse("Not here.", status_code=404, media_type="text/html"))[2] == b"Not here."


def test_scripts_come_with_what_they_import_and_not_with_what_they_may_import_later() -> None:
    texts = {
        "a/page.js": 'import { b } from "../shared/b.js"; import("./late.js")',
        "shared/b.js": 'import"./c.js";import{d as e}from"./d.js"',
        "shared/c.js": 'import { page } from "../a/page.js"',
        "a/late.js": "",
    }
    assert with_imports(["a/page.js"], texts.get) == ["a/page.js", "shared/b.js", "shared/c.js"]


def test_streamlits_scripts_are_found_by_what_they_draw() -> None:
    scripts = streamlit_scripts("Selectbox")
    assert re.fullmatch(r"static/js/Selectbox\.[\w-]+\.js", scripts[0])
    index = (STREAMLIT / "index.html").read_text(encoding="utf-8")
    assert not [path for path in scripts if path in index], "those of every page are named already"


@pytest.mark.parametrize(
    ("path", "leads_to"), [("/coins", "./?timeframe=1h&no_page=coins"), ("/coins/", "../?timeframe=1h&no_page=coins")]
)
def test_who_asks_for_a_page_that_there_is_not_is_led_to_the_first_which_says_so(path: str, leads_to: str) -> None:
    status, headers, _ = asked(streamlits_own(), path, b"timeframe=1h")
    assert (status, headers["location"]) == (307, leads_to)


@pytest.mark.parametrize("page", DECLARED)
def test_who_asks_for_a_page_that_there_is_gets_it(page: str) -> None:
    assert asked(streamlits_own(), f"/{page}")[0] == 200
