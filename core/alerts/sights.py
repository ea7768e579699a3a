"""What entries that are just being added show of a rule, one sight after the other, and what an alert of each would tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeGuard

import orjson
from sqlalchemy import Connection, Row

from core.alerted import Agreement, Touch
from core.alerts.observing import (
    Current,
    OfOneSignal,
    Reading,
    agreement_of,
    seen_in_agreement,
    seen_in_signal,
    seen_in_silence,
    was_asked_for,
)
from core.alerts.rules import BarrierTouched, Rule, TimeframesAgree
from core.alerts.spoken import current_at, live_among, usual_of
from core.alerts.states import Seen
from core.domain import Series, Timeframe
from core.journal.entries import CandleEntry, Entry, MissingEntry, OutcomeEntry, SignalEntry
from core.journal.vocabulary import Origin
from core.market.candles import moment_of
from core.signals.outcomes import Touched

Added = Sequence[tuple[int, Entry]]
"""Entries with their numbers, in their order."""

Spoken = Sequence[tuple[int, CandleEntry]]
"""Those that say something of candles as they close."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What an alert tells of entry ``seq``: of a series as its candle closed, ``signal_json`` what its signal said, None in a silence.

    From ``over_ms`` on, the market's time, nobody is told of it as if it were new. Times are Unix milliseconds.
    """

    seq: int
    series: Series
    closed_ms: int
    signal_json: str | None
    over_ms: int | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What so many ``candles`` show of how a rule stands on a series, the last of which opened at ``candle_open_ms``.

    ``again`` is whether one candle may be seen twice, as more is said of it.
    """

    series: Series
    telling: Telling
    candle_open_ms: int
    seen: Seen
    candles: int = 1
    again: bool = False


@dataclass(frozen=True, slots=True)
class Background:
    """What has to be known beside the entries themselves: what is usual, what coins say now, signals behind outcomes."""

    usual: Mapping[tuple[str, str, str], float]
    current: Mapping[str, Current]
    signals: Mapping[int, Row[Any]]

    @classmethod
    def of(cls, connection: Connection, rules: Iterable[Rule], added: Added) -> Background:
        asked = {type(rule.condition) for rule in rules}
        spoken = [entry for _, entry in added if _is_live(entry)]
        versions = {entry.model_version for entry in spoken}
        moments = _moments(spoken) if TimeframesAgree in asked else {}
        touching = {entry.signal_seq for _, entry in added if _is_touch(entry)} if BarrierTouched in asked else set()
        return cls(usual_of(connection, versions), current_at(connection, moments), live_among(connection, touching))


def sights_of(rule: Rule, added: Added, background: Background) -> Iterator[Sight]:
    """What the entries show of how the rule stands."""
    covered: Spoken = [(seq, entry) for seq, entry in added if _says_something(entry) and rule.covers(entry.series)]
    if isinstance(rule.condition, TimeframesAgree):
        yield from _of_coins(rule, rule.condition, covered, background)
        return
    for seq, entry in covered:
        sight = _of_entry(rule.condition, seq, entry, background)
        if sight is not None:
            yield sight


def touches_of(rule: Rule, added: Added, background: Background) -> Iterator[Telling]:
    """The touches among the entries that the rule is about."""
    asked = rule.condition
    if not isinstance(asked, BarrierTouched):
        return
    for seq, entry in added:
        if not _is_touch(entry) or asked.barrier not in (None, entry.touched):
            continue
        row = background.signals.get(entry.signal_seq)
        if row is None:
            continue
        series, reading = Series(row.symbol, Timeframe(row.timeframe)), Reading.of(row, row.usual)
        if rule.covers(series) and was_asked_for(asked, reading):
            yield _of_touch(seq, entry, row, series, reading)


def _of_entry(condition: OfOneSignal, seq: int, entry: CandleEntry, known: Background) -> Sight | None:
    if isinstance(entry, MissingEntry):
        seen = seen_in_silence(condition, entry)
        return None if seen is None else _of_silence(seq, entry, seen)
    reading = Reading.of(entry, known.usual.get((entry.symbol, entry.timeframe, entry.model_version)))
    telling = Telling(seq, entry.series, _closed_ms(entry), _json(reading), _closed_ms(entry) + _step(entry))
    return Sight(entry.series, telling, entry.candle_open_ms, seen_in_signal(condition, reading))


def _of_silence(seq: int, entry: MissingEntry, seen: Seen) -> Sight:
    last_ms, series = entry.open_times[-1], entry.series
    return Sight(series, Telling(seq, series, last_ms + _step(entry), None, None), last_ms, seen, entry.candles)


def _of_coins(rule: Rule, asked: TimeframesAgree, covered: Spoken, known: Background) -> Iterator[Sight]:
    """How all of a coin's timeframes stand together is kept with the shortest of them, whose silence is theirs."""
    shortest = rule.looked_at[0]
    newest = dict[str, tuple[int, SignalEntry]]()
    for seq, entry in covered:
        if isinstance(entry, SignalEntry):
            before = newest.get(entry.symbol)
            if before is None or _closed_ms(before[1]) <= _closed_ms(entry):
                newest[entry.symbol] = seq, entry
        elif isinstance(entry, MissingEntry) and entry.timeframe == shortest:
            seen = seen_in_silence(asked, entry)
            if seen is Seen.SILENT:
                yield _of_silence(seq, entry, seen)
    for symbol, (seq, entry) in newest.items():
        current = {tf: reading for tf, reading in known.current[symbol].items() if tf in rule.looked_at}
        yield _of_coin(shortest, asked, seq, entry, current, known)


def _of_coin(
    shortest: Timeframe, asked: TimeframesAgree, seq: int, entry: SignalEntry, current: Current, known: Background
) -> Sight:
    reading = Reading.of(entry, known.usual.get((entry.symbol, entry.timeframe, entry.model_version)))
    closed_ms, series = _closed_ms(entry), Series(entry.symbol, shortest)
    signal_json = _json(reading, agreement=agreement_of(asked, current))
    telling = Telling(seq, entry.series, closed_ms, signal_json, closed_ms + shortest.milliseconds)
    return Sight(series, telling, closed_ms - shortest.milliseconds, seen_in_agreement(asked, current), again=True)


def _of_touch(seq: int, entry: OutcomeEntry, row: Row[Any], series: Series, reading: Reading) -> Telling:
    step = series.timeframe.milliseconds
    signal_ms, barrier = row.candle_open_ms + step, Touched(entry.touched)
    known_ms = signal_ms + row.horizon_candles * step
    assert barrier in (Touched.UPPER, Touched.LOWER)
    assert entry.candles_to_touch is not None
    touch = Touch(
        "upper" if barrier is Touched.UPPER else "lower",
        entry.candles_to_touch,
        row.horizon_candles,
        row.seq,
        moment_of(signal_ms),
    )
    return Telling(seq, series, known_ms, _json(reading, touch=touch), known_ms + step)


def _moments(spoken: Iterable[SignalEntry]) -> dict[str, int]:
    """When the newest candle of each coin closed that something is said of."""
    moments: dict[str, int] = {}
    for entry in spoken:
        moments[entry.symbol] = max(moments.get(entry.symbol, 0), _closed_ms(entry))
    return moments


def _closed_ms(entry: SignalEntry) -> int:
    return entry.candle_open_ms + _step(entry)


def _step(entry: CandleEntry) -> int:
    return entry.series.timeframe.milliseconds


def _is_live(entry: Entry) -> TypeGuard[SignalEntry]:
    return isinstance(entry, SignalEntry) and entry.origin == Origin.LIVE


def _says_something(entry: Entry) -> TypeGuard[CandleEntry]:
    """Whether it says of candles, as they close, what there is or that there is nothing."""
    return isinstance(entry, MissingEntry) or _is_live(entry)


def _is_touch(entry: Entry) -> TypeGuard[OutcomeEntry]:
    """Whether it is the first to say that one barrier was touched; a correction is no news."""
    return (
        isinstance(entry, OutcomeEntry)
        and entry.follows == entry.signal_seq
        and entry.touched in (Touched.UPPER, Touched.LOWER)
    )


def _json(reading: Reading, **beside: Agreement | Touch) -> str:
    return orjson.dumps(asdict(reading.summary()) | beside).decode()
