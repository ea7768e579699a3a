"""What follows from a recorded signal and its model's own entry, as columns of a query: figures that a prediction shows.

They are those of core.journal.retold, made by the database, so that a file of all signals holds what the API tells of one;
but for the sentences of a verdict, which are made of what was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, Float, Integer, Select, and_, case, cast, func

from core.domain import Direction, Timeframe
from core.journal.lateness import late
from core.journal.noted import reasons_of
from core.journal.shown import decompressed
from core.journal.tables import circumstances, models, shown, signals, standing

_signal, _model = signals.c, models.c

_STEP_MS: ColumnElement[int] = case(
    *((_signal.timeframe == timeframe.value, timeframe.milliseconds) for timeframe in Timeframe)
)


def _given_a_move(probability: ColumnElement[float]) -> ColumnElement[float]:
    moves = _signal.p_long + _signal.p_short
    return cast(case((moves > 0, probability / func.nullif(moves, 0)), else_=0.5), Float(53))


_MINUTES = case(
    (_signal.levels_side == Direction.LONG.value, _model.minutes_to_target_long), else_=_model.minutes_to_target_short
)

DERIVED: Mapping[str, ColumnElement[Any]] = {
    "confidence": case(
        ((_signal.p_no_trade >= _signal.p_long) & (_signal.p_no_trade >= _signal.p_short), _signal.p_no_trade),
        (_signal.p_long >= _signal.p_short, _signal.p_long),
        else_=_signal.p_short,
    ),
    "usual_move_probability": 1 - _model.climatology_no_trade,
    "side_probability_long": _given_a_move(_signal.p_long),
    "side_probability_short": _given_a_move(_signal.p_short),
    "valid_until_ms": cast(_signal.candle_open_ms + 2 * _STEP_MS, BigInteger),
    "horizon_ends_ms": cast(_signal.candle_open_ms + (1 + _signal.horizon_candles) * _STEP_MS, BigInteger),
    "tp_eta_minutes": cast(func.round(_MINUTES), Integer),
    "model_accuracy": _model.test_accuracy,
    "test_candles": _model.test_n,
    "majority_accuracy": _model.test_majority_accuracy,
    "timing_skill": _model.test_timing_skill,
    "timing_skill_low": _model.test_timing_skill_low,
    "timing_skill_high": _model.test_timing_skill_high,
    "timing_n": _model.test_n,
    "side_skill": _model.test_side_skill,
    "side_skill_low": _model.test_side_skill_low,
    "side_skill_high": _model.test_side_skill_high,
    "side_n": standing.c.test_moves,
    "late": late(),
}
"""By name, as core.wording.ledger_columns describes them; those of a model that was not described are None."""


REASONS = (shown.c.shown, circumstances.c.circumstances, standing.c.standing)
"""Of these the sentences of a verdict are made."""


def reasons_text(packed: bytes | None, circumstances: str | None, standing: str | None) -> str | None:
    """The sentences of a signal's verdict in a row: as shown or, of a replayed one, as it would have been.

    None where neither is recorded.
    """
    if packed is not None:
        return " ".join(orjson.loads(decompressed(packed))["trust"]["reasons"])
    return None if standing is None else " ".join(reasons_of(standing, circumstances))


def with_models(query: Select[Any]) -> Select[Any]:
    """``query``, which reads signals, with what was shown and found of each, and its model where that was described."""
    same = and_(*(_model[name] == _signal[name] for name in ("symbol", "timeframe", "model_version")))
    query = query.outerjoin(shown, shown.c.seq == _signal.seq).outerjoin(
        circumstances, circumstances.c.seq == _signal.seq
    )
    return query.outerjoin(models, same).outerjoin(standing, standing.c.seq == _model.seq)
