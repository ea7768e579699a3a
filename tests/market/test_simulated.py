"""The simulated market: the same for everybody, lawful at every moment, and shaped like a real one."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from core.errors import UnknownSymbol
from core.findings import MadeUpPrices
from core.market.candles import (
    CandleArrays,
    check_candles,
    gap_free_segments,
    last_closed_open_ms,
    open_times_ms,
    resample,
)
from core.market.clock import ManualClock, ScaledClock
from core.market.coins import COINS, SYMBOLS
from core.market.simulated import BLOCKS_KEPT, HISTORY_BEGINS, SimulatedMarket
from tests.drawn_once import DrawnOnce
from tests.laws import tried

M15 = Timeframe.M15
MOMENT = datetime(2026, 3, 11, 9, 20, tzinfo=UTC)

moments = st.datetimes(datetime(2021, 6, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
symbols = st.sampled_from(SYMBOLS)
timeframes = st.sampled_from(list(Timeframe))


def at(moment: datetime, seed: int = 1) -> SimulatedMarket:
    return SimulatedMarket(seed, ManualClock(moment))


def common_part(a: pd.DataFrame, b: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    shared = np.intersect1d(open_times_ms(a), open_times_ms(b))
    return tuple(f[np.isin(open_times_ms(f), shared)].reset_index(drop=True) for f in (a, b))  # type: ignore[return-value]


@pytest.mark.slow
def test_candles_of_a_time_gone_by_are_those_that_were_the_newest_then() -> None:
    moment = datetime(2025, 9, 3, 12, 7, tzinfo=UTC)
    then = moment - timedelta(days=200)
    found = at(moment).arrays_until("ETHUSDT", Timeframe.M15, then, 500)
    pd.testing.assert_frame_equal(found.frame(), at(then).candles("ETHUSDT", Timeframe.M15, 500))


# ---------------------------------------------------------------- laws


@pytest.mark.slow
@tried(20)
@given(moments, symbols, st.lists(st.floats(0, 0.999), min_size=2, max_size=5).map(sorted))
def test_the_open_candle_grows_into_the_closed_one_and_never_beyond_it(
    moment: datetime, symbol: str, shares: list[float]
) -> None:
    clock = ManualClock(moment)
    market = DrawnOnce(1, clock)
    opened = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    grown = []
    for share in [*shares, 1 - 1e-6]:
        clock.set(opened + share * M15.duration)
        grown.append(market.open_candle(symbol, M15))
    clock.set(opened + M15.duration)
    closed = market.arrays(symbol, M15, 1)
    rows = np.array(grown)
    assert (rows[:, 0] == closed.open_time_ms[0]).all()
    assert (rows[:, 1] == closed.open[0]).all()
    assert (np.diff(rows[:, 2]) >= 0).all()
    assert (np.diff(rows[:, 3]) <= 0).all()
    assert (np.diff(rows[:, 5]) >= 0).all()
    assert ((rows[:, 3] <= rows[:, 4]) & (rows[:, 4] <= rows[:, 2])).all()
    assert np.allclose(rows[-1, 1:], closed.values[:, 0], atol=1.01 * COINS[symbol].tick, rtol=1e-4)
    assert market.open_candle(symbol, Timeframe.H1) is None


@pytest.mark.slow
@tried(10)
@given(moments, symbols, timeframes, st.integers(1, 120))
def test_candles_are_lawful_gapless_on_the_tick_and_end_with_the_newest_closed_one(
    moment: datetime, symbol: str, timeframe: Timeframe, limit: int
) -> None:
    candles = check_candles(at(moment).candles(symbol, timeframe, limit), timeframe)
    assert len(candles) == limit
    assert len(gap_free_segments(candles, timeframe)) == 1
    assert open_times_ms(candles)[-1] == last_closed_open_ms(timeframe, moment)
    ticks = candles["close"] / COINS[symbol].tick
    np.testing.assert_allclose(ticks, ticks.round(), atol=1e-4)


@pytest.mark.slow
@tried(10)
@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), symbols, timeframes, st.integers(1, 100))
def test_a_market_started_later_tells_the_same_candles(
    moment: datetime, later: timedelta, symbol: str, timeframe: Timeframe, limit: int
) -> None:
    early = at(moment).candles(symbol, timeframe, limit)
    late = at(moment + later).candles(symbol, timeframe, 100)
    a, b = common_part(early, late)
    pd.testing.assert_frame_equal(a, b, check_exact=True)


@pytest.mark.slow
@tried(10)
@given(moments, symbols, st.sampled_from([Timeframe.H1, Timeframe.H4, Timeframe.D1]))
def test_longer_candles_are_exact_resamples_of_15m_ones(moment: datetime, symbol: str, timeframe: Timeframe) -> None:
    market = at(moment)
    quarters = market.candles(symbol, M15, 96 * 20)
    resampled, drawn = (
        resample(quarters, M15, timeframe),
        market.candles(symbol, timeframe, 20 * 1440 // timeframe.minutes),
    )
    longer, drawn = common_part(resampled, drawn)
    assert len(longer) >= 19
    pd.testing.assert_frame_equal(longer, drawn, check_exact=True)


@pytest.mark.slow
def test_the_order_in_which_candles_are_asked_for_does_not_matter() -> None:
    forward, backward = at(MOMENT), at(MOMENT)
    first = {s: forward.candles(s, t, 100) for t in Timeframe for s in ("BTCUSDT", "WIFUSDT")}
    second = {s: backward.candles(s, t, 100) for t in reversed(Timeframe) for s in ("WIFUSDT", "BTCUSDT")}
    for symbol, candles in first.items():
        again = forward.candles(symbol, Timeframe.D1, 100)
        pd.testing.assert_frame_equal(candles, again, check_exact=True)
        pd.testing.assert_frame_equal(backward.candles(symbol, Timeframe.D1, 100), again, check_exact=True)
    assert second


@pytest.mark.slow
def test_a_closed_candle_never_changes_while_the_market_goes_on() -> None:
    clock = ManualClock(MOMENT)
    market = SimulatedMarket(1, clock)
    seen: list[CandleArrays] = []
    for _ in range(900):  # across more than one block
        seen.append(market.arrays("SOLUSDT", M15, 1))
        clock.advance(M15.duration)
    history = market.arrays("SOLUSDT", M15, 901)[:-1]
    assert history.open_time_ms.tolist() == [candle.open_time_ms[0] for candle in seen]
    assert np.array_equal(history.values, np.concatenate([candle.values for candle in seen], axis=1))


@pytest.mark.slow
def test_another_process_sees_the_same_market() -> None:
    program = (
        "from datetime import UTC, datetime; from core.domain import Timeframe;"
        "from core.market.clock import ManualClock; from core.market.simulated import SimulatedMarket;"
        f"market = SimulatedMarket(1, ManualClock(datetime.fromisoformat('{MOMENT.isoformat()}')));"
        "print(market.candles('ETHUSDT', Timeframe.H4, 300).to_csv(index=False), end='')"
    )
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert process.stdout == at(MOMENT).candles("ETHUSDT", Timeframe.H4, 300).to_csv(index=False)


@pytest.mark.slow
def test_another_seed_is_another_market() -> None:
    a, b = (at(MOMENT, seed).candles("BTCUSDT", M15, 100)["close"] for seed in (1, 2))
    assert not np.array_equal(a, b)


def test_the_next_candle_opens_where_the_last_one_closed() -> None:
    candles = at(MOMENT).candles("LINKUSDT", M15, 96 * 20)
    assert np.array_equal(candles["open"][1:], candles["close"][:-1])


# ---------------------------------------------------------------- what it offers


def test_it_lists_34_coins_with_their_ticks_and_says_that_it_is_not_real() -> None:
    market = at(MOMENT)
    assert market.symbols() == SYMBOLS
    assert market.tick_size("BTCUSDT") == 0.1
    assert market.identity.kind == market.identity.name == "simulated"
    assert market.identity.notice == MadeUpPrices()


def test_it_runs_at_the_speed_of_its_clock() -> None:
    assert SimulatedMarket(1, ScaledClock(MOMENT, 300)).speed == 300
    assert SimulatedMarket(1).speed == 1


def test_an_unknown_coin_gets_a_suggestion() -> None:
    with pytest.raises(UnknownSymbol, match="Did you mean 'BTCUSDT'"):
        at(MOMENT).candles("BTCUSD", M15, 10)


def test_history_has_a_beginning_and_asking_for_more_gives_what_there_is() -> None:
    market = at(HISTORY_BEGINS + timedelta(days=3, hours=1))
    candles = market.candles("BTCUSDT", Timeframe.D1, 10**9)
    assert candles["open_time"].tolist() == [HISTORY_BEGINS + timedelta(days=n) for n in range(3)]
    assert at(HISTORY_BEGINS - timedelta(days=400)).candles("BTCUSDT", M15, 10).empty


# ---------------------------------------------------------------- shape


@pytest.fixture(scope="module")
def half_year() -> dict[str, pd.DataFrame]:
    """15m candles of all coins over 180 days."""
    market = at(MOMENT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BLOCKS_KEPT, M15, 24)  # enough for all of them, so that no block is drawn once per coin
        return {symbol: market.candles(symbol, M15, 96 * 180) for symbol in SYMBOLS}


@pytest.fixture(scope="module")
def returns(half_year: dict[str, pd.DataFrame]) -> pd.DataFrame:
    closes = pd.DataFrame({s: c.set_index("open_time")["close"] for s, c in half_year.items()})
    return np.log(closes).diff().dropna()


@pytest.mark.slow
def test_each_coin_is_as_volatile_as_its_model(returns: pd.DataFrame) -> None:
    expected = np.array([COINS[s].daily_volatility / np.sqrt(96) for s in returns.columns])
    np.testing.assert_allclose(returns.std(), expected, rtol=0.3)
    assert returns["BTCUSDT"].std() < returns["WIFUSDT"].std() / 2


@pytest.mark.slow
def test_tails_are_fat(returns: pd.DataFrame) -> None:
    assert (returns.kurt() + 3 > 4.5).all()


@pytest.mark.slow
def test_volatility_comes_in_clusters(returns: pd.DataFrame) -> None:
    sizes = returns.abs()
    for lag, least in ((1, 0.1), (4, 0.08), (16, 0.03)):
        assert (sizes.apply(lambda column, lag=lag: column.autocorr(lag)) > least).all()


def test_returns_themselves_say_nothing_about_the_next(returns: pd.DataFrame) -> None:
    assert (returns.apply(lambda column: column.autocorr(1)).abs() < 0.05).all()


def test_coins_move_together_both_within_hours_and_over_days(returns: pd.DataFrame) -> None:
    for moves in (returns, returns.groupby(returns.index.floor("D")).sum()):
        correlation = moves.corr().to_numpy()
        apart = correlation[~np.eye(len(correlation), dtype=bool)]
        assert apart.min() > 0
        assert 0.4 < apart.mean() < 0.85


def test_volume_follows_volatility_and_lingers(half_year: dict[str, pd.DataFrame]) -> None:
    for candles in half_year.values():
        volume = np.log(candles["volume"].clip(lower=1e-3))
        assert volume.corr(np.log(candles["high"] / candles["low"])) > 0.4
        assert volume.autocorr(1) > 0.5


def test_turnover_is_plausible(half_year: dict[str, pd.DataFrame]) -> None:
    for symbol, candles in half_year.items():
        turnover = (candles["volume"] * candles["close"]).mean() * 96
        assert 0.5 < turnover / COINS[symbol].daily_turnover < 2


def test_the_us_open_is_livelier_than_the_small_hours_and_weekends_are_quiet(returns: pd.DataFrame) -> None:
    size = (returns.abs() / returns.std()).mean(axis=1)
    by_hour = size.groupby(size.index.hour).mean()
    assert by_hour[13:16].mean() > 1.2 * by_hour[3:6].mean()
    weekend = size.index.day_of_week >= 5
    assert size[weekend].mean() < 0.9 * size[~weekend].mean()


def test_a_candle_reaches_beyond_its_ends_as_far_as_a_random_walk_does(half_year: dict[str, pd.DataFrame]) -> None:
    for candles in half_year.values():
        reach = np.log(candles["high"] / candles["low"]).mean()
        move = np.log(candles["close"] / candles["open"]).abs().mean()
        assert 1.85 < reach / move < 2.15


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_prices_stay_plausible_for_years(seed: int) -> None:
    market = at(datetime(2029, 1, 1, tzinfo=UTC), seed)
    for symbol in SYMBOLS:
        close = market.candles(symbol, Timeframe.D1, 2 * 365)["close"] / COINS[symbol].price
        bound = np.exp(4.5 * 3 * COINS[symbol].daily_volatility * np.sqrt(8))
        assert close.between(1 / bound, bound).all(), symbol
        assert close.max() / close.min() > 1.3, symbol
