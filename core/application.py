"""Candor put together, in this one place: feed -> board -> listeners. Of core and pages nothing else reads the global settings."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

from core.alerts.alerting import Alerting, noticing
from core.domain import Series
from core.errors import UnknownSymbol
from core.journal.recorder import Recorder
from core.journal.replayer import Replayer
from core.journal.watch import PromiseWatch
from core.market.chooser import AutoMarket, choose_market, open_feed
from core.market.feed import CandleFeed
from core.market.hints import Hints
from core.market.market import Market
from core.model.metrics import ModelMetrics
from core.model.registry import LoadedModel, ModelRegistry
from core.roles import Role
from core.settings import Settings, get_settings
from core.signals.board import SignalBoard
from core.signals.explanation import Explanations
from core.signals.promptness import Promptness
from core.signals.service import PredictionService


@dataclass(frozen=True, slots=True)
class Application:
    """What pages and the API share. Everything in it is thread-safe.

    ``auto`` chooses what the feed follows where the settings leave that open; None where they name a market.
    """

    settings: Settings
    feed: CandleFeed
    auto: AutoMarket | None
    registry: ModelRegistry
    board: SignalBoard
    explanations: Explanations
    recorder: Recorder
    replayer: Replayer
    watch: PromiseWatch
    promptness: Promptness
    alerting: Alerting
    hints: Hints

    def start(self) -> None:
        """Begin to follow the market in the background; returns at once.

        A face follows it for its own pages alone: it replays nothing, and sends no alerts.
        """
        self.recorder.start(self.board)
        self.board.subscribe(self.promptness.hear)
        self.watch.start(self.board)
        self.board.start()
        self.hints.start()
        self.feed.start()
        if self.settings.role is not Role.FACE:
            self.replayer.start()
        self.alerting.start()
        if self.auto is not None:
            self.auto.retry_exchange()

    def once_the_exchange_has_listed(self, tell: Callable[[Mapping[str, UnknownSymbol]], object]) -> None:
        """Call ``tell`` once with the wanted coins that the exchange lacks, if its listing is the first of this process.

        It may run on the feed's thread. Where another market was followed before, the board alone says what is lacking.
        """
        over = threading.Event()

        def look(_changed: frozenset[Series] = frozenset()) -> None:
            market, unlisted = self.feed.identity, self.feed.unlisted
            if market is not None and unlisted is not None and not over.is_set():
                over.set()
                if market.kind == "exchange":
                    tell(unlisted)

        self.feed.subscribe(look)
        look()

    def stop(self) -> None:
        self.alerting.stop()
        self.replayer.stop()
        self.feed.stop()
        self.hints.stop()
        self.board.stop()
        self.watch.stop()
        self.recorder.stop()


def build_application(settings: Settings) -> Application:
    """The parts that ``settings`` ask for, connected and not yet started."""
    feed, auto = open_feed(settings)
    return assemble(settings, feed, registry_of(settings.models_dir), auto)


def assemble(
    settings: Settings, feed: CandleFeed, registry: ModelRegistry, auto: AutoMarket | None = None
) -> Application:
    """An application over a feed and models that are already there."""
    url = settings.database_url
    recorder = Recorder(
        feed,
        settings.data_dir,
        url.get_secret_value() if url else None,
        partial(metrics_of, registry),
        settings.fee_percent,
        noticing(feed.now),
        settings.role,
    )
    alerting = Alerting(recorder.opened)
    watch = PromiseWatch(recorder.opened)
    board = SignalBoard(PredictionService(feed, registry, watch.broken), feed)
    replayer = Replayer(feed, registry, board, recorder, settings)
    explanations, promptness = Explanations(feed, registry), Promptness(lambda: feed.speed)
    return Application(
        settings,
        feed,
        auto,
        registry,
        board,
        explanations,
        recorder,
        replayer,
        watch,
        promptness,
        alerting,
        Hints(feed),
    )


def metrics_of(registry: ModelRegistry, wanted: Collection[Series]) -> dict[Series, ModelMetrics]:
    """What is known of the models that serve ``wanted``, where they are usable."""
    found = registry.find_all(wanted)
    return {series: model.metrics for series, model in found.items() if isinstance(model, LoadedModel)}


@lru_cache(maxsize=8)
def registry_of(models_dir: Path) -> ModelRegistry:
    """The registry over a folder of models, one per process: what is loaded for one reader is there for all."""
    return ModelRegistry(models_dir)


def get_registry() -> ModelRegistry:
    """The registry of this process, over the folder in CANDOR_MODELS_DIR."""
    return registry_of(get_settings().models_dir)


def market_of_settings() -> Market:
    """The market that the CANDOR_* settings name; with ``auto``, waits some seconds for the exchange."""
    return choose_market(get_settings())


_lock = threading.Lock()
_running: Application | None = None


def get_application() -> Application:
    """The application of this process, started on first use."""
    global _running  # noqa: PLW0603 - a process has one feed and one board
    with _lock:
        if _running is None:
            _running = build_application(get_settings())
            _running.start()
        return _running


def stop_application() -> None:
    """Stop the application of this process, if there is one; the next use starts a fresh one."""
    global _running  # noqa: PLW0603
    with _lock:
        if _running is not None:
            _running.stop()
            _running = None
