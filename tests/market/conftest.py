"""An exchange on this machine, for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.market.exchange import ExchangeMarket
from tests.market.exchange_server import BinanceServer


@pytest.fixture
def binance() -> Iterator[BinanceServer]:
    """A fresh server that speaks Binance's wire format and tells the candles of a simulated market."""
    with BinanceServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _requests_are_not_spaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exchange on this machine need not be spared, as ccxt spares one by some hundredths of a second a request."""
    monkeypatch.setattr(ExchangeMarket, "_keep_pace", lambda self, cost=None: None)
