"""Replays models on past candles and compares live signals with their own replay, in the background and out of the way.

The first happens once for each model of a market's ledger, the second from time to time. The database's own packages
are loaded by the recorder, and this waits until they are.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.domain import Series
from core.errors import CandorError
from core.journal.parity import Row, parity_of, together
from core.journal.recorder import Opened, Recorder
from core.market.feed import CandleFeed
from core.market.market import Market
from core.market.past import PastCandles
from core.model.files import LoadedModel
from core.model.registry import ModelRegistry
from core.replay import LeftOut, NoPastCandles, Parity, ReplayFailed, ReplayProgress, ReplayState
from core.roles import Role
from core.settings import Settings
from core.signals.board import SignalBoard

if TYPE_CHECKING:
    from core.journal.replaying import LiveSignals, Replaying

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""So often, in real time, it is looked whether a model has not been replayed yet."""

RETRY_SECONDS = 300.0
"""Until candles that could not be had are asked for again."""

LEDGER_SECONDS = 30.0
"""Until a ledger that could not be written is tried again."""

COMPARE_SECONDS = 60.0
"""Until live signals that were entered since are compared with their replay, too."""

SHARE = 0.9
"""Of one core's time for working a model's answers out; what was worked out is written beside it."""

WAY_SECONDS = 0.02
"""So often it is looked whether a close has been worked on."""

STOP_SECONDS = 1.0


class Replayer:
    """One application's. ``progress`` and ``parity`` are memory reads; ``parity`` is None until live signals were compared."""

    def __init__(
        self, feed: CandleFeed, registry: ModelRegistry, board: SignalBoard, recorder: Recorder, settings: Settings
    ) -> None:
        self.progress = ReplayProgress(_first_state(settings))
        self.parity: Parity | None = None
        self._feed, self._registry, self._board, self._recorder = feed, registry, board, recorder
        self._past: PastCandles | None = None
        self._days, self._fee_percent = settings.replay_days, settings.fee_percent
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._done: dict[Series, str] = {}
        self._retry_at: dict[Series, float] = {}
        self._compare_at = 0.0
        self._compared_until: int | None = None

    # ------------------------------------------------------------ running

    def start(self) -> None:
        """Begin in the background."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End within a moment; what was being worked out is not entered, and is the next start's."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=STOP_SECONDS)
        self._thread = None

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                self.look()
            except _Over:
                continue
            except CandorError as error:
                log.warning("The replay waits: %s", error)
                self._rest()
            except Exception:
                log.exception("Replaying failed.")
                self._rest()

    def _rest(self) -> None:
        if self.progress.state is ReplayState.RUNNING:
            self._tell(state=ReplayState.WAITING)
        self._stopping.wait(LEDGER_SECONDS)

    def look(self) -> None:
        """Replay what is to be replayed, and compare what is to be compared, in the caller's thread."""
        opened, market = self._recorder.opened(), self._feed.market
        if opened is None or opened.ledger is None or market is None or market.identity is not opened.market:
            return
        if self._recorder.state().waiting:
            return  # the first live signals are not entered yet, and nothing is replayed that was said live
        from core.journal.replaying import Replaying  # noqa: PLC0415 - loads the database's packages, as opening a ledger did

        replaying = Replaying(opened.ledger, self._past_of(market), self._days, self._fee_percent)
        self._replay(opened, replaying)
        self._compare(opened, replaying)

    def _past_of(self, market: Market) -> PastCandles:
        """The past of the market that is followed; of another than before all models are to be done, though they are the same."""
        if self._past is None or self._past.market is not market:
            self._past = PastCandles(self._feed, market)
            self._done, self._retry_at = {}, {}
            self.parity, self._compare_at, self._compared_until = None, 0.0, None
            self.progress = ReplayProgress(ReplayState.WAITING if self._days else ReplayState.OFF)
        return self._past

    # ------------------------------------------------------------ replaying

    def _replay(self, opened: Opened, replaying: Replaying) -> None:
        models = self._to_do() if self._days else []
        if not models:
            return
        done = len(self._done)
        self._tell(state=ReplayState.RUNNING, done=done, total=done + len(models))
        for model in models:
            self._replay_one(opened, replaying, model)
            self._tell(done=self.progress.done + 1)
        self._tell(state=ReplayState.DONE)

    def _to_do(self) -> list[LoadedModel]:
        """The models that speak on the board and are not done, or may be tried again."""
        now = time.monotonic()
        for series in [series for series, at in self._retry_at.items() if at <= now]:
            del self._retry_at[series], self._done[series]
        return self._speaking(besides=self._done)

    def _speaking(self, besides: Mapping[Series, str] = MappingProxyType({})) -> list[LoadedModel]:
        """The models whose predictions are on the board, but those versions that ``besides`` names."""
        signals = self._board.snapshot().signals
        wanted = [
            series
            for series, signal in signals.items()
            if signal.prediction is not None and besides.get(series) != signal.prediction.model_version
        ]
        found = self._registry.find_all(wanted) if wanted else {}
        return [model for model in found.values() if isinstance(model, LoadedModel)]

    def _replay_one(self, opened: Opened, replaying: Replaying, model: LoadedModel) -> None:
        """Whatever is the matter with one model keeps none of the others from being replayed; with the ledger, it does."""
        try:
            left_out = self._replayed(opened, replaying, model)
        except (_Over, CandorError):
            raise
        except Exception as error:
            log.exception("%s could not be replayed.", model.series)
            left_out = ReplayFailed(type(error).__name__)
        if isinstance(left_out, NoPastCandles):
            self._retry_at[model.series] = time.monotonic() + RETRY_SECONDS
        self._done[model.series] = model.version
        self._leave_out(model.series, left_out)

    def _replayed(self, opened: Opened, replaying: Replaying, model: LoadedModel) -> LeftOut | None:
        began = time.thread_time()
        for step in replaying.steps(model):
            if not isinstance(step, int):
                return step
            self._tell(rows=self.progress.rows + step)
            self._make_way(opened, time.thread_time() - began)
            began = time.thread_time()
        return None

    def _make_way(self, opened: Opened, worked_seconds: float) -> None:
        """Rest a little, and for as long as a close is being worked on; _Over where there is nothing to go on with."""
        rest = worked_seconds * (1 / SHARE - 1)
        while True:
            if self._stopping.wait(rest) or self._feed.identity is not opened.market:
                raise _Over
            if not self._board.recomputing and not self._recorder.state().waiting:
                return
            rest = WAY_SECONDS

    def _tell(self, **changes: object) -> None:
        self.progress = replace(self.progress, **changes)  # type: ignore[arg-type]

    def _leave_out(self, series: Series, why: LeftOut | None) -> None:
        others = {each: reason for each, reason in self.progress.left_out.items() if each != series}
        self._tell(left_out=MappingProxyType(others if why is None else {**others, series: why}))

    # ------------------------------------------------------------ comparing

    def _compare(self, opened: Opened, replaying: Replaying) -> None:
        """Compare the live signals that were entered since the last time with their replay, once a minute has passed."""
        if time.monotonic() < self._compare_at:
            return
        while True:
            signals, until = replaying.live_signals(self._compared_until)
            if until == self._compared_until:
                return
            if signals:
                self._take_in(self._beside_replay(opened, replaying, signals), sum(map(len, signals.values())))
                self._compare_at = time.monotonic() + COMPARE_SECONDS
            self._compared_until = until

    def _beside_replay(self, opened: Opened, replaying: Replaying, signals: LiveSignals) -> list[tuple[Row, Row]]:
        models = self._registry.find_all(list({series for series, _ in signals}))
        pairs: list[tuple[Row, Row]] = []
        for (series, version), live in signals.items():
            model, began = models.get(series), time.thread_time()
            if not isinstance(model, LoadedModel) or model.version != version:
                continue
            try:
                pairs += replaying.beside_replay(model, live)
            except CandorError:
                pass  # of candles that are not there nothing is said
            except Exception:
                log.exception("%s could not be compared with its replay.", series)
            self._make_way(opened, time.thread_time() - began)
        return pairs

    def _take_in(self, pairs: Sequence[tuple[Row, Row]], compared: int) -> None:
        """Add what was compared; what was said long before the first of it is not missed."""
        if self.parity is None and not pairs:
            return
        new = parity_of(pairs, datetime.now(UTC), 0 if self.parity is None else compared - len(pairs))
        self.parity = new if self.parity is None else together(self.parity, new)
        if new.first_different is not None:
            _tell_difference(new)


def _tell_difference(parity: Parity) -> None:
    log.warning(
        "%d of %d live signals are not what their replay says, first %s.",
        parity.compared - parity.equal,
        parity.compared,
        parity.first_different,
    )


def _first_state(settings: Settings) -> ReplayState:
    if settings.role is Role.FACE:
        return ReplayState.ELSEWHERE
    return ReplayState.WAITING if settings.replay_days else ReplayState.OFF


class _Over(Exception):
    """The process ends, or another market is followed."""
