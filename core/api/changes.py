"""/api/changes: what the live signals of the ledger say anew, so that nobody has to compare two boards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from core.api.answers import MarketAnswer, answer, market_json
from core.api.ledger import (
    AfterQuery,
    OptionalTimeframeQuery,
    SignalLimitQuery,
    opened_ledger,
    refuse_beyond,
    symbols_of,
)
from core.api.reading import from_ledger
from core.api.requests import Running, SymbolsQuery
from core.api.verified import VerificationAnswer, verification_json
from core.application import Application
from core.domain import Direction, Timeframe
from core.errors import InvalidRequest
from core.journal.changes import Change, ChangeKind, ChangeListing, Statement, WantedChanges
from core.market.candles import moment_of
from core.measured import Proof
from core.signals.bands import Band, SideStrength
from core.text import did_you_mean, iso, shorten

if TYPE_CHECKING:
    from core.journal.recorder import Opened

router = APIRouter(tags=["ledger"])

KindQuery = Annotated[
    str | None,
    Query(
        description="Only where this changed; all without it.",
        json_schema_extra={"enum": [kind.value for kind in ChangeKind]},
    ),
]


class SaidAnswer(BaseModel):
    """What a live signal said."""

    seq: int = Field(description="The number of its entry.")
    candle_open_time: str
    band: Band = Field(description="Where P(move) lies beside the model's usual one.")
    move_probability: float
    usual_move_probability: float
    side: SideStrength = Field(description="How much may be said of the side; `unclear` where it is not proven.")
    side_direction: Direction | None = Field(description="Which side; null where it is unclear.")
    long_probability: float = Field(description="P(LONG) given a move.")
    timing_verdict: Proof = Field(description="Whether the model's timing is proven.")
    side_verdict: Proof = Field(description="Whether the model's side is proven.")
    verdict: str = Field(description="As in `trust` of the prediction.")
    model_version: str


class ChangeAnswer(BaseModel):
    """A signal that says something else than the one before it of the same coin and timeframe."""

    symbol: str
    timeframe: Timeframe
    issued_at: str
    changed: list[ChangeKind]
    before: SaidAnswer
    now: SaidAnswer


class ChangeListAnswer(BaseModel):
    status: Literal["success"]
    market: MarketAnswer | None
    count: int
    complete_after: int = Field(description="Of entries up to this one no change is known any more.")
    changes: list[ChangeAnswer]
    next_after: int = Field(description="Send it as `after` to go on; the same again until there is something new.")
    verification: VerificationAnswer


@router.get("/changes", responses={200: {"model": ChangeListAnswer}})
async def changes(
    request: Request,
    application: Running,
    after: AfterQuery = 0,
    timeframe: OptionalTimeframeQuery = None,
    symbols: SymbolsQuery = None,
    kind: KindQuery = None,
    limit: SignalLimitQuery = 100,
) -> Response:
    """Live signals whose band, side or verdict is another than before, in the order they were recorded, page by page."""
    asked = None if timeframe is None else Timeframe.parse(timeframe)
    kinds = parse_kind(kind)
    ledger = opened_ledger(application)
    listing = await from_ledger(partial(_listing, application, ledger, after, asked, symbols, kinds))
    found = listing.changes[:limit]
    content = {
        "status": "success",
        "market": market_json(ledger.market),
        "count": len(found),
        "complete_after": listing.forgotten,
        "changes": [_change_json(change) for change in found],
        "next_after": found[-1].seq if len(listing.changes) > limit else max(after, listing.seq),
        "verification": verification_json(ledger.checked),
    }
    return answer(request, content)


def parse_kind(text: str | None) -> tuple[ChangeKind, ...]:
    """The kind named, in any case of letters; none means all. InvalidRequest with the choices otherwise."""
    if text is None:
        return ()
    try:
        return (ChangeKind(text.strip().lower()),)
    except ValueError:
        hint = did_you_mean(text[:40].lower(), list(ChangeKind))
        raise InvalidRequest(
            f"Unknown kind of change {shorten(text)!r}.{hint} Choose one of: {', '.join(ChangeKind)}."
        ) from None


def _listing(
    application: Application,
    ledger: Opened,
    after: int,
    timeframe: Timeframe | None,
    symbols: str | None,
    kinds: tuple[ChangeKind, ...],
) -> ChangeListing:
    refuse_beyond(ledger, after)
    wanted = WantedChanges(after, timeframe, symbols_of(application, ledger, symbols), kinds)
    return ledger.reader.changes.wanted(wanted)


def _change_json(change: Change) -> dict[str, Any]:
    symbol, timeframe = change.now.series
    return {
        "symbol": symbol,
        "timeframe": timeframe.value,
        "issued_at": iso(moment_of(change.now.issued_at_ms)),
        "changed": [kind.value for kind in change.kinds],
        "before": _statement_json(change.before),
        "now": _statement_json(change.now),
    }


def _statement_json(statement: Statement) -> dict[str, Any]:
    return {
        "seq": statement.seq,
        "candle_open_time": iso(moment_of(statement.candle_open_ms)),
        "band": statement.band.value,
        "move_probability": statement.move,
        "usual_move_probability": statement.usual,
        "side": statement.side_strength.value,
        "side_direction": statement.side,
        "long_probability": statement.long,
        "timing_verdict": statement.timing_proof.value,
        "side_verdict": statement.side_proof.value,
        "verdict": statement.verdict,
        "model_version": statement.model_version,
    }
