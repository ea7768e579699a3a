"""/api/alerts: every alert in the order of the ledger's entries, so that a receiver can tell whether it has them all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from core.alerted import Agreement, Touch
from core.api.answers import MarketAnswer, answer
from core.api.ledger import MOST_SIGNALS, AfterQuery, opened_ledger, page_json, refuse_beyond
from core.api.moments import moment_json, moment_or_none
from core.api.reading import from_ledger
from core.api.requests import Running
from core.domain import Direction, Timeframe
from core.text import iso

if TYPE_CHECKING:
    from core.alerts.told import AlertRecord
    from core.journal.recorder import Opened

router = APIRouter(tags=["ledger"])

AlertLimitQuery = Annotated[
    int, Query(ge=1, le=MOST_SIGNALS, description="How many alerts; those of one entry of the ledger stay together.")
]


class AlertSaidAnswer(BaseModel):
    """What the signal said; a side only where the model's is proven."""

    move: float = Field(description="P(move).")
    usual: float | None = Field(description="The model's usual P(move).")
    side: Direction | None
    side_share: float | None = Field(description="The probability of the side, given a move.")
    verdict: str


class AgreementAnswer(BaseModel):
    """On which of a coin's timeframes the same is said."""

    counted: list[Timeframe] = Field(description="Those that have a signal without a critical doubt.")
    expected: list[Timeframe] = Field(description="Those on which a move is likely.")
    side: Direction | None = Field(description="The side that the rule asks for.")
    sided: list[Timeframe] = Field(description="Those on which a proven side is that one.")


class TouchAnswer(BaseModel):
    """The touch that the rule asks for, told once the signal's horizon has ended."""

    barrier: Literal["upper", "lower"]
    candles: int = Field(description="In which of the candles after the signal's.")
    horizon: int = Field(description="Of how many.")
    signal_seq: int
    signal_candle_close_time: str


class AlertAnswer(BaseModel):
    """An alert, and what became of it."""

    id: str = Field(description="Number of the rule and of the ledger's entry; messages name it, and it comes once.")
    rule_id: int
    rule: str
    rule_version: int = Field(description="Which version of the rule it is an alert of.")
    seq: int
    event: Literal["fired", "ended", "went_silent"]
    symbol: str
    timeframe: Timeframe
    candle_close_time: str
    said: AlertSaidAnswer | None = Field(description="Null where candles did not come, or `error` is `unreadable`.")
    agreement: AgreementAnswer | None = Field(description="Null where the rule asks for one signal.")
    touch: TouchAnswer | None = Field(description="Null where the rule asks for no touch.")
    status: str = Field(
        description="waiting, sending, delivered, given_up, unknown, silenced, late, shown, or covered: another rule tells "
        "the silence to the same place, and this one does, by its own id, where that one is stopped before."
    )
    attempts: int
    made_at: str
    next_try_at: str | None
    ended_at: str | None
    error: str | None = Field(description="A word for why it did not arrive, or `unreadable`: its row was changed.")
    touched: str | None = Field(description="What the price touched; null while that is open.")


class AlertListAnswer(BaseModel):
    status: Literal["success"]
    market: MarketAnswer | None
    count: int
    alerts: list[AlertAnswer]
    next_after: int = Field(description="Send it as `after` to go on; the same again until there is something new.")


@router.get("/alerts", responses={200: {"model": AlertListAnswer}})
async def alerts(
    request: Request, application: Running, after: AfterQuery = 0, limit: AlertLimitQuery = 100
) -> Response:
    """Alerts of entries after `after`, oldest first. Where a message was lost, its alert is here all the same."""
    ledger = opened_ledger(application)
    found, next_after = await from_ledger(partial(_page, ledger, after, limit))
    content = page_json(ledger, "alerts", found, next_after)
    return answer(request, content)


def _page(ledger: Opened, after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    from core.alerts.told import alerts_after  # noqa: PLC0415 - loads the database's packages, as opening a ledger did

    refuse_beyond(ledger, after)
    found, next_after = alerts_after(ledger.reader.database, after, limit)
    return [_alert_json(record) for record in found], next_after


def _alert_json(record: AlertRecord) -> dict[str, Any]:
    alert = record.alert
    return {
        "id": alert.name,
        "rule_id": alert.rule_id,
        "rule": record.rule,
        "rule_version": alert.rule_version,
        "seq": alert.seq,
        "event": alert.event,
        "symbol": alert.series.symbol,
        "timeframe": alert.series.timeframe,
        "candle_close_time": iso(alert.closed_at),
        "said": alert.signal,
        "agreement": alert.beside if isinstance(alert.beside, Agreement) else None,
        "touch": _touch_json(alert.beside) if isinstance(alert.beside, Touch) else None,
        "status": record.status,
        "attempts": record.attempts,
        "made_at": moment_json(record.made_at_ms),
        "next_try_at": moment_or_none(record.next_try_ms),
        "ended_at": moment_or_none(record.ended_at_ms),
        "error": record.error,
        "touched": record.touched,
    }


def _touch_json(touch: Touch) -> dict[str, Any]:
    return {
        "barrier": touch.barrier,
        "candles": touch.candles,
        "horizon": touch.horizon,
        "signal_seq": touch.signal_seq,
        "signal_candle_close_time": iso(touch.signal_at),
    }
