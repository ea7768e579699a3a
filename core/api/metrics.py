"""/api/metrics: what an operator watches, for Prometheus. Everything is read from the parts it is about, when asked.

No label names a coin: labels are timeframes, states, levels and rooms, so that the series stay few.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from core.api.readiness import why_not_ready
from core.api.requests import Running
from core.api.transport import PushTraffic, Transport
from core.application import Application
from core.domain import Timeframe
from core.errors import UnknownSymbol
from core.log import COUNTED
from core.market.series import SeriesStatus
from core.market.tally import Tally
from core.signals.promptness import LIMITS

log = logging.getLogger(__name__)

router = APIRouter(tags=["health"])

TIMEFRAME, TRANSPORT = ["timeframe"], ["transport"]


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(request: Request, application: Running) -> Response:
    """What an operator watches, in the text format of Prometheus; README lists them."""
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    registry = registry_of(application, request.app.state.sessions, request.app.state.tail.traffic)
    return Response(encode(registry), headers={"Content-Type": content_type, "Cache-Control": "no-store"})


def registry_of(application: Application, sessions: Callable[[], int], pushes: PushTraffic) -> CollectorRegistry:
    """Everything there is to tell of ``application`` and of this process; ``sessions`` counts the open pages."""
    registry = CollectorRegistry()
    registry.register(ApplicationMetrics(application, sessions, pushes))
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    return registry


class ApplicationMetrics(Collector):
    """The figures of one application; where one part cannot tell its own, the log says so and the others are told."""

    def __init__(self, application: Application, sessions: Callable[[], int], pushes: PushTraffic) -> None:
        self._application, self._sessions, self._traffic = application, sessions, pushes

    def describe(self) -> Iterable[Metric]:
        """Nothing ahead of time: the parts are asked when metrics are."""
        return ()

    def collect(self) -> Iterator[Metric]:
        for part in (_signals, _feed, _exchange, _streamed, _ledger, _alerts, _logged, self._pages, self._pushes):
            try:
                yield from list(part(self._application))
            except Exception:
                log.exception("Metrics of %s cannot be told.", part.__name__.strip("_"))

    def _pages(self, _: Application) -> Iterator[Metric]:
        yield GaugeMetricFamily("candor_pages_open", "Pages open in browsers.", self._sessions())

    def _pushes(self, _: Application) -> Iterator[Metric]:
        clients = GaugeMetricFamily("candor_push_clients", "Programs that listen to pushes.", labels=TRANSPORT)
        sent = CounterMetricFamily("candor_pushes", "Pushes handed to them.", labels=TRANSPORT)
        dropped = CounterMetricFamily(
            "candor_push_clients_dropped", "Those that were dropped since they did not read.", labels=TRANSPORT
        )
        for transport in Transport:
            clients.add_metric([transport], self._traffic.clients[transport])
            sent.add_metric([transport], self._traffic.sent[transport])
            dropped.add_metric([transport], self._traffic.dropped[transport])
        yield from (clients, sent, dropped)


def _signals(application: Application) -> Iterator[Metric]:
    board, feed = application.board, application.feed
    snapshot = board.snapshot()
    there = GaugeMetricFamily("candor_signals", "Signals on the board that have a prediction.", labels=TIMEFRAME)
    for timeframe in Timeframe:
        there.add_metric([timeframe], sum(signal.prediction is not None for signal in snapshot.on(timeframe)))
    yield there
    yield GaugeMetricFamily("candor_ready", "1 where /api/health/ready says so.", not why_not_ready(application))
    if snapshot.made_at is not None:
        age = (feed.now() - snapshot.made_at).total_seconds() / feed.speed
        yield GaugeMetricFamily("candor_board_age_seconds", "Since the newest board was computed.", age)
    times, seconds = board.computed
    yield CounterMetricFamily("candor_boards", "Boards computed.", times)
    yield CounterMetricFamily("candor_boards_computing_seconds", "Spent on computing boards.", seconds)
    yield _delays(application)


def _delays(application: Application) -> Metric:
    family = HistogramMetricFamily(
        "candor_close_to_signal_seconds",
        "From a candle's close to its signal, without the first after a start.",
        labels=TIMEFRAME,
    )
    ends = [*map(str, LIMITS), "+Inf"]
    for timeframe, (counts, seconds) in application.promptness.read().items():
        family.add_metric([timeframe], list(zip(ends, accumulate(counts), strict=True)), seconds)
    return family


def _feed(application: Application) -> Iterator[Metric]:
    feed = application.feed
    lag = GaugeMetricFamily(
        "candor_feed_lag_seconds", "How long the most belated candle of a timeframe has been due.", labels=TIMEFRAME
    )
    states = GaugeMetricFamily(
        "candor_feed_series", "Series by the state of their candles.", labels=["timeframe", "state"]
    )
    for timeframe in feed.timeframes:
        found = list(_statuses(application, timeframe))
        lag.add_metric([timeframe], max((_due_for(each, timeframe, application) for each in found), default=0.0))
        for state, count in Counter(each.state for each in found).items():
            states.add_metric([timeframe, state], count)
    yield lag
    yield states
    yield from _tallied(feed.tally)


def _tallied(tally: Tally) -> Iterator[Metric]:
    late = CounterMetricFamily(
        "candor_feed_late",
        "Times that a series lacked its newest candle, once however long that was.",
        labels=TIMEFRAME,
    )
    audits = CounterMetricFamily(
        "candor_feed_audits", "Comparisons of a series' closed candles with the exchange's.", labels=TIMEFRAME
    )
    corrections = CounterMetricFamily(
        "candor_feed_corrections", "Candles that the exchange told differently than before.", labels=TIMEFRAME
    )
    made = CounterMetricFamily(
        "candor_feed_made", "Candles made of shorter ones, since too many coins are followed.", labels=TIMEFRAME
    )
    disagreed = CounterMetricFamily(
        "candor_feed_made_otherwise",
        "Of these, those that the exchange's own turned out to differ from.",
        labels=TIMEFRAME,
    )
    counted = (
        (late, tally.late),
        (audits, tally.audited),
        (corrections, tally.corrected),
        (made, tally.made),
        (disagreed, tally.disagreed),
    )
    for family, counts in counted:
        for timeframe, count in counts.items():
            family.add_metric([timeframe], count)
        yield family


def _statuses(application: Application, timeframe: Timeframe) -> Iterator[SeriesStatus]:
    for symbol in application.feed.symbols():
        try:
            yield application.feed.status(symbol, timeframe)
        except UnknownSymbol:  # the feed has just been switched to another market
            return


def _due_for(status: SeriesStatus, timeframe: Timeframe, application: Application) -> float:
    """Real seconds since the candle after the newest one closed; 0 where that is still open, or there is none."""
    if status.last_open_time is None:
        return 0.0
    feed = application.feed
    return max(0.0, (feed.now() - status.last_open_time - 2 * timeframe.duration).total_seconds() / feed.speed)


def _exchange(application: Application) -> Iterator[Metric]:
    market = application.feed.market
    traffic = None if market is None else market.traffic()
    if traffic is not None:
        yield CounterMetricFamily("candor_exchange_requests", "Requests sent to the exchange.", traffic.requests)
        yield CounterMetricFamily("candor_exchange_errors", "Requests that the exchange refused.", traffic.errors)
        if traffic.weight is not None:
            yield GaugeMetricFamily(
                "candor_exchange_used_weight", "Of its request limit, as the exchange said last.", traffic.weight
            )


def _streamed(application: Application) -> Iterator[Metric]:
    hints = application.hints
    yield CounterMetricFamily(
        "candor_stream_disagreements",
        "Closed candles that the exchange's stream had told otherwise.",
        hints.disagreements,
    )
    yield CounterMetricFamily(
        "candor_stream_reconnects", "Sockets of that stream left for a new one.", hints.reconnects
    )


def _ledger(application: Application) -> Iterator[Metric]:
    state, opened = application.recorder.state(), application.recorder.opened()
    records = application.recorder.part().records
    yield GaugeMetricFamily("candor_recording", "1 where this process records: it leads, or all do.", records)
    yield GaugeMetricFamily("candor_ledger_waiting", "Entries that wait to be written.", state.waiting)
    yield GaugeMetricFamily("candor_ledger_troubles", "What is the matter with the ledger.", len(state.troubles))
    if opened is not None and opened.ledger is not None:
        yield CounterMetricFamily("candor_ledger_writes", "Transactions that added entries.", opened.ledger.writes)
        yield CounterMetricFamily("candor_ledger_entries", "Entries added by this process.", opened.ledger.added)


def _alerts(application: Application) -> Iterator[Metric]:
    messages = CounterMetricFamily(
        "candor_alert_messages", "Messages of alerts, by what became of each.", labels=["fate"]
    )
    overdue = application.alerting.overdue
    yield GaugeMetricFamily(
        "candor_alerts_overdue", "Alerts that wait although their time has come a while ago.", overdue
    )
    for fate, count in application.alerting.fates.items():
        messages.add_metric([fate], count)
    yield messages


def _logged(_: Application) -> Iterator[Metric]:
    logged = CounterMetricFamily("candor_log_records", "Lines logged, from warnings on.", labels=["level", "room"])
    for (level, room), count in COUNTED.read().items():
        logged.add_metric([level, room], count)
    yield logged
