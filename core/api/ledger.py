"""/api/signals and /api/ledger: what was said, in the order it was recorded, and the end of the chain that proves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from core.api.answers import answer, market_json
from core.api.errors import ApiError
from core.api.ledger_answers import LedgerHeadAnswer, OneSignalAnswer, SignalListAnswer
from core.api.moments import moment_json
from core.api.reading import from_ledger
from core.api.recorded import signal_json
from core.api.replay import parity_json
from core.api.requests import Running, SymbolsQuery, WholeNumber, parse_symbols
from core.api.verified import damage_json, damage_of, verification_json
from core.application import Application
from core.domain import Timeframe
from core.errors import InvalidRequest, UnknownSymbol
from core.findings import LedgerState
from core.journal.track_record import Scope
from core.journal.vocabulary import Origin
from core.market.candles import unix_ms
from core.text import did_you_mean, shorten
from core.wording.sentences import ledger_text

if TYPE_CHECKING:
    from core.journal.reading import Counts
    from core.journal.recorder import Opened
    from core.journal.store import Head
    from core.journal.stored import StoredSignal

router = APIRouter(tags=["ledger"])

MOST_SIGNALS = 1000
LARGEST_SEQ = 2**63 - 1

AfterQuery = Annotated[
    WholeNumber,
    Query(
        ge=0,
        le=LARGEST_SEQ,
        description="Only what was entered after this number: `next_after` of the answer before. One that the ledger has "
        "not reached is another ledger's: 400 `bad_cursor`.",
    ),
]
OptionalTimeframeQuery = Annotated[
    str | None,
    Query(
        description="Only this timeframe; all without it.", json_schema_extra={"enum": [tf.value for tf in Timeframe]}
    ),
]
OriginQuery = Annotated[
    str | None,
    Query(
        description="`live`: issued as its candle closed; `replayed`: worked out afterwards; both without it.",
        json_schema_extra={"enum": [origin.value for origin in Origin]},
    ),
]
SignalLimitQuery = Annotated[WholeNumber, Query(ge=1, le=MOST_SIGNALS, description="How many signals at most.")]
SeqPath = Annotated[WholeNumber, Path(ge=1, le=LARGEST_SEQ, description="The number of its entry in the ledger.")]


@router.get("/signals", responses={200: {"model": SignalListAnswer}})
async def signals(
    request: Request,
    application: Running,
    after: AfterQuery = 0,
    symbols: SymbolsQuery = None,
    timeframe: OptionalTimeframeQuery = None,
    origin: OriginQuery = None,
    limit: SignalLimitQuery = 100,
) -> Response:
    """Signals of the ledger in the order they were recorded, page by page; an empty page is the end so far."""
    asked = None if timeframe is None else Timeframe.parse(timeframe)
    called = _parse_origin(origin)
    ledger = opened_ledger(application)
    found, next_after = await from_ledger(partial(_page, application, ledger, after, symbols, asked, called, limit))
    content = page_json(ledger, "signals", found, next_after) | {"verification": verification_json(ledger.checked)}
    return answer(request, content)


@router.get("/signals/{seq}", responses={200: {"model": OneSignalAnswer}})
async def signal(request: Request, application: Running, seq: SeqPath) -> Response:
    """One signal by the number of its entry; 404 `unknown_signal` where that is none, or is not a signal's."""
    ledger = opened_ledger(application)
    found = await from_ledger(partial(_one, ledger, seq))
    if found is None:
        raise ApiError(HTTPStatus.NOT_FOUND, "unknown_signal", f"Entry {seq} of the ledger {ledger.name} is no signal.")
    content = {"market": market_json(ledger.market), **found, "verification": verification_json(ledger.checked)}
    return answer(request, {"status": "success", **content})


@router.get("/ledger/head", responses={200: {"model": LedgerHeadAnswer}})
async def head(request: Request, application: Running) -> Response:
    """The end of the chain, what it holds, and when it was last verified."""
    ledger = opened_ledger(application)
    set_back = ledger.market.kind != "exchange"
    last, recorded_at, counts, overdue, ahead = await from_ledger(
        partial(_head, ledger, application.feed.now, set_back)
    )
    checked = ledger.checked
    content = {
        "status": "success",
        "market": market_json(ledger.market),
        "ledger": ledger.name,
        "seq": last.seq,
        "hash": last.hash.hex(),
        "recorded_at": recorded_at,
        "counts": {
            "live": counts.live,
            "replayed": counts.replayed,
            "missing": counts.missing,
            "outcomes": counts.outcomes,
            "open": counts.open,
            "overdue": overdue,
            "ahead": ahead,
            "corrections": counts.corrections,
            "models": counts.models,
            "comparisons": counts.comparisons,
        },
        "verified_at": None if checked is None else moment_json(checked.at_ms),
        "verified_whole_at": None if checked is None else moment_json(checked.whole_at_ms),
        "verified_whole_seq": None if checked is None else checked.whole_seq,
        "verified_seq": None if checked is None or checked.head is None else checked.head.seq,
        "damage": damage_json(damage_of(checked)),
        "parity": parity_json(application.replayer.parity, damaged=damage_of(checked) is not None),
    }
    return answer(request, content)


def _head(ledger: Opened, now: Callable[[], datetime], set_back: bool) -> tuple[Head, str, Counts, int, int]:
    """``set_back`` says that the market's clock may have been; it is read after the ledger, whose entries are older then."""
    last, counts = ledger.reader.head_and_counts()
    records = ledger.reader.records
    with records.one_reading():
        now_ms = unix_ms(now())
        ahead = sum(records.ahead(Scope(origin), now_ms) for origin in Origin) if set_back else 0
    with ledger.reader.understood(last.seq):
        return last, moment_json(last.recorded_at_ms), counts, ledger.reader.overdue(now_ms), ahead


def refuse_beyond(ledger: Opened, after: int) -> None:
    """ApiError 400 where ``after`` is no number that this ledger ever gave; reads the ledger."""
    head = ledger.reader.head().seq
    if after > head:
        raise bad_cursor(ledger.name, after, head)


def bad_cursor(name: str, after: int, head: int) -> ApiError:
    """Whoever went on from there would hear nothing until another ledger's numbers had come as far."""
    return ApiError(
        HTTPStatus.BAD_REQUEST,
        "bad_cursor",
        f"'after' is {after}, but the last entry of the ledger {name} is {head}: that number is another ledger's. "
        f"Send after={head} for what comes from now on, or after=0 for everything.",
        ledger=name,
        head=head,
    )


def ledger_json(state: LedgerState) -> dict[str, Any]:
    """How the ledger stands, for health checks."""
    troubles = [ledger_text(trouble) for trouble in state.troubles]
    return {"name": state.market, "state": state.access.value, "waiting": state.waiting, "troubles": troubles}


def opened_ledger(application: Application) -> Opened:
    """The ledger that can be read; 503 with the reason while there is none."""
    opened = application.recorder.opened()
    if opened is not None:
        return opened
    troubles = [ledger_text(trouble) for trouble in application.recorder.state().troubles]
    raise ApiError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "ledger_unavailable",
        f"The ledger cannot be read now. {' '.join(troubles)}" if troubles else "The ledger is being opened.",
    )


def _page(
    application: Application,
    ledger: Opened,
    after: int,
    symbols: str | None,
    timeframe: Timeframe | None,
    origin: Origin | None,
    limit: int,
) -> tuple[list[dict[str, Any]], int]:
    from core.journal.reading import Wanted  # noqa: PLC0415 - loads the database's packages, as opening a ledger did

    refuse_beyond(ledger, after)
    wanted = Wanted(after, symbols_of(application, ledger, symbols), timeframe, origin)
    found, next_after = ledger.reader.signals(wanted, limit)
    return [_signal_json(ledger, each) for each in found], next_after


def page_json(ledger: Opened, name: str, found: list[dict[str, Any]], next_after: int) -> dict[str, Any]:
    """A page of what was ``found`` in the ledger under its ``name``, and after which entry to go on."""
    return {
        "status": "success",
        "market": market_json(ledger.market),
        "count": len(found),
        name: found,
        "next_after": next_after,
    }


def _one(ledger: Opened, seq: int) -> dict[str, Any] | None:
    found = ledger.reader.signal(seq)
    return None if found is None else _signal_json(ledger, found)


def symbols_of(application: Application, ledger: Opened, text: str | None) -> list[str]:
    """The coins asked for, those of the board and those that only the ledger still knows; none means all."""
    if text is None:
        return []
    known = application.board.snapshot().symbols()
    try:
        return parse_symbols(text, known)
    except UnknownSymbol:
        return parse_symbols(text, tuple(dict.fromkeys([*known, *ledger.reader.symbols()])))


def _parse_origin(text: str | None) -> Origin | None:
    if text is None:
        return None
    try:
        return Origin(text.strip().lower())
    except ValueError:
        hint = did_you_mean(text[:40].lower(), list(Origin))
        raise InvalidRequest(f"Unknown origin {shorten(text)!r}.{hint} Choose one of: {', '.join(Origin)}.") from None


def _signal_json(ledger: Opened, stored: StoredSignal) -> dict[str, Any]:
    """LedgerDamaged where somebody has changed it into one that cannot be told."""
    with ledger.reader.understood(stored.seq):
        return signal_json(stored)
