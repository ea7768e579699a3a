"""What came of a soak: candles beside the truth, the ledger beside what was due, pushes beside the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from sqlalchemy import select

from core.domain import Series, Timeframe
from core.errors import CandorError
from core.journal.database import Database
from core.journal.tables import entries, missing, outcomes, signals
from core.market.candles import CandleArrays, last_closed_open_ms
from scripts.soak_course import Course
from scripts.soak_world import World

Candle = tuple[str, Timeframe, int]
"""A coin, a timeframe, and an open time in Unix milliseconds."""


@dataclass(frozen=True, slots=True)
class CandleFigures:
    """Candles held, and of them or beside them how many are lost, invented, and told otherwise than they are."""

    candles: int
    candles_lost: int
    candles_invented: int
    candles_differing: int


@dataclass(frozen=True, slots=True)
class Delays:
    """Real seconds since a candle's close."""

    n: int
    p50_s: float
    p95_s: float
    max_s: float

    @classmethod
    def of(cls, seconds: np.ndarray) -> Delays:
        p50, p95, most = np.percentile(seconds if len(seconds) else [0.0], [50, 95, 100]).round(2).tolist()
        return cls(len(seconds), p50, p95, most)


@dataclass(frozen=True, slots=True)
class LedgerFigures:
    signals: int
    signals_doubled: int
    missing_explained: Mapping[str, int]
    """Candles by the reason that the ledger gives for their having no signal."""
    missing_unexplained: int
    close_to_ledger: Delays
    close_to_ledger_in_peace: Delays
    midnight_to_ledger: Delays
    """Where all timeframes close at once."""


@dataclass(frozen=True, slots=True)
class PushFigures:
    deliveries: int
    pushes_missed: int
    close_to_push: Delays
    close_to_push_in_peace: Delays
    midnight_to_push: Delays


@dataclass(frozen=True, slots=True)
class LedgerSignals:
    """The ledger's signals: whose candle each is, its number, and when it was entered, Unix seconds."""

    candles: list[Candle]
    numbers: np.ndarray
    entered: np.ndarray

    @property
    def closes_ms(self) -> np.ndarray:
        return np.array([open_ms + timeframe.milliseconds for _, timeframe, open_ms in self.candles], dtype="int64")


def all_series(symbols: Iterable[str]) -> list[Series]:
    return [Series(symbol, timeframe) for symbol in symbols for timeframe in Timeframe]


def compared(world: World, arrays: Callable[[Series], CandleArrays], history: int) -> CandleFigures:
    """What ``arrays`` has of each series, a CandorError where it has none, beside the newest ``history`` of the truth."""
    sums = sum(_compared(world, series, arrays, history) for series in all_series(world.symbols))
    return CandleFigures(*np.asarray(sums).tolist())


def _compared(world: World, series: Series, arrays: Callable[[Series], CandleArrays], history: int) -> np.ndarray:
    truth = world.truth(series, history)
    try:
        held = arrays(series)
    except CandorError:
        held = CandleArrays.none()
    newest = last_closed_open_ms(series.timeframe, world.clock.now())
    due = truth.open_time_ms[truth.open_time_ms < newest]  # the newest may be on its way
    lost = np.setdiff1d(due, held.open_time_ms)
    invented = np.setdiff1d(held.open_time_ms[held.open_time_ms >= truth.open_time_ms[0]], truth.open_time_ms)
    _, ours, theirs = np.intersect1d(held.open_time_ms, truth.open_time_ms, return_indices=True)
    differing = ~np.isclose(held.values[:, ours], truth.values[:, theirs], rtol=1e-7).all(axis=0)
    return np.array([len(held), len(lost), len(invented), differing.sum()])


def signals_in(ledger: Database) -> LedgerSignals:
    columns = (signals.c.symbol, signals.c.timeframe, signals.c.candle_open_ms, signals.c.seq, entries.c.recorded_at_ms)
    with ledger.reading() as connection:
        rows = connection.execute(
            select(*columns).join(entries, entries.c.seq == signals.c.seq).order_by(signals.c.seq)
        ).all()
    numbers = np.array([row[3] for row in rows], dtype="int64")
    entered = np.array([row[4] for row in rows], dtype="float64") / 1000
    return LedgerSignals([(row[0], Timeframe(row[1]), int(row[2])) for row in rows], numbers, entered)


def ledger_figures(world: World, course: Course, ledger: Database, issued: LedgerSignals) -> LedgerFigures:
    once, silences = set(issued.candles), _silences(ledger)
    named = {candle for candles in silences.values() for candle in candles}
    due = {(*series, opens) for series in all_series(world.symbols) for opens in _expected(world, series)}
    closes, entered = issued.closes_ms, issued.entered
    live = closes > world.watched_ms
    delays = course.seconds_since(closes[live], entered[live])
    return LedgerFigures(
        signals=len(issued.candles),
        signals_doubled=len(issued.candles) - len(once) + len(once & named),
        missing_explained={reason: len(candles) for reason, candles in silences.items()},
        missing_unexplained=len(due - once - named),
        close_to_ledger=Delays.of(delays),
        close_to_ledger_in_peace=Delays.of(delays[~course.troubled(entered[live])]),
        midnight_to_ledger=Delays.of(delays[_at_midnight(closes[live])]),
    )


def _silences(ledger: Database) -> dict[str, set[Candle]]:
    """Candles that the ledger names as missing, by the reason it gives."""
    found: dict[str, set[Candle]] = {}
    columns = (missing.c.symbol, missing.c.timeframe, missing.c.candle_open_ms, missing.c.candles, missing.c.reason)
    with ledger.reading() as connection:
        for symbol, name, first, count, reason in connection.execute(select(*columns)):
            timeframe = Timeframe(name)
            of_reason = found.setdefault(str(reason), set())
            of_reason.update((symbol, timeframe, first + place * timeframe.milliseconds) for place in range(count))
    return found


def _expected(world: World, series: Series) -> range:
    """Open times of candles that closed since the dashboard is up and whose signal could hold no longer by now."""
    step = series.timeframe.milliseconds
    first = world.watched_ms // step * step  # the one that was open then
    long_ago = world.clock.now() - timedelta(seconds=25 * world.clock.speed)
    return range(first, last_closed_open_ms(series.timeframe, long_ago), step)


def push_figures(
    world: World, course: Course, ledger: Database, issued: LedgerSignals, heard: Mapping[str, np.ndarray]
) -> PushFigures:
    """Beside the ledger, what clients heard (soak_clients.arrivals), up to the last number that all of them have."""
    events = np.union1d(issued.numbers, _outcome_numbers(ledger))
    number, when = heard["number"], heard["time"]
    of_client = [number[heard["client"] == client] for client in range(len(heard["began"]))]
    last = min((int(numbers.max(initial=0)) for numbers in of_client), default=0)
    missed = sum(
        len(np.setdiff1d(events[(events > began) & (events <= last)], numbers))
        for began, numbers in zip(heard["began"].tolist(), of_client, strict=True)
    )
    place = np.searchsorted(issued.numbers, number)
    place[place == len(issued.numbers)] = 0
    live = (
        (issued.numbers[place] == number) & (issued.closes_ms[place] > world.watched_ms)
        if len(issued.numbers)
        else number < 0
    )
    closes = issued.closes_ms[place[live]]
    delays = course.seconds_since(closes, when[live])
    return PushFigures(
        len(number),
        missed,
        Delays.of(delays),
        Delays.of(delays[~course.troubled(when[live])]),
        Delays.of(delays[_at_midnight(closes)]),
    )


def _at_midnight(closes_ms: np.ndarray) -> np.ndarray:
    """Which of these closes are those of a day in UTC."""
    return closes_ms % Timeframe.D1.milliseconds == 0


def _outcome_numbers(ledger: Database) -> np.ndarray:
    with ledger.reading() as connection:
        return np.array(connection.execute(select(outcomes.c.seq)).scalars().all(), dtype="int64")
