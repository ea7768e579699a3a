"""Whatever befalls an exchange, one fault after another, the candles held in the end are its own, all of them."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from core.domain import Timeframe
from core.market.candles import check_candles
from core.market.exchange import ExchangeMarket
from core.market.feed import CandleFeed
from scripts.exchange_faults import FAULTS, Fault
from tests.market.exchange_server import BinanceServer

M15 = Timeframe.M15
COINS = ("BTCUSDT", "ETHUSDT")
STRUCK = "ETHUSDT"
HISTORY = 60
LATE = timedelta(seconds=21)


class FaultyLife:
    """A feed and its exchange; time passes by quarters of an hour."""

    def __init__(self, binance: BinanceServer) -> None:
        self.binance, clock = binance, binance.clock
        self.exchange = ExchangeMarket(
            "binanceusdm", binance.url, COINS, clock, lambda: clock.now().timestamp(), pause=lambda seconds: None
        )
        self.exchange._client.timeout = 80
        self.exchange._client.throttle = lambda cost=None: None  # this machine need not be spared
        self.feed = CandleFeed(self.exchange, (M15,), HISTORY, COINS)
        self.feed.refresh_once()

    def suffer(self, fault: Fault) -> None:
        """A candle closes under the fault, and another one after it."""
        fault.begin(self.binance, STRUCK)
        self.pass_a_candle()
        for symbol in COINS:
            check_candles(self.feed.candles(symbol, M15), M15)
        self.binance.recover()
        self.binance.answer_seconds = 0
        self.exchange._not_before = 0.0
        self.pass_a_candle()

    def pass_a_candle(self) -> None:
        self.binance.clock.advance(M15.duration)
        self.feed.refresh_once()
        self.binance.clock.advance(LATE)
        self.feed.refresh_once()

    def lives_on(self) -> None:
        """Long enough for an audit of every series, without a fault."""
        for _ in range(6):
            self.pass_a_candle()


@pytest.fixture(scope="module")
def suffered() -> FaultyLife:
    """After all faults, one by one."""
    with BinanceServer() as binance:
        life = FaultyLife(binance)
        for fault in FAULTS:
            life.suffer(fault)
            assert life.feed.status("BTCUSDT", M15).state == "fresh", fault.name
        life.lives_on()
        return life


def test_there_are_at_least_thirty_kinds_of_faults_and_no_two_have_one_name() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 30


@pytest.mark.slow
@pytest.mark.parametrize("symbol", COINS)
def test_after_all_faults_no_candle_is_lost_invented_or_told_otherwise(suffered: FaultyLife, symbol: str) -> None:
    pd.testing.assert_frame_equal(
        suffered.feed.candles(symbol, M15), suffered.binance.market.candles(symbol, M15, HISTORY)
    )


@pytest.mark.slow
def test_what_was_revised_meanwhile_was_counted(suffered: FaultyLife) -> None:
    assert suffered.feed.tally.corrected[M15] > 0
    assert suffered.feed.tally.late[M15] > 0
