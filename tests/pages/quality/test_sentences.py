from __future__ import annotations

from core.domain import Timeframe
from core.journal.vocabulary import Decision
from pages.components.quality.sentences import (
    NOTHING_TESTED,
    accuracy_chart_sentence,
    comparison_sentence,
    proven_sentence,
    skill_chart_sentence,
    where_measured,
)
from tests.hand_made_models import FAMOUS_BROKEN, FAMOUS_LAZY, WEAK_CONFUSION, evaluation
from tests.journal.made_entries import comparison
from tests.pages.model_rows import missing_row, model_row, trained_on_row

CLEAR = model_row("ETHUSDT")
WEAK = model_row("SOLUSDT", test=evaluation(WEAK_CONFUSION, skill=0.001, skill_interval=[-0.01, 0.012]))
LAZY = model_row("DOGEUSDT", Timeframe.H1, test=FAMOUS_LAZY)
BROKEN = model_row("XRPUSDT", Timeframe.H1, test=FAMOUS_BROKEN)
NEAR = model_row("BTCUSDT", test=evaluation([[17, 10, 8], [10, 12, 8], [10, 10, 15]]))
UNTESTED = model_row("ADAUSDT", test=None)


def test_the_accuracy_sentence_counts_above_near_and_below_and_names_the_weak() -> None:
    assert accuracy_chart_sentence([CLEAR, WEAK, LAZY, BROKEN, NEAR, UNTESTED, missing_row()]) == (
        "1 of 5 models lies above the diagonal, interval and all, 1 above it with an interval that reaches "
        "below, 3 on or below it (XRP 1h, SOL 15m, DOGE 1h): no better than always calling one class. "
        "2 are under the 40\u00a0% line (XRP 1h, SOL 15m)."
    )


def test_nothing_is_said_of_cases_that_do_not_occur() -> None:
    assert accuracy_chart_sentence([CLEAR, CLEAR]) == (
        "2 of 2 models lie above the diagonal, interval and all. None is under the 40\u00a0% line."
    )
    assert skill_chart_sentence([CLEAR, CLEAR]).startswith(
        "2 of 2 models have an interval wholly above zero: proven skill. Best:"
    )


def test_none_is_said_where_none_is() -> None:
    assert accuracy_chart_sentence([LAZY, LAZY]).startswith(
        "None of 2 models lies above the diagonal, interval and all, 2 on"
    )
    assert skill_chart_sentence([WEAK, WEAK]).startswith(
        "None of 2 models has an interval wholly above zero. 2 have one that includes zero: no proven skill."
    )


def test_long_lists_of_names_are_cut() -> None:
    assert "(XRP 1h, XRP 1h, XRP 1h, XRP 1h and 3 more)" in accuracy_chart_sentence([BROKEN] * 7)


def test_one_model_is_spoken_of_by_name() -> None:
    assert accuracy_chart_sentence([CLEAR, missing_row()]) == (
        "ETH 15m lies above the diagonal, interval and all. It is not under the 40\u00a0% line."
    )
    assert "BTC 15m lies above the diagonal, but its interval reaches below" in accuracy_chart_sentence([NEAR])
    no_more = "lies on or below the diagonal: right no more often than always calling the most frequent class"
    assert f"DOGE 1h {no_more}. It is" in accuracy_chart_sentence([LAZY])
    skilled = model_row("SEIUSDT", test=FAMOUS_LAZY | {"skill": 0.02, "skill_interval": [0.01, 0.03]})
    assert f"SEI 15m {no_more}, though its skill is proven. It is" in accuracy_chart_sentence([skilled])
    assert "It is under the 40\u00a0% line." in accuracy_chart_sentence([BROKEN])
    assert skill_chart_sentence([CLEAR]) == (
        "ETH 15m has a skill of +0.045; its interval, +0.030 to +0.060, lies wholly above zero: proven skill."
    )
    assert "includes zero: no proven skill" in skill_chart_sentence([WEAK])
    assert "lies wholly below zero" in skill_chart_sentence([BROKEN])


def test_the_skill_sentence_counts_proven_unproven_and_harmful_and_names_best_and_last() -> None:
    assert skill_chart_sentence([CLEAR, WEAK, LAZY, BROKEN]) == (
        "1 of 4 models has an interval wholly above zero: proven skill. 2 have one that includes zero: no proven "
        "skill. 1 has one wholly below (XRP 1h): worse than knowing only how often each class happens. "
        "Best: ETH 15m (+0.045); last: XRP 1h (−3.000)."
    )


def test_how_many_answers_are_proven_stands_beside_how_many_luck_would_prove_of_so_many() -> None:
    assert proven_sentence([model_row()] * 30 + [model_row(test=FAMOUS_LAZY)] * 10) == (
        "Timing is proven for 40 of 40, the side for 0 (by luck: about 1 each). Right no more often than the baseline: 10."
    )
    assert proven_sentence([model_row()] * 3 + [missing_row()] * 40) == ("Right no more often than the baseline: 0."), (
        "of a handful luck proves none"
    )
    assert proven_sentence([missing_row()] * 40) == ""


def test_without_a_tested_model_there_is_nothing_to_compare() -> None:
    for rows in ([], [missing_row()], [UNTESTED]):
        assert accuracy_chart_sentence(rows) == skill_chart_sentence(rows) == NOTHING_TESTED
        assert where_measured(rows) == ""


def test_the_page_says_where_and_when_its_figures_were_measured() -> None:
    text = where_measured([CLEAR, model_row(market="binance-usdm")])
    assert text.startswith("Measured on candles of binance-usdm, hand-made between 2024-01-01 and 2024-12-31")
    assert "trained on after that" not in text


def test_of_models_that_were_trained_on_the_page_says_that_others_were_tested() -> None:
    text = where_measured([CLEAR, trained_on_row()])
    assert text.endswith(
        "1 of 2 models were trained on after that, until 2024-12-20: their figures are of the same recipe trained until the "
        "test begins. Each card names both days."
    )


def test_what_retraining_decided_is_told_with_its_figures_and_without_any_where_nothing_was_compared() -> None:
    assert comparison_sentence(comparison()) == (
        "15m, 2025-09-03: new models were published. On 1,344 candles of 1 coin since 2025-08-20 the new ones' skill was "
        "+0.040, that of those in use +0.010: a gain of +0.030 (+0.010 to +0.050)."
    )
    nothing = dict.fromkeys(("since_ms", "champion_skill", "challenger_skill", "gain", "gain_low", "gain_high"))
    none = comparison("1h", decision=Decision.NO_CHALLENGER, versions="{}", n=0, coins=0, blocks=0, **nothing)
    assert comparison_sentence(none) == "1h, 2025-09-03: none could be trained; those in use stayed."
    failed = comparison(decision=Decision.NOT_PUBLISHED, **nothing)
    assert comparison_sentence(failed) == (
        "15m, 2025-09-03: publishing new models failed; the ledger names those that are in use."
    )
