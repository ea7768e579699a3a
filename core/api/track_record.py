"""/api/track-record: what became of the signals, origin by origin, with everything that it has to be judged by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from core.api.answers import answer, market_json
from core.api.ledger import OptionalTimeframeQuery, opened_ledger, symbols_of
from core.api.moments import moment_json
from core.api.reading import from_ledger
from core.api.record_answers import RecordAnswer, TrackRecordAnswer
from core.api.requests import Running, SymbolsQuery
from core.api.verified import verification_json
from core.application import Application
from core.domain import Timeframe
from core.errors import InvalidRequest
from core.journal.track_record import Scope, TrackRecord
from core.journal.vocabulary import Origin
from core.market.candles import unix_ms
from core.text import did_you_mean, shorten

if TYPE_CHECKING:
    from core.journal.recorder import Opened

router = APIRouter(tags=["ledger"])

BOTH = "both"
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)

RecordOriginQuery = Annotated[
    str,
    Query(
        description="`live`: signals as issued; `replayed`: worked out afterwards; `both`: two records, never one figure.",
        json_schema_extra={"enum": [*(origin.value for origin in Origin), BOTH]},
    ),
]
SinceQuery = Annotated[
    str | None,
    Query(
        description="Only signals on candles that opened on this UTC day or later: `2025-09-03`. Figures are added up by whole "
        "days, so a moment is taken only where a day begins. Who chooses a day by what came of it has no record."
    ),
]


# ---------------------------------------------------------------- the route


@router.get("/track-record", responses={200: {"model": TrackRecordAnswer}})
async def track_record(
    request: Request,
    application: Running,
    timeframe: OptionalTimeframeQuery = None,
    symbols: SymbolsQuery = None,
    origin: RecordOriginQuery = Origin.LIVE.value,
    since: SinceQuery = None,
) -> Response:
    """What became of the signals: how often what was promised came, and how sure that is. Worked out from the ledger."""
    asked = None if timeframe is None else Timeframe.parse(timeframe)
    origins, since_ms = _parse_origins(origin), _parse_since(since)
    ledger = opened_ledger(application)
    named, records = await from_ledger(partial(_records, application, ledger, symbols, asked, origins, since_ms))
    content = {
        "status": "success",
        "market": market_json(ledger.market),
        "ledger": ledger.name,
        "timeframe": None if asked is None else asked.value,
        "symbols": named or None,
        "since": None if since_ms is None else moment_json(since_ms),
        "records": records,
        "verification": verification_json(ledger.checked),
    }
    return answer(request, content)


def _records(
    application: Application,
    ledger: Opened,
    symbols: str | None,
    timeframe: Timeframe | None,
    origins: list[Origin],
    since_ms: int | None,
) -> tuple[list[str], list[Mapping[str, Any]]]:
    """The coins asked for, and a record of each origin."""
    named = symbols_of(application, ledger, symbols)
    scopes = [Scope(origin, timeframe, frozenset(named), since_ms) for origin in origins]
    records = [ledger.reader.records.record(scope) for scope in scopes]
    with ledger.reader.understood():
        return named, [record_json(record) for record in records]


def record_json(record: TrackRecord) -> dict[str, Any]:
    return RecordAnswer.model_validate(record).model_dump(mode="json")


def _parse_origins(text: str) -> list[Origin]:
    choices = [*(origin.value for origin in Origin), BOTH]
    asked = text.strip().lower()
    if asked not in choices:
        hint = did_you_mean(text[:40].lower(), choices)
        raise InvalidRequest(f"Unknown origin {shorten(text)!r}.{hint} Choose one of: {', '.join(choices)}.")
    return list(Origin) if asked == BOTH else [Origin(asked)]


def _parse_since(text: str | None) -> int | None:
    """The beginning of the UTC day that is named, Unix milliseconds."""
    if text is None:
        return None
    day = _day_of(text.strip())
    if day is None or not EARLIEST <= day <= LATEST:
        raise InvalidRequest(
            f"The parameter 'since' is {shorten(text)!r}; expected a whole UTC day from {EARLIEST} to {LATEST}, such as 2025-09-03."
        )
    return unix_ms(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _day_of(text: str) -> date | None:
    """The UTC day of a date in ISO 8601, or of the moment it begins at; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
        return moment.date() if moment.time() == time.min else None
    except (ValueError, OverflowError):
        return None
