"""/api/signals and /api/ledger: what was said, in the order it was recorded, and the end of the chain that proves it."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from core.api.answers import MarketAnswer, PredictionAnswer, answer, market_json
from core.api.errors import ApiError
from core.api.reading import from_ledger
from core.api.recorded import moment_text, signal_json
from core.api.replay import ParityAnswer, parity_json
from core.api.requests import Running, SymbolsQuery, parse_symbols
from core.application import Application
from core.domain import Timeframe
from core.errors import InvalidRequest, UnknownSymbol
from core.findings import LedgerFault, LedgerState
from core.journal.vocabulary import Origin
from core.market.candles import unix_ms
from core.signals.outcomes import Touched
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
    int,
    Query(
        ge=0, le=LARGEST_SEQ, description="Only what was entered after this number: `next_after` of the answer before."
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
SignalLimitQuery = Annotated[int, Query(ge=1, le=MOST_SIGNALS, description="How many signals at most.")]
SeqPath = Annotated[int, Path(ge=1, le=LARGEST_SEQ, description="The number of its entry in the ledger.")]


class TakeProfitTimes(BaseModel):
    tp1: str | None
    tp2: str | None
    tp3: str | None


class OutcomeAnswer(BaseModel):
    """What became of a signal by the close of the last candle of its horizon, entered once all of them were there.

    Times are the closes of the candles in which it was. Where the market corrects a candle afterwards, another outcome
    is entered that names the one before, and the newest counts.
    """

    seq: int = Field(description="The number of its own entry.")
    corrects: int | None = Field(description="The number of the outcome in whose place it stands.")
    touched: Touched = Field(
        description="Which barrier came first; `both`: one candle reached both; `none`: neither until `horizon_ends`."
    )
    came: bool = Field(description="Whether a barrier was touched.")
    side_right: bool | None = Field(
        description="Whether the called side's came first; `both` counts against the call. "
        "Null where no side was called, or nothing was touched."
    )
    touched_at: str | None
    stop_at: str | None = Field(description="When the stop was reached; null for NO_TRADE, which has none.")
    take_profits: TakeProfitTimes = Field(
        description="When each was reached, before the stop: in the candle of the stop, or after it, none counts."
    )
    highest_atr: float | None = Field(description="The horizon's highest high above the signal's close, in ATR.")
    lowest_atr: float | None = Field(description="Its lowest low, negative below the close.")
    r: float | None = Field(
        description="Result of the called side in units of the distance to the stop: left at tp1, at the stop, or at the "
        "close of the last candle, less `fee_percent` of what is bought and of what is sold. It was never traded: no "
        "slippage, no funding."
    )
    fee_percent: float
    resolved_at: str = Field(description="When that was found, by the market's clock.")


class SignalAnswer(PredictionAnswer):
    """A prediction as it was shown when it was issued, `trust` and `expired` as of then.

    A `replayed` one was never shown: its `trust` is the verdict of the model's test alone, without reasons.
    """

    usual_move_probability: float | None = Field(  # type: ignore[assignment]  # of predictions there always is one
        description="How often one was touched in training; null where a replayed signal's model was never described."
    )

    seq: int = Field(description="The number of its entry: the order in which signals were recorded.")
    origin: Origin
    recorded_at: str = Field(description="When it was entered, by the clock of the machine that did.")
    delay_seconds: float = Field(description="How long after its candle's close it was issued, by the market's clock.")
    code: str = Field(description="Fingerprint of the programs that made it.")
    outcome: OutcomeAnswer | None = Field(
        description="What became of it; null while its horizon is not over, or candles of it are missing."
    )


class SignalListAnswer(BaseModel):
    status: Literal["success"]
    market: MarketAnswer | None
    count: int
    signals: list[SignalAnswer]
    next_after: int = Field(description="Send it as `after` to go on; the same again until there is something new.")


class OneSignalAnswer(SignalAnswer):
    status: Literal["success"]
    market: MarketAnswer | None


class CountsAnswer(BaseModel):
    live: int
    replayed: int
    missing: int = Field(description="Candles on which a signal was expected and none was issued live.")
    outcomes: int = Field(description="Signals, live and replayed, whose outcome is known.")
    open: int = Field(description="Those whose outcome is not known yet.")
    overdue: int = Field(
        description="Those of `open` whose horizon is over: candles are missing in it, or were not held any more."
    )
    corrections: int = Field(description="Outcomes entered in the place of others.")
    models: int = Field(description="Models that were described before their first signal.")


class DamageAnswer(BaseModel):
    seq: int = Field(description="The first wrong entry.")
    fault: LedgerFault


class LedgerHeadAnswer(BaseModel):
    """The last entry of the chain. Whoever keeps `seq` and `hash` can prove later that nothing up to it was changed."""

    status: Literal["success"]
    market: MarketAnswer | None
    ledger: str = Field(examples=["simulated-seed1"])
    seq: int = Field(description="Number of the last entry; 0 while there is none.")
    hash: str = Field(description="SHA-256 over it and all entries before it, hexadecimal.")
    recorded_at: str
    counts: CountsAnswer
    verified_at: str | None = Field(description="When the whole chain was last recomputed; null before the first time.")
    verified_seq: int | None = Field(description="Up to which entry everything was found as it was written.")
    damage: DamageAnswer | None = Field(description="What the last verification found wrong.")
    parity: ParityAnswer | None = Field(description="Null until live signals were compared with their replay.")


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
    read = partial(_page, application, ledger, after, symbols, asked, called, limit)
    found, next_after = await from_ledger(read)
    content = {
        "status": "success",
        "market": market_json(ledger.market),
        "count": len(found),
        "signals": [signal_json(each) for each in found],
        "next_after": next_after,
    }
    return answer(request, content)


@router.get("/signals/{seq}", responses={200: {"model": OneSignalAnswer}})
async def signal(request: Request, application: Running, seq: SeqPath) -> Response:
    """One signal by the number of its entry; 404 `unknown_signal` where that is none, or is not a signal's."""
    ledger = opened_ledger(application)
    found = await from_ledger(partial(ledger.reader.signal, seq))
    if found is None:
        raise ApiError(HTTPStatus.NOT_FOUND, "unknown_signal", f"Entry {seq} of the ledger {ledger.name} is no signal.")
    return answer(request, {"status": "success", "market": market_json(ledger.market), **signal_json(found)})


@router.get("/ledger/head", responses={200: {"model": LedgerHeadAnswer}})
async def head(request: Request, application: Running) -> Response:
    """The end of the chain, what it holds, and when it was last verified."""
    ledger = opened_ledger(application)
    last, counts, overdue = await from_ledger(partial(_head, ledger, unix_ms(application.feed.now())))
    checked = ledger.checked
    damage = None if checked is None else checked.damage
    content = {
        "status": "success",
        "market": market_json(ledger.market),
        "ledger": ledger.name,
        "seq": last.seq,
        "hash": last.hash.hex(),
        "recorded_at": moment_text(last.recorded_at_ms),
        "counts": {
            "live": counts.live,
            "replayed": counts.replayed,
            "missing": counts.missing,
            "outcomes": counts.outcomes,
            "open": counts.open,
            "overdue": overdue,
            "corrections": counts.corrections,
            "models": counts.models,
        },
        "verified_at": None if checked is None else moment_text(checked.at_ms),
        "verified_seq": None if checked is None or checked.head is None else checked.head.seq,
        "damage": None if damage is None else {"seq": damage.seq, "fault": damage.fault.value},
        "parity": parity_json(application.replayer.parity),
    }
    return answer(request, content)


def _head(ledger: Opened, now_ms: int) -> tuple[Head, Counts, int]:
    last, counts = ledger.reader.head_and_counts()
    return last, counts, ledger.reader.overdue(now_ms)


def ledger_json(state: LedgerState) -> dict[str, Any]:
    """How the ledger stands, for health checks."""
    troubles = [ledger_text(trouble) for trouble in state.troubles]
    return {"name": state.market, "waiting": state.waiting, "troubles": troubles}


def opened_ledger(application: Application) -> Opened:
    """The ledger that can be read; 503 with the reason while there is none."""
    opened = application.recorder.opened()
    if opened is not None:
        return opened
    troubles = [ledger_text(trouble) for trouble in application.recorder.state().troubles]
    raise ApiError(
        HTTPStatus.SERVICE_UNAVAILABLE, "ledger_unavailable", " ".join(troubles) or "The ledger is being opened."
    )


def _page(
    application: Application,
    ledger: Opened,
    after: int,
    symbols: str | None,
    timeframe: Timeframe | None,
    origin: Origin | None,
    limit: int,
) -> tuple[list[StoredSignal], int]:
    from core.journal.reading import Wanted  # noqa: PLC0415 - loads the database's packages, as opening a ledger did

    wanted = Wanted(after, symbols_of(application, ledger, symbols), timeframe, origin)
    return ledger.reader.signals(wanted, limit)


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
