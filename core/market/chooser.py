"""Which market to follow, by the CANDOR_* settings: the exchange, a recording, the simulated one, or the first that answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.errors import CandorError, MarketUnavailable
from core.findings import AwaitingMarket
from core.market.clock import ScaledClock, SystemClock
from core.market.coins import check_wanted
from core.market.feed import CandleFeed
from core.market.market import Market
from core.market.recorded import RecordedMarket
from core.market.simulated import SimulatedMarket
from core.settings import Settings
from core.text import command

if TYPE_CHECKING:
    from core.market.exchange import ExchangeMarket

log = logging.getLogger(__name__)

ANSWER_SECONDS = 3.0
"""An exchange that takes longer to answer its first question is not waited for."""


def open_feed(settings: Settings) -> tuple[CandleFeed, AutoMarket | None]:
    """The feed of the market the settings name, not started yet; with ``auto``, also who chooses what it follows.

    Never waits for the network: with ``auto`` the exchange is asked in the background after start().
    Raises MarketUnavailable for a recording that is not there and InvalidRequest for an unknown exchange.
    """
    if settings.market != "auto":
        return CandleFeed(_named(settings), symbols=settings.symbols), None
    feed = CandleFeed(AwaitingMarket(exchange=settings.exchange), symbols=settings.symbols)
    return feed, AutoMarket(feed, lambda: _exchange(settings), lambda: _simulated(settings))


def choose_market(settings: Settings) -> Market:
    """The market the settings name; with ``auto``, waits up to ANSWER_SECONDS for the exchange."""
    if settings.market != "auto":
        return _named(settings)
    try:
        return _answering_exchange(lambda: _exchange(settings))
    except CandorError as error:
        log.warning("%s The simulated market is used instead.", error)
        return _simulated(settings)


def wanted_market(settings: Settings) -> Market:
    """The market the settings name, asked nothing; with ``auto`` the exchange."""
    return _exchange(settings) if settings.market == "auto" else _named(settings)


class AutoMarket:
    """Lets ``feed`` follow the exchange if it answers in time, otherwise the simulated market until it is asked again.

    Until the exchange has answered for the first time the feed awaits it. Later, retry_exchange() keeps the market in
    use until the exchange has answered. Thread-safe.
    """

    def __init__(
        self, feed: CandleFeed, exchange: Callable[[], ExchangeMarket], fallback: Callable[[], Market]
    ) -> None:
        self.feed = feed
        self.asking = False
        """Whether the exchange is being asked right now."""
        self.exchange_answer: str | None = None
        """Why the exchange is not used; None where it is, or has not answered yet."""
        self._exchange = exchange
        self._fallback = fallback
        self._one_asks = threading.Lock()

    def retry_exchange(self) -> None:
        """Ask the exchange in the background; switch to it when it answers. Nothing happens while one asks already."""
        if not self.asking and not self._follows_exchange():
            self.asking = True
            threading.Thread(target=self.ask_exchange, name="ask-exchange", daemon=True).start()

    def ask_exchange(self) -> None:
        """As retry_exchange, in the caller's thread; waits for a thread that asks already."""
        with self._one_asks:
            if self._follows_exchange():
                self.asking = False
                return
            self.asking = True
            try:
                market: Market | None = _answering_exchange(self._exchange)
                self.exchange_answer = None
            except CandorError as error:
                self.exchange_answer = str(error)
                market = self._fallback() if self.feed.identity is None else None
            finally:
                self.asking = False
            if market is not None and not self.feed.stopped:
                self._follow(market)

    def _follows_exchange(self) -> bool:
        return self.feed.identity is not None and self.feed.identity.kind == "exchange"

    def _follow(self, market: Market) -> None:
        try:
            self.feed.follow(market)
        except CandorError as error:  # it has none of the wanted coins
            self.feed.wait_for(AwaitingMarket(trouble=f"{self.exchange_answer or ''} {error}".strip()))


def _answering_exchange(exchange: Callable[[], ExchangeMarket]) -> ExchangeMarket:
    """The exchange once it has answered; a CandorError that says why it has not."""
    try:
        market = exchange()
        market.probe(ANSWER_SECONDS)
    except CandorError:
        raise
    except Exception as error:
        log.exception("Asking the exchange failed.")
        raise MarketUnavailable(f"The exchange could not be asked ({type(error).__name__}).") from error
    return market


def _named(settings: Settings) -> Market:
    """The market itself; UnknownSymbol for a coin of CANDOR_SYMBOLS that it lacks, where it can tell at once."""
    if settings.market == "exchange":
        return _exchange(settings)
    market = _recorded(settings) if settings.market == "recorded" else _simulated(settings)
    check_wanted(settings.symbols, market.symbols())
    return market


def _exchange(settings: Settings) -> ExchangeMarket:
    from core.market.exchange import ExchangeMarket  # noqa: PLC0415 - ccxt takes half a second to import

    streamed = settings.stream and settings.exchange_url is None
    return ExchangeMarket(settings.exchange, settings.exchange_url, settings.symbols, streamed=streamed)


def _recorded(settings: Settings) -> RecordedMarket:
    if settings.candles_dir is None:
        raise MarketUnavailable(
            "CANDOR_MARKET=recorded needs CANDOR_CANDLES_DIR, a folder with <SYMBOL>/<timeframe>.parquet; "
            f"fill one with: {command('download_candles', '--out', 'data/candles')}"
        )
    return RecordedMarket(settings.candles_dir, start=settings.recorded_start, speed=settings.speed)


def _simulated(settings: Settings) -> SimulatedMarket:
    clock = SystemClock() if settings.speed == 1 else ScaledClock(datetime.now(UTC), settings.speed)
    return SimulatedMarket(settings.seed, clock)
