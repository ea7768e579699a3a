from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.metrics import Evaluation
from pages.components.shared.model_charts import reliability_figure, short_count
from pages.components.shared.reliability import (
    ReliabilityPoint,
    error_of,
    pooled_points,
    reliability_points,
    reliability_sentence,
)
from tests.hand_made_models import FAIR_CONFUSION, WEAK_CONFUSION, evaluation


def evaluated(confusion: list[list[int]] = FAIR_CONFUSION, **bins: tuple[int, float, float]) -> Evaluation:
    """A test whose reliability is ``b7=(n, promised, came_true)``, or the hand-made one without bins."""
    values = evaluation(confusion)
    if bins:
        for b in values["reliability"]:
            b |= {"n": 0, "mean_confidence": None, "accuracy": None}
    for name, (n, promised, came_true) in bins.items():
        values["reliability"][int(name[1:])] |= {"n": n, "mean_confidence": promised, "accuracy": came_true}
    return Evaluation.model_validate(values)


def test_pooling_counts_every_candle_of_every_model_alike() -> None:
    small = evaluated(b7=(100, 0.50, 0.60))
    large = evaluated(b7=(300, 0.52, 0.40), b9=(10, 0.65, 0.70))
    points = pooled_points([small, large])
    assert [p.n for p in points] == [400, 10]
    assert points[0].promised == pytest.approx(0.515)
    assert points[0].came_true == pytest.approx(0.45)


def test_a_pool_of_one_is_that_model() -> None:
    assert pooled_points([evaluated()]) == reliability_points(evaluated()) == [ReliabilityPoint(0.48, 0.48, 1000)]


def test_a_pool_of_none_is_empty_and_says_so() -> None:
    assert pooled_points([]) == []
    assert "no tested model" in reliability_sentence([])


def test_the_band_is_that_of_the_binomial_distribution() -> None:
    # 95 % of Binomial(100, 1/2) lies between 40 and 60.
    assert ReliabilityPoint(0.5, 0.5, 100).band == (0.40, 0.60)


@given(promised=st.floats(0, 1), n=st.integers(1, 100_000))
def test_a_kept_promise_lies_in_its_band_and_the_band_inside_0_and_1(promised: float, n: int) -> None:
    low, high = ReliabilityPoint(promised, promised, n).band
    assert 0 <= low <= high <= 1
    assert low - 1 / n <= promised <= high + 1 / n


def test_more_candles_make_a_narrower_band() -> None:
    few, many = (ReliabilityPoint(0.5, 0.5, n).band for n in (100, 10_000))
    assert many[1] - many[0] < few[1] - few[0]


def test_the_calibration_error_weighs_bins_by_their_candles() -> None:
    points = [ReliabilityPoint(0.5, 0.4, 300), ReliabilityPoint(0.6, 0.6, 100)]
    assert error_of(points) == pytest.approx(0.075)


def test_the_sentence_names_the_bin_that_weighs_most_and_which_way_it_errs() -> None:
    text = reliability_sentence([ReliabilityPoint(0.5, 0.4, 3000), ReliabilityPoint(0.6, 0.6, 100)])
    assert "On 3,100 test candles the promises are off by 9.7 points on average" in text
    assert "1 of 2 bins lie" in text
    assert "50.0\u00a0% was promised, 40.0\u00a0% came true (n = 3,000), too sure of itself by 10.0 points" in text
    assert "too modest" in reliability_sentence([ReliabilityPoint(0.4, 0.5, 3000)])


def test_promises_within_luck_are_said_to_be_kept_as_far_as_the_test_can_tell() -> None:
    assert "All 2 bins lie within" in reliability_sentence(
        [ReliabilityPoint(0.5, 0.52, 100), ReliabilityPoint(0.6, 0.58, 50)]
    )
    assert "The one bin lies within" in reliability_sentence([ReliabilityPoint(0.5, 0.5, 1)])
    assert "On 1 test candle the" in reliability_sentence([ReliabilityPoint(0.5, 0.5, 1)])


def test_a_point_outside_its_band_has_another_colour_and_another_shape() -> None:
    figure = reliability_figure([ReliabilityPoint(0.4, 0.4, 500), ReliabilityPoint(0.5, 0.3, 500)])
    marker = figure["data"][1]["marker"]
    assert len(set(marker["color"])) == len(set(marker["symbol"])) == 2
    assert [shape["y0"] < 0.45 < shape["y1"] for shape in figure["layout"]["shapes"]] == [False, False]
    assert len(figure["layout"]["shapes"]) == 2


def test_models_of_all_sizes_pool_to_their_joint_count() -> None:
    tests = [evaluated(FAIR_CONFUSION), evaluated(WEAK_CONFUSION)]
    assert sum(p.n for p in pooled_points(tests)) == 2000


def test_counts_stay_short_enough_for_a_phone() -> None:
    assert [short_count(n) for n in (7, 999, 1_203, 150_549)] == ["7", "999", "1.2k", "151k"]
