from __future__ import annotations

from typing import Any

from core.model.metrics import Evaluation
from pages.components.shared.model_charts import confusion_table, reliability_figure
from pages.components.shared.reliability import reliability_points
from tests.hand_made_models import FAIR_CONFUSION, evaluation


def evaluated(**changes: Any) -> Evaluation:
    return Evaluation.model_validate(evaluation(FAIR_CONFUSION, **changes))


def test_bins_without_a_prediction_give_no_point() -> None:
    points = reliability_points(evaluated())
    assert [(p.promised, p.came_true, p.n) for p in points] == [(0.48, 0.48, 1000)]


def test_the_reliability_chart_holds_every_point_and_its_n() -> None:
    points = reliability_points(evaluated())
    line, bars = reliability_figure(points)["data"][1:]
    assert (line["x"], line["y"]) == ([0.48], [0.48])
    assert bars["text"] == ["1.0k"]


def test_a_reliability_chart_of_nothing_is_still_a_chart() -> None:
    assert reliability_figure([])["data"][1]["x"] == []


def test_the_confusion_table_has_counts_with_their_share_of_what_happened() -> None:
    table = confusion_table(evaluated())
    assert list(table.index) == ["lower first", "neither first", "upper first"]
    assert table.loc["neither first", "SHORT"] == "70 (22\u00a0%)"


def test_a_class_that_never_happened_has_no_share() -> None:
    table = confusion_table(Evaluation.model_validate(evaluation([[0, 0, 0], [1, 5, 1], [0, 2, 1]])))
    assert table.loc["lower first", "LONG"] == "0 (–)"
