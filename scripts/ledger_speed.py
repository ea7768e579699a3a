"""How fast the ledger takes a midnight's signals and outcomes, what a year of it weighs, how fast its record is read.

It is what benchmark --ledger prints.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.application import registry_of
from core.domain import Series, Timeframe
from core.journal.entries import SignalEntry
from core.journal.issued import code_fingerprint, signal_entry
from core.journal.places import Place, PostgresqlSchema, SqliteFile
from core.journal.resolver import Candles, Resolver
from core.journal.store import Ledger
from core.journal.verification import Verified, verify
from core.market.candles import CandleArrays, moment_of
from core.market.feed import SERVING_HISTORY, CandleFeed
from core.market.simulated import SimulatedMarket
from core.prediction import Prediction
from core.settings import Settings
from core.signals.outcomes import DEFAULT_FEE_PERCENT
from core.signals.service import PredictionService
from scripts.record_speed import RESOLVED, measure_record
from scripts.replay_speed import drop, measure_replay

COINS = 2_000
SIGNALS = COINS * len(Timeframe)
SIGNALS_A_DAY = sum(1440 // timeframe.minutes for timeframe in Timeframe)
WATCHED = 34

LABELS = {
    "write_s": f"{SIGNALS:,} signals written, s",
    "doubles_s": "the same again, refused, s",
    "resolve_s": f"{SIGNALS:,} outcomes found and written, s",
    "idle_s": "a pass that finds nothing new, s",
    "verify_s": "verified, s",
    "year_mb": f"{WATCHED} coins for a year, MB",
    "replay_s": "30 days of every model replayed, s",
    "replayed": "signals replayed",
    "replay_mb": "they and their outcomes, MB",
    "record_first_s": "track record, first read, s",
    "record_next_ms": "the same after a new candle, ms",
}


def measure_ledger(folder: Path, settings: Settings, resolved: int = RESOLVED) -> dict[str, float]:
    """Every figure by its name, ``sqlite_`` or, where the settings name a server, ``postgresql_`` before it.

    The track record is that of so many ``resolved`` signals.
    """
    batch = midnight(settings)
    figures = _figures("sqlite", SqliteFile("benchmark", folder / "ledger.db"), batch, _bytes_of_file)
    figures |= _named("sqlite", measure_replay(folder, settings, None))
    figures |= _named("sqlite", _record(SqliteFile("record", folder / "record.db"), batch, resolved))
    url = settings.database_url
    if url is not None:
        with _own_schema(PostgresqlSchema(f"benchmark-{os.getpid()}", url.get_secret_value())) as place:
            figures |= _figures("postgresql", place, batch, None)
        figures |= _named("postgresql", measure_replay(folder, settings, url.get_secret_value()))
        with _own_schema(PostgresqlSchema(f"record-{os.getpid()}", url.get_secret_value())) as place:
            figures |= _named("postgresql", _record(place, batch, resolved))
    return figures


def table(figures: dict[str, float]) -> str:
    """The figures for people."""
    databases = list(dict.fromkeys(name.split("_")[0] for name in figures))
    lines = [f"{'':36}" + "".join(f"{database:>12}" for database in databases)]
    for name, label in LABELS.items():
        values = (figures.get(f"{database}_{name}") for database in databases)
        lines.append(f"{label:36}" + "".join(f"{'-' if value is None else f'{value:.2f}':>12}" for value in values))
    return "\n".join(lines)


def midnight(settings: Settings) -> list[SignalEntry]:
    """A signal of each coin on each timeframe: one real prediction under every name."""
    series = Series("BTCUSDT", Timeframe.M15)
    feed = CandleFeed(SimulatedMarket(settings.seed), (Timeframe.M15,), symbols=("BTCUSDT",))
    feed.refresh_once()
    prediction = PredictionService(feed, registry_of(settings.models_dir)).predict_all([series])[series]
    if not isinstance(prediction, Prediction):
        raise SystemExit("There is no usable model of BTCUSDT on 15m to take a signal from.")
    plain = signal_entry(prediction, code_fingerprint())
    names = [(f"C{coin}USDT", timeframe) for coin in range(COINS) for timeframe in Timeframe]
    return [replace(plain, symbol=symbol, timeframe=timeframe) for symbol, timeframe in names]


def _figures(
    database: str, place: Place, batch: list[SignalEntry], size: Callable[[Place], int] | None
) -> dict[str, float]:
    ledger = Ledger.open(place)
    try:
        figures = {
            "write_s": _seconds(lambda: ledger.append(batch)),
            "doubles_s": _seconds(lambda: ledger.append(batch)),
            **_resolving(ledger, batch),
            "verify_s": _seconds(lambda: isinstance(verify(ledger.database), Verified)),
        }
    finally:
        ledger.close()
    if size is not None:
        figures["year_mb"] = size(place) / len(batch) * SIGNALS_A_DAY * 365 * WATCHED / 1e6
    return _named(database, figures)


def _record(place: Place, batch: list[SignalEntry], resolved: int) -> dict[str, float]:
    return measure_record(place, batch[0], WATCHED, resolved)


def _named(database: str, figures: dict[str, float]) -> dict[str, float]:
    return {f"{database}_{name}": round(value, 3) for name, value in figures.items()}


def _resolving(ledger: Ledger, batch: list[SignalEntry]) -> dict[str, float]:
    """What it takes when all horizons end with one close, after a feed has held candles for a while."""
    resolver = Resolver(ledger, DEFAULT_FEE_PERCENT)
    candles = {timeframe: _flat(batch[0], timeframe) for timeframe in Timeframe}
    ends = max(int(each.open_time_ms[-1]) + timeframe.milliseconds for timeframe, each in candles.items())

    def held(which: slice) -> Candles:
        of_each = {timeframe: each[which] for timeframe, each in candles.items()}
        return {entry.series: of_each[entry.series.timeframe] for entry in batch}

    def resolve(held: Candles) -> None:
        while resolver.work(held, moment_of(ends)):
            pass

    before, after = held(slice(None, -1)), held(slice(1, None))
    resolve(before)
    return {"resolve_s": _seconds(lambda: resolve(after)), "idle_s": _seconds(lambda: resolve(after))}


def _flat(signal: SignalEntry, timeframe: Timeframe) -> CandleArrays:
    """Candles at the signal's close, from before it until its horizon is over."""
    first, last = signal.horizon_candles - SERVING_HISTORY, signal.horizon_candles
    times = signal.candle_open_ms + timeframe.milliseconds * np.arange(first, last + 1)
    return CandleArrays(times, np.full((5, len(times)), signal.close))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _bytes_of_file(place: Place) -> int:
    assert isinstance(place, SqliteFile)
    return place.path.stat().st_size


@contextmanager
def _own_schema(place: PostgresqlSchema) -> Iterator[PostgresqlSchema]:
    try:
        yield place
    finally:
        drop(place)
