from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.domain import Direction, Timeframe
from core.findings import Severity
from core.journal.slices import Accuracy, MoveCalls, Share, Skill, Slice
from pages.components.quality.rows import age_text, models_table, row_data, summary
from pages.components.record.live_models import live_figure
from tests.hand_made_models import FAIR_CONFUSION, FAMOUS_BROKEN, FAMOUS_LAZY, WEAK_CONFUSION, evaluation
from tests.pages.model_rows import NOW, ensemble_row, missing_row, model_row, trained_on_row, unusable_row
from tests.problems import no_model_text

LIKELY = Share(n=40, hits=31, promised=0.75, worth=22.0, low=0.62, high=0.88, usual=0.68)
LIVE = Slice(
    "one", 410, 400, MoveCalls(LIKELY, None, None), None, Accuracy(LIKELY, Direction.LONG, 0.4, None),
    Skill(0.02, 0.01, 0.03, 400, 9), None, None, 0.6, 0.03, None, None,
)  # fmt: skip


def test_ninety_seven_percent_is_said_to_be_not_above_a_baseline_of_always_no_trade() -> None:
    row = model_row(test=FAMOUS_LAZY)
    data = row_data(row)
    assert data["verdict"] == "Not above baseline"
    assert data["accuracy"]["text"] == data["majority"] == "97.8\u00a0%"
    assert "no better than always NO\u00a0TRADE: that alone is right 97.8\u00a0%" in data["explanation"]
    assert (data["severity"], data["surprises"], row.is_weak) == (Severity.WARNING, True, True)


def test_a_trusted_model_that_one_class_beats_by_far_has_its_sentence_in_the_table_for_whoever_cannot_point() -> None:
    """As THETA's on 1d: no reader of a phone sees what pointing shows."""
    theta = evaluation([[10, 2, 24], [8, 1, 25], [20, 14, 20]], skill=0.041, skill_interval=[0.012, 0.078])
    data = row_data(model_row(test=theta))
    assert (data["severity"], data["surprises"]) == ("none", True)
    assert "1.7 times as often" in data["explanation"]


def test_notes_stand_beside_the_gravest_finding_in_the_table() -> None:
    clock = {"timing_skill_over_clock": 0.004, "timing_skill_over_clock_interval": [-0.01, 0.012]}
    data = row_data(model_row(test=evaluation(FAIR_CONFUSION, **clock)))
    assert (data["verdict"], data["severity"], data["surprises"]) == ("Trusted", "none", False)
    assert "not over the clock: timing skill over what coin and hour" in data["explanation"]


def test_one_percent_is_called_broken_with_its_interval_and_a_label_mix_up_is_suggested() -> None:
    row = model_row(test=FAMOUS_BROKEN)
    data = row_data(row)
    assert data["verdict"] == "Broken: label mix-up?"
    assert (data["accuracy"]["text"], data["accuracy"]["interval"], data["n"]) == ("1.1\u00a0%", "0.2–6.0", "90")
    assert "broken" in data["explanation"]
    assert "label mix-up" in data["explanation"]
    assert "train_models" not in data["explanation"]
    assert (data["severity"], data["surprises"], row.is_weak) == (Severity.CRITICAL, True, True)


def test_live_skill_stands_beside_the_tests_with_its_n_and_the_moves_that_came() -> None:
    tested = model_row()
    assert row_data(tested)["live"] is None, "the ledger was not read yet"
    lived = replace(tested, live=live_figure(LIVE))
    live = row_data(lived)["live"]
    assert (live["text"], live["n"], live["proof"]) == ("+0.020", "n 400", "proven")
    assert live["title"].startswith("Live, over the class frequencies: +0.010 to +0.030 with 95")
    assert "a move came after 31 of them" in live["title"]
    assert "68.0\u00a0% is usual for these" in live["title"]
    none, few = live_figure(None), live_figure(replace(LIVE, skill=replace(LIVE.skill, blocks=2)))
    assert (none.skill, none.cell["text"], none.cell["n"]) == (None, "–", "0 of 30")
    assert (few.skill, few.cell["text"], few.cell["n"]) == (None, "–", "worth 2 of 5")
    assert few.cell["title"].startswith(
        "Live skill is shown from 30 outcomes on that are worth 5 independent ones; so far"
    )
    table = models_table([lived, replace(tested, live=none)])
    assert table["live_skill"].tolist()[0] == 0.02
    assert table["live_n"].tolist() == [400, 0]
    assert table["live_moves_usual"].tolist()[0] == 0.68


def test_a_row_has_every_figure_with_its_interval() -> None:
    data = row_data(model_row())
    assert data["accuracy"] | {"low": 0, "high": 0, "value": 0, "majority": 0} == {
        "text": "48.0\u00a0%",
        "interval": "44.9–51.1",
        "low": 0,
        "high": 0,
        "value": 0,
        "majority": 0,
    }
    assert data["skill"] == {
        "text": "+0.045",
        "interval": "+0.030 to +0.060",
        "n": "1,000",
        "proof": "proven",
    }
    assert (data["timing"]["proof"], data["side"]["proof"]) == ("proven", "unproven")
    assert (data["n"], data["majority"], data["ece"], data["kind"], data["age"]) == (
        "1,000",
        "36.0\u00a0%",
        "1.0",
        "CNN-LSTM",
        "164 d ago",
    )
    assert (data["verdict"], data["severity"], data["surprises"]) == ("Trusted", "none", False)


def test_a_plain_weak_model_speaks_for_itself() -> None:
    data = row_data(model_row(test=evaluation(WEAK_CONFUSION)))
    assert (data["verdict"], data["severity"], data["surprises"]) == ("Weak model", "critical", False)


def test_a_model_under_the_line_with_proven_skill_is_neither_weak_nor_marked_and_says_so() -> None:
    row = model_row(test=evaluation(WEAK_CONFUSION, skill=0.02, skill_interval=[0.01, 0.03]))
    data = row_data(row)
    assert (data["verdict"], data["severity"], row.is_weak) == ("Skilled, not above baseline", "none", False)
    assert "under the 40\u00a0% line, though its skill is proven" in data["explanation"]
    assert summary([row]) == "1 model: 0 weak, 0 doubtful, 1 trusted (1 of them under 40\u00a0%, with proven skill)"


def test_a_weak_model_says_that_it_is_not_above_its_baseline_either_where_no_verdict_does() -> None:
    no_better = {
        name: row_data(row)["no_better"]
        for name, row in {
            "weak": model_row(
                test=evaluation([[10, 2, 24], [8, 1, 25], [20, 14, 20]], skill=0.01, skill_interval=[-0.1, 0.1])
            ),
            "lazy": model_row(test=FAMOUS_LAZY),
            "broken": model_row(test=FAMOUS_BROKEN),
            "skilled": model_row(test=evaluation(WEAK_CONFUSION, skill=0.02, skill_interval=[0.01, 0.03])),
            "good": model_row(),
            "none": missing_row(),
        }.items()
    }
    assert [name for name, says in no_better.items() if says] == ["weak"]


def test_a_model_that_was_never_tested_is_weak_and_has_no_figures() -> None:
    row = model_row(test=None)
    assert row.is_weak
    assert row.verdict == "Never tested"
    assert "accuracy" not in row_data(row)


@pytest.mark.parametrize(
    ("row", "verdict", "severity"),
    [(missing_row(), "No model", "missing"), (unusable_row(), "Unusable files", "unusable")],
)
def test_where_there_is_no_model_the_reason_stands_in_its_place(row, verdict: str, severity: str) -> None:
    data = row_data(row)
    assert (data["verdict"], data["severity"], row.is_weak) == (verdict, severity, False)
    assert data["explanation"] == row.explanation != ""
    assert "accuracy" not in data
    assert "/srv/candor" not in data["explanation"]
    assert "train_models" not in data["explanation"]


def test_the_summary_counts_models_by_their_verdict() -> None:
    rows = [model_row(), model_row(test=FAMOUS_LAZY), model_row(test=FAMOUS_BROKEN), missing_row(), unusable_row()]
    assert summary(rows) == (
        "3 models: 1 weak, 1 doubtful, 1 trusted · 1\u00a0with\u00a0unusable\u00a0files · 1\u00a0without\u00a0a\u00a0model"
    )
    assert summary([missing_row(), missing_row()]) == "0 models · 2\u00a0without\u00a0a\u00a0model"
    assert summary([model_row()]) == "1 model: 0 weak, 0 doubtful, 1 trusted"


def test_the_age_is_that_of_the_newest_candle_a_model_learned_from_whenever_it_was_trained() -> None:
    assert (
        model_row(trained_at="2030-01-01T00:00:00Z").age == model_row().age == NOW - datetime(2024, 12, 31, tzinfo=UTC)
    )
    assert trained_on_row().age == NOW - datetime(2024, 12, 20, tzinfo=UTC)
    assert age_text(timedelta(0)) == "new"


def test_the_export_has_a_line_per_row_with_plain_numbers() -> None:
    table = models_table([model_row(test=FAMOUS_BROKEN), missing_row()])
    assert list(table["state"]) == ["available", "missing"]
    assert table.loc[0, "accuracy"] == pytest.approx(1 / 90)
    assert table.loc[0, "majority_class"] == "SHORT"
    assert table.loc[0, "skill_low"] == -4.0
    assert table.loc[0, ["timing", "side"]].tolist() == ["proven", "unproven"]
    assert table.loc[1, ["n", "accuracy", "skill", "kind", "network_share"]].isna().all()
    assert table.loc[1, "reasons"] == no_model_text("BTCUSDT", Timeframe.D1)


def test_a_row_says_which_kind_of_model_speaks() -> None:
    data = row_data(ensemble_row())
    assert data["kind"] == "Ensemble"
    assert data["speaker"] == "Ensemble of CNN-LSTM (58\u00a0%) and gradient-boosted trees (42\u00a0%)"
    table = models_table([ensemble_row(), model_row()])
    assert table[["kind", "network_share"]].to_numpy().tolist() == [["Ensemble", 0.58], ["CNN-LSTM", 1.0]]
