"""What is found against a signal, or stands in its way: facts with their numbers, which core.wording puts into sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain import Series, Timeframe
from core.measured import MeasuredAccuracy, MeasuredSkill, Proof
from core.text import command


class Verdict(StrEnum):
    """How far to believe the model behind a signal; ``trusted`` when nothing speaks against it."""

    TRUSTED = "trusted"
    WEAK_MODEL = "weak_model"
    NO_SKILL = "no_skill"
    OUT_OF_DISTRIBUTION = "out_of_distribution"
    STALE_MODEL = "stale_model"
    STALE_DATA = "stale_data"
    NO_ACCURACY = "no_accuracy"
    SEEN_IN_TRAINING = "seen_in_training"


class Severity(StrEnum):
    """How loudly a finding is shown: ``critical`` is red, ``warning`` amber, ``note`` plain, since it is no doubt."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class TrainModels:
    """The remedy of a missing or weak model: train those of ``symbols`` on one timeframe, ``anew`` where there are some."""

    symbols: tuple[str, ...]
    timeframe: Timeframe
    anew: bool

    @property
    def command(self) -> str:
        """What to type, with FOLDER for a folder of candles."""
        what = "--candles", "FOLDER", "--symbols", ",".join(self.symbols), "--timeframes", self.timeframe
        return command("train_models", *what, *(["--force"] if self.anew else []))


# ---------------------------------------------------------------- what can be found against a signal


@dataclass(frozen=True, slots=True)
class NeverTested:
    """The model was never tested on candles it had not seen."""


@dataclass(frozen=True, slots=True)
class WorseThanGuessing:
    """Wrong more reliably than chance allows, as where labels were mixed up between training and serving."""

    measured: MeasuredAccuracy


@dataclass(frozen=True, slots=True)
class UnderTheLine:
    """An accuracy under ``line``, the one below which a model without proven skill is called weak."""

    measured: MeasuredAccuracy
    line: float


@dataclass(frozen=True, slots=True)
class SkilledUnderTheLine:
    """An accuracy under ``line`` of a model whose ``skill`` is proven: no doubt, and never left unsaid."""

    measured: MeasuredAccuracy
    line: float
    skill: MeasuredSkill


@dataclass(frozen=True, slots=True)
class NotOverTheClock:
    """A timing skill that is proven over the class frequencies and not over coin and hour of the week, which is ``measured``."""

    measured: MeasuredSkill


@dataclass(frozen=True, slots=True)
class QuietPromiseBroken:
    """Of ``n`` test candles that ``promised`` a move less often than usual, another share had one: ``came_true``.

    ``low`` to ``high`` is its 95 % interval over blocks of days. Of ``looks`` such bins of probability it lies the
    farthest off, and outside an interval so much wider that only one in twenty faultless models has such a bin.
    """

    promised: float
    came_true: float
    low: float
    high: float
    n: int
    looks: int


@dataclass(frozen=True, slots=True)
class NotAboveBaseline:
    """No more often right than always calling the most frequent class."""

    measured: MeasuredAccuracy


@dataclass(frozen=True, slots=True)
class NoProvenSkill:
    """A skill whose interval reaches 0."""

    measured: MeasuredSkill


@dataclass(frozen=True, slots=True)
class WorseThanFrequencies:
    """A skill whose interval lies wholly below 0: to know only how often each class happens is better."""

    measured: MeasuredSkill


@dataclass(frozen=True, slots=True)
class OldModel:
    """A model trained more than ``max_days`` ago."""

    trained_at: datetime
    days: int
    max_days: int


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """Log loss (nats) as it came on ``n`` signals in so many ``days`` is above the one ``expected`` by the probabilities.

    By ``gap_at_least`` even at the low end of a confidence sequence so wide that among all models of a ledger it fails
    once with 5 % at most. ``replayed`` signals were worked out afterwards, the others issued live.
    """

    log_loss: float
    expected: float
    gap_at_least: float
    n: int
    days: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class UnfamiliarCandle:
    """The newest candle is farther from the training candles than ``ordinary_share`` of ordinary ones.

    ``distance`` and ``limit`` are Mahalanobis distances; ``feature`` is the one farthest off, by ``deviations``.
    """

    distance: float
    limit: float
    ordinary_share: float
    feature: str
    deviations: float


@dataclass(frozen=True, slots=True)
class LearnedCandles:
    """The candle is older than ``until``, the last one that the model has learned from: it is no test of the model."""

    until: datetime


@dataclass(frozen=True, slots=True)
class LateCandles:
    """So many candles are missing since the one that opened at ``since``; ``trouble`` is why, where that is known."""

    missing: int
    since: datetime
    trouble: MarketTrouble | None


@dataclass(frozen=True, slots=True)
class MissingCandles:
    """So many candles that are absent between others, the first of which would have opened at ``since``."""

    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Expired:
    """The signal held until ``valid_until``, and nothing newer has come to replace it."""

    valid_until: datetime


@dataclass(frozen=True, slots=True)
class MarketTrouble:
    """What a market, or a file of candles, answered instead of candles, in the words of the error that it raised.

    ``message`` may hold ``{path}``, which stands for ``path``. ``since`` is the moment, by the market's clock, since
    which it gives no other answer; None where that is not known or another answer came before.
    """

    message: str
    path: str | None = None
    since: datetime | None = None


ModelFacts = (
    NeverTested
    | WorseThanGuessing
    | UnderTheLine
    | SkilledUnderTheLine
    | NotOverTheClock
    | QuietPromiseBroken
    | NotAboveBaseline
    | NoProvenSkill
    | WorseThanFrequencies
)
"""What a model's test says, whichever of its signals is looked at."""

Circumstances = OldModel | BrokenPromise | UnfamiliarCandle | LearnedCandles | Expired | LateCandles | MarketTrouble
"""What is so of one signal and not of the next: its candle, its day, what was known by then."""

FindingFacts = ModelFacts | Circumstances


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know of a signal, with its numbers, and what helps. core.wording puts it into a sentence.

    ``verdict`` is the one that it leads to by itself: a note leaves a signal ``trusted``.
    """

    verdict: Verdict
    severity: Severity
    facts: FindingFacts
    remedy: TrainModels | None = None


def gravest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """In the order of their severity; those as grave as each other stay as they were."""
    return tuple(sorted(findings, key=lambda finding: _GRAVITY[finding.severity]))


_GRAVITY = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Trust:
    """All findings against a signal, gravest first, and what the model's test says of the two questions it answers.

    ``timing`` is of "is a barrier touched?", ``side`` of "which one?"; None where it was never tested. ``trusted`` means
    that nothing graver than a note was found. It never means that the side is known.
    """

    findings: tuple[Finding, ...] = ()
    timing: MeasuredSkill | None = None
    side: MeasuredSkill | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "findings", gravest_first(self.findings))

    @property
    def trusted(self) -> bool:
        return self.verdict is Verdict.TRUSTED

    @property
    def verdict(self) -> Verdict:
        return self.findings[0].verdict if self.findings else Verdict.TRUSTED

    @property
    def severity(self) -> Severity | None:
        return self.findings[0].severity if self.findings else None

    @property
    def timing_proof(self) -> Proof:
        return Proof.UNTESTED if self.timing is None else self.timing.proof

    @property
    def side_proof(self) -> Proof:
        return Proof.UNTESTED if self.side is None else self.side.proof


# ---------------------------------------------------------------- what a market must be shown with


@dataclass(frozen=True, slots=True)
class MadeUpPrices:
    """The market's prices come out of a random number generator."""


@dataclass(frozen=True, slots=True)
class OldPrices:
    """The market's prices are real and of other days: the first and the last one played back, ISO dates."""

    first_day: str
    last_day: str


MarketNotice = MadeUpPrices | OldPrices


# ---------------------------------------------------------------- why there may be no signal


class UnavailableKind(StrEnum):
    """Why a coin and timeframe have no prediction."""

    LOADING = "loading"
    NO_MODEL = "no_model"
    NO_CANDLES = "no_candles"


@dataclass(frozen=True, slots=True)
class NoModel:
    """There is none in ``folder``, where it would be; one ships from ``least_candles`` labelled training candles on."""

    series: Series
    folder: str
    least_candles: int


@dataclass(frozen=True, slots=True)
class IncompleteModel:
    """A model's folder without the file ``lacks``."""

    series: Series
    lacks: str


@dataclass(frozen=True, slots=True)
class UnusableFiles:
    """A model's files cannot be trusted; ``reason`` is what the error said."""

    reason: str


@dataclass(frozen=True, slots=True)
class ModelNotAnswering:
    """The disk or share with a model's files did not answer within ``seconds``; it is asked again."""

    series: Series
    seconds: float


@dataclass(frozen=True, slots=True)
class AwaitingMarket:
    """No market has answered yet: ``exchange`` is being asked, or ``trouble`` is what became of asking."""

    exchange: str | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class AwaitingCandles:
    """The first candles of ``market`` are on their way."""

    market: str


@dataclass(frozen=True, slots=True)
class NoClosedCandle:
    """The market has no closed candle of the series yet."""

    series: Series


@dataclass(frozen=True, slots=True)
class TooFewCandles:
    """A stretch without a gap of ``got`` candles where a prediction needs ``needed``; ``gap`` is what lies before it."""

    series: Series
    got: int
    needed: int
    gap: MissingCandles | None


ModelProblem = NoModel | IncompleteModel | UnusableFiles | ModelNotAnswering
CandleProblem = AwaitingMarket | AwaitingCandles | NoClosedCandle | TooFewCandles | MarketTrouble


@dataclass(frozen=True, slots=True)
class Unavailable:
    """No prediction, and why; ``remedy`` is what helps. core.wording puts it into a sentence."""

    kind: UnavailableKind
    facts: ModelProblem | CandleProblem
    remedy: TrainModels | None = None


# ---------------------------------------------------------------- what may be the matter with the ledger


class LedgerFault(StrEnum):
    """How an entry of the ledger shows that somebody wrote there who is not the ledger."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    UNLINKED = "unlinked"
    """It is whole in itself, and does not follow the entry before it."""
    CUT_OFF = "cut_off"
    """There once was such an entry; the ledger ends before it."""
    REWRITTEN = "rewritten"
    """There once was another entry of this number."""


@dataclass(frozen=True, slots=True)
class LedgerDamage:
    """The first wrong entry of the ledger, by its number."""

    seq: int
    fault: LedgerFault


@dataclass(frozen=True, slots=True)
class LedgerUnwritable:
    """The ledger cannot be written since ``since``, this machine's time; ``message`` is the last error's.

    ``message`` may hold ``{path}``, which stands for ``path``. So many entries are ``waiting``; so many more were
    ``lost``, and will be entered as missing.
    """

    message: str
    path: str | None
    since: datetime
    waiting: int
    lost: int


@dataclass(frozen=True, slots=True)
class LedgerUnreadable:
    """This process writes nothing, and cannot read what others have written since ``since``; otherwise as LedgerUnwritable."""

    message: str
    path: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class LedgerUnattended:
    """What is shown is not recorded since ``since``, this machine's time, by whoever should: so many entries are ``waiting``."""

    since: datetime
    waiting: int


LedgerTrouble = LedgerDamage | LedgerUnwritable | LedgerUnreadable | LedgerUnattended


class LedgerAccess(StrEnum):
    """Whether the ledger can be read."""

    OPENING = "opening"
    """Not yet: it is opened once the first signals are there."""
    OPEN = "open"
    UNAVAILABLE = "unavailable"
    """It could not be opened, which is tried again."""


@dataclass(frozen=True, slots=True)
class LedgerState:
    """How the ledger of ``market`` stands; None while no market is followed, or nothing of it was heard yet."""

    market: str | None = None
    waiting: int = 0
    troubles: tuple[LedgerTrouble, ...] = ()
    access: LedgerAccess = LedgerAccess.OPENING
