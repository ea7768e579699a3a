"""Notices what the entries that are just being added mean for the rules, in the very transaction that adds them.

So there is no alert without its signal, and no signal whose alert was lost between the two. Nothing that is wrong with a
rule keeps the ledger from being written: what fails here is logged, and undone alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert, select, update

from core.alerts.book import readable
from core.alerts.observing import SILENCE, Reading, seen_in_signal, seen_in_silence
from core.alerts.rules import FeedSilent, Rule
from core.alerts.states import NORMAL, Event, Seen, Standing, State, Step, step
from core.alerts.statuses import GROUP_WAIT_MS, Status
from core.alerts.tables import alert_rules, alert_states, alerts
from core.domain import Series, Timeframe
from core.journal.entries import Entry, MissingEntry, SaidOfCandles, SignalEntry
from core.journal.tables import models
from core.journal.vocabulary import Origin
from core.market.candles import unix_ms

log = logging.getLogger(__name__)

Added = Sequence[tuple[int, Entry]]
"""Entries with their numbers, in their order."""

Spoken = Sequence[tuple[int, SaidOfCandles]]
"""Those that say something of candles as they close."""

Usual = dict[tuple[str, str, str], float]
"""P(move) as it usually is, by coin, timeframe and model."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule that is looked at."""

    id: int
    rule: Rule
    has_target: bool
    silenced_until_ms: int


@dataclass(frozen=True, slots=True)
class Stood:
    """How a rule stands on a series ``since_ms``, as of a candle; ``known`` is whether there is a row of it already."""

    standing: Standing
    candle_open_ms: int
    since_ms: int
    known: bool


@dataclass(slots=True)
class Noticed:
    """How every rule stands, which of that is new and to be written, and the alerts there are to tell."""

    stood: dict[tuple[int, Series], Stood]
    looked: set[tuple[int, Series]] = field(default_factory=set)
    told: list[dict[str, Any]] = field(default_factory=list)


class Noticing:
    """What a ledger calls with each batch; ``now`` is this machine's time, ``market_now`` the market's."""

    def __init__(self, market_now: Callable[[], datetime], now: Callable[[], datetime]) -> None:
        self._market_now, self._now = market_now, now

    def __call__(self, connection: Connection, added: Added) -> None:
        spoken: list[tuple[int, SaidOfCandles]] = [
            (seq, entry)
            for seq, entry in added
            if isinstance(entry, MissingEntry) or (isinstance(entry, SignalEntry) and entry.origin == Origin.LIVE)
        ]
        if not spoken:
            return
        try:
            with connection.begin_nested():
                self._notice(connection, spoken)
        except (ValueError, TypeError, LookupError, ArithmeticError):
            log.exception("What %d entries mean for the rules of alerts could not be worked out.", len(spoken))

    def _notice(self, connection: Connection, added: Spoken) -> None:
        rules = _rules(connection)
        if not rules:
            return
        noticed = Noticed(_stood(connection, rules))
        usual = _usual(connection, added)
        for seq, entry in added:
            for kept in rules:
                if kept.rule.covers(entry.series):
                    self._look(kept, seq, entry, usual, noticed)
        _write(connection, noticed)

    def _look(self, kept: Kept, seq: int, entry: SaidOfCandles, usual: Usual, noticed: Noticed) -> None:
        key, reading = (kept.id, entry.series), _reading(entry, usual)
        before, seen = noticed.stood.get(key), _seen(kept.rule, entry, reading)
        if seen is None or (before is not None and _newest_candle_ms(entry) <= before.candle_open_ms):
            return
        candles = entry.candles if isinstance(entry, MissingEntry) else 1
        made = step(before.standing if before else _first(kept.rule), seen, kept.rule.candles, candles)
        if _to_tell(kept, entry, made, noticed):
            noticed.told.append(self._row(kept, seq, entry, made, reading))
        if made.standing is not None:
            noticed.stood[key] = self._stood_after(before, made.standing, _newest_candle_ms(entry))
            noticed.looked.add(key)

    def _stood_after(self, before: Stood | None, standing: Standing, candle_open_ms: int) -> Stood:
        same = before is not None and before.standing.state is standing.state
        since_ms = before.since_ms if before is not None and same else unix_ms(self._now())
        return Stood(standing, candle_open_ms, since_ms, before is not None and before.known)

    def _row(self, kept: Kept, seq: int, entry: SaidOfCandles, made: Step, reading: Reading | None) -> dict[str, Any]:
        now_ms, symbol, timeframe = unix_ms(self._now()), *entry.series
        status = self._status(kept, entry, now_ms)
        return {
            "rule_id": kept.id,
            "seq": seq,
            "event": made.event,
            "symbol": symbol,
            "timeframe": timeframe.value,
            "closed_ms": _newest_candle_ms(entry) + timeframe.milliseconds,
            "said": None if reading is None else orjson.dumps(reading.said()).decode(),
            "rule_name": kept.rule.name,
            "made_at_ms": now_ms,
            "status": status,
            "attempts": 0,
            "next_try_ms": now_ms + GROUP_WAIT_MS,
            "ended_at_ms": None if status is Status.WAITING else now_ms,
        }

    def _status(self, kept: Kept, entry: SaidOfCandles, now_ms: int) -> Status:
        if isinstance(entry, SignalEntry) and self._is_over(entry):
            return Status.LATE
        if now_ms < kept.silenced_until_ms:
            return Status.SILENCED
        return Status.WAITING if kept.has_target else Status.SHOWN

    def _is_over(self, entry: SignalEntry) -> bool:
        """Whether a signal held no longer when it could be written: nobody is told of that as if it were new."""
        over_ms = entry.candle_open_ms + 2 * entry.series.timeframe.milliseconds
        return unix_ms(self._market_now()) >= over_ms


def _first(rule: Rule) -> Standing | None:
    """A feed that is silent already is told of; a signal that meets a rule already is not."""
    return NORMAL if isinstance(rule.condition, FeedSilent) else None


def _newest_candle_ms(entry: SaidOfCandles) -> int:
    return entry.candle_open_ms if isinstance(entry, SignalEntry) else entry.open_times[-1]


def _reading(entry: SaidOfCandles, usual: Usual) -> Reading | None:
    if isinstance(entry, MissingEntry):
        return None
    return Reading.of(entry, usual.get((entry.symbol, entry.timeframe, entry.model_version)))


def _seen(rule: Rule, entry: SaidOfCandles, reading: Reading | None) -> Seen | None:
    if isinstance(entry, MissingEntry):
        return seen_in_silence(rule.condition, entry)
    assert reading is not None
    return seen_in_signal(rule.condition, reading)


def _to_tell(kept: Kept, entry: SaidOfCandles, made: Step, noticed: Noticed) -> bool:
    """Of a feed that is silent one message says so for a whole timeframe; of an end only where that is wanted."""
    if made.event is Event.WENT_SILENT:
        return isinstance(entry, MissingEntry) and entry.reason in SILENCE and not _is_silent(kept, entry, noticed)
    return made.event is Event.FIRED or (made.event is Event.ENDED and kept.rule.tell_end)


def _is_silent(kept: Kept, entry: MissingEntry, noticed: Noticed) -> bool:
    return any(
        rule_id == kept.id and series.timeframe is entry.series.timeframe and stood.standing.state is State.NO_DATA
        for (rule_id, series), stood in noticed.stood.items()
    )


# ---------------------------------------------------------------- the database


def _rules(connection: Connection) -> list[Kept]:
    rows = connection.execute(select(alert_rules).where(alert_rules.c.enabled)).all()
    rules = [(row, readable(row.rule)) for row in rows]
    return [Kept(row.id, rule, row.target is not None, row.silenced_until_ms) for row, rule in rules if rule]


def _stood(connection: Connection, rules: Iterable[Kept]) -> dict[tuple[int, Series], Stood]:
    s = alert_states.c
    rows = connection.execute(select(alert_states).where(s.rule_id.in_([kept.id for kept in rules]))).all()
    return {
        (row.rule_id, Series(row.symbol, Timeframe(row.timeframe))): Stood(
            Standing(State(row.state), row.fired, row.candles), row.candle_open_ms, row.since_ms, known=True
        )
        for row in rows
    }


def _usual(connection: Connection, added: Spoken) -> Usual:
    versions = {entry.model_version for _, entry in added if isinstance(entry, SignalEntry)}
    m = models.c
    rows = connection.execute(
        select(m.symbol, m.timeframe, m.model_version, m.climatology_no_trade).where(m.model_version.in_(versions))
    )
    return {(symbol, timeframe, version): 1 - no_trade for symbol, timeframe, version, no_trade in rows}


def _write(connection: Connection, noticed: Noticed) -> None:
    rows: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for rule_id, series in noticed.looked:
        stood = noticed.stood[rule_id, series]
        rows[stood.known].append(
            {
                **_key(rule_id, series, "of_" if stood.known else ""),
                "state": stood.standing.state,
                "fired": stood.standing.fired,
                "candles": stood.standing.candles,
                "candle_open_ms": stood.candle_open_ms,
                "since_ms": stood.since_ms,
            }
        )
    for statement, values in (
        (_CHANGE, rows[True]),
        (insert(alert_states), rows[False]),
        (insert(alerts), noticed.told),
    ):
        if values:
            connection.execute(statement, values)


def _key(rule_id: int, series: Series, before: str) -> dict[str, Any]:
    return {f"{before}rule_id": rule_id, f"{before}symbol": series.symbol, f"{before}timeframe": series.timeframe.value}


_CHANGE = update(alert_states).where(
    *(alert_states.c[name] == bindparam(f"of_{name}") for name in ("rule_id", "symbol", "timeframe"))
)
