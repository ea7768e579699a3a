"""An exchange on this machine, for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.market.exchange_server import BinanceServer


@pytest.fixture
def binance() -> Iterator[BinanceServer]:
    """A fresh server that speaks Binance's wire format and tells the candles of a simulated market."""
    with BinanceServer() as server:
        yield server
