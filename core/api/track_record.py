"""/api/track-record: what became of the signals, origin by origin, with everything that it has to be judged by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response

from core.api.answers import MarketAnswer, answer, market_json
from core.api.ledger import OptionalTimeframeQuery, opened_ledger, symbols_of
from core.api.reading import from_ledger
from core.api.requests import Running, SymbolsQuery
from core.application import Application
from core.domain import Direction, Timeframe
from core.errors import InvalidRequest
from core.journal.track_record import ENOUGH, Dimension, Question, Scope, TrackRecord
from core.journal.vocabulary import Origin
from core.market.candles import moment_of, unix_ms
from core.text import did_you_mean, iso, shorten

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
        description="Only signals on candles that opened on this UTC day or later: `2025-09-03`; a moment means its day. "
        "Who chooses a day by what came of it has no record."
    ),
]


# ---------------------------------------------------------------- the shapes of the answer


def _rounded(figure: float) -> float:
    return round(figure, 6)


def _moment(unix_ms: int) -> str:
    return iso(moment_of(unix_ms))


Figure = Annotated[float, AfterValidator(_rounded)]
Moment = Annotated[str, BeforeValidator(_moment)]


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True, populate_by_name=True)


class ShareAnswer(_Answer):
    """`hits` of `n` came, where `promised` was the mean probability given for it.

    `low` to `high` is a 95 % interval (Wilson) of as many independent signals as these are worth, `worth`.
    """

    n: int
    hits: int
    share: Figure
    promised: Figure | None
    worth: Figure
    low: Figure
    high: Figure


class RecordSkillAnswer(_Answer):
    """1 - log loss / that of the class frequencies that each model was given by its training.

    `low` to `high` holds the truth with 95 % at all times together, however often one looks; null before that can be said.
    """

    skill: Figure
    low: Figure | None
    high: Figure | None
    n: int


class MoveCallsAnswer(_Answer):
    """How often a barrier was touched, by whether P(move) was clearly above the model's usual one, about it, or below."""

    likely: ShareAnswer | None
    usual: ShareAnswer | None
    quiet: ShareAnswer | None


class SideCallsAnswer(_Answer):
    """Of the LONG and SHORT signals after which one barrier came first: how often it was that of the side called."""

    right: ShareAnswer
    majority: Direction = Field(description="The side that came more often in this very sample.")
    majority_share: Figure = Field(description="How often always calling that is right.")


class AccuracyAnswer(_Answer):
    right: ShareAnswer
    majority: Direction = Field(description="What happened most often in this very sample.")
    majority_accuracy: Figure = Field(description="How often always calling that is right.")
    tested: Figure | None = Field(description="What the models' tests promised; null where none was tested.")


class TimeToTargetAnswer(_Answer):
    within: ShareAnswer = Field(
        description="Of signals that reached their target: those within the promised median time."
    )
    promised_minutes: Figure
    mean_minutes: Figure


class ResultAnswer(_Answer):
    """Mean result in R after fees of LONG and SHORT signals, as if each had been traded. None of them was."""

    mean_r: Figure
    low: Figure | None
    high: Figure | None
    n: int


class SliceAnswer(_Answer):
    """Figures of some signals; null where none of them can say."""

    name: str = Field(examples=["15m", "BTCUSDT", "likely", "2025-09"])
    signals: int
    resolved: int
    open: int
    enough: bool = Field(description=f"Whether {ENOUGH} or more are resolved; of fewer no figure says anything.")
    moves: MoveCallsAnswer
    sides: SideCallsAnswer | None
    accuracy: AccuracyAnswer | None
    skill: RecordSkillAnswer | None
    timing_skill: RecordSkillAnswer | None
    side_skill: RecordSkillAnswer | None
    brier: Figure | None
    calibration_error: Figure | None = Field(description="Of P(move), over 15 bins; large by chance where n is small.")
    time_to_target: TimeToTargetAnswer | None
    result: ResultAnswer | None


class CalibrationBinAnswer(_Answer):
    lower: Figure
    upper: Figure
    came: ShareAnswer


class CalibrationAnswer(_Answer):
    n: int
    error: Figure
    bins: list[CalibrationBinAnswer]


class SequencePointAnswer(_Answer):
    until: Moment = Field(validation_alias="until_ms")
    mean: Figure
    low: Figure
    high: Figure


class SkillSequenceAnswer(_Answer):
    """How much less log loss (nats a signal) than the class frequencies have; null ends before enough blocks are over."""

    timeframe: Timeframe
    question: Question
    n: int
    blocks: int
    days_a_block: int
    mean: Figure
    low: Figure | None
    high: Figure | None
    proven: bool
    worse: bool
    more_days: int | None = Field(
        description="Until the interval leaves 0 if the mean stays; null where it is not above 0."
    )
    path: list[SequencePointAnswer]


class RelianceAnswer(_Answer):
    """Log loss beside the one that the probabilities expect of themselves; `alarm` is the verdict `stale_model`."""

    log_loss: Figure
    expected: Figure
    gap: Figure
    low: Figure | None
    n: int
    blocks: int
    alarm: bool


class TimeframeRelianceAnswer(_Answer):
    timeframe: Timeframe
    reliance: RelianceAnswer


class TestedAnswer(_Answer):
    n: int
    opened_from: Moment = Field(validation_alias="from_ms")
    opened_until: Moment = Field(validation_alias="until_ms")
    accuracy: Figure
    majority_accuracy: Figure
    log_loss: Figure
    skill: Figure
    skill_low: Figure
    skill_high: Figure
    timing_skill: Figure | None
    side_skill: Figure | None


class FallAnswer(_Answer):
    """By how many standard errors of the difference a record is below its test; negative where it is above."""

    test: Figure
    record: Figure
    deviations: Figure


class ModelRecordAnswer(_Answer):
    symbol: str = Field(validation_alias=AliasPath("series", 0))
    timeframe: Timeframe = Field(validation_alias=AliasPath("series", 1))
    model_version: str
    figures: SliceAnswer
    reliance: RelianceAnswer | None
    test: TestedAnswer | None
    accuracy_fall: FallAnswer | None
    skill_fall: FallAnswer | None


class RecordedCallAnswer(_Answer):
    seq: int = Field(description="Ask /api/signals/{seq} for all that was said.")
    symbol: str = Field(validation_alias=AliasPath("series", 0))
    timeframe: Timeframe = Field(validation_alias=AliasPath("series", 1))
    model_version: str
    candle_open_time: Moment = Field(validation_alias="candle_open_ms")
    direction: Direction
    probabilities: dict[Direction, Figure]
    happened: Direction
    loss: Figure = Field(description="-ln of the probability given to what happened.")
    r: Figure | None


class RecordAnswer(_Answer):
    """The record of one origin's signals, as of entry `seq` of the ledger."""

    origin: Origin = Field(validation_alias=AliasPath("scope", "origin"))
    seq: int
    enough: bool = Field(description=f"false: fewer than {ENOUGH} outcomes, and nothing can be said yet.")
    unjudged: int = Field(description="Signals in no figure: their model's class frequencies are not in the ledger.")
    whole: SliceAnswer
    slices: dict[Dimension, list[SliceAnswer]]
    calibration: dict[Question, CalibrationAnswer]
    sequences: list[SkillSequenceAnswer]
    reliance: list[TimeframeRelianceAnswer]
    models: list[ModelRecordAnswer] = Field(description="The one that fell farthest below its test first.")
    misses: list[RecordedCallAnswer]
    hits: list[RecordedCallAnswer]


class TrackRecordAnswer(BaseModel):
    """What became of the signals. Live and replayed ones have a record each; no figure mixes them."""

    status: Literal["success"]
    market: MarketAnswer | None
    ledger: str
    timeframe: Timeframe | None
    symbols: list[str] | None
    since: str | None
    records: list[RecordAnswer]


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
        "since": None if since_ms is None else _moment(since_ms),
        "records": records,
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
    return named, [record_json(ledger.reader.records.record(scope)) for scope in scopes]


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
            f"The parameter 'since' is {shorten(text)!r}; expected a day from {EARLIEST} to {LATEST}, such as 2025-09-03."
        )
    return unix_ms(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _day_of(text: str) -> date | None:
    """The UTC day of a date or moment in ISO 8601; None where it is neither."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None
