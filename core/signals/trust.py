"""The verdict beside a signal: everything that speaks against believing it, each in a sentence with its numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.domain import Direction, Finding, Severity, Timeframe, Trust, Verdict
from core.model.metrics import Evaluation, ModelMetrics
from core.model.novelty import ORDINARY_SHARE, Novel

WEAK_ACCURACY = 0.40
"""Three classes balanced by design: chance is about 1/3, and under this line a model is hardly above it."""
GOOD_ACCURACY = 0.70
EXCELLENT_ACCURACY = 0.90
BROKEN_ACCURACY = 1 / 6
"""Half of what blind guessing among three classes reaches. Ignorance scores about 1/3; to be wrong far more often
takes knowledge put to the wrong names, so an interval wholly under this line suggests labels that were mixed up."""
MODEL_MAX_AGE = timedelta(days=180)

_GRAVITY = {Severity.CRITICAL: 0, Severity.WARNING: 1}


def accuracy_band(accuracy: float) -> str:
    """``weak``, ``fair``, ``good`` or ``excellent``: what a test accuracy (fraction) is called."""
    if accuracy < WEAK_ACCURACY:
        return "weak"
    if accuracy < GOOD_ACCURACY:
        return "fair"
    return "good" if accuracy < EXCELLENT_ACCURACY else "excellent"


def training_command(symbol: str, timeframe: Timeframe) -> str:
    """What to type to train a model where there is none."""
    return f"python scripts/train_models.py --candles FOLDER --symbols {symbol} --timeframes {timeframe}"


def retrain_command(symbol: str, timeframe: Timeframe) -> str:
    """What to type to train this model anew."""
    return f"{training_command(symbol, timeframe)} --force"


def judge(metrics: ModelMetrics, now: datetime, novelty: Novel | None = None, stale_data: str | None = None) -> Trust:
    """All findings against a signal of the model that ``metrics`` describes, gravest first.

    ``novelty`` describes the newest candle where it is unlike those of the training period; ``stale_data`` is the
    feed's sentence where the candles are older than they should be.
    """
    findings = [*model_findings(metrics), *_age_findings(metrics, now)]
    if novelty is not None:
        sentence = (
            f"The newest candle is unlike those the model learned from: Mahalanobis distance {novelty.distance:.1f}, "
            f"while {ORDINARY_SHARE:.0%} of ordinary candles stay within {novelty.limit:.1f}. Farthest off: "
            f"{novelty.feature}, by {novelty.deviations:+.1f} standard deviations."
        )
        findings.append(Finding(Verdict.OUT_OF_DISTRIBUTION, Severity.WARNING, sentence))
    if stale_data is not None:
        findings.append(Finding(Verdict.STALE_DATA, Severity.WARNING, stale_data))
    return Trust(tuple(sorted(findings, key=lambda finding: _GRAVITY[finding.severity])))


def model_findings(metrics: ModelMetrics) -> list[Finding]:
    """What the model's own test says against it, whatever the market does now."""
    test = metrics.test
    if test is None:
        sentence = "This model was never tested on candles it had not seen; its probabilities are unproven."
        return [Finding(Verdict.NO_ACCURACY, Severity.CRITICAL, sentence)]

    findings = []
    low, high = test.accuracy_interval
    right = f"Right {test.accuracy:.1%} of the time on {test.n:,} test candles (95 % interval {low:.1%} to {high:.1%})"
    majority = majority_class(test)
    command = retrain_command(metrics.symbol, metrics.timeframe)
    if looks_broken(test):
        sentence = (
            f"{right}: broken. Blind guessing is right about a third of the time; to be wrong this reliably suggests "
            f"a label mix-up, SHORT, NO_TRADE and LONG numbered differently in training than here. Retrain: {command}"
        )
        findings.append(Finding(Verdict.WEAK_MODEL, Severity.CRITICAL, sentence))
    elif test.accuracy < WEAK_ACCURACY:
        sentence = (
            f"{right}, under the {WEAK_ACCURACY:.0%} line; always saying {majority} is right "
            f"{test.majority_accuracy:.1%}. Retrain: {command}"
        )
        findings.append(Finding(Verdict.WEAK_MODEL, Severity.CRITICAL, sentence))
    if test.accuracy <= test.majority_accuracy:
        sentence = f"{right}, no better than always {majority}: that alone is right {test.majority_accuracy:.1%}."
        findings.append(Finding(Verdict.WEAK_MODEL, Severity.WARNING, sentence))
    skill_low, skill_high = test.skill_interval
    if skill_low <= 0:
        sentence = (
            f"No proven skill: {test.skill:+.3f} over the class frequencies on {test.n:,} test candles, "
            f"95 % interval {skill_low:+.3f} to {skill_high:+.3f}."
        )
        findings.append(Finding(Verdict.NO_SKILL, Severity.WARNING, sentence))
    return findings


def looks_broken(test: Evaluation) -> bool:
    """Whether the model errs more reliably than chance allows: the interval's upper end is under BROKEN_ACCURACY."""
    return test.accuracy_interval[1] < BROKEN_ACCURACY


def _age_findings(metrics: ModelMetrics, now: datetime) -> list[Finding]:
    age = now - metrics.trained_at
    if age <= MODEL_MAX_AGE:
        return []
    sentence = f"Trained {age.days} days ago ({metrics.trained_at:%Y-%m-%d}); models older than {MODEL_MAX_AGE.days} days may have outlived their market."
    return [Finding(Verdict.STALE_MODEL, Severity.WARNING, sentence)]


def majority_class(test: Evaluation) -> Direction:
    """The class that was most frequent in the test period: what the majority baseline always says."""
    happened = [sum(row) for row in test.confusion_matrix]
    return list(Direction)[happened.index(max(happened))]
