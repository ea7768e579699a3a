"""The embedded default market: seeded random walks that look like crypto and are never mistaken for it.

Time is cut into blocks of eight days. Each block of all coins is drawn at once from the seed and the block's
number, so any moment can be reached without playing what came before, and every process sees the same candles.

Between blocks, log prices follow a mean-reverting walk around each coin's real price of 2025-08-31. Inside a block,
15m returns with stochastic volatility are bridged to the block's two ends: a Gaussian bridge shares what is missing
in proportion to each step's variance. High and low are the extremes of the Brownian bridge between open and close
(Karatzas and Shreve, Brownian Motion and Stochastic Calculus, section 2.8), which also gives them their real size
of about twice the mean absolute return.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import UTC, datetime

import numpy as np

from core.domain import Timeframe, resolve_symbol
from core.errors import NotEnoughCandles
from core.findings import MadeUpPrices
from core.market.candles import CandleArrays, last_closed_open_ms, unix_ms
from core.market.clock import Clock, SystemClock
from core.market.coins import COINS, SYMBOLS, WATCHLIST
from core.market.market import Access, BaseMarket, MarketIdentity
from core.market.stream import Row

HISTORY_BEGINS = datetime(2020, 1, 1, tzinfo=UTC)
"""No simulated candle is older."""

DAYS = 8
STEP_MS = Timeframe.M15.milliseconds
STEPS = DAYS * 96
BLOCK_MS = STEPS * STEP_MS
N = len(WATCHLIST)

PRICE_MEMORY = 0.94
"""Share of a log price's distance from its anchor that is left after a block: a half-life of 90 days."""
PRICE_BLOCKS = 240
"""Blocks a log price remembers; 0.94 ** 240 is below a millionth."""
REGIME_MEMORY, REGIME_BLOCKS, REGIME_STD = 0.80, 24, 0.25
"""Log volatility of the whole market, block by block."""
CLUSTER_MEMORY, CLUSTER_STEPS, CLUSTER_STD = 0.97, 192, 0.42
"""Log volatility of the whole market, step by step: bursts that fade over some hours."""
SURPRISE_STD = 0.34
"""Log volatility of one coin in one step."""

# Mean absolute 15m return of the average coin by UTC hour and by weekday (Monday first), relative to the mean;
# Binance USDT perpetuals, October 2024 to August 2025.
HOURLY_ACTIVITY = np.array(
    [
        [1.15, 1.10, 1.00, 0.89, 0.88, 0.85, 0.91, 0.88, 0.94, 0.89, 0.87, 0.88],
        [1.00, 1.19, 1.28, 1.20, 1.16, 1.10, 0.97, 0.95, 1.01, 0.99, 1.02, 0.87],
    ]
).ravel()
WEEKDAY_ACTIVITY = np.array([1.17, 1.08, 1.03, 0.99, 1.03, 0.80, 0.89])

ANCHORS = np.log([coin.price for coin in WATCHLIST])
TICKS = np.array([coin.tick for coin in WATCHLIST])
TICK_DECIMALS = [max(0, round(-np.log10(coin.tick))) for coin in WATCHLIST]
VOLATILITIES = np.array([coin.daily_volatility for coin in WATCHLIST])
CORRELATIONS = np.array([coin.market_correlation for coin in WATCHLIST])
TURNOVER_PER_STEP = np.array([coin.daily_turnover for coin in WATCHLIST]) / 96
VOLUME_DECIMALS = [3 if coin.price > 100 else 1 if coin.price > 1 else 0 for coin in WATCHLIST]

MONTH_MS = 30 * 86_400_000
BLOCKS_KEPT = {
    t: max(round(1250 * t.milliseconds / BLOCK_MS), -(-(MONTH_MS + 500 * t.milliseconds) // BLOCK_MS) + 1)
    for t in Timeframe
    if t.milliseconds % STEP_MS == 0
}
"""How many blocks of each timeframe stay in memory: enough for 1,250 candles, and for a month of signals with the 500 candles
that the first of them is made of; all together about 14 MB."""


class SimulatedMarket(BaseMarket):
    """A market out of a seed: ``candles`` of any (symbol, timeframe, time) depend on nothing else.

    Randomly reachable; 1h, 4h and 1d candles are exact resamples of the 15m ones. Thread-safe.
    """

    access = Access()

    def __init__(self, seed: int = 1, clock: Clock | None = None) -> None:
        self.seed = seed
        self._clock = clock or SystemClock()
        pace = "" if self._clock.speed == 1 else f"-x{self._clock.speed:g}"  # its days are not those of real time
        self.identity = MarketIdentity("simulated", "simulated", MadeUpPrices(), f"seed{seed}{pace}")
        self._lock = threading.Lock()
        self._price_shocks: dict[int, np.ndarray] = {}
        self._regimes: dict[int, float] = {}
        self._regime_shocks: dict[int, float] = {}
        self._blocks: dict[Timeframe, OrderedDict[int, np.ndarray]] = {t: OrderedDict() for t in BLOCKS_KEPT}

    @property
    def speed(self) -> float:
        return self._clock.speed

    def now(self) -> datetime:
        return self._clock.now()

    def symbols(self) -> tuple[str, ...]:
        return SYMBOLS

    def tick_size(self, symbol: str) -> float:
        return COINS[resolve_symbol(symbol, COINS)].tick

    def arrays(self, symbol: str, timeframe: Timeframe, limit: int) -> CandleArrays:
        """The newest ``limit`` closed candles, oldest first; fewer where HISTORY_BEGINS cuts them off."""
        return self.arrays_until(symbol, timeframe, self.now(), limit)

    def arrays_until(self, symbol: str, timeframe: Timeframe, until: datetime, limit: int) -> CandleArrays:
        """As ``arrays``, of the candles that had closed by ``until``."""
        coin = SYMBOLS.index(resolve_symbol(symbol, COINS))
        if timeframe not in BLOCKS_KEPT:
            raise NotEnoughCandles(f"The simulated market has no {timeframe} candles: it is made of those of 15m.")
        step = timeframe.milliseconds
        end = last_closed_open_ms(timeframe, min(until, self.now())) + step
        begin = max(end - limit * step, unix_ms(HISTORY_BEGINS))
        if begin >= end:
            return CandleArrays.none()
        blocks = range(begin // BLOCK_MS, (end - 1) // BLOCK_MS + 1)
        rows = np.concatenate([self._block(block, timeframe)[coin] for block in blocks], axis=1)
        offset = (begin - blocks[0] * BLOCK_MS) // step
        rows = rows[:, offset : offset + (end - begin) // step]
        return CandleArrays(np.arange(begin, end, step), rows)

    def open_candle(self, symbol: str, timeframe: Timeframe) -> Row | None:
        """What has passed of the 15m candle that is open: at its close it has become the closed one. None of longer ones."""
        coin = SYMBOLS.index(resolve_symbol(symbol, COINS))
        now = unix_ms(self.now())
        step, passed = divmod(now, STEP_MS)
        if timeframe is not Timeframe.M15 or now < unix_ms(HISTORY_BEGINS):
            return None
        whole = self._block(step // STEPS, timeframe)[coin, :, step % STEPS]
        rng = np.random.default_rng([self.seed, step, coin, *b"way"])
        values = _passed(whole, passed / STEP_MS, np.sort(rng.uniform(0.05, 0.95, 2)))
        prices = [round(round(price / TICKS[coin]) * TICKS[coin], TICK_DECIMALS[coin]) for price in values[:4]]
        return step * STEP_MS, *prices, round(values[4], VOLUME_DECIMALS[coin])

    def _block(self, block: int, timeframe: Timeframe) -> np.ndarray:
        """Open, high, low, close and volume of every coin in one block; float64 [coins, 5, candles]."""
        with self._lock:
            kept = self._blocks[timeframe]
            if block not in kept:
                whole = self._draw(block)
                for each, blocks in self._blocks.items():
                    blocks[block] = whole if each is Timeframe.M15 else _longer(whole, each)
                    blocks.move_to_end(block)
                    if len(blocks) > BLOCKS_KEPT[each]:
                        blocks.popitem(last=False)
            kept.move_to_end(block)
            return kept[block]

    def _draw(self, block: int) -> np.ndarray:
        """The 15m candles of one block, [coins, 5, STEPS].

        Every array has the same shape for every block, so that floating point gives the same bits in every process.
        """
        rng = self._generator(block, "steps")
        activity = self._activity(block)
        surprise = np.exp(rng.normal(-(SURPRISE_STD**2), SURPRISE_STD, (N, STEPS)))
        volatility = (VOLATILITIES / np.sqrt(96))[:, None] * activity * surprise

        common = rng.standard_normal(STEPS)
        own = rng.standard_normal((N, STEPS))
        correlation = CORRELATIONS[:, None]
        returns = volatility * (correlation * common + np.sqrt(1 - correlation**2) * own)
        start, end = self._node(block), self._node(block + 1)
        missing = (end - start)[:, None] - returns.sum(axis=1, keepdims=True)
        variance = np.square(volatility)
        returns += missing * variance / variance.sum(axis=1, keepdims=True)

        path = start[:, None] + np.cumsum(returns, axis=1)
        path[:, -1] = end
        close = path
        open_ = np.concatenate([start[:, None], path[:, :-1]], axis=1)
        high = open_ + _bridge_maximum(returns, volatility, rng)
        low = open_ - _bridge_maximum(-returns, volatility, rng)
        prices = _to_ticks(np.exp(np.stack([open_, high, low, close], axis=1)))
        prices[:, 1] = prices.max(axis=1)
        prices[:, 2] = prices.min(axis=1)
        volume = _volume(activity, np.abs(returns) / (volatility / surprise), start, rng)
        return np.concatenate([prices, volume[:, None]], axis=1)

    def _activity(self, block: int) -> np.ndarray:
        """How lively the whole market is, step by step: a factor on volatility with a mean square of 1."""
        regime = np.linspace(self._regime(block), self._regime(block + 1), STEPS, endpoint=False)
        shocks = np.concatenate([self._cluster_shocks(block - 1)[-CLUSTER_STEPS + 1 :], self._cluster_shocks(block)])
        cluster = np.convolve(shocks, _fading(CLUSTER_MEMORY, CLUSTER_STEPS, CLUSTER_STD), mode="valid")
        return np.exp(regime + cluster - REGIME_STD**2 - CLUSTER_STD**2) * _season(block)

    def _node(self, block: int) -> np.ndarray:
        """Log prices at the start of ``block``: a truncated sum of the fading shocks of the blocks before."""
        past = np.stack([self._price_shock(block - age) for age in range(1, PRICE_BLOCKS + 1)])
        fading = PRICE_MEMORY ** np.arange(PRICE_BLOCKS)
        return ANCHORS + (fading[:, None] * past).sum(axis=0)

    def _price_shock(self, block: int) -> np.ndarray:
        if block not in self._price_shocks:
            normal = self._generator(block, "price").standard_normal(N + 1)
            shock = CORRELATIONS * normal[N] + np.sqrt(1 - CORRELATIONS**2) * normal[:N]
            deviation = VOLATILITIES * np.sqrt(DAYS) * np.exp(self._regime(block) - REGIME_STD**2)
            self._price_shocks[block] = deviation * shock
        return self._price_shocks[block]

    def _regime(self, block: int) -> float:
        if block not in self._regimes:
            past = [self._regime_shock(block - age) for age in range(REGIME_BLOCKS)]
            self._regimes[block] = float(np.dot(_fading(REGIME_MEMORY, REGIME_BLOCKS, REGIME_STD), past))
        return self._regimes[block]

    def _regime_shock(self, block: int) -> float:
        if block not in self._regime_shocks:
            self._regime_shocks[block] = float(self._generator(block, "regime").standard_normal())
        return self._regime_shocks[block]

    def _cluster_shocks(self, block: int) -> np.ndarray:
        return self._generator(block, "cluster").standard_normal(STEPS)

    def _generator(self, block: int, purpose: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, block, *purpose.encode()])


def _fading(memory: float, length: int, std: float) -> np.ndarray:
    """Weights of a truncated first-order autoregression whose standard deviation is ``std``; newest first."""
    return std * np.sqrt(1 - memory**2) * memory ** np.arange(length)


def _season(block: int) -> np.ndarray:
    """Activity by UTC hour and weekday, with a mean square of 1 over a week; one number per step."""
    step = block * STEPS + np.arange(STEPS)
    weekday = (step // 96 + 3) % 7  # 1970-01-01 was a Thursday
    scale = np.sqrt(np.square(HOURLY_ACTIVITY).mean() * np.square(WEEKDAY_ACTIVITY).mean())
    return HOURLY_ACTIVITY[step // 4 % 24] * WEEKDAY_ACTIVITY[weekday] / scale


def _bridge_maximum(returns: np.ndarray, volatility: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How far above its start a Brownian path with these ends went, drawn from its exact distribution."""
    exponential = rng.standard_exponential(returns.shape)
    return (returns + np.sqrt(np.square(returns) + 2 * np.square(volatility) * exponential)) / 2


def _volume(activity: np.ndarray, move: np.ndarray, log_price: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Coins traded per step: more when the market is lively, more again on a step that moved far.

    ``move`` is each step's absolute return in units of the market's current volatility.
    """
    noise = np.exp(rng.normal(-0.03, 0.25, move.shape))
    traded = (TURNOVER_PER_STEP / np.exp(log_price))[:, None] * activity**1.5 * (0.65 + 0.45 * move) * noise
    return np.stack([np.round(row, decimals) for row, decimals in zip(traded, VOLUME_DECIMALS, strict=True)])


def _passed(whole: np.ndarray, share: float, turns: np.ndarray) -> tuple[float, float, float, float, float]:
    """The first ``share`` of a candle that goes straight to one extreme, to the other and to its close, in that many parts."""
    open_, high, low, close, volume = map(float, whole)
    extremes = (low, high) if close >= open_ else (high, low)
    times, way = (0.0, *turns, 1.0), (open_, *extremes, close)
    now = float(np.interp(share, times, way))
    seen = [price for time, price in zip(times, way, strict=True) if time <= share] + [now]
    return open_, max(seen), min(seen), now, volume * share


def _to_ticks(prices: np.ndarray) -> np.ndarray:
    """``prices`` [coins, 4, steps] on each coin's price grid, never below one tick."""
    steps = np.maximum(np.round(prices / TICKS[:, None, None]), 1)
    return np.stack([np.round(row * t, d) for row, t, d in zip(steps, TICKS, TICK_DECIMALS, strict=True)])


def _longer(block: np.ndarray, timeframe: Timeframe) -> np.ndarray:
    """As core.market.candles.resample, for all coins of a block at once; a test holds the two equal."""
    parts = block.reshape(N, 5, -1, timeframe.milliseconds // STEP_MS)
    open_, high, low, close, volume = (parts[:, column] for column in range(5))
    return np.stack([open_[..., 0], high.max(axis=-1), low.min(axis=-1), close[..., -1], volume.sum(axis=-1)], axis=1)
