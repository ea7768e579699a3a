"""What a rule would have told of the signals that a ledger holds, and how those ended: live and replayed apart.

Every signal is looked at as it would have been then, by the same steps. Candles without a signal are passed over, so
that a rule is as if it had stood still meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, select

from core.alerts.observing import Reading, seen_in_signal
from core.alerts.rules import Rule
from core.alerts.states import Event, Standing, step
from core.domain import Direction, Series, Timeframe
from core.journal.database import Database
from core.journal.judged import counting_outcome
from core.journal.tables import models, outcomes, signals
from core.journal.vocabulary import Origin
from core.measured import Proof
from core.model.scores import DAY_MS
from core.signals.outcomes import Touched, came, side_right

DAYS = 30
ROWS_TOGETHER = 2_000


@dataclass(slots=True)
class Foretold:
    """Of one origin: how many ``signals`` were looked at, how many would have ``fired``, in how many messages.

    Of the fired, ``ended`` have an outcome: in ``moved`` a barrier was touched, in ``expected`` of them by what P(move)
    said and in ``usual`` by the models' usual P(move), of ``described`` of them whose model was described. A side was
    called in ``sided`` of those that moved, and ``right`` of these.
    """

    signals: int = 0
    fired: int = 0
    closes: set[tuple[Timeframe, int]] = field(default_factory=set)
    ended: int = 0
    moved: int = 0
    expected: float = 0.0
    usual: float = 0.0
    described: int = 0
    sided: int = 0
    right: int = 0

    @property
    def messages(self) -> int:
        """One for each candle close, before any limit of an hour."""
        return len(self.closes)


def foretold(database: Database, rule: Rule, now_ms: int) -> dict[Origin, Foretold]:
    """What the rule would have told in the last DAYS before ``now_ms``, the market's time."""
    found = {origin: Foretold() for origin in Origin}
    standings: dict[tuple[str, Series], tuple[Standing | None, int]] = {}
    for row in _rows(database, _asked(rule, now_ms - DAYS * DAY_MS)):
        series = Series(row.symbol, Timeframe(row.timeframe))
        before, newest_ms = standings.get((row.origin, series), (None, -1))
        if row.candle_open_ms <= newest_ms:
            continue
        reading, of = _reading(row), found[Origin(row.origin)]
        made = step(before, seen_in_signal(rule.condition, reading), rule.candles)
        standings[row.origin, series] = made.standing, row.candle_open_ms
        of.signals += 1
        if made.event is Event.FIRED:
            _count(of, row, series, reading)
    return found


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


_SAID = (
    "seq",
    "origin",
    "symbol",
    "timeframe",
    "candle_open_ms",
    "direction",
    "p_long",
    "p_short",
    "p_no_trade",
    "p_move",
)

_SIGNALS: Select[Any] = (
    select(
        *(signals.c[name] for name in (*_SAID, "timing", "side", "verdict")),
        models.c.climatology_no_trade,
        outcomes.c.touched,
    )
    .select_from(signals)
    .outerjoin(outcomes, counting_outcome())
    .outerjoin(
        models,
        (models.c.symbol == signals.c.symbol)
        & (models.c.timeframe == signals.c.timeframe)
        & (models.c.model_version == signals.c.model_version),
    )
)


def _reading(row: Row[Any]) -> Reading:
    moving = row.p_long + row.p_short
    return Reading(
        row.p_move,
        None if row.climatology_no_trade is None else 1 - row.climatology_no_trade,
        row.p_long / moving if moving > 0 else 0.5,
        max(row.p_long, row.p_short, row.p_no_trade),
        Proof(row.timing),
        Proof(row.side),
        row.verdict,
    )


def _count(of: Foretold, row: Row[Any], series: Series, reading: Reading) -> None:
    of.fired += 1
    of.closes.add((series.timeframe, row.candle_open_ms))
    if row.touched is None:
        return
    touched, side = Touched(row.touched), reading.side_called
    of.ended += 1
    of.expected += reading.move
    if reading.usual is not None:
        of.usual, of.described = of.usual + reading.usual, of.described + 1
    of.moved += came(touched)
    right = side_right(side or Direction.NO_TRADE, touched)
    if right is not None:
        of.sided, of.right = of.sided + 1, of.right + right
