from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.signals.trust import WEAK_ACCURACY
from pages.components.shared.number_text import (
    accuracy_share,
    change_text,
    coins_text,
    duration_text,
    number_text,
    percent_text,
    price_text,
    score_text,
)


@pytest.mark.parametrize(
    ("price", "tick", "text"),
    [
        (108208.4, 0.1, "108,208.4"),
        (4389.5, 0.01, "4,389.50"),
        (0.00001234, 1e-8, "0.00001234"),
        (1500.0, 10.0, "1,500"),
        (0.081234567, None, "0.0812346"),
        (None, 0.1, "–"),
    ],
)
def test_a_price_has_the_decimals_of_its_tick(price: float | None, tick: float | None, text: str) -> None:
    assert price_text(price, tick) == text


@pytest.mark.parametrize(
    ("change", "text"),
    [(0.0123, "+1.23\u00a0%"), (-0.0123, "−1.23\u00a0%"), (0.0, "0.00\u00a0%"), (-0.00001, "0.00\u00a0%"), (None, "–")],
)
def test_a_change_has_a_sign_unless_it_rounds_to_nothing(change: float | None, text: str) -> None:
    assert change_text(change) == text


def test_a_share_is_a_percentage() -> None:
    assert percent_text(0.4816) == "48.2\u00a0%"
    assert percent_text(1.0, digits=0) == "100\u00a0%"
    assert percent_text(None) == "–"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 min"), (45, "45 min"), (60, "1 h"), (135, "2 h 15 min"), (1440, "1 d"), (4560, "3 d 4 h")],
)
def test_a_duration_has_its_two_largest_units(minutes: int, text: str) -> None:
    assert duration_text(timedelta(minutes=minutes)) == text


def test_a_score_has_two_decimals_and_its_sign() -> None:
    assert [score_text(s) for s in (0.421, -0.07, -0.001)] == ["+0.42", "−0.07", "0.00"]


def test_a_number_has_no_needless_decimals() -> None:
    assert [number_text(n) for n in (180.0, 2.5, 1000.0)] == ["180", "2.5", "1,000"]


@pytest.mark.parametrize(
    ("accuracy", "text"),
    [
        (0.39999, "39.999\u00a0%"),
        (0.3996, "39.96\u00a0%"),
        (0.4, "40.0\u00a0%"),
        (0.4004, "40.0\u00a0%"),
        (0.3994, "39.9\u00a0%"),
        (0.123, "12.3\u00a0%"),
    ],
)
def test_an_accuracy_is_never_rounded_up_to_the_line_it_lies_under(accuracy: float, text: str) -> None:
    assert accuracy_share(accuracy) == text


@given(st.floats(0, 1))
def test_an_accuracy_lies_on_its_side_of_the_line_as_written_too(accuracy: float) -> None:
    written = float(accuracy_share(accuracy).removesuffix("\u00a0%")) / 100
    assert (written < WEAK_ACCURACY) == (accuracy < WEAK_ACCURACY)
    assert written == pytest.approx(accuracy, abs=0.001)


def test_one_thing_is_counted_as_one() -> None:
    assert [coins_text(n) for n in (0, 1, 5360)] == ["0 coins", "1 coin", "5,360 coins"]
