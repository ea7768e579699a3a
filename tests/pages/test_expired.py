"""A signal whose time is over is shown as expired on every page, even where nothing brings news any more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.market.market import GRACE_SECONDS
from pages.components.shared.application import application
from tests.applications import StillLife, still_life
from tests.pages.coin_page import texts_on
from tests.pages.sent import sent_to

MAIN = Path(__file__).resolve().parents[2] / "pages" / "main.py"


@pytest.fixture
def life(tmp_path: Path) -> StillLife:
    """Its feed stands still; its 15m signals are a minute past their time."""
    life = still_life(tmp_path, ("BTCUSDT", "ETHUSDT"))
    life.clock.advance(timedelta(minutes=15, seconds=GRACE_SECONDS + 60))
    return life


def opened(monkeypatch: pytest.MonkeyPatch, life: StillLife, page: str, **address: str) -> AppTest:
    monkeypatch.setattr("pages.components.shared.application.get_application", lambda: life.application)
    application.clear()
    test = AppTest.from_file(str(MAIN), default_timeout=30)
    for name, value in address.items():
        test.query_params[name] = value
    if page != "signals.py":
        test.switch_page(page)
    test.run()
    application.clear()
    assert not test.exception
    return test


@pytest.mark.slow
def test_its_card_says_so(monkeypatch: pytest.MonkeyPatch, life: StillLife) -> None:
    cards = sent_to(opened(monkeypatch, life, "signals.py"), "signals_board")["cards"]
    bitcoin = next(card for card in cards if card["coin"] == "BTC")
    assert (bitcoin["expired"], bitcoin["word"]) == (True, "Expired")
    assert bitcoin["reasons"][0]["text"].startswith("This signal held until 2025-09-03 12:15")


@pytest.mark.slow
def test_its_coin_page_says_so_and_another_timeframe_holds_on(monkeypatch: pytest.MonkeyPatch, life: StillLife) -> None:
    expired = opened(monkeypatch, life, "coin.py", symbol="BTCUSDT", timeframe="15m")
    assert sent_to(expired, "coin_call_panel")["expired"]
    assert "This signal held until 2025-09-03\u00a012:15" in texts_on(expired)
    valid = opened(monkeypatch, life, "coin.py", symbol="BTCUSDT", timeframe="1h")
    assert not sent_to(valid, "coin_call_panel")["expired"]


def test_the_map_of_timeframes_says_so(monkeypatch: pytest.MonkeyPatch, life: StillLife) -> None:
    rows = sent_to(opened(monkeypatch, life, "timeframes.py"), "timeframes_map")["rows"]
    bitcoin = next(row for row in rows if row["symbol"] == "BTCUSDT")
    assert "Expired" in str(bitcoin)
