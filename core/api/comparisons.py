"""/api/comparisons: new models against those in use on candles that neither has learned from, and which were published."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from core.api.answers import MarketAnswer, answer
from core.api.ledger import AfterQuery, opened_ledger, page_json, refuse_beyond
from core.api.moments import moment_json
from core.api.reading import from_ledger
from core.api.requests import Running, WholeNumber
from core.api.verified import VerificationAnswer, verification_json
from core.domain import Timeframe
from core.journal.vocabulary import Decision

if TYPE_CHECKING:
    from core.journal.compared import StoredComparison
    from core.journal.recorder import Opened

router = APIRouter(tags=["ledger"])

LimitQuery = Annotated[WholeNumber, Query(ge=1, le=1000, description="How many comparisons at most.")]


class RivalsAnswer(BaseModel):
    """Of a coin the model in use and the new one, by their versions."""

    symbol: str
    champion: str | None = Field(
        description="Null where the coin had none, or an unusable one: its new one is published by its test alone."
    )
    challenger: str
    published: bool
    unusable: bool = Field(description="Whether the coin had a model whose files could not be used.")


class GainAnswer(BaseModel):
    """Mean skills of both on the same candles."""

    coins: int
    n: int = Field(description="Candles of all coins that neither had learned from, or was chosen by.")
    blocks: int = Field(description="Blocks of days that they lie on: the interval is drawn over these.")
    since: str
    champion_skill: float
    challenger_skill: float
    gain: float
    interval: tuple[float, float] = Field(description="95 %, of the gain; above 0 the challengers are published.")


class ComparisonAnswer(BaseModel):
    """What became of the models that were trained for a timeframe, whose coins are decided together."""

    seq: int = Field(description="The number of its entry.")
    recorded_at: str
    decided_at: str
    timeframe: Timeframe
    decision: Decision
    models: list[RivalsAnswer]
    comparison: GainAnswer | None = Field(description="Null where there was nothing to compare.")


class ComparisonListAnswer(BaseModel):
    status: Literal["success"]
    market: MarketAnswer | None
    count: int
    comparisons: list[ComparisonAnswer]
    next_after: int = Field(description="Send it as `after` to go on; the same again until there is something new.")
    verification: VerificationAnswer


@router.get("/comparisons", responses={200: {"model": ComparisonListAnswer}})
async def comparisons(
    request: Request, application: Running, after: AfterQuery = 0, limit: LimitQuery = 100
) -> Response:
    """What `scripts.retrain` decided, in the order it was recorded, page by page."""
    ledger = opened_ledger(application)
    found, next_after = await from_ledger(partial(_page, ledger, after, limit))
    content = page_json(ledger, "comparisons", found, next_after) | {"verification": verification_json(ledger.checked)}
    return answer(request, content)


def _page(ledger: Opened, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    refuse_beyond(ledger, after)
    found, next_after = ledger.reader.comparisons(after, limit)
    return [_comparison_json(ledger, each) for each in found], next_after


def _comparison_json(ledger: Opened, stored: StoredComparison) -> dict[str, Any]:
    """LedgerDamaged where somebody has changed it into one that cannot be told."""
    with ledger.reader.understood(stored.seq):
        return {
            "seq": stored.seq,
            "recorded_at": moment_json(stored.recorded_at_ms),
            "decided_at": moment_json(stored.entry.decided_at_ms),
            "timeframe": stored.entry.timeframe,
            "decision": stored.entry.decision,
            "models": [{"symbol": symbol, **rivals._asdict()} for symbol, rivals in stored.rivals.items()],
            "comparison": _gain_json(stored),
        }


def _gain_json(stored: StoredComparison) -> dict[str, Any] | None:
    entry = stored.entry
    if entry.since_ms is None:
        return None
    return {
        **{name: getattr(entry, name) for name in ("coins", "n", "blocks")},
        "since": moment_json(entry.since_ms),
        **{name: getattr(entry, name) for name in ("champion_skill", "challenger_skill", "gain")},
        "interval": [entry.gain_low, entry.gain_high],
    }
