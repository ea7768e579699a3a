"""What the charts of the model quality page show at this moment, in sentences. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Sequence

from core.journal.entries import ComparisonEntry
from core.journal.vocabulary import Decision
from core.market.candles import moment_of
from core.measured import PROVEN_BY_LUCK, Proof
from core.model.metrics import Evaluation, ModelMetrics
from core.signals.trust import WEAK_ACCURACY, side_skill, timing_skill, what_was_tested, whole_skill
from core.wording.language import in_a_row, listed, phrase, say, say_count
from core.wording.style import TYPESET
from pages.components.quality.rows import ModelRow
from pages.components.shared.number_text import ends_text, percent_text

_LIES = {
    Proof.PROVEN: phrase("lies wholly above zero: proven skill"),
    Proof.UNPROVEN: phrase("includes zero: no proven skill"),
    Proof.WORSE: phrase("lies wholly below zero: worse than knowing only how often each class happens"),
}

NOTHING_TESTED = phrase("There is no tested model here, so there is nothing to compare.")


def accuracy_chart_sentence(rows: Sequence[ModelRow]) -> str:
    """How many models beat always calling the most frequent class, and how many lie under the weak line."""
    tested = sorted(_tested(rows), key=lambda pair: pair[1].accuracy)
    if not tested:
        return say(NOTHING_TESTED)
    if len(tested) == 1:
        return _one_accuracy(*tested[0])
    clear = sum(test.accuracy_interval[0] > test.majority_accuracy for _, test in tested)
    beaten = [row for row, _ in tested if row.is_no_better]
    near = len(tested) - clear - len(beaten)
    weak = [row for row, test in tested if test.accuracy < WEAK_ACCURACY]
    parts = [
        say_of(
            clear,
            len(tested),
            phrase("None of {tested} models lies above the diagonal, interval and all"),
            phrase("1 of {tested} models lies above the diagonal, interval and all"),
            phrase("{count} of {tested} models lie above the diagonal, interval and all"),
        )
    ]
    if near:
        parts.append(say("{near} above it with an interval that reaches below", near=near))
    if beaten:
        parts.append(
            say(
                "{beaten} on or below it{named}: no better than always calling one class",
                beaten=len(beaten),
                named=_named(beaten),
            )
        )
    under = (
        say_count(
            "{count} is under the {line} line{named}.",
            "{count} are under the {line} line{named}.",
            len(weak),
            line=_weak_line(),
            named=_named(weak),
        )
        if weak
        else say("None is under the {line} line.", line=_weak_line())
    )
    return in_a_row(say("{parts}.", parts=say(", ").join(parts)), under)


def _one_accuracy(row: ModelRow, test: Evaluation) -> str:
    if row.is_no_better:
        where = (
            phrase(
                "{name} lies on or below the diagonal: right no more often than always calling the most frequent class, "
                "though its skill is proven."
            )
            if whole_skill(test).proof is Proof.PROVEN
            else phrase(
                "{name} lies on or below the diagonal: right no more often than always calling the most frequent class."
            )
        )
    elif test.accuracy_interval[0] > test.majority_accuracy:
        where = phrase("{name} lies above the diagonal, interval and all.")
    else:
        where = phrase("{name} lies above the diagonal, but its interval reaches below.")
    under = (
        phrase("It is under the {line} line.")
        if test.accuracy < WEAK_ACCURACY
        else phrase("It is not under the {line} line.")
    )
    return in_a_row(say(where, name=row.name), say(under, line=_weak_line()))


def _weak_line() -> str:
    return percent_text(WEAK_ACCURACY, 0)


def say_of(count: int, tested: int, none: str, one: str, many: str) -> str:
    """One of three texts, by how many of the tested models it is about."""
    return say(none if not count else one if count == 1 else many, count=count, tested=tested)


def skill_chart_sentence(rows: Sequence[ModelRow]) -> str:
    """How many models have proven skill, and which the best and the worst are."""
    tested = sorted(_tested(rows), key=lambda pair: pair[1].skill)
    if not tested:
        return say(NOTHING_TESTED)
    if len(tested) == 1:
        return _one_skill(*tested[0])
    above = sum(whole_skill(test).proof is Proof.PROVEN for _, test in tested)
    below = [row for row, test in tested if whole_skill(test).proof is Proof.WORSE]
    around = len(tested) - above - len(below)
    parts = [
        say_of(
            above,
            len(tested),
            phrase("None of {tested} models has an interval wholly above zero."),
            phrase("1 of {tested} models has an interval wholly above zero: proven skill."),
            phrase("{count} of {tested} models have an interval wholly above zero: proven skill."),
        )
    ]
    if around:
        parts.append(
            say_count(
                "{count} has one that includes zero: no proven skill.",
                "{count} have one that includes zero: no proven skill.",
                around,
            )
        )
    if below:
        parts.append(
            say_count(
                "{count} has one wholly below{named}: worse than knowing only how often each class happens.",
                "{count} have one wholly below{named}: worse than knowing only how often each class happens.",
                len(below),
                named=_named(below),
            )
        )
    (last, lowest), (best, highest) = tested[0], tested[-1]
    ends = say(
        "Best: {best} ({highest}); last: {last} ({lowest}).",
        best=best.name,
        highest=TYPESET.around_zero(highest.skill),
        last=last.name,
        lowest=TYPESET.around_zero(lowest.skill),
    )
    return in_a_row(*parts, ends)


def _one_skill(row: ModelRow, test: Evaluation) -> str:
    measured = whole_skill(test)
    interval = ends_text(measured.low, measured.high)
    return say(
        "{name} has a skill of {skill}; its interval, {interval}, {lies}.",
        name=row.name,
        skill=TYPESET.around_zero(measured.skill),
        interval=interval,
        lies=say(_LIES[measured.proof]),
    )


def proven_sentence(rows: Sequence[ModelRow]) -> str:
    """Of how many models each answer is proven, beside for how many luck would, and how many only match their baseline.

    Nothing is said of proofs where luck would bring none.
    """
    tests = [test for _, test in _tested(rows)]
    if not tests:
        return ""
    no_better = say("Right no more often than the baseline: {count}.", count=sum(row.is_no_better for row in rows))
    luck = round(len(tests) * PROVEN_BY_LUCK)
    if not luck:
        return no_better
    timing, side = (sum(skill(test).proof is Proof.PROVEN for test in tests) for skill in (timing_skill, side_skill))
    proven = say(
        "Timing is proven for {timing} of {tested}, the side for {side} (by luck: about {luck} each).",
        timing=timing,
        side=side,
        tested=len(tests),
        luck=luck,
    )
    return in_a_row(proven, no_better)


def where_measured(rows: Sequence[ModelRow]) -> str:
    """What period and market the figures come from, since it is not the market above."""
    tested = [row.metrics for row in rows if row.metrics is not None and row.metrics.test is not None]
    if not tested:
        return ""
    markets = listed(sorted({metrics.market for metrics in tested}))
    first = min(metrics.test_period.from_ for metrics in tested)
    last = max(metrics.test_period.to for metrics in tested)
    measured = say(
        "Measured on candles of {markets} between {first:%Y-%m-%d} and {last:%Y-%m-%d}, each model on a test "
        "period that nothing was chosen on. Neighbouring candles move together, so intervals of accuracy are "
        "rather too narrow; those of skill come from a bootstrap over blocks of whole days.",
        markets=markets,
        first=first,
        last=last,
    )
    return in_a_row(measured, _trained_on(tested))


def _trained_on(tested: Sequence[ModelMetrics]) -> str:
    """That the figures are not those of the very models that speak, where they are not."""
    untils = [each.trained_on_until for each in map(what_was_tested, tested) if each and each.trained_on_until]
    if not untils:
        return ""
    return say(
        "{later} of {models} models were trained on after that, until {last:%Y-%m-%d}: their figures are of the same recipe "
        "trained until the test begins. Each card names both days.",
        later=len(untils),
        models=len(tested),
        last=max(untils),
    )


def _tested(rows: Sequence[ModelRow]) -> list[tuple[ModelRow, Evaluation]]:
    return [(row, row.test) for row in rows if row.test is not None]


def _named(rows: Sequence[ModelRow], most: int = 4) -> str:
    """The rows in brackets: `` (BTC 15m, ETH 1h and 3 more)``."""
    names = listed(row.name for row in rows[:most])
    if len(rows) <= most:
        return say(" ({names})", names=names)
    return say(" ({names} and {more} more)", names=names, more=len(rows) - most)


_DECIDED = {
    Decision.PUBLISHED: phrase("{timeframe}, {at:%Y-%m-%d}: new models were published."),
    Decision.NOT_PUBLISHED: phrase(
        "{timeframe}, {at:%Y-%m-%d}: publishing new models failed; the ledger names those that are in use."
    ),
    Decision.KEPT: phrase("{timeframe}, {at:%Y-%m-%d}: the new models are not better; those in use stayed."),
    Decision.TOO_EARLY: phrase("{timeframe}, {at:%Y-%m-%d}: too few candles are new to both; those in use stayed."),
    Decision.NO_CHALLENGER: phrase("{timeframe}, {at:%Y-%m-%d}: none could be trained; those in use stayed."),
}


def comparison_sentence(comparison: ComparisonEntry) -> str:
    """What was decided at a timeframe when, and by which figures."""
    decided = say(
        _DECIDED[Decision(comparison.decision)], timeframe=comparison.timeframe, at=moment_of(comparison.decided_at_ms)
    )
    if None in (
        comparison.since_ms,
        comparison.champion_skill,
        comparison.challenger_skill,
        comparison.gain,
        comparison.gain_low,
        comparison.gain_high,
    ):
        return decided
    figures = say(
        "On {n:,} candles of {coins} since {since:%Y-%m-%d} the new ones' skill was {challenger}, that of those in use "
        "{champion}: a gain of {gain} ({low} to {high}).",
        n=comparison.n,
        coins=say_count("{count} coin", "{count} coins", comparison.coins),
        since=moment_of(comparison.since_ms or 0),
        challenger=TYPESET.around_zero(comparison.challenger_skill or 0.0),
        champion=TYPESET.around_zero(comparison.champion_skill or 0.0),
        gain=TYPESET.around_zero(comparison.gain or 0.0),
        low=TYPESET.around_zero(comparison.gain_low or 0.0),
        high=TYPESET.around_zero(comparison.gain_high or 0.0),
    )
    return in_a_row(decided, figures)
