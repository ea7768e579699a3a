"""The coin page for tests: run without a browser, on an application of the test's making."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from core.application import Application

PAGE = Path(__file__).resolve().parents[2] / "pages" / "coin.py"


def coin_page(monkeypatch: pytest.MonkeyPatch, application: Application, **address: str) -> AppTest:
    """The page at ``?symbol=...&timeframe=...`` after its first run."""
    return page_of(PAGE, monkeypatch, application, **address)


def page_of(path: Path, monkeypatch: pytest.MonkeyPatch, application: Application, **address: str) -> AppTest:
    """The page of a script at an address, after its first run."""
    monkeypatch.setattr("pages.components.shared.application.application", lambda: application)
    page = AppTest.from_file(str(path), default_timeout=60)
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def coin_box(page: AppTest) -> Selectbox:
    """The widget that names the coin, whichever address it was drawn for."""
    return next(box for box in page.selectbox if box.label == "Coin")


def texts_on(page: AppTest) -> str:
    """Every sentence of the page in one text, without Markdown's escapes and what keeps its dates whole."""
    boxes = [*page.error, *page.warning, *page.info, *page.success]
    texts = [box.value for box in [*boxes, *page.markdown, *page.caption]]
    titles = [box.proto.title for box in boxes if hasattr(box.proto, "title")]
    return "\n".join([*titles, *texts]).replace("\\", "").replace("\u2060", "")
