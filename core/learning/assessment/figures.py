"""An assessment as JSON: every figure of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core.learning.assessment.assess import Assessment
from core.learning.assessment.comparison import Judgement
from core.learning.assessment.fold_comparison import Row
from core.learning.assessment.freshness import Freshness
from core.learning.assessment.results import TimeframeAssessment
from core.learning.datasets import Fold
from core.market.candles import moment_of
from core.model.evaluated import Unmeasured
from core.text import iso


def report_json(assessment: Assessment) -> dict[str, Any]:
    """Every figure, per coin too, ready for json.dumps; reliability bins of all coins together only."""
    order = assessment.order
    return {
        "date": iso(order.now),
        "quick": order.quick,
        "seed": order.seed,
        "market": order.candles.resolve().name,
        "spot_market": order.spot_candles.resolve().name if order.spot_candles else None,
        "minutes": round(assessment.minutes, 1),
        "timeframes": {each.timeframe.value: _timeframe_json(each) for each in assessment.timeframes},
        "failed": assessment.failed,
    }


def _timeframe_json(each: TimeframeAssessment) -> dict[str, Any]:
    return {
        "candles": {"from": iso(each.first), "to": iso(each.end)},
        "test": _period_json(each.fold),
        "notes": list(each.notes),
        "timing": asdict(each.timing),
        "side": asdict(each.side),
        "fresh": each.fresh.model_dump() if isinstance(each.fresh, Unmeasured) else _fresh_json(each.fresh),
        "models": [_row_json(row) for row in each.models],
        "ablations": [_row_json(row) for row in each.ablations],
        "walk_forward": [
            {
                "fold": result.fold.number,
                "test": _period_json(result.fold),
                "models": [_judgement_json(j) for j in result.judgements],
            }
            for result in each.folds
        ],
        "walk_forward_all": [_judgement_json(judgement) for judgement in each.all_folds],
    }


def _fresh_json(fresh: Freshness) -> dict[str, Any]:
    return {"periods": fresh.periods, "n": fresh.n, **_row_json(fresh.row)}


def _row_json(row: Row) -> dict[str, Any]:
    return _judgement_json(row.judgement) | {"gain": row.over and row.judgement.gain_over(row.over)}


def _judgement_json(judgement: Judgement) -> dict[str, Any]:
    pooled = judgement.skills() if judgement.pooled is None else dict(judgement.pooled)
    coins = {s: {k: v for k, v in coin.items() if k != "reliability"} for s, coin in judgement.coins.items()}
    return {"name": judgement.name, "calls": judgement.calls, "pooled": pooled, "coins": coins}


def _period_json(fold: Fold) -> dict[str, str]:
    return {
        "from": iso(moment_of(fold.test)),
        "to": iso(moment_of(fold.end)),
    }
