"""Every page as a reader of Chinese is told it, over a real ledger: nothing is said in English, or half of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from core.wording.language import Language
from pages.components.shared.language import COOKIE
from pages.components.shared.news import NEWS_PATH, News
from pages.components.signals.live_board import LIVE_BOARD_PATH, LiveBoard
from tests.journal.small_life import SmallLife
from tests.pages.conftest import OpenOn
from tests.pages.sent import sent_to
from tests.waiting import until
from tests.wording.test_language import is_for_people

PAGES = (
    None,
    "coin.py",
    "timeframes.py",
    "model_quality.py",
    "track_record.py",
    "changes.py",
    "alerts.py",
    "compare.py",
    "method.py",
    "glossary.py",
)

NOT_SHOWN = {
    "appearance", "bars", "bodyStyle", "candle", "command", "componentName", "css", "elementId", "fields", "figure", "formId", "help_style",
    "html", "htmlContent", "icon", "jsContent", "cssContent", "id", "js", "key", "library", "link", "mixins", "name", "script", "speaker", "symbol", "told", "url", "widths",
}  # fmt: skip
"""Fields that hold names, addresses, styles and figures."""

SAME_IN_EVERY_LANGUAGE = re.compile(
    r"python scripts/.*|Cards|Candor|Bitcoin|Ethereum|Dogecoin|Wilson|Lightweight|TradingView|Brier|API|CNN-LSTM|USDT|FOLDER|[\w/]+\.(md|py)|tgram:.*"
    r"|\[[^\]]*\]\([^)]*\)|`[^`]*`|\d{4}, \w+"
)


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, open_on: OpenOn, recorded_life: SmallLife) -> AppTest:
    monkeypatch.setattr("pages.components.shared.language.chosen_language", lambda: Language.CHINESE)
    return open_on(recorded_life).run()


def texts_in(value: Any, name: str = "") -> Iterator[str]:
    """Every text of what was sent to a browser, but those under a name of NOT_SHOWN."""
    if name in NOT_SHOWN:
        return
    if isinstance(value, Mapping):
        for inner, each in value.items():
            yield from texts_in(each, inner)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each, name)
    elif isinstance(value, str):
        if name == "json":
            yield from texts_in(json.loads(value))
        else:
            yield value


def english_in(page: AppTest) -> list[str]:
    """What a page says without a single Chinese sign, although it has words."""
    blocks, texts = [page._tree], set[str]()
    while blocks:
        block = blocks.pop()
        blocks.extend(getattr(block, "children", {}).values())
        if getattr(block, "proto", None) is not None:
            texts |= set(texts_in(MessageToDict(block.proto)))
    return sorted(text for text in texts if is_english(text))


def is_english(text: str) -> bool:
    bare = SAME_IN_EVERY_LANGUAGE.sub("", text)
    return is_for_people(bare) and not re.search(r"[\u4e00-\u9fff]", text)


@pytest.mark.slow
def test_no_page_says_a_sentence_in_english(page: AppTest) -> None:
    found = {}
    for name in PAGES:
        if name is not None:
            page.switch_page(name).run()
        until(lambda: "账本" not in " ".join(each.value for each in page.run().info))
        assert not page.exception
        found[name or "signals.py"] = english_in(page)
    assert {name: texts for name, texts in found.items() if texts} == {}


@pytest.mark.slow
def test_boards_and_news_are_told_in_the_language_that_the_browser_asks_for(recorded_life: SmallLife) -> None:
    app = recorded_life.application
    news = News(lambda: app, lambda _: None)
    served = Starlette(
        routes=[Route(LIVE_BOARD_PATH, LiveBoard(lambda: app).serve), WebSocketRoute(NEWS_PATH, news.serve)]
    )
    with TestClient(served) as client:
        english = client.get(LIVE_BOARD_PATH, headers={"Accept-Language": "de-DE,zh;q=0.5"})
        chinese = client.get(LIVE_BOARD_PATH, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
        chosen = client.get(LIVE_BOARD_PATH, headers={"Cookie": f"{COOKIE}=zh", "Accept-Language": "en-GB"})
        assert english.json()["measures"]["confidence"] == "Confidence"
        assert chinese.json()["measures"]["confidence"] == "置信度"
        assert chosen.content == chinese.content
        with client.websocket_connect(NEWS_PATH, headers={"Accept-Language": "zh-CN"}) as socket:
            assert socket.receive_json()["notice"] == "模拟行情：这些价格不是真实的。"
        with client.websocket_connect(NEWS_PATH, headers={"Accept-Language": "en"}) as socket:
            assert socket.receive_json()["notice"] == "Simulated market: these prices are not real."


@pytest.mark.slow
def test_the_browser_hears_in_which_language_it_was_drawn(page: AppTest) -> None:
    header = sent_to(page, "shared_market_header")
    assert [each["title"] for each in header["pages"]][:3] == ["信号", "币种", "周期"]
    assert header["title"] == "信号"
