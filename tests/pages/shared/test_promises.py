from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.promises import Promises
from pages.components.shared.model_charts import promises_figure
from pages.components.shared.promises import (
    PromisePoint,
    error_sentence,
    promise_points,
    together,
    when_sentence,
    which_way_sentence,
)
from tests.hand_made_models import promises


def promised(*bins: tuple[int, float, float]) -> Promises:
    """Candles, what was promised of them and what came true, by bin; each band is 5 points wide on either side."""
    return Promises.model_validate(promises(*bins))


def points(*bins: tuple[int, float, float]) -> list[PromisePoint]:
    return promise_points([promised(*bins)])


def test_the_quiet_end_is_told_apart_from_the_rest() -> None:
    text = when_sentence(points((300, 0.45, 0.44), (700, 0.59, 0.50), (4000, 0.72, 0.73)))
    assert "Said under 60\u00a0%: promised 54.8\u00a0%, came true 48.2\u00a0%" in text
    assert "n = 1,000): too high." in text
    assert "Said 60\u00a0% or more: promised 72.0\u00a0%, came true 73.0\u00a0%" in text
    assert text.endswith("n = 4,000).")


def test_a_handful_of_candles_has_no_band_and_says_so() -> None:
    text = when_sentence(points((5, 0.45, 1.0), (4000, 0.72, 0.73)))
    assert "came true 100.0\u00a0% (under 30 candles: no interval, n = 5)" in text
    line = promises_figure(points((5, 0.45, 1.0), (4000, 0.72, 0.73)), "P(move)")
    (bands,) = (trace["error_y"] for trace in line["data"] if "error_y" in trace)
    assert (bands["array"][0], bands["arrayminus"][0]) == (0, 0) != (bands["array"][1], bands["arrayminus"][1])


def test_a_handful_of_candles_is_drawn_hollow_and_grey_whatever_it_came_to() -> None:
    marks = promises_figure(points((5, 0.45, 1.0), (4000, 0.72, 0.73)), "P(move)")["data"][1]["marker"]
    assert (marks["symbol"][0], marks["color"][0]) == ("circle-open", "theme:gray")
    assert marks["symbol"][1] == "circle"
    assert marks["size"][0] < marks["size"][1]


def test_a_model_that_never_spoke_of_a_quiet_candle_is_said_to() -> None:
    assert "It never said under 60\u00a0%." in when_sentence(points((4000, 0.72, 0.73)))


def test_the_side_is_told_of_both_sides_and_of_the_middle() -> None:
    text = which_way_sentence(points((900, 0.44, 0.52), (3000, 0.5, 0.49)))
    assert "It never said over 53\u00a0%." in text
    assert "Said 47\u00a0% to 53\u00a0%: promised 50.0\u00a0%, came true 49.0\u00a0%" in text
    assert (
        "Said under 47\u00a0%: promised 44.0\u00a0%, came true 52.0\u00a0% (95\u00a0% interval 47.0\u00a0% to 57.0\u00a0%, n = 900): too low."
        in text
    )


def test_several_models_pool_to_all_their_candles_with_a_band_as_if_they_moved_as_one() -> None:
    pooled = promise_points([promised((100, 0.55, 0.60)), promised((300, 0.57, 0.40), (50, 0.7, 0.7))])
    assert [p.n for p in pooled] == [400, 50]
    assert pooled[0].promised == pytest.approx(0.565)
    assert pooled[0].came_true == pytest.approx(0.45)
    assert (pooled[0].low, pooled[0].high) == (pytest.approx(0.40), pytest.approx(0.50))
    assert promise_points([]) == []


def test_of_one_model_the_error_stands_beside_what_chance_allows() -> None:
    text = error_sentence([promised((1000, 0.60, 0.55))], 1)
    assert "Off by 5.0 points on average, over 1,000 candles" in text
    assert "by 2.0 points by chance alone, and under 4.0 points 19 times in 20" in text
    of_two = error_sentence([promised((10, 0.6, 0.5)), promised((10, 0.6, 0.7))], 2)
    assert of_two.startswith("Off by 0.0 points on average")
    assert "errors that cancel between models do not show" in of_two
    assert "each model's card" in of_two


def test_models_whose_promises_nobody_measured_are_counted() -> None:
    assert "of the 1 of 3 models whose promises were measured" in error_sentence([promised((10, 0.6, 0.5))], 3)


def test_three_candles_that_blocks_alone_know_no_band_for_are_no_broken_promise() -> None:
    assert PromisePoint(0.4, 0.0, 3, 0.0, 0.0).kept
    assert PromisePoint(0.68, 1.0, 29, 0.0, 0.0).kept, "neighbours of one day, each right because the others are"
    assert not PromisePoint(0.4, 0.0, 300, 0.0, 0.0).kept


def test_a_point_has_its_band_and_one_beyond_it_another_colour_and_shape() -> None:
    trace = promises_figure(points((500, 0.41, 0.42), (500, 0.5, 0.3)), "P(move)")["data"][1]
    assert trace["error_y"]["array"] == pytest.approx([0.05, 0.05])
    assert len(set(trace["marker"]["color"])) == len(set(trace["marker"]["symbol"])) == 2
    assert promises_figure([], "P(move)")["data"][1]["x"] == []


shares = st.floats(0, 1)


@given(st.lists(st.tuples(st.integers(1, 10_000), shares, shares), min_size=1, max_size=15))
def test_whatever_was_promised_the_pool_lies_between_its_points(bins: list[tuple[int, float, float]]) -> None:
    each = [PromisePoint(p, c, n, c, c) for n, p, c in bins]
    pooled = together(each)
    assert min(p.promised for p in each) - 1e-9 <= pooled.promised <= max(p.promised for p in each) + 1e-9
    assert min(p.low for p in each) - 1e-9 <= pooled.low <= pooled.high <= max(p.high for p in each) + 1e-9
    assert when_sentence(each) and which_way_sentence(each)


def test_bars_of_bins_never_cover_each_other() -> None:
    bars = promises_figure(points((900, 0.51, 0.5), (500, 0.55, 0.5), (15, 0.75, 1.0)), "P(move)")["data"][2]
    ends = [(x - width / 2, x + width / 2) for x, width in zip(bars["x"], bars["width"], strict=True)]
    assert all(end < begin for (_, end), (begin, _) in pairwise(ends))
