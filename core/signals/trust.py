"""The verdict beside a signal: everything that speaks against believing it, each finding with its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.domain import DIRECTION_TO_LABEL, Direction, Series
from core.findings import (
    BrokenPromise,
    Finding,
    LateCandles,
    LearnedCandles,
    MarketTrouble,
    NeverTested,
    NoProvenSkill,
    NotAboveBaseline,
    OldModel,
    Severity,
    SkilledUnderTheLine,
    TrainModels,
    Trust,
    UnderTheLine,
    UnfamiliarCandle,
    Verdict,
    WorseThanFrequencies,
    WorseThanGuessing,
    gravest_first,
)
from core.measured import MeasuredAccuracy, MeasuredSkill, Proof, WhatWasTested
from core.model.files import LoadedModel
from core.model.metrics import Evaluation, ModelMetrics
from core.signals.notes import not_over_the_clock, quiet_promise_broken

WEAK_ACCURACY = 0.40
"""Three classes balanced by design: chance is about 1/3, and under this line a model is hardly above it, if at all.
Whether it is, its skill tells: without a proven one a model under the line is weak, with one that is a note."""
GOOD_ACCURACY = 0.70
EXCELLENT_ACCURACY = 0.90
BROKEN_ACCURACY = 1 / 6
"""Half of what blind guessing among three classes reaches. Ignorance scores about 1/3; to be wrong far more often
takes knowledge put to the wrong names, so an interval wholly under this line suggests labels that were mixed up."""
MODEL_MAX_AGE = timedelta(days=180)


def accuracy_band(accuracy: float) -> str:
    """``weak``, ``fair``, ``good`` or ``excellent``: what a test accuracy (fraction) is called."""
    if accuracy < WEAK_ACCURACY:
        return "weak"
    if accuracy < GOOD_ACCURACY:
        return "fair"
    return "good" if accuracy < EXCELLENT_ACCURACY else "excellent"


def judge(
    metrics: ModelMetrics,
    now: datetime,
    unfamiliar: UnfamiliarCandle | None = None,
    stale: LateCandles | MarketTrouble | None = None,
    broken: BrokenPromise | None = None,
) -> Trust:
    """All findings against a signal of the model that ``metrics`` describes, gravest first.

    ``unfamiliar`` says how the newest candle is unlike those of the training period, ``stale`` why the candles are
    older than they should be, ``broken`` what the model's own record has against it.
    """
    standing = standing_findings(metrics, _days_old(metrics, now))
    return _with_circumstances(standing, _learned(learned_until(metrics), now), unfamiliar, stale, broken)


def standing_findings(metrics: ModelMetrics, days_old: int) -> Trust:
    """What speaks against every signal of a model on a day, whatever candle it is made of."""
    findings = (*model_findings(metrics), *_age_findings(metrics, days_old))
    test = metrics.test
    if test is None:
        return Trust(findings)
    return Trust(findings, timing_skill(test), side_skill(test))


def _learned(until: datetime, now: datetime) -> LearnedCandles | None:
    """What is wrong with a candle that closes ``now``, if the model learned from candles up to ``until``; None after it."""
    return LearnedCandles(until) if now <= until else None


def learned_until(metrics: ModelMetrics) -> datetime:
    """The end of what the model learned from: what it says of candles that close by then is no forecast."""
    return max(metrics.periods.train.to, metrics.periods.validation.to)


def what_was_tested(metrics: ModelMetrics) -> WhatWasTested | None:
    """None for a model that was never tested."""
    if metrics.test is None:
        return None
    test, trained_on = metrics.test_period, metrics.periods.validation.to if metrics.tested_as else None
    return WhatWasTested(metrics.tested_periods.validation.to, test.from_, test.to, trained_on)


def _with_circumstances(
    standing: Trust,
    learned: LearnedCandles | None,
    unfamiliar: UnfamiliarCandle | None,
    stale: LateCandles | MarketTrouble | None,
    broken: BrokenPromise | None,
) -> Trust:
    """What speaks against a candle, or against a model since it was tested, is a warning, and comes last of them."""
    findings = []
    if learned is not None:
        findings.append(Finding(Verdict.SEEN_IN_TRAINING, Severity.WARNING, learned))
    if broken is not None:
        findings.append(Finding(Verdict.STALE_MODEL, Severity.WARNING, broken))
    if unfamiliar is not None:
        findings.append(Finding(Verdict.OUT_OF_DISTRIBUTION, Severity.WARNING, unfamiliar))
    if stale is not None:
        findings.append(Finding(Verdict.STALE_DATA, Severity.WARNING, stale))
    return replace(standing, findings=(*standing.findings, *findings)) if findings else standing


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is remembered of a model, for as long as it is this one and as long past its best as this.

    A model of any age up to MODEL_MAX_AGE is spoken of alike: ``days_too_old`` is 0.
    """

    model: LoadedModel
    trained_at: datetime
    learned_until: datetime
    days_too_old: int
    trust: Trust
    accuracy: MeasuredAccuracy | None

    def holds(self, model: LoadedModel, now: datetime) -> bool:
        return self.model is model and _days_too_old(self.trained_at, now) == self.days_too_old


class Verdicts:
    """Judges signal after signal, remembering what changes only with a model, and from day to day with an old one."""

    def __init__(self) -> None:
        self._standing: dict[Series, _Standing] = {}

    def judge(
        self,
        model: LoadedModel,
        now: datetime,
        unfamiliar: UnfamiliarCandle | None,
        stale: LateCandles | MarketTrouble | None,
        broken: BrokenPromise | None = None,
    ) -> tuple[Trust, MeasuredAccuracy | None]:
        """As ``judge``, and how often the model was right in its test; None where it was never tested."""
        standing = self._standing.get(model.series)
        if standing is None or not standing.holds(model, now):
            standing = self._standing[model.series] = _standing_of(model, now)
        learned = _learned(standing.learned_until, now)
        return _with_circumstances(standing.trust, learned, unfamiliar, stale, broken), standing.accuracy


def _standing_of(model: LoadedModel, now: datetime) -> _Standing:
    metrics = model.metrics
    return _Standing(
        model,
        metrics.trained_at,
        learned_until(metrics),
        _days_too_old(metrics.trained_at, now),
        standing_findings(metrics, _days_old(metrics, now)),
        None if metrics.test is None else measured_accuracy(metrics.test),
    )


def with_finding(trust: Trust, finding: Finding) -> Trust:
    """``trust`` with one finding more, ahead of those as grave as it."""
    return replace(trust, findings=(finding, *trust.findings))


def model_findings(metrics: ModelMetrics) -> tuple[Finding, ...]:
    """What the model's own test says of it, gravest first, whatever the market does now; at most one has a remedy."""
    test = metrics.test
    retrain = TrainModels((metrics.symbol,), metrics.timeframe, anew=True)
    if test is None:
        return (Finding(Verdict.NO_ACCURACY, Severity.CRITICAL, NeverTested(), retrain),)
    measured, skill = measured_accuracy(test), whole_skill(test)
    if seems_broken(test):  # whatever its skill is, it is that of the wrong names
        broken = Finding(Verdict.WEAK_MODEL, Severity.CRITICAL, WorseThanGuessing(measured), retrain)
        return (broken, *_baseline_findings(measured))
    doubts = () if skill.proof is Proof.PROVEN else _findings_without_skill(measured, skill, retrain)
    return gravest_first([*doubts, *_notes(metrics, test)])


def _notes(metrics: ModelMetrics, test: Evaluation) -> Iterator[Finding]:
    """What is no doubt and never left unsaid; that of an accuracy under the line comes first."""
    measured, skill = measured_accuracy(test), whole_skill(test)
    for facts in (
        _note_on_accuracy(measured, skill) if skill.proof is Proof.PROVEN else None,
        not_over_the_clock(timing_skill(test), timing_over_clock(test)),
        quiet_promise_broken(metrics),
    ):
        if facts is not None:
            yield Finding(Verdict.TRUSTED, Severity.NOTE, facts)


def _note_on_accuracy(
    measured: MeasuredAccuracy, skill: MeasuredSkill
) -> SkilledUnderTheLine | NotAboveBaseline | None:
    """What would be a doubt without the skill; the first says of the baseline what the second does."""
    if measured.accuracy < WEAK_ACCURACY:
        return SkilledUnderTheLine(measured, WEAK_ACCURACY, skill)
    return None if measured.above_baseline else NotAboveBaseline(measured)


def _findings_without_skill(
    measured: MeasuredAccuracy, skill: MeasuredSkill, retrain: TrainModels
) -> Iterator[Finding]:
    weak = measured.accuracy < WEAK_ACCURACY
    if weak:
        yield Finding(Verdict.WEAK_MODEL, Severity.CRITICAL, UnderTheLine(measured, WEAK_ACCURACY), retrain)
    yield from _baseline_findings(measured)
    if skill.proof is Proof.WORSE:
        remedy = None if weak else retrain
        yield Finding(Verdict.NO_SKILL, Severity.CRITICAL, WorseThanFrequencies(skill), remedy)
    else:
        yield Finding(Verdict.NO_SKILL, Severity.WARNING, NoProvenSkill(skill))


def _baseline_findings(measured: MeasuredAccuracy) -> Iterator[Finding]:
    if not measured.above_baseline:
        yield Finding(Verdict.WEAK_MODEL, Severity.WARNING, NotAboveBaseline(measured))


def seems_broken(test: Evaluation) -> bool:
    """Whether the model errs more reliably than chance allows: the interval's upper end is under BROKEN_ACCURACY."""
    return test.accuracy_interval[1] < BROKEN_ACCURACY


def _days_old(metrics: ModelMetrics, now: datetime) -> int:
    return (now - metrics.trained_at).days


def _days_too_old(trained_at: datetime, now: datetime) -> int:
    return max((now - trained_at).days - MODEL_MAX_AGE.days, 0)


def _age_findings(metrics: ModelMetrics, days_old: int) -> list[Finding]:
    if days_old <= MODEL_MAX_AGE.days:
        return []
    facts = OldModel(metrics.trained_at, days_old, MODEL_MAX_AGE.days)
    return [Finding(Verdict.STALE_MODEL, Severity.WARNING, facts)]


def measured_accuracy(test: Evaluation) -> MeasuredAccuracy:
    """An accuracy with everything it must never be shown without."""
    low, high = test.accuracy_interval
    return MeasuredAccuracy(test.accuracy, low, high, test.n, majority_class(test), test.majority_accuracy)


def whole_skill(test: Evaluation) -> MeasuredSkill:
    """Of all three probabilities: what a model is trusted or doubted by."""
    return _measured(test.skill, test.skill_interval, test.n)


def timing_skill(test: Evaluation) -> MeasuredSkill:
    """Of "is a barrier touched?", asked on every test candle."""
    return _measured(test.timing_skill, test.timing_skill_interval, test.n)


def timing_over_clock(test: Evaluation) -> MeasuredSkill:
    """As timing_skill, over a table of coin and hour of the week instead of the class frequencies."""
    return _measured(test.timing_skill_over_clock, test.timing_skill_over_clock_interval, test.n)


def side_skill(test: Evaluation) -> MeasuredSkill:
    """Of "which barrier?", asked on those test candles after which one was touched."""
    moves = test.n - sum(test.confusion_matrix[DIRECTION_TO_LABEL[Direction.NO_TRADE]])
    return _measured(test.direction_skill, test.direction_skill_interval, moves)


def _measured(skill: float, interval: list[float], n: int) -> MeasuredSkill:
    low, high = interval
    return MeasuredSkill(skill, low, high, n)


def majority_class(test: Evaluation) -> Direction:
    """The class that was most frequent in the test period: what the majority baseline always says."""
    happened = [sum(row) for row in test.confusion_matrix]
    return list(Direction)[happened.index(max(happened))]
