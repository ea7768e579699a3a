"""What a feed follows: one market with all that is held of it, or a market that is still awaited."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.domain import Series, Timeframe, resolve_symbol
from core.errors import CandorError, UnknownSymbol
from core.findings import AwaitingCandles, AwaitingMarket
from core.market.audit import AuditTurns
from core.market.candles import last_closed_open_ms, moment_of
from core.market.coins import SYMBOLS, none_of_these, unknown_coins
from core.market.market import GRACE_SECONDS, Market
from core.market.resampling import ASKED_COINS, Made
from core.market.series import Held, HeldSeries, NothingHeld, SeriesStatus, patience_with

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Awaiting:
    """No market yet: what is awaited, and the coins that are hoped for. Time is this machine's."""

    waiting: AwaitingMarket
    timeframes: tuple[Timeframe, ...]
    symbols: tuple[str, ...]

    speed = 1.0
    patience = timedelta(seconds=GRACE_SECONDS)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def series(self) -> list[Series]:
        """Every series that is hoped for, timeframe by timeframe."""
        return every_series(self.timeframes, self.symbols)

    def of(self, symbol: str, timeframe: Timeframe) -> HeldSeries:
        """Nothing is held; UnknownSymbol for a symbol that is not hoped for."""
        return NothingHeld(Series(resolve_symbol(symbol, self.symbols), timeframe))


@dataclass(slots=True)
class Following:
    """One market being followed. A pass works on the one it began with, so a switch can never mix two markets."""

    market: Market
    timeframes: tuple[Timeframe, ...]
    symbols: tuple[str, ...]
    unlisted: Mapping[str, UnknownSymbol] | None = None
    """The wanted coins that the market does not list, which are followed in vain; None until it has listed its coins."""
    ticks: dict[str, float] = field(default_factory=dict)
    """Smallest price steps; empty until the market has listed its coins."""
    held: dict[Series, HeldSeries] = field(default_factory=dict)
    announced: dict[Series, tuple[SeriesStatus, HeldSeries]] = field(default_factory=dict)
    failed_at: dict[Series, int] = field(default_factory=dict)
    """Number of the pass in which a series was asked for in vain."""
    passes: int = 0
    silent_since: datetime | None = None
    """Since when the market does not say which coins it has; None once it has."""
    audits: AuditTurns = field(default_factory=AuditTurns)
    unsettled: dict[Series, datetime] = field(default_factory=dict)
    """Series whose newest candle was told before it had settled, and when it will have; the market's time."""
    gone: set[Series] = field(default_factory=set)
    """Series of the market followed before, to be announced once as changed."""
    asked_coins: int = ASKED_COINS
    """Of more coins only the shortest series are asked for, and the longer ones made of them."""
    made: Made = field(default_factory=Made)

    @property
    def speed(self) -> float:
        return self.market.speed

    @property
    def patience(self) -> timedelta:
        """How late after its close a candle may come, in the market's time."""
        return patience_with(self.market)

    @property
    def waiting(self) -> AwaitingCandles:
        return AwaitingCandles(self.market.identity.name)

    def now(self) -> datetime:
        return self.market.now()

    @property
    def shortest(self) -> Timeframe:
        return min(self.timeframes, key=lambda timeframe: timeframe.milliseconds)

    @property
    def resamples(self) -> bool:
        """Whether new candles of longer timeframes are made of the shortest ones instead of being asked for."""
        return len(self.symbols) > self.asked_coins and not self.market.access.from_memory

    def makes(self, timeframe: Timeframe) -> bool:
        """Whether new candles of this one are."""
        return self.resamples and timeframe is not self.shortest

    def seconds_since_close(self) -> float:
        """Real seconds since a candle of the shortest timeframe closed."""
        now = self.now()
        close = moment_of(last_closed_open_ms(self.shortest, now)) + self.shortest.duration
        return (now - close).total_seconds() / self.speed

    def may_be_asked(self) -> bool:
        """Whether the last close is so long ago that the market may be asked for it."""
        return self.seconds_since_close() >= self.market.access.first_seconds

    def series(self) -> list[Series]:
        """Every series that is followed, timeframe by timeframe."""
        return every_series(self.timeframes, self.symbols)

    def of(self, symbol: str, timeframe: Timeframe) -> HeldSeries:
        """One series, an empty one where nothing is held of it yet; UnknownSymbol for a symbol that is not followed."""
        held = self.held.get(Series(symbol, timeframe))
        if held is not None:
            return held
        series = Series(resolve_symbol(symbol, self.symbols), timeframe)
        return self.held.get(series) or NothingHeld(series)

    def hold_nothing(self, trouble: CandorError | None = None) -> None:
        """Begin with no candles, for which ``trouble`` may be the reason; that a coin is not listed goes before."""
        unlisted = self.unlisted or {}
        if trouble is not None and self.silent_since is None:
            self.silent_since = self.now()
        self.held = {
            series: NothingHeld(series, unlisted.get(series.symbol, trouble), since=self.silent_since)
            for series in self.series()
        }

    def follow(self, listing: Listing) -> None:
        """Follow what the market lists, from the beginning."""
        self.symbols, self.unlisted, self.ticks = listing.symbols, listing.unlisted, listing.ticks
        self.silent_since = None
        self.hold_nothing()

    def note_unsettled(self, held: Held, asked_at: datetime | None) -> None:
        """Remember a series whose newest candle was asked for at ``asked_at``, before it had settled."""
        access, series = self.market.access, held.series
        close = moment_of(held.last_open_ms) + series.timeframe.duration
        settled = close + timedelta(seconds=access.settling_seconds * self.speed)
        if access.early_seconds is not None and asked_at is not None and asked_at < settled:
            self.unsettled[series] = settled

    def settled(self) -> tuple[Series, ...]:
        """The series that were told before they had settled, and have by now; each is named once."""
        now = self.now()
        due = tuple(series for series, at in self.unsettled.items() if at <= now)
        for series in due:
            del self.unsettled[series]
        return due

    def lacks_candles(self, history: int) -> bool:
        """Whether some candle that should be here is not."""
        now = self.market.now()
        return any(held.missing(now, history) for held in self.held.values())

    def changes(self) -> frozenset[Series]:
        """The series with other candles or another status than announced last; from now on these count as announced."""
        now, patience, waiting = self.market.now(), self.patience, self.waiting
        news = {series: (held.status(now, patience, waiting), held) for series, held in self.held.items()}
        changed = {
            series for series, (status, held) in news.items() if _differ(self.announced.get(series), status, held)
        }
        changed |= self.gone
        self.announced, self.gone = news, set()
        return frozenset(changed)


def _differ(announced: tuple[SeriesStatus, HeldSeries] | None, status: SeriesStatus, held: HeldSeries) -> bool:
    if announced is None or announced[0] != status:
        return True
    before = announced[1]
    return isinstance(held, Held) and isinstance(before, Held) and held.arrays is not before.arrays


def every_series(timeframes: Iterable[Timeframe], symbols: Iterable[str]) -> list[Series]:
    symbols = tuple(symbols)
    return [Series(symbol, timeframe) for timeframe in timeframes for symbol in symbols]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a market says of the coins that are to be followed: which, those of them that it lacks, and price steps."""

    symbols: tuple[str, ...]
    unlisted: Mapping[str, UnknownSymbol]
    ticks: dict[str, float] = field(default_factory=dict)


def wanted_of(market: Market, wanted: tuple[str, ...]) -> Listing:
    """The wanted coins, or all that ``market`` follows by itself; UnknownSymbol where that is nothing. Without price steps."""
    symbols = wanted or market.symbols()
    unlisted = unknown_coins(wanted, market.listed()) if wanted else {}
    if market.access.from_memory and unlisted and len(unlisted) == len(symbols):
        raise none_of_these(unlisted)
    if not symbols:
        raise UnknownSymbol(
            f"The {market.identity.name} market has none of the coins that Candor follows ({', '.join(SYMBOLS[:5])}, ...); "
            "set CANDOR_SYMBOLS to coins it has."
        )
    for error in unlisted.values():
        log.warning("The %s market: %s", market.identity.name, error)
    return Listing(symbols, unlisted)


def listing(market: Market, wanted: tuple[str, ...]) -> Listing:
    """As wanted_of, with the smallest price steps as far as the market can tell them."""
    found = wanted_of(market, wanted)
    for symbol in found.symbols:
        with suppress(CandorError):  # its candles say what is wrong with it
            found.ticks[symbol] = market.tick_size(symbol)
    return found
