"""What the field's words mean: the one place for definitions, in the order in which somebody who reads a signal meets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from core.wording.language import phrase, say
from core.wording.style import TYPESET


class Term(StrEnum):
    """A word that is defined; its value is its name in the glossary's address."""

    MOVE = "move"
    USUAL = "usual"
    THIS_HOUR = "this-hour"
    BAND = "band"
    SIDE = "side"
    BARRIER = "barrier"
    ATR = "atr"
    HORIZON = "horizon"
    CALL = "call"
    CONFIDENCE = "confidence"
    LEVELS = "levels"
    R = "r"
    CONFLUENCE = "confluence"
    ACCURACY = "accuracy"
    N = "n"
    BASELINE = "baseline"
    BASE_RATE = "base-rate"
    LOG_LOSS = "log-loss"
    SKILL = "skill"
    TIMING = "timing"
    SIDE_SKILL = "side-skill"
    PROVEN = "proven"
    INTERVAL = "interval"
    WILSON = "wilson"
    CALIBRATION = "calibration"
    ECE = "ece"
    BRIER = "brier"
    TRUST = "trust"
    WEAK = "weak"
    KIND = "kind"
    AGE = "age"
    LEDGER = "ledger"
    LIVE = "live"
    OUTCOME = "outcome"
    OPEN = "open"
    BOTH_TOUCHED = "both-touched"
    LATE = "late"
    PROMISE = "promise"
    KEPT = "kept"
    INDEPENDENT = "independent"
    BLOCK = "block"
    SEQUENCE = "confidence-sequence"
    FALL = "fall"
    ALARM = "alarm"
    NAT = "nat"
    CHAIN = "chain"
    REPEATED = "repeated"
    PRICES = "prices"


@dataclass(frozen=True, slots=True)
class Definition:
    """How a term is written, and what it means, in Markdown."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """What definitions quote: barriers in ATR, horizon in candles, days, outcomes and bins as counts, all others as fractions."""

    barrier_atr: float
    horizon: int
    likely: float
    clear_side: float
    weak_accuracy: float
    good_accuracy: float
    excellent_accuracy: float
    bins: int
    hour_days: int
    wide: float
    enough: int
    least_independent: int
    longest_block: int


Glossary = Mapping[str, Mapping[Term, Definition]]
"""Groups of terms by their title."""


_SIGNAL = {
    Term.MOVE: Definition(
        phrase("P(move)"),
        phrase(
            "The probability that the price touches either of two barriers within {horizon} candles: P(LONG) + "
            "P(SHORT). It says *when*, not *which way*.",
        ),
    ),
    Term.USUAL: Definition(
        phrase("Usual"),
        phrase(
            "How often either barrier was touched in the model's training, at whatever hour. A P(move) means "
            "something only beside it."
        ),
    ),
    Term.THIS_HOUR: Definition(
        phrase("At this hour"),
        phrase(
            "How often either barrier was touched, over the last {hour_days} days, after candles that closed in "
            "the same hour of the day, live and replayed together, averaged with what is usual. Markets keep "
            "hours: a *move likely* that is not as far above this, too, is grey.",
        ),
    ),
    Term.BAND: Definition(
        phrase("Band"),
        phrase(
            "*Move likely* from {likely} above usual on, *quiet* from as many below, *usual* between. What is usual over "
            "all hours counts here. The order of the signals, “above usual”, is by band; within one it compares with this "
            "hour, where that is known.",
        ),
    ),
    Term.SIDE: Definition(
        phrase("Side"),
        phrase(
            "Which barrier is touched first, given that one is: P(LONG | move). Where the model's side is "
            "proven, it “leans” or is “even”, and is a filled LONG or SHORT from {clear_side} on; otherwise it is “unclear”.",
        ),
    ),
    Term.BARRIER: Definition(
        phrase("Barrier, bracket"),
        phrase(
            "Two prices, {k} × ATR above and below a candle's close. Both together are the bracket; touching one "
            "ends the wait.",
        ),
    ),
    Term.ATR: Definition(
        "ATR",
        phrase(
            "Average true range: how far the price usually goes in one candle, from high to low and over gaps, "
            "averaged over 14 candles (Wilder)."
        ),
    ),
    Term.HORIZON: Definition(
        phrase("Horizon"),
        phrase("The {horizon} candles in which a barrier has to be touched for a move to have come."),
    ),
    Term.CALL: Definition(
        phrase("Call, direction"),
        phrase(
            "The largest of the three probabilities: LONG (the upper barrier first), SHORT (the lower one first) "
            "or NO\u00a0TRADE (neither, or both in one candle). With three about equally frequent cases it is rarely "
            "far above a third."
        ),
    ),
    Term.CONFIDENCE: Definition(phrase("Confidence"), phrase("The largest of the three probabilities.")),
    Term.LEVELS: Definition(
        phrase("Entry, stop, take profits"),
        phrase(
            "Entry is the close. For LONG the stop is the lower barrier and take profit 1 the upper one, 2 and 3 "
            "at two and three times the distance; SHORT mirrors it."
        ),
    ),
    Term.R: Definition(
        "R",
        phrase(
            "What a trade risks: the way from entry to stop. +1 R is what the stop would have cost, won; fees "
            "are taken off. Nothing was ever traded."
        ),
    ),
    Term.CONFLUENCE: Definition(
        phrase("Confluence, above usual"),
        phrase(
            "What a coin's timeframes say together: by how many points P(move) is above what is usual over "
            "all hours, longer ones weighing more, of those with proven timing alone where there are any. A *veto* is a long "
            "timeframe's call against the shorter ones."
        ),
    ),
}

_TEST = {
    Term.ACCURACY: Definition(
        phrase("Accuracy"),
        phrase(
            "How often the call was what happened, on candles after all the model learned from. It never stands "
            "without its number of candles, its interval and its baseline. *Fair* from {weak_accuracy}, *good* from "
            "{good_accuracy}, *excellent* from {excellent_accuracy}; *≤ baseline* where it is not better than that."
        ),
    ),
    Term.N: Definition("n", phrase("On how many candles or signals a figure was measured.")),
    Term.BASELINE: Definition(
        phrase("Baseline, majority"),
        phrase("What always calling the test's commonest class would have scored. Accuracy begins there."),
    ),
    Term.BASE_RATE: Definition(
        phrase("Base rate, class frequencies"),
        phrase(
            "How often each of the three cases happened in training: what somebody knows who looks at no candle at all."
        ),
    ),
    Term.LOG_LOSS: Definition(
        phrase("Log loss"),
        phrase(
            "Surprise: minus the logarithm of the probability that had been given to what happened, on average. "
            "Less is better; it cannot be bettered by saying anything but what one believes."
        ),
    ),
    Term.SKILL: Definition(
        phrase("Skill"),
        phrase(
            "How much of the log loss goes away against the base rates: 1 − log loss / log loss of the base "
            "rates. 0 is no better than they are, 1 is perfect, below 0 is worse."
        ),
    ),
    Term.TIMING: Definition(
        phrase("Timing skill"), phrase("Skill in telling whether a barrier is touched at all: *when*.")
    ),
    Term.SIDE_SKILL: Definition(
        phrase("Side skill"),
        phrase("Skill in telling which barrier is touched first, of the candles after which one was: *which way*."),
    ),
    Term.PROVEN: Definition(
        phrase("Proven, not proven, worse"),
        phrase("Where the 95\u00a0% interval of a skill lies: wholly above 0, across it, or wholly below."),
    ),
    Term.INTERVAL: Definition(
        phrase("Interval"),
        phrase(
            "Where the truth lies in 95 of 100 such tests. Neighbouring candles share their future, so intervals "
            "of skill come from whole blocks of days, drawn anew (bootstrap)."
        ),
    ),
    Term.WILSON: Definition(
        phrase("Wilson interval"),
        phrase("The interval of a share, such as an accuracy; it stays within 0 and 1 and holds for few cases, too."),
    ),
    Term.CALIBRATION: Definition(
        phrase("Calibration"),
        phrase("Whether 60\u00a0% means 60\u00a0%: of all that was given about that probability, that share came."),
    ),
    Term.ECE: Definition(
        phrase("ECE, calibration error"),
        phrase(
            "Expected calibration error: how far promises are off from what came, averaged over {bins} bins by "
            "how many are in each. Chance alone gives even a perfect model some.",
        ),
    ),
    Term.BRIER: Definition(
        phrase("Brier score"),
        phrase(
            "The squared distance between the probabilities and what happened, on average. 0 is perfect; it "
            "punishes being surely wrong less than log loss does."
        ),
    ),
}

_TRUST = {
    Term.TRUST: Definition(
        phrase("Trusted, doubtful"),
        phrase(
            "*Trusted*: nothing graver than a note was found. *Doubtful*: skill that reaches 0, stale candles, "
            "an old model, a candle unlike those of training. Neither says that the side is known."
        ),
    ),
    Term.WEAK: Definition(
        phrase("Weak, broken"),
        phrase(
            "*Weak*: never tested, skill wholly below 0, or right less than {weak_accuracy} of the time without "
            "proven skill. *Broken*: so reliably wrong that its labels seem mixed up.",
        ),
    ),
    Term.KIND: Definition(
        phrase("Kind"),
        phrase(
            "What a model is made of: a small neural network (CNN-LSTM), gradient-boosted trees, or both (an ensemble)."
        ),
    ),
    Term.AGE: Definition(
        phrase("Trained until"),
        phrase(
            "Days since the newest candle that a model learned from: markets change. What its test says is of older ones "
            "still. A model that was trained long ago is marked."
        ),
    ),
}

_RECORD = {
    Term.LEDGER: Definition(
        phrase("Ledger"),
        phrase("Every signal as it was said, never changed: each entry carries the fingerprint of the one before."),
    ),
    Term.LIVE: Definition(
        phrase("Live, replayed"),
        phrase(
            "*Live*: written down as its candle closed. *Replayed*: worked out later on past candles that the "
            "model had not learned from. They are never added up unsaid."
        ),
    ),
    Term.OUTCOME: Definition(
        phrase("Outcome"), phrase("Which barrier was touched first within the horizon, and when.")
    ),
    Term.OPEN: Definition(phrase("Open"), phrase("A signal whose horizon is not over, or has a gap in it.")),
    Term.BOTH_TOUCHED: Definition(
        phrase("Both touched"),
        phrase(
            "One candle reached both barriers, and nobody knows which one first. That counts against whatever was "
            "called: a move did not come, and a side was wrong."
        ),
    ),
    Term.LATE: Definition(
        phrase("Late"),
        phrase(
            "A live signal that came over a quarter of a candle after its close, when prices had left the entry "
            "it names. It is kept, and counts in no figure."
        ),
    ),
    Term.PROMISE: Definition(
        phrase("Promised and came"),
        phrase(
            "The mean probability given for something, beside how often it happened. Log loss is judged alike: "
            "as it came, beside what the probabilities expect of themselves."
        ),
    ),
    Term.KEPT: Definition(
        phrase("Kept, not disproved"),
        phrase(
            "*Kept*: what was promised lies inside the interval of what came. *Not disproved (too few)*: that "
            "interval is wider than {wide}, so that nearly any promise would lie in it. *Promised too much* or *too "
            "little*: it lies outside.",
        ),
    ),
    Term.INDEPENDENT: Definition(
        phrase("Worth about, independent ones"),
        phrase(
            "Coins move together and horizons overlap: 510 outcomes of one day may tell no more than 1 that stands by "
            "itself. A figure needs {enough} that are worth {least_independent} independent ones; before that it is “not "
            "enough yet”.",
        ),
    ),
    Term.BLOCK: Definition(
        phrase("Block of days"),
        phrase(
            "Whole days that count as one, as many as a horizon reaches: one on short timeframes, {longest_block} on "
            "1d. How much blocks differ tells how sure a figure is.",
        ),
    ),
    Term.SEQUENCE: Definition(
        phrase("Confidence sequence, at all times"),
        phrase(
            "An interval that holds at every moment together, however often one looks; an ordinary one fails "
            "whoever keeps looking until it pleases. “Needs about 23 more days” is reckoned from its width today."
        ),
    ),
    Term.FALL: Definition(
        phrase("Fell by"),
        phrase(
            "By how many standard errors a model's skill on the record is below that of its test. A standard error is "
            "how far chance alone usually moves the difference: about 2 of 100 models fall by 2 or more without a reason."
        ),
    ),
    Term.ALARM: Definition(
        phrase("Alarm, no alarm"),
        phrase(
            "*Alarm, promises more than comes*: log loss is provably above what the probabilities expect of "
            "themselves; the model's signals are then marked as of a stale model. *No alarm*: that is not shown. *Too "
            "few days*: nobody can say yet."
        ),
    ),
    Term.NAT: Definition(phrase("Nat"), phrase("The unit of log loss (natural logarithm): 0.693 nats are one bit.")),
    Term.CHAIN: Definition(
        phrase("Hash, chain, verified"),
        phrase(
            "A hash (SHA-256) is the fingerprint of an entry and of the hash before it, so that all entries hang "
            "together. *Verified*: all were computed again and matched. Whoever keeps a hash can prove that nothing up "
            "to it was changed since."
        ),
    ),
    Term.REPEATED: Definition(
        phrase("What their replay says"),
        phrase(
            "Each live signal is worked out once more on the same candles, as replayed ones are. Where both are the "
            "same, replayed signals say what live ones would have."
        ),
    ),
    Term.PRICES: Definition(
        phrase("Simulated, recorded prices"),
        phrase(
            "Whose prices a record is of: an exchange's, by its name; *recorded* ones, watched again; or *simulated* "
            "ones, which are made up and say nothing of any market. They are never mixed, and nothing was traded."
        ),
    ),
}

_GROUPS = {
    phrase("What a signal says"): _SIGNAL,
    phrase("What a test says of a model"): _TEST,
    phrase("Whom to believe"): _TRUST,
    phrase("What became of it"): _RECORD,
}


def glossary(numbers: Numbers) -> Glossary:
    """Every term, each once."""
    facts = _facts(numbers)
    return {
        say(title): {term: Definition(say(each.name), say(each.text, **facts)) for term, each in group.items()}
        for title, group in _GROUPS.items()
    }


def _facts(numbers: Numbers) -> dict[str, object]:
    """What the texts quote, as it is written in them."""
    return asdict(numbers) | {
        "k": f"{numbers.barrier_atr:g}",
        "likely": _points(numbers.likely),
        "clear_side": TYPESET.share(numbers.clear_side, 0),
        "weak_accuracy": TYPESET.share(numbers.weak_accuracy, 0),
        "good_accuracy": TYPESET.share(numbers.good_accuracy, 0),
        "excellent_accuracy": TYPESET.share(numbers.excellent_accuracy, 0),
        "wide": _points(numbers.wide),
    }


def _points(fraction: float) -> str:
    return say("{points:g} points", points=fraction * 100)
