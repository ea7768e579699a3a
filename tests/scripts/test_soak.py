"""The soak finds what is lost, invented or otherwise than the exchange told it, and nothing where all is well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.domain import Timeframe
from core.market.clock import ManualClock
from scripts.soak import YOUNG_CANDLES, Soak
from tests.drawn_once import DrawnOnce


@pytest.fixture(scope="module")
def soak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Soak]:
    """After the first pass over two coins."""
    soak = Soak(("BTCUSDT", "ETHUSDT"), 1.0, tmp_path_factory.mktemp("data"))
    soak.market = soak.server.market = DrawnOnce(1, ManualClock(soak.clock.now()))
    soak.server.answer_seconds = 0.0
    soak.feed._state.market._client.throttle = lambda cost=None: None  # type: ignore[union-attr]
    with soak.server:
        soak.feed.refresh_once()
        yield soak


def test_what_the_exchange_told_is_neither_lost_nor_invented(soak: Soak) -> None:
    held, *wrong = soak.compared()
    assert held == 4 * (soak.feed.history + YOUNG_CANDLES)
    assert wrong == [0, 0, 0]


def test_the_youngest_coin_has_few_candles(soak: Soak) -> None:
    assert {soak.feed.status("ETHUSDT", timeframe).candles for timeframe in Timeframe} == {YOUNG_CANDLES}


def test_candles_of_another_market_are_found_to_differ(soak: Soak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak, "market", DrawnOnce(2, ManualClock(soak.clock.now())))
    assert soak.compared()[3] > 1000


def test_candles_that_do_not_come_are_lost(soak: Soak, monkeypatch: pytest.MonkeyPatch) -> None:
    later = ManualClock(soak.clock.now() + timedelta(hours=2))
    monkeypatch.setattr(soak, "market", DrawnOnce(1, later))
    monkeypatch.setattr(soak, "clock", later)
    assert soak.compared()[1] >= 2 * 7
