"""The method page as Streamlit runs it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.domain import Timeframe
from core.model.evaluated import EVALUATION_FILE
from core.model.registry import ModelRegistry
from pages.components.shared.application import application
from tests.hand_made_models import evaluated
from tests.pages.coin_page import texts_on

PAGE = Path(__file__).resolve().parents[2] / "pages" / "method.py"

Open = Callable[[Path], AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens the page over a folder of models."""

    def open_page(models: Path) -> AppTest:
        app = SimpleNamespace(registry=ModelRegistry(models))
        monkeypatch.setattr("pages.components.shared.application.get_application", lambda: app)
        application.clear()
        page = AppTest.from_file(str(PAGE), default_timeout=60).run()
        assert not page.exception
        return page

    yield open_page
    application.clear()


def test_the_page_shows_the_figures_of_the_evaluation_beside_the_models(open_page: Open, tmp_path: Path) -> None:
    (tmp_path / EVALUATION_FILE).write_text(json.dumps(evaluated(Timeframe.M15)))
    text = texts_on(open_page(tmp_path))
    assert "is right 37.0\u00a0% of the time while saying 73.8\u00a0%" in text
    assert "| 15m | +0.030 (+0.020 to +0.040) |" in text
    assert "[What it does not know](#limits)" in text


def test_without_an_evaluation_the_page_says_that_nothing_was_measured(open_page: Open, tmp_path: Path) -> None:
    text = texts_on(open_page(tmp_path))
    assert "Not measured" in text
    assert "which way the price goes" in text.lower()
    assert "takes fees off" in text  # as its heading there says


def test_an_evaluation_that_cannot_be_used_is_named_and_the_page_stands(open_page: Open, tmp_path: Path) -> None:
    (tmp_path / EVALUATION_FILE).write_text("{}")
    page = open_page(tmp_path)
    assert "evaluation\\.json cannot be used" in page.warning[0].value
    assert "Not measured" in texts_on(page)
