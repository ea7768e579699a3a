"""How long the track record of very many resolved signals takes: read for the first time, and again after one more candle.

The ledger is made, in the time that a database takes for so many rows: each signal is a real one under another name and
on another candle, with made probabilities and an outcome drawn from them. Its chain proves nothing, and its
probabilities are some thousands that repeat, as those of real models do not; neither makes faster what is measured here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import count, islice

import numpy as np
from sqlalchemy import create_engine, make_url

from core.domain import Direction, Series, Timeframe
from core.journal.database import Database
from core.journal.entries import Content, ModelEntry, SignalEntry
from core.journal.inserting import insert_columns
from core.journal.places import Place, PostgresqlSchema
from core.journal.records import Records
from core.journal.store import Ledger, head_of
from core.journal.tables import entries, outcomes, signals
from core.journal.track_record import Scope
from core.signals.outcomes import DEFAULT_FEE_PERCENT, Touched

RESOLVED = 1_000_000

_TOGETHER = 5_000
"""Signals of one transaction, each with its outcome."""

_FORECASTS = 4_096
_USUAL = (0.36, 0.27, 0.37)
_HAPPENED = (Touched.LOWER, Touched.NONE, Touched.UPPER)

_Spoken = tuple[Series, int]
"""Of a signal the series, and when its candle opens, Unix milliseconds."""


def measure_record(place: Place, plain: SignalEntry, coins: int, resolved: int = RESOLVED) -> dict[str, float]:
    """Seconds of the first read, milliseconds of the next one; ``plain`` is the signal that all others are made of."""
    every = [Series(f"C{coin}USDT", timeframe) for timeframe in Timeframe for coin in range(coins)]
    spoken, rng = _spoken(every, plain.candle_open_ms), np.random.default_rng(0)
    ledger = Ledger.open(place)
    try:
        ledger.append([_model(series, plain) for series in every])
        for begin in range(0, resolved, _TOGETHER):
            _enter(ledger.database, plain, list(islice(spoken, min(_TOGETHER, resolved - begin))), rng)
        _tidied_up(place)
        records = Records(ledger.database)
        first = _seconds(records, resolved)
        _enter(ledger.database, plain, list(islice(spoken, coins)), rng)
        return {"record_first_s": first, "record_next_ms": 1000 * _seconds(records, resolved + coins)}
    finally:
        ledger.close()


def _tidied_up(place: Place) -> None:
    """What a server does by itself within minutes; until then the first to read a row does it, and that takes a second."""
    if isinstance(place, PostgresqlSchema):
        url = make_url(place.url).set(drivername="postgresql+psycopg")
        server = create_engine(url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            for table in (entries, signals, outcomes):
                connection.exec_driver_sql(f'VACUUM ANALYZE "{place.schema}"."{table.name}"')
        server.dispose()


def _seconds(records: Records, resolved: int) -> float:
    began = time.perf_counter()
    counted = records.record(Scope()).whole.resolved
    seconds = time.perf_counter() - began
    if counted != resolved:
        raise SystemExit(f"The track record counts {counted} resolved signals; expected {resolved}.")
    return seconds


def _spoken(every: Sequence[Series], after_ms: int) -> Iterator[_Spoken]:
    """Signal after signal, as candles close."""
    step = Timeframe.M15.milliseconds
    for open_ms in count(after_ms // step * step, step):
        yield from ((series, open_ms) for series in every if open_ms % series.timeframe.milliseconds == 0)


def _enter(database: Database, plain: SignalEntry, spoken: Sequence[_Spoken], rng: np.random.Generator) -> None:
    """Add signals and, after them, what became of each."""
    possible = np.random.default_rng(1).dirichlet([18, 13, 18], size=_FORECASTS)
    p = possible[rng.integers(_FORECASTS, size=len(spoken))]
    labels = (rng.random((len(spoken), 1)) > p.cumsum(axis=1)[:, :2]).sum(axis=1).tolist()
    plain_columns = {column.name: getattr(plain, column.name) for column in signals.c if column.name != "seq"}
    with database.writing() as connection:
        head = head_of(connection).seq
        issued = [
            {"seq": head + 1 + n, **plain_columns, **_of(*each, *chances)}
            for n, (each, chances) in enumerate(zip(spoken, p.tolist(), strict=True))
        ]
        came = [_outcome(row, len(issued), label) for row, label in zip(issued, labels, strict=True)]
        chained = [_link(row["seq"], kind) for kind, rows in (("signal", issued), ("outcome", came)) for row in rows]
        for table, rows in ((entries, chained), (signals, issued), (outcomes, came)):
            insert_columns(connection, table, {each.name: [row[each.name] for row in rows] for each in table.c})


def _of(series: Series, open_ms: int, short: float, quiet: float, long: float) -> Content:
    chances = (short, quiet, long)
    return {
        "symbol": series.symbol,
        "timeframe": series.timeframe.value,
        "candle_open_ms": open_ms,
        "delay_ms": 0,
        "direction": tuple(Direction)[chances.index(max(chances))].value,
        "p_short": short,
        "p_no_trade": quiet,
        "p_long": long,
        "p_move": 1 - quiet,
    }


def _outcome(signal: Content, after: int, label: int) -> Content:
    called = signal["direction"]
    right = label != 1 and called == tuple(Direction)[label]
    nothing: Content = dict.fromkeys(column.name for column in outcomes.c)
    return nothing | {
        "seq": signal["seq"] + after,
        "signal_seq": signal["seq"],
        "follows": signal["seq"],
        "touched": _HAPPENED[label].value,
        "candles_to_touch": None if label == 1 else 1 + signal["seq"] % 16,
        "r": None if called == Direction.NO_TRADE else 0.9 if right else -1.1,
        "fee_percent": DEFAULT_FEE_PERCENT,
        "resolved_at_ms": signal["issued_at_ms"],
    }


def _link(seq: int, kind: str) -> Content:
    """An entry of a chain that proves nothing: its number stands for its hash."""
    before, own = ((seq - 1 + n).to_bytes(32, "big") for n in range(2))
    return {"seq": seq, "kind": kind, "recorded_at_ms": 0, "previous_hash": before, "hash": own, "epoch": None}


def _model(series: Series, plain: SignalEntry) -> ModelEntry:
    unknown: Content = dict.fromkeys(each.name for each in fields(ModelEntry))
    known: Content = dict(zip(("climatology_short", "climatology_no_trade", "climatology_long"), _USUAL, strict=True))
    return ModelEntry(
        **unknown
        | known
        | {
            "symbol": series.symbol,
            "timeframe": series.timeframe.value,
            "model_version": plain.model_version,
            "model_kind": plain.model_kind,
            "data_until_ms": plain.candle_open_ms,
            "minutes_to_target_long": 8.0 * series.timeframe.minutes,
            "minutes_to_target_short": 8.0 * series.timeframe.minutes,
        }
    )
