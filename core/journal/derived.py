"""What follows from a recorded signal and its model's own entry, as columns of a query: figures that a prediction shows.

They are those of core.journal.retold, made by the database, so that a file of all signals holds what the API tells of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, Integer, Select, and_, case, cast, func

from core.domain import Direction, Timeframe
from core.journal.tables import models, signals

_said, _model = signals.c, models.c

_STEP_MS: ColumnElement[int] = case(
    *((_said.timeframe == timeframe.value, timeframe.milliseconds) for timeframe in Timeframe)
)


def _given_a_move(probability: ColumnElement[float]) -> ColumnElement[float]:
    moves = _said.p_long + _said.p_short
    return cast(case((moves > 0, probability / func.nullif(moves, 0)), else_=0.5), Float(53))


_MINUTES = case(
    (_said.levels_side == Direction.LONG.value, _model.minutes_to_target_long), else_=_model.minutes_to_target_short
)

DERIVED: Mapping[str, ColumnElement[Any]] = {
    "confidence": case(
        ((_said.p_no_trade >= _said.p_long) & (_said.p_no_trade >= _said.p_short), _said.p_no_trade),
        (_said.p_long >= _said.p_short, _said.p_long),
        else_=_said.p_short,
    ),
    "usual_move_probability": 1 - _model.climatology_no_trade,
    "side_probability_long": _given_a_move(_said.p_long),
    "side_probability_short": _given_a_move(_said.p_short),
    "valid_until_ms": cast(_said.candle_open_ms + 2 * _STEP_MS, BigInteger),
    "horizon_ends_ms": cast(_said.candle_open_ms + (1 + _said.horizon_candles) * _STEP_MS, BigInteger),
    "tp_eta_minutes": cast(func.round(_MINUTES), Integer),
    "model_accuracy": _model.test_accuracy,
    "test_candles": _model.test_n,
    "majority_accuracy": _model.test_majority_accuracy,
}
"""By name, as core.wording.ledger_columns describes them; those of a model that was not described are None."""


def with_models(query: Select[Any]) -> Select[Any]:
    """``query``, which reads signals, with each one's model beside it where that was described."""
    same = and_(*(_model[name] == _said[name] for name in ("symbol", "timeframe", "model_version")))
    return query.outerjoin(models, same)
