"""Candles on demand are fetched once per closed candle."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain import Timeframe
from core.errors import BadCandles, MarketUnavailable
from core.market.candles import CandleArrays
from core.market.clock import ManualClock
from core.market.on_demand import OnDemandCandles
from tests.drawn_once import DrawnOnce
from tests.problems import reason_of

NOON = datetime(2025, 9, 3, 12, 0, tzinfo=UTC)


class CountingMarket(DrawnOnce):
    """A simulated market that counts how often it is asked."""

    asked = 0

    def arrays(self, symbol, timeframe, limit):
        self.asked += 1
        return super().arrays(symbol, timeframe, limit)


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
    source = OnDemandCandles(DrawnOnce(clock=ManualClock(NOON)))
    frame, arrays = source.candles("ETHUSDT", Timeframe.H1), source.arrays("ETHUSDT", Timeframe.H1)
    assert arrays is source.arrays("ETHUSDT", Timeframe.H1)
    assert (arrays.close == frame["close"].to_numpy()).all()
    status = source.status("ETHUSDT", Timeframe.H1)
    assert (status.state, status.last_open_time) == ("fresh", NOON - timedelta(hours=1))


def test_candles_that_break_the_contract_are_refused():
    class Upside(DrawnOnce):
        def arrays(self, symbol, timeframe, limit):
            candles = super().arrays(symbol, timeframe, limit)
            return CandleArrays(candles.open_time_ms, candles.values[[0, 2, 1, 3, 4]])

    with pytest.raises(BadCandles, match="breaks low <= open"):
        OnDemandCandles(Upside(clock=ManualClock(NOON))).candles("BTCUSDT", Timeframe.M15)


class LateMarket(CountingMarket):
    """Has not got the newest candle yet while ``late``."""

    late = False

    def arrays(self, symbol, timeframe, limit):
        return super().arrays(symbol, timeframe, limit)[: -1 if self.late else None]


def test_a_day_candle_the_market_had_not_got_yet_is_asked_for_again_and_not_a_day_later():
    clock = ManualClock(datetime(2025, 9, 3, 0, 0, 1, tzinfo=UTC))
    market = LateMarket(clock=clock)
    market.late = True
    source = OnDemandCandles(market)
    assert source.candles("BTCUSDT", Timeframe.D1)["open_time"].iloc[-1].day == 1
    market.late = False
    clock.advance(timedelta(seconds=2))
    assert source.candles("BTCUSDT", Timeframe.D1)["open_time"].iloc[-1].day == 2


def test_a_newest_candle_that_does_not_come_is_called_stale_and_the_market_is_left_alone_for_a_second():
    clock = ManualClock(NOON)
    market = LateMarket(clock=clock)
    market.late = True
    source = OnDemandCandles(market)
    assert source.status("BTCUSDT", Timeframe.M15).state == "fresh"
    source.candles("BTCUSDT", Timeframe.M15)
    assert market.asked == 1
    clock.advance(timedelta(seconds=21))
    status = source.status("BTCUSDT", Timeframe.M15)
    assert (status.state, reason_of(status)) == ("stale", "1 candle is missing since 2025-09-03 11:30 UTC.")


def test_a_market_that_fails_leaves_the_last_good_candles_and_says_they_are_stale():
    clock = ManualClock(NOON)
    market = DrawnOnce(clock=clock)
    source = OnDemandCandles(market)
    before = source.arrays("BTCUSDT", Timeframe.M15)

    def down(*_):
        raise MarketUnavailable("The exchange is down.")

    market.arrays = down
    clock.advance(timedelta(hours=1))
    assert source.arrays("BTCUSDT", Timeframe.M15) is before
    assert (reason_of(source.status("BTCUSDT", Timeframe.M15)) or "").endswith("The exchange is down.")
    with pytest.raises(MarketUnavailable, match="is down"):
        source.candles("ETHUSDT", Timeframe.M15)
