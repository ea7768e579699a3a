from __future__ import annotations

from core.domain import Timeframe
from pages.components.quality.comparison import SKILL_FLOOR, accuracy_figure, skill_figure
from tests.hand_made_models import FAIR_CONFUSION, FAMOUS_BROKEN, FAMOUS_LAZY, WEAK_CONFUSION, evaluation
from tests.pages.model_rows import missing_row, model_row

ROWS = [
    model_row("ETHUSDT"),
    model_row("ETHUSDT", Timeframe.H1),
    model_row("SOLUSDT", test=evaluation(WEAK_CONFUSION)),
    model_row("DOGEUSDT", test=FAMOUS_LAZY),
    model_row("XRPUSDT", test=FAMOUS_BROKEN),
    model_row("ADAUSDT", test=None),
    missing_row(),
]


def test_every_tested_model_is_a_point_over_its_majority_with_its_interval() -> None:
    diagonal, weak_line, *groups = accuracy_figure(ROWS)["data"]
    assert diagonal["x"] == diagonal["y"]
    assert weak_line["y"] == [0.4, 0.4]
    assert [len(group["x"]) for group in groups] == [2, 1, 2]
    lazy = groups[1]
    assert lazy["x"] == lazy["y"] == [88 / 90]
    fair = groups[0]
    low, high = ROWS[0].test.accuracy_interval
    assert fair["y"][0] + fair["error_y"]["array"][0] == high
    assert fair["y"][0] - fair["error_y"]["arrayminus"][0] == low


def test_verdicts_differ_in_colour_and_in_shape() -> None:
    groups = accuracy_figure(ROWS)["data"][2:]
    assert len({group["marker"]["color"] for group in groups}) == len({g["marker"]["symbol"] for g in groups}) == 3


def test_points_whose_figures_mislead_carry_their_name() -> None:
    named = [name for group in accuracy_figure(ROWS)["data"][2:] for name in group["text"] if name]
    assert named == ["DOGE 15m", "XRP 15m"]


def test_everything_drawn_lies_inside_the_axes() -> None:
    layout = accuracy_figure(ROWS)["layout"]
    for row in ROWS:
        if row.test is not None:
            assert layout["xaxis"]["range"][0] <= row.test.majority_accuracy <= layout["xaxis"]["range"][1]
            low, high = row.test.accuracy_interval
            assert layout["yaxis"]["range"][0] <= low < high <= layout["yaxis"]["range"][1]


def test_coins_are_ordered_by_their_mean_skill_the_best_on_top() -> None:
    rows = [
        model_row("ETHUSDT", test=evaluation(FAIR_CONFUSION, skill=0.01)),
        model_row("SOLUSDT", test=evaluation(FAIR_CONFUSION, skill=0.05)),
        model_row("ETHUSDT", Timeframe.H1, test=evaluation(FAIR_CONFUSION, skill=0.02)),
    ]
    figure = skill_figure(rows)
    assert figure["layout"]["yaxis"]["ticktext"] == ["ETH", "SOL"]
    zero, m15, h1, *legend = figure["data"]
    assert zero["x"] == [0, 0]
    assert (len(m15["x"]), len(h1["x"])) == (2, 1)
    assert [entry["name"] for entry in legend] == ["15m", "1h"]
    assert m15["y"][0] > h1["y"][0]
    assert m15["marker"]["color"] != h1["marker"]["color"]


def test_a_mark_is_hollow_where_the_interval_includes_zero() -> None:
    rows = [
        model_row("ETHUSDT"),
        model_row("SOLUSDT", test=evaluation(FAIR_CONFUSION, skill_interval=[-0.01, 0.02])),
        model_row("BTCUSDT", test=evaluation(FAIR_CONFUSION, skill=-0.02, skill_interval=[-0.03, -0.01])),
    ]
    assert skill_figure(rows)["data"][1]["marker"]["symbol"] == ["circle", "circle-open", "x"]


def test_a_skill_far_below_the_others_is_drawn_at_the_edge_with_its_number() -> None:
    figure = skill_figure(ROWS)
    m15 = figure["data"][1]
    place = m15["text"].index("−3.000")
    assert m15["x"][place] == SKILL_FLOOR
    assert m15["marker"]["symbol"][place] == "triangle-left"
    assert figure["layout"]["xaxis"]["range"][0] <= SKILL_FLOOR


def test_charts_of_nothing_and_of_one_model_are_still_charts() -> None:
    for figure in (accuracy_figure, skill_figure):
        assert figure([])["data"] == figure([missing_row()])["data"] == []
        assert figure([model_row()])["data"]
