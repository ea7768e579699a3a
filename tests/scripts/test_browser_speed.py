"""What a browser took is told as median and p95 beside what is wanted and a plain page; the measurement itself needs a quiet machine."""

from __future__ import annotations

import pytest

from scripts import browser_speed
from scripts.browser_speed import ROWS, Figures, table
from scripts.browser_steps import CANDOR, PLAIN


def test_a_figure_is_its_median_with_the_largest_but_five_percent_and_how_often_it_was_taken() -> None:
    figures = Figures()
    for took in [*range(1, 20), 500.0]:
        figures.add("slider", took)
    assert figures.summary() == {"slider": {"median": 10.5, "p95": 19, "n": 20}}


def test_each_step_of_candor_but_the_slider_has_its_like_on_the_plain_page_and_a_row_in_the_table() -> None:
    assert set(CANDOR.steps) - {"slider"} == set(PLAIN.steps)
    assert set(CANDOR.steps) <= set(ROWS)


def test_the_table_has_what_is_wanted_and_how_many_times_as_long_a_plain_page_takes() -> None:
    row = {"median": 20.0, "p95": 30.0, "n": 15}
    lines = table(
        {"candor": {"slider": row, "wrong_first": row}, "plain": {"slider": row | {"median": 90.0}}}
    ).splitlines()
    assert lines[1].split()[-5:] == ["20", "30", "30", "90", "4.5x"]
    assert lines[2].split()[-5:] == ["20", "30", "500", "-", "-"]


def test_without_a_chromium_the_measurement_says_which_it_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_speed.shutil, "which", lambda _: None)
    with pytest.raises(OSError, match="No Chromium found"), browser_speed.chromium():
        pass
