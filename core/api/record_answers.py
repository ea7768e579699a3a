"""The shapes of /api/track-record: every figure with its n, its interval and what to judge it by."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field

from core.api.answers import MarketAnswer
from core.api.moments import moment_json
from core.api.verified import VerificationAnswer
from core.domain import Direction, Timeframe
from core.journal.slices import ENOUGH, LEAST_BLOCKS, Question
from core.journal.track_record import Dimension
from core.journal.vocabulary import Origin


def _rounded(figure: float) -> float:
    return round(figure, 6)


Figure = Annotated[float, AfterValidator(_rounded)]


Moment = Annotated[str, BeforeValidator(moment_json)]


class _Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True, populate_by_name=True)


class _Counted(_Answer):
    """A figure over `n` signals, with whether these are enough for it to say anything."""

    n: int
    enough: bool = Field(
        description=f"false: `n` is under {ENOUGH}, or worth fewer than {LEAST_BLOCKS} independent signals (`worth`, or as many "
        "as there are `blocks` of whole days), and the figure is arithmetic, no finding: pages show it as “not enough yet”."
    )


class ShareAnswer(_Counted):
    """`hits` of `n` came, where `promised` was the mean probability given for it.

    `low` to `high` is a 95 % interval (Wilson) of as many independent signals as these are worth, `worth`: blocks of whole
    days tell, and while there are fewer than 5 each is worth one, and the interval is 0 to 1. `usual`, of moves alone, is how
    often one comes anyway, as the models' training had it for these very signals.
    """

    hits: int
    share: Figure
    promised: Figure | None
    worth: Figure
    low: Figure
    high: Figure
    usual: Figure | None = None


class RecordSkillAnswer(_Counted):
    """1 - log loss / that of the class frequencies that each model was given by its training.

    `low` to `high` holds the truth with 95 % at all times together, however often one looks; null before that can be said.
    """

    skill: Figure
    low: Figure | None
    high: Figure | None
    blocks: int = Field(description="Of whole days, as even ones would weigh; so for every figure that has them.")


class MoveCallsAnswer(_Answer):
    """How often one barrier came first, by whether P(move) was clearly above the model's usual one, about it, or below."""

    likely: ShareAnswer | None
    usual: ShareAnswer | None
    quiet: ShareAnswer | None


class SideCallsAnswer(_Answer):
    """Of the LONG and SHORT signals after which a barrier was touched: how often that of the side called came first.

    Where one candle touched both neither side was right, so it counts against the call.
    """

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


class ResultAnswer(_Counted):
    """Mean result in R after fees of LONG and SHORT signals, as if each had been traded. None of them was."""

    mean_r: Figure
    low: Figure | None
    high: Figure | None
    blocks: int


class SliceAnswer(_Answer):
    """Figures of some signals; null where none of them can say."""

    name: str = Field(examples=["15m", "BTCUSDT", "likely", "2025-09"])
    signals: int
    resolved: int
    open: int
    enough: bool = Field(
        description=f"Whether {ENOUGH} or more are resolved, and worth {LEAST_BLOCKS} `independent` ones; of fewer no figure says "
        "anything."
    )
    independent: Figure = Field(description="As many independent signals as the resolved ones are worth.")
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


class CalibrationAnswer(_Counted):
    blocks: int
    error: Figure
    bins: list[CalibrationBinAnswer]


class SequencePointAnswer(_Answer):
    until: Moment = Field(validation_alias="until_ms")
    mean: Figure
    low: Figure
    high: Figure
    over: bool = Field(
        description="false: the block goes on; this is what is known of it at its newest candle, `until`."
    )


class SkillSequenceAnswer(_Counted):
    """How much less log loss (nats a signal) than the class frequencies have; null ends before enough blocks are over."""

    timeframe: Timeframe
    question: Question
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


class RelianceAnswer(_Counted):
    """Log loss beside the one that the probabilities expect of themselves; `alarm` is the verdict `stale_model`."""

    log_loss: Figure
    expected: Figure
    gap: Figure
    low: Figure | None
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
    """By how many standard errors of the difference a record is below its test; negative where it is above.

    Over the signals of `figures`, whose `enough` is that of a fall, too.
    """

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
    tie: bool = Field(description="One candle touched both barriers: NO_TRADE happened, and a called side was wrong.")
    loss: Figure = Field(description="-ln of the probability given to what happened.")
    r: Figure | None


class RecordAnswer(_Answer):
    """The record of one origin's signals, as of entry `seq` of the ledger.

    Every figure carries its `n` and whether that is `enough`: a share of 3 of 4 is in here, and says nothing.
    """

    origin: Origin = Field(validation_alias=AliasPath("scope", "origin"))
    seq: int
    enough: bool = Field(
        description=f"false: fewer than {ENOUGH} outcomes, or worth fewer than {LEAST_BLOCKS} independent ones, and nothing can be "
        "said yet."
    )
    unjudged: int = Field(description="Signals in no figure: their model's class frequencies are not in the ledger.")
    late: int = Field(
        description="Live signals of this selection in no figure: they were issued when more than a quarter of a candle had "
        "gone by since theirs closed, after a start or an outage, and the entry they name could not be had any more."
    )
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
    verification: VerificationAnswer
