"""What a rule would have told of the signals that a ledger holds, and how those ended: live and replayed apart.

Every signal is looked at as it would have been then, by the same steps. Candles without a signal are passed over, so
that a rule is as if it had stood still meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select

from core.alerts.limits import Sent, sent_of
from core.alerts.observing import Current, OfOneSignal, Reading, seen_in_agreement, seen_in_signal, was_asked_for
from core.alerts.rules import BarrierTouched, Rule, TimeframesAgree
from core.alerts.spoken import SPOKEN, holds_at
from core.alerts.states import Event, Standing, step
from core.domain import Direction, Series, Timeframe
from core.journal.database import Database
from core.journal.figures import share_of_days
from core.journal.judged import counting_outcome
from core.journal.slices import Share
from core.journal.tables import outcomes, signals
from core.journal.vocabulary import Origin
from core.model.scores import DAY_MS, block_days
from core.signals.outcomes import Touched, label_of, side_right

DAYS = 30
ROWS_TOGETHER = 2_000


@dataclass(slots=True)
class Foretold:
    """Of one origin: how many ``signals`` were looked at, how many would have ``fired``, and which messages ``sent``.

    Alerts are told at ``times``, Unix milliseconds; where an end is told, too, ``ends`` of them are of one.
    Of the fired (where touches are told, of those whose touches are), ``ended`` have an outcome: in ``moved`` one barrier
    was touched first, in ``expected`` of them by what P(move) said and in ``usual`` by the models' usual P(move), of
    ``described`` of them whose model was described. A side was called in ``sided`` of those after which a barrier was
    touched, and ``right`` of these. These four are counted by the candle's UTC day, from 1970 on, since the signals of
    one day hang together; ``days_a_block`` is how far the longest label may look ahead.
    """

    signals: int = 0
    fired: int = 0
    ends: int = 0
    times: set[int] = field(default_factory=set)
    sent: Sent = field(default_factory=Sent)
    ended: Counter[int] = field(default_factory=Counter)
    moved: Counter[int] = field(default_factory=Counter)
    expected: float = 0.0
    usual: float = 0.0
    described: int = 0
    sided: Counter[int] = field(default_factory=Counter)
    right: Counter[int] = field(default_factory=Counter)
    days_a_block: int = 1

    @property
    def moves(self) -> Share | None:
        """In how many of those that ended a move came; None where none did."""
        return share_of_days(self.moved, self.ended, self.days_a_block)

    @property
    def sides(self) -> Share | None:
        """How often a side that was called was right; None where none was."""
        return share_of_days(self.right, self.sided, self.days_a_block)


Found = dict[Origin, Foretold]


def foretold(database: Database, rule: Rule, now_ms: int) -> dict[Origin, Foretold]:
    """What the rule would have told in the last DAYS before ``now_ms``, the market's time."""
    found = {origin: Foretold() for origin in Origin}
    asked = _asked(rule, now_ms - DAYS * DAY_MS)
    match rule.condition:
        case TimeframesAgree() as together:
            for symbol in rule.symbols or _symbols(database):
                _tell_agreements(found, rule, together, list(_rows(database, asked.where(signals.c.symbol == symbol))))
        case BarrierTouched() as touched:
            _tell_touches(found, touched, _rows(database, asked))
        case of_one:
            _tell_signals(found, rule, of_one, _rows(database, asked))
    for each in found.values():
        each.sent = sent_of(rule, each.times)
    return found


def _tell_signals(found: Found, rule: Rule, condition: OfOneSignal, rows: Iterable[Row[Any]]) -> None:
    standings: dict[tuple[str, Series], tuple[Standing | None, int]] = {}
    for row in rows:
        series = Series(row.symbol, Timeframe(row.timeframe))
        before, newest_ms = standings.get((row.origin, series), (None, -1))
        if row.candle_open_ms <= newest_ms:
            continue
        reading, of = Reading.of(row, row.usual), found[Origin(row.origin)]
        made = step(before, seen_in_signal(condition, reading), rule.candles)
        standings[row.origin, series] = made.standing, row.candle_open_ms
        of.signals += 1
        _count_telling(of, rule, made.event, _closed_ms(row))
        if made.event is Event.FIRED:
            _count_outcome(of, row, reading)


def _tell_agreements(found: Found, rule: Rule, condition: TimeframesAgree, rows: list[Row[Any]]) -> None:
    """Of one coin. Signals that were worked out afterwards were entered one timeframe after the other: time orders them."""
    rows.sort(key=lambda row: (row.origin, _closed_ms(row), row.seq))
    for origin, of_origin in groupby(rows, key=lambda row: Origin(row.origin)):
        of = found[origin]
        standing: Standing | None = None
        newest: dict[Timeframe, Row[Any]] = {}
        for closed_ms, together in groupby(of_origin, key=_closed_ms):
            closed = list(together)
            newest |= {Timeframe(row.timeframe): row for row in closed}
            current = _current(newest, closed_ms)
            made = step(standing, seen_in_agreement(condition, current), rule.candles)
            standing, of.signals = made.standing, of.signals + len(closed)
            _count_telling(of, rule, made.event, closed_ms)
            if made.event is Event.FIRED:
                _count_outcome(of, closed[-1], Reading.of(closed[-1], closed[-1].usual))


def _current(newest: dict[Timeframe, Row[Any]], at_ms: int) -> Current:
    return {
        timeframe: Reading.of(row, row.usual)
        for timeframe, row in newest.items()
        if holds_at(row.candle_open_ms, timeframe, at_ms)
    }


def _tell_touches(found: Found, condition: BarrierTouched, rows: Iterable[Row[Any]]) -> None:
    for row in rows:
        of, reading = found[Origin(row.origin)], Reading.of(row, row.usual)
        of.signals += 1
        if not was_asked_for(condition, reading):
            continue
        _count_outcome(of, row, reading)
        if row.touched in ({"upper", "lower"} if condition.barrier is None else {condition.barrier}):
            of.fired += 1
            of.times.add(_closed_ms(row) + row.horizon_candles * Timeframe(row.timeframe).milliseconds)


def _closed_ms(row: Row[Any]) -> int:
    return int(row.candle_open_ms + Timeframe(row.timeframe).milliseconds)


def _symbols(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(select(signals.c.symbol).distinct().order_by(signals.c.symbol)).scalars())


def _rows(database: Database, asked: Select[Any]) -> Iterator[Row[Any]]:
    """In the order of their entries, a few at a time: where SQLite has a rollback journal, who reads keeps others from writing."""
    after = 0
    while True:
        with database.reading() as connection:
            rows = connection.execute(asked.where(signals.c.seq > after).limit(ROWS_TOGETHER)).all()
        yield from rows
        if len(rows) < ROWS_TOGETHER:
            return
        after = rows[-1].seq


def _asked(rule: Rule, since_ms: int) -> Select[Any]:
    asked = _SIGNALS.where(signals.c.candle_open_ms >= since_ms).order_by(signals.c.seq)
    if rule.timeframes:
        asked = asked.where(signals.c.timeframe.in_([timeframe.value for timeframe in rule.timeframes]))
    return asked.where(signals.c.symbol.in_(rule.symbols)) if rule.symbols else asked


_SIGNALS = SPOKEN.add_columns(outcomes.c.touched).outerjoin(outcomes, counting_outcome())


def _count_telling(of: Foretold, rule: Rule, event: Event | None, at_ms: int) -> None:
    """An alert that the rule would have told then, if it is one."""
    ends = event is Event.ENDED and rule.tell_end
    if event is Event.FIRED or ends:
        of.fired, of.ends = of.fired + (not ends), of.ends + ends
        of.times.add(at_ms)


def _count_outcome(of: Foretold, row: Row[Any], reading: Reading) -> None:
    if row.touched is None:
        return
    touched, side = Touched(row.touched), reading.side_called
    day = row.candle_open_ms // DAY_MS
    of.days_a_block = max(of.days_a_block, block_days(Timeframe(row.timeframe)))
    of.ended[day] += 1
    of.expected += reading.move
    if reading.usual is not None:
        of.usual, of.described = of.usual + reading.usual, of.described + 1
    of.moved[day] += label_of(touched) is not Direction.NO_TRADE
    right = side_right(side or Direction.NO_TRADE, touched)
    if right is not None:
        of.sided[day] += 1
        of.right[day] += right
