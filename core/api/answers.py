"""The shapes of the API's answers: what /api/docs shows, and how an answer goes over the wire.

The models document; answers are written by orjson straight from the board, and a test holds both together.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Literal, NamedTuple, TypeVar

import orjson
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from core.api.errors import ApiError
from core.api.json_bytes import json_bytes
from core.api.replay import ReplayAnswer
from core.domain import Direction, ModelKind, Timeframe
from core.findings import LedgerAccess, Severity, UnavailableKind, Verdict
from core.market.market import MarketIdentity, MarketKind
from core.measured import Proof
from core.model.evaluated import WalkForward
from core.model.metrics import ModelMetrics
from core.roles import Role, Standing
from core.text import shorten
from core.wording.sentences import notice_text

log = logging.getLogger(__name__)


T = TypeVar("T")


def answer(request: Request, content: dict[str, Any]) -> Response:
    """``content`` as JSON, or 304 where the client's copy (If-None-Match) is still right."""
    try:
        body = json_bytes(content)
    except TypeError as error:
        log.error("%s cannot be answered", shorten(request.url.path, 200), exc_info=error)
        raise ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "unreadable", "What is known of this cannot be sent.") from None
    tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    if is_known(tag, request.headers.get("If-None-Match", "")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether a client says that it has what ``tag`` names."""
    return tag in (part.strip() for part in if_none_match.split(","))


class Entries(NamedTuple):
    """A list within an answer, and the same as JSON, so that nothing goes through the writer twice."""

    made: list[dict[str, Any]]
    json: orjson.Fragment


def entries(things: Iterable[T], make: Callable[[T], dict[str, Any]]) -> Entries:
    """``make`` of each; one that cannot be made or sent is one less, which the log tells, and harms no other."""
    made = [entry for thing in things if (entry := _entry_or_none(thing, make)) is not None]
    try:
        return Entries(made, orjson.Fragment(json_bytes(made)))
    except TypeError:
        sendable = [entry for entry in made if _can_be_sent(entry)]
        return Entries(sendable, orjson.Fragment(json_bytes(sendable)))


def _entry_or_none(thing: T, make: Callable[[T], dict[str, Any]]) -> dict[str, Any] | None:
    try:
        return make(thing)
    except Exception:
        log.exception("%s cannot be shown and is left out", shorten(thing, 200))
        return None


def _can_be_sent(entry: dict[str, Any]) -> bool:
    try:
        json_bytes(entry)
    except TypeError as error:
        log.error("%s %s cannot be sent and is left out: %s", entry.get("symbol"), entry.get("timeframe"), error)
        return False
    return True


def market_json(market: MarketIdentity | None) -> dict[str, Any] | None:
    """Which market an answer shows; None while the exchange is still being asked."""
    if market is None:
        return None
    notice = None if market.notice is None else notice_text(market.notice)
    return {"kind": market.kind, "name": market.name, "notice": notice}


class MarketAnswer(BaseModel):
    kind: MarketKind
    name: str = Field(examples=["simulated"])
    notice: str | None = Field(description="What users must be told; null only for a live exchange.")


class ErrorAnswer(BaseModel):
    status: Literal["error"]
    error: str = Field(description="The kind of failure, for programs.", examples=["unknown_symbol"])
    message: str = Field(
        description="The same as a sentence.", examples=["Unknown symbol 'BTCUSD'. Did you mean 'BTCUSDT'?"]
    )


class LedgerStateAnswer(BaseModel):
    """How what is shown is being recorded."""

    name: str | None = Field(description="The ledger of the market that is followed; null before there is one.")
    state: LedgerAccess = Field(
        description="`opening`: it is opened once the first signals are there, and what asks for it gets 503 until then; "
        "`open`: it can be read; `unavailable`: neither, and `troubles` say why."
    )
    waiting: int = Field(description="Entries that are not written yet.")
    troubles: list[str] = Field(description="What is the matter with it; empty where all is well.")


class PartAnswer(BaseModel):
    """Which part of Candor the process is that answers."""

    name: Role = Field(description="As CANDOR_ROLE has it.")
    standing: Standing = Field(
        description="`recording`: beside others that do the same; `leading`: the one feeder that records; `standby`: a "
        "process that waits until nobody else leads; `reading`: a face."
    )
    epoch: int | None = Field(description="Counts who has led, one after another; null unless `standing` is `leading`.")


class NotReadyAnswer(ErrorAnswer):
    reasons: list[str]
    role: PartAnswer
    ledger: LedgerStateAnswer
    replay: ReplayAnswer


class Probabilities(BaseModel):
    LONG: float
    SHORT: float
    NO_TRADE: float


class TakeProfits(BaseModel):
    tp1: float
    tp2: float
    tp3: float


class Sides(BaseModel):
    LONG: float
    SHORT: float


class Barriers(BaseModel):
    upper: float
    lower: float


class SkillAnswer(BaseModel):
    """Skill over the class frequencies on test candles: 0 is no better than they, 1 is perfect."""

    verdict: Proof = Field(
        description="`proven`: the interval lies above 0; `worse`: below; `unproven`: it reaches 0; `untested`: there is none."
    )
    skill: float | None
    interval: tuple[float, float] | None = Field(description="95 %.")
    n: int | None = Field(description="On how many test candles it was measured.")


class TrustAnswer(BaseModel):
    verdict: Verdict = Field(
        description="`trusted`: nothing graver than a note was found, which never means that the side is known."
    )
    severity: Severity | None = Field(description="Of the gravest reason; a `note` is no doubt.")
    reasons: list[str]
    timing: SkillAnswer = Field(description="Does the model know when, that is, whether a barrier is touched?")
    side: SkillAnswer = Field(description="Does it know which way, that is, which one is touched?")


class PredictionAnswer(BaseModel):
    """One model's call on one closed candle. Prices in USDT; times ISO 8601 in UTC."""

    symbol: str = Field(examples=["BTCUSDT"])
    timeframe: Timeframe
    direction: Direction
    confidence: float = Field(description="The largest of the three calibrated probabilities.")
    probabilities: Probabilities
    model_accuracy: float | None = Field(description="On a test period nothing was chosen on; null if never tested.")
    test_candles: int | None = Field(description="How many candles `model_accuracy` was measured on.")
    majority_accuracy: float | None = Field(description="What always calling their most frequent class gets right.")
    entry: float
    stop_loss: float
    take_profits: TakeProfits
    tp_eta_minutes: int | None = Field(description="Median time to tp1 among the training labels that reached it.")
    prediction_time: str
    valid_until: str = Field(description="Close of the next candle, when a new prediction replaces this one.")
    expired: bool = Field(
        description="Whether `valid_until` is over by the market's clock, and no newer prediction has come."
    )
    levels_side: Direction = Field(description="Side of the levels; for NO_TRADE the likelier of LONG and SHORT.")
    trust: TrustAnswer
    model_version: str
    model_kind: ModelKind = Field(
        description="`cnn_lstm`: the network alone; `ensemble`: together with gradient-boosted trees."
    )
    candle_open_time: str
    move_probability: float = Field(description="That one of the barriers is touched until `horizon_ends`.")
    usual_move_probability: float = Field(description="How often one was touched in training: what to compare it with.")
    side_probability: Sides = Field(description="Which barrier is touched, given that one is.")
    barriers: Barriers = Field(description="The two prices that decide: tp1 and the stop of either side.")
    horizon_ends: str


class UnavailableAnswer(BaseModel):
    symbol: str
    timeframe: Timeframe
    code: UnavailableKind
    reason: str


class PredictionListAnswer(BaseModel):
    status: Literal["success"]
    market: MarketAnswer | None
    count: int
    timeframe: Timeframe
    predictions: list[PredictionAnswer]
    unavailable: list[UnavailableAnswer] = Field(description="Coins that were asked for and have no prediction now.")


class OnePredictionAnswer(PredictionAnswer):
    status: Literal["success"]
    market: MarketAnswer | None


class MoveConfluenceAnswer(BaseModel):
    score: float = Field(ge=-1, le=1, description="By how much P(move) is above the usual.")
    agreement: float = Field(ge=0, le=1, description="Weight of the `likelier` timeframes among all.")
    likelier: list[Timeframe] = Field(description="Where a move is likelier than usual at all.")
    expected: list[Timeframe] = Field(description="Where it is so much likelier that it is expected.")
    counted: list[Timeframe]
    proven: list[Timeframe] = Field(description="Where the model's timing is proven.")
    proven_score: float = Field(ge=-1, le=1, description="The score of the proven timeframes alone.")
    sentence: str


class SideConfluenceAnswer(BaseModel):
    score: float = Field(ge=-1, le=1, description="P(LONG) - P(SHORT), given that a barrier is touched.")
    direction: Direction = Field(description="The side they lean to; it is no call.")
    agreement: float = Field(ge=0, le=1, description="Weight of the `sided` timeframes among all.")
    sided: list[Timeframe]
    counted: list[Timeframe]
    proven: list[Timeframe] = Field(description="Where the model's side is proven.")
    sentence: str


class ConfluenceAnswer(BaseModel):
    score: float = Field(ge=-1, le=1, description="-1 is all SHORT, 1 is all LONG, on every timeframe.")
    direction: Direction = Field(description="By calls: the side on which timeframes call one; see `apart_from_side`.")
    agreement: float = Field(ge=0, le=1, description="Weight of the timeframes that call the side, among all.")
    counted: list[Timeframe]
    ignored: list[Timeframe] = Field(description="Timeframes whose model is weak.")
    veto: str | None
    apart_from_side: bool = Field(
        description="Whether `direction`, which counts calls (a side that is the likeliest of three classes), and "
        "`side.direction`, which counts P(LONG, given a move) of every timeframe, contradict each other."
    )
    sentence: str
    move: MoveConfluenceAnswer = Field(description="When, apart from which way.")
    side: SideConfluenceAnswer = Field(description="Which way, apart from when.")


class SummaryAnswer(BaseModel):
    status: Literal["success"]
    market: MarketAnswer | None
    symbol: str
    predictions_by_timeframe: dict[Timeframe, PredictionAnswer | None]
    confluence: ConfluenceAnswer
    unavailable: list[UnavailableAnswer]


class ModelEntryAnswer(BaseModel):
    symbol: str
    timeframe: Timeframe
    state: Literal["available", "missing", "unusable"]
    reason: str | None = Field(description="Why there is no usable model.")
    model_version: str | None
    model_kind: ModelKind | None = Field(
        description="`cnn_lstm`: the network alone; `ensemble`: together with gradient-boosted trees."
    )
    trained_at: str | None
    tested: str | None = Field(
        description="Which model the figures below are of: this one as it is, or as it was before it was trained on. "
        "Days are those of the first and the last labelled candle; null where it was never tested."
    )
    accuracy: float | None
    accuracy_interval: tuple[float, float] | None = Field(
        description="95 %, after Wilson, as if candles were independent: their labels overlap, so the truth is wider."
    )
    test_candles: int | None
    majority_accuracy: float | None
    accuracy_band: Literal["weak", "fair", "good", "excellent"] | None = Field(
        description="What the accuracy alone is called; whether a model under 40 % is weak, its `skill` decides."
    )
    skill: SkillAnswer | None = Field(description="Of all three probabilities; null where there is no usable model.")
    timing: SkillAnswer | None = Field(description="Of when: whether a barrier is touched.")
    timing_over_clock: SkillAnswer | None = Field(
        description="Of when, over a table of coin and hour of the week instead of the class frequencies."
    )
    side: SkillAnswer | None = Field(description="Of which way: which barrier is touched, given that one is.")
    findings: list[str] = Field(description="What the model's own test says of it, gravest first.")


class ModelListAnswer(BaseModel):
    status: Literal["success"]
    market: MarketAnswer | None
    count: int = Field(description="Usable models.")
    models: list[ModelEntryAnswer]


class WhyNoWalkForward(BaseModel):
    reason: Literal["one_period", "failed", "not_evaluated", "unusable_evaluation"] = Field(
        description="`one_period`: the timeframe's candles make one test period only; `failed`: a model it takes could not "
        "be trained; `not_evaluated`: nobody measured it; `unusable_evaluation`: what was measured cannot be read."
    )


class OneModelAnswer(ModelEntryAnswer):
    status: Literal["success"]
    market: MarketAnswer | None
    walk_forward: WalkForward | WhyNoWalkForward = Field(
        description="What the timeframe's recipe, trained anew before each of several periods in a row, did on them, "
        "all coins together; or the `reason` why nobody can say."
    )
    metrics: ModelMetrics | None


class LiveAnswer(BaseModel):
    status: Literal["alive"]


class ReadyAnswer(BaseModel):
    status: Literal["ready"]
    market: MarketAnswer | None
    predictions: int
    role: PartAnswer
    ledger: LedgerStateAnswer
    replay: ReplayAnswer
