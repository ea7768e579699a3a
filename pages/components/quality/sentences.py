"""What the charts of the model quality page show at this moment, in sentences. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Sequence

from core.measured import Proof
from core.model.metrics import Evaluation, ModelMetrics
from core.signals.trust import WEAK_ACCURACY, what_was_tested, whole_skill
from pages.components.quality.rows import ModelRow
from pages.components.shared.number_text import count_text, score_text

_WEAK_LINE = f"the {WEAK_ACCURACY * 100:.0f} % line"

_LIES = {
    Proof.PROVEN: "lies wholly above zero: proven skill",
    Proof.UNPROVEN: "includes zero: no proven skill",
    Proof.WORSE: "lies wholly below zero: worse than knowing only how often each class happens",
}

NOTHING_TESTED = "There is no tested model here, so there is nothing to compare."


def accuracy_chart_sentence(rows: Sequence[ModelRow]) -> str:
    """How many models beat always calling the most frequent class, and how many lie under the weak line."""
    tested = sorted(_tested(rows), key=lambda pair: pair[1].accuracy)
    if not tested:
        return NOTHING_TESTED
    if len(tested) == 1:
        return _one_accuracy(*tested[0])
    clear = sum(test.accuracy_interval[0] > test.majority_accuracy for _, test in tested)
    beaten = [row for row, test in tested if test.accuracy <= test.majority_accuracy]
    near = len(tested) - clear - len(beaten)
    weak = [row for row, test in tested if test.accuracy < WEAK_ACCURACY]
    parts = [f"{_of(clear, tested)} {'lie' if clear > 1 else 'lies'} above the diagonal, interval and all"]
    if near:
        parts.append(f"{near} above it with an interval that reaches below")
    if beaten:
        parts.append(f"{len(beaten)} on or below it{_named(beaten)}: no better than always calling one class")
    under = f"{len(weak)} {_is(len(weak))} under {_WEAK_LINE}{_named(weak)}" if weak else f"None is under {_WEAK_LINE}"
    return f"{', '.join(parts)}. {under}."


def _one_accuracy(row: ModelRow, test: Evaluation) -> str:
    if test.accuracy <= test.majority_accuracy:
        where = "on or below the diagonal: right no more often than always calling the most frequent class"
        where += ", though its skill is proven" if whole_skill(test).proof is Proof.PROVEN else ""
    elif test.accuracy_interval[0] > test.majority_accuracy:
        where = "above the diagonal, interval and all"
    else:
        where = "above the diagonal, but its interval reaches below"
    under = "under" if test.accuracy < WEAK_ACCURACY else "not under"
    return f"{row.name} lies {where}. It is {under} {_WEAK_LINE}."


def skill_chart_sentence(rows: Sequence[ModelRow]) -> str:
    """How many models have proven skill, and which the best and the worst are."""
    tested = sorted(_tested(rows), key=lambda pair: pair[1].skill)
    if not tested:
        return NOTHING_TESTED
    if len(tested) == 1:
        return _one_skill(*tested[0])
    above = sum(whole_skill(test).proof is Proof.PROVEN for _, test in tested)
    below = [row for row, test in tested if whole_skill(test).proof is Proof.WORSE]
    around = len(tested) - above - len(below)
    text = f"{_of(above, tested)} {'have' if above > 1 else 'has'} an interval wholly above zero"
    text += ": proven skill." if above else "."
    if around:
        text += f" {around} {_has(around)} one that includes zero: no proven skill."
    if below:
        text += (
            f" {len(below)} {_has(len(below))} one wholly below{_named(below)}: worse than knowing only how often "
            "each class happens."
        )
    (last, lowest), (best, highest) = tested[0], tested[-1]
    return (
        f"{text} Best: {best.name} ({score_text(highest.skill, 3)}); last: {last.name} ({score_text(lowest.skill, 3)})."
    )


def _one_skill(row: ModelRow, test: Evaluation) -> str:
    measured = whole_skill(test)
    interval = f"{score_text(measured.low, 3)} to {score_text(measured.high, 3)}"
    return (
        f"{row.name} has a skill of {score_text(measured.skill, 3)}; its interval, {interval}, {_LIES[measured.proof]}."
    )


def where_measured(rows: Sequence[ModelRow]) -> str:
    """What period and market the figures come from, since it is not the market above."""
    tested = [row.metrics for row in rows if row.metrics is not None and row.metrics.test is not None]
    if not tested:
        return ""
    markets = ", ".join(sorted({metrics.market for metrics in tested}))
    first = min(metrics.test_period.from_ for metrics in tested)
    last = max(metrics.test_period.to for metrics in tested)
    return (
        f"Measured on candles of {markets} between {first:%Y-%m-%d} and {last:%Y-%m-%d}, each model on a test period "
        "that nothing was chosen on. Neighbouring candles move together, so intervals of accuracy are rather too "
        "narrow; those of skill come from a bootstrap over blocks of whole days." + _trained_on(tested)
    )


def _trained_on(tested: Sequence[ModelMetrics]) -> str:
    """That the figures are not those of the very models that speak, where they are not."""
    later = [each for each in map(what_was_tested, tested) if each is not None and each.trained_on_until is not None]
    if not later:
        return ""
    last = max(each.trained_on_until for each in later if each.trained_on_until is not None)
    return (
        f" {len(later)} of {count_text(len(tested), 'model')} were trained on after that, until {last:%Y-%m-%d}: their "
        "figures are of the same recipe trained until the test begins. Each card names both days."
    )


def _tested(rows: Sequence[ModelRow]) -> list[tuple[ModelRow, Evaluation]]:
    return [(row, row.test) for row in rows if row.test is not None]


def _named(rows: Sequence[ModelRow], most: int = 4) -> str:
    """The rows in brackets: `` (BTC 15m, ETH 1h and 3 more)``."""
    names = ", ".join(row.name for row in rows[:most])
    more = f" and {len(rows) - most} more" if len(rows) > most else ""
    return f" ({names}{more})"


def _of(count: int, tested: Sequence[object]) -> str:
    return f"{count or 'None'} of {len(tested)} models"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"
