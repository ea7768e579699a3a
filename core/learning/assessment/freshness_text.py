"""What freshness is worth as text, or why one timeframe cannot tell."""

from __future__ import annotations

from core.domain import Timeframe
from core.learning.assessment.comparison import QUESTIONS
from core.learning.assessment.fold_comparison import Row
from core.learning.assessment.freshness import Freshness
from core.learning.assessment.tables import NONE, table, with_interval
from core.model.evaluated import Unmeasured
from core.wording.unmeasured import WHY_UNMEASURED


def not_measured(timeframe: Timeframe, why: str) -> str:
    return f"Not measured at {timeframe}: {WHY_UNMEASURED[why]}."


def fresh_parts(timeframe: Timeframe, fresh: Freshness | Unmeasured) -> list[str]:
    """Paragraphs."""
    title = "**Until test / until the end.**"
    if isinstance(fresh, Unmeasured):
        return [f"{title} {not_measured(timeframe, fresh.reason)}"]
    return [
        f"{title} What fresher candles are worth: on each period but the first, the network that was trained until it begins "
        "beside the one trained until one period earlier, which is as old as a model that is published as it was tested "
        f"({fresh.n:,} candles of {fresh.periods} periods, all coins together):",
        _table(fresh.row),
    ]


def _table(row: Row) -> str:
    """Skills of judgements of several periods, which have no pooled figures."""
    rows = []
    for judgement, over in ((row.judgement, row.over), (row.over, None)):
        assert judgement is not None
        found = judgement.skills()
        gain = judgement.gain_over(over) if over else None
        questions = (with_interval(found[each], found[f"{each}_interval"]) for each in QUESTIONS)
        rows.append([judgement.name, *questions, with_interval(gain["skill"], gain["interval"]) if gain else NONE])
    return table(("network", "skill", "timing", "direction", "gain"), rows)
