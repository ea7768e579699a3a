"""What a ledger has of single models: from when to when they spoke, and the newest of what they said live."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, exists, select

from core.domain import Series
from core.journal.parity import COMPARED
from core.journal.replayed import Spoken
from core.journal.tables import outcomes, signals
from core.journal.vocabulary import Origin


def spoken_of(connection: Connection, series: Series, model_version: str) -> Spoken:
    """Where a model's live signals begin, its replayed ones end, and what became of them is not known any more."""
    live = _candles(series, model_version, Origin.LIVE).order_by(signals.c.candle_open_ms)
    replayed = _candles(series, model_version, Origin.REPLAYED)
    is_open = ~exists(select(outcomes.c.seq).where(outcomes.c.signal_seq == signals.c.seq))
    asked = (
        live,
        replayed.order_by(signals.c.candle_open_ms.desc()),
        replayed.where(is_open).order_by(signals.c.candle_open_ms),
    )
    return Spoken(*(connection.execute(each.limit(1)).scalar() for each in asked))


def live_after(connection: Connection, after: int, until: int, code: str) -> list[RowMapping]:
    """What was said live, by this ``code``, in the entries after ``after`` up to ``until``, in their order."""
    columns = (signals.c[name] for name in ("symbol", "timeframe", "model_version", "candle_open_ms", *COMPARED))
    wanted = select(*columns).where(signals.c.seq > after, signals.c.seq <= until)
    wanted = wanted.where(signals.c.origin == Origin.LIVE.value, signals.c.code == code)
    return list(connection.execute(wanted.order_by(signals.c.seq)).mappings())


def _candles(series: Series, model_version: str, origin: Origin) -> Select[Any]:
    return _of(select(signals.c.candle_open_ms), series, model_version, origin)


def _of(query: Select[Any], series: Series, model_version: str, origin: Origin) -> Select[Any]:
    return query.where(
        signals.c.symbol == series.symbol,
        signals.c.timeframe == series.timeframe.value,
        signals.c.model_version == model_version,
        signals.c.origin == origin.value,
    )
