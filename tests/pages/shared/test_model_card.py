from __future__ import annotations

from typing import Any

import pytest

from core.model.metrics import Evaluation
from pages.components.shared.model_card import conclusion, skill_sentence
from pages.components.shared.model_charts import confusion_table, reliability_figure
from pages.components.shared.reliability import reliability_points
from tests.hand_made_models import FAIR_CONFUSION, evaluation


def evaluated(**changes: Any) -> Evaluation:
    return Evaluation.model_validate(evaluation(FAIR_CONFUSION, **changes))


def test_a_skill_counts_as_proven_only_where_its_interval_is_above_zero() -> None:
    assert "better than the class frequencies" in skill_sentence(0.07, [0.05, 0.09])
    assert "as far as this test can tell" in skill_sentence(0.01, [-0.01, 0.03])
    assert "worse than the class frequencies" in skill_sentence(-0.04, [-0.06, -0.02])
    assert "(95 % interval −0.060 to −0.020)" in skill_sentence(-0.04, [-0.06, -0.02])


@pytest.mark.parametrize("timing", [[0.05, 0.09], [-0.01, 0.03]])
@pytest.mark.parametrize("direction", [[0.05, 0.09], [-0.01, 0.03]])
def test_no_conclusion_promises_the_direction(timing: list[float], direction: list[float]) -> None:
    text = conclusion(evaluated(timing_skill_interval=timing, direction_skill_interval=direction))
    assert any(words in text for words in ("not a promise", "do not take its side for a forecast", "Neither skill"))


def test_a_model_that_only_knows_when_is_said_to_know_only_when() -> None:
    assert "in *when*, not in *which way*" in conclusion(evaluated())


def test_bins_without_a_prediction_give_no_point() -> None:
    points = reliability_points(evaluated())
    assert [(p.promised, p.came_true, p.n) for p in points] == [(0.48, 0.48, 1000)]


def test_the_reliability_chart_holds_every_point_and_its_n() -> None:
    points = reliability_points(evaluated())
    line, bars = reliability_figure(points)["data"][1:]
    assert (line["x"], line["y"]) == ([0.48], [0.48])
    assert bars["text"] == ["1,000"]


def test_a_reliability_chart_of_nothing_is_still_a_chart() -> None:
    assert reliability_figure([])["data"][1]["x"] == []


def test_the_confusion_table_has_counts_with_their_share_of_what_happened() -> None:
    table = confusion_table(evaluated())
    assert list(table.index) == ["SHORT", "NO TRADE", "LONG"]
    assert table.loc["NO TRADE", "SHORT"] == "70 (22\u00a0%)"


def test_a_class_that_never_happened_has_no_share() -> None:
    table = confusion_table(Evaluation.model_validate(evaluation([[0, 0, 0], [1, 5, 1], [0, 2, 1]])))
    assert table.loc["SHORT", "LONG"] == "0 (–)"
