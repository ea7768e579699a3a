"""Candles on demand are fetched once per closed candle."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain import BadCandles, Timeframe
from core.market.clock import ManualClock
from core.market.on_demand import OnDemandCandles
from core.market.simulated import SimulatedMarket

NOON = datetime(2025, 9, 3, 12, 0, tzinfo=UTC)


class CountingMarket(SimulatedMarket):
    """A simulated market that counts how often it is asked."""

    asked = 0

    def candles(self, symbol, timeframe, limit):
        self.asked += 1
        return super().candles(symbol, timeframe, limit)


def test_the_market_is_asked_again_only_after_a_candle_has_closed():
    clock = ManualClock(NOON)
    source = OnDemandCandles(CountingMarket(clock=clock))
    first = source.candles("BTCUSDT", Timeframe.M15)
    clock.advance(timedelta(minutes=14))
    assert source.candles("BTCUSDT", Timeframe.M15) is first
    assert source.market.asked == 1
    clock.advance(timedelta(minutes=1))
    newer = source.candles("BTCUSDT", Timeframe.M15)
    assert source.market.asked == 2
    assert newer["open_time"].iloc[-1] - first["open_time"].iloc[-1] == timedelta(minutes=15)


def test_arrays_and_status_describe_the_same_candles():
    source = OnDemandCandles(SimulatedMarket(clock=ManualClock(NOON)))
    frame, arrays = source.candles("ETHUSDT", Timeframe.H1), source.arrays("ETHUSDT", Timeframe.H1)
    assert arrays is source.arrays("ETHUSDT", Timeframe.H1)
    assert (arrays.close == frame["close"].to_numpy()).all()
    status = source.status("ETHUSDT", Timeframe.H1)
    assert (status.state, status.last_open_time) == ("fresh", NOON - timedelta(hours=1))


def test_candles_that_break_the_contract_are_refused():
    class Upside(SimulatedMarket):
        def candles(self, symbol, timeframe, limit):
            return super().candles(symbol, timeframe, limit).rename(columns={"high": "low", "low": "high"})

    with pytest.raises(BadCandles, match="breaks low <= open"):
        OnDemandCandles(Upside(clock=ManualClock(NOON))).candles("BTCUSDT", Timeframe.M15)
