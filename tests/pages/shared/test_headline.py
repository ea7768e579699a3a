from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Direction
from core.findings import Trust
from core.measured import MeasuredSkill
from core.model.scores import LIKELY
from core.prediction import Prediction
from core.signals.bands import band_beside
from core.signals.hours import HourRecord, by_hour
from pages.components.shared.headline import (
    bracket_text,
    headline,
    headline_text,
    minute_text,
    moment_text,
    move_beside_usual,
    share_text,
    side_text,
)
from tests.pages.fake_board import PROVEN, UNPROVEN, WORSE
from tests.pages.predictions import prediction

NOW = datetime(2025, 9, 3, 12, 0, 30, tzinfo=UTC)


def called(
    long: float = 0.26, short: float = 0.48, side: MeasuredSkill | None = PROVEN, **changes: object
) -> Prediction:
    shares = {Direction.LONG: long, Direction.NO_TRADE: 1 - long - short, Direction.SHORT: short}
    return prediction(probabilities=shares, trust=Trust((), None, side), **changes)


def test_the_headline_says_what_moves_until_when_how_likely_and_what_is_usual() -> None:
    assert (
        headline_text(called(), NOW)
        == "Move of ±2.0\u00a0% by 4\u00a0Sep\u00a004:00: 74\u00a0%, usually\u00a065\u00a0%"
    )


@pytest.mark.parametrize(
    ("usual", "pair"),
    [
        (0.69, ("74\u00a0%", "69\u00a0%")),  # 5 points above: likely
        (0.694, ("74.0\u00a0%", "69.4\u00a0%")),  # 4.6 above is not, though 74 beside 69 would be
        (0.69003, ("74.000\u00a0%", "69.003\u00a0%")),
        (0.70, ("74\u00a0%", "70\u00a0%")),
    ],
)
def test_what_is_said_beside_what_is_usual_never_looks_like_another_band(usual: float, pair: tuple[str, str]) -> None:
    assert move_beside_usual(called(usual_move_probability=usual)) == (*pair, None)


@given(*[st.floats(0.02, 0.98)] * 3)
def test_figures_as_they_are_shown_are_in_the_band_that_is_named(move: float, usual: float, at_hour: float) -> None:
    asked = called(move / 2, move / 2, usual_move_probability=usual)
    shown = [float((text or "").removesuffix("\u00a0%")) / 100 for text in move_beside_usual(asked, at_hour)]
    for real, figure in ((usual, shown[1]), (at_hour, shown[2])):
        apart = abs(abs(asked.move_probability - real) - LIKELY)
        band = band_beside(asked.move_probability, real)
        assert band_beside(shown[0], figure) is band or apart < 1e-5, "three decimals tell no more"


def test_the_headline_says_what_is_usual_at_this_hour_where_that_is_known() -> None:
    series, hour = called().series, called().candle_close_time.hour
    quiet = by_hour([HourRecord(series, hour, candles=116, days=29, touched=58, live=0)])
    assert headline_text(called(), NOW, quiet).endswith(
        "usually\u00a065\u00a0% (at\u00a0this\u00a0hour\u00a060\u00a0%)"
    )


def test_a_small_distance_has_two_decimals() -> None:
    assert headline_text(called(label_barriers=(100.756, 99.244)), NOW).startswith("Move of ±0.76\u00a0%")
    assert headline_text(called(label_barriers=(100.996, 99.004)), NOW).startswith("Move of ±1.0\u00a0%")


def test_moments_of_today_have_no_day_and_midnight_has_its_time() -> None:
    assert moment_text(datetime(2025, 9, 3, 15, 15, tzinfo=UTC), NOW) == "15:15"
    assert moment_text(datetime(2025, 9, 12, tzinfo=UTC), NOW) == "12\u00a0Sep\u00a000:00"
    assert minute_text(datetime(2025, 9, 4, tzinfo=UTC), NOW) == "4\u00a0Sep\u00a000:00\u00a0UTC"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.7449, "74\u00a0%"),
        (0.9949, "99\u00a0%"),
        (0.996, ">\u00a099\u00a0%"),
        (1.0, ">\u00a099\u00a0%"),
        (0.001, "<\u00a01\u00a0%"),
    ],
)
def test_nothing_is_said_to_be_certain(share: float, text: str) -> None:
    assert share_text(share) == text


@pytest.mark.parametrize(
    ("long", "short", "side", "text"),
    [
        (0.26, 0.48, PROVEN, "SHORT\u00a065\u00a0%"),
        (0.40, 0.37, PROVEN, "leans LONG\u00a052\u00a0%"),
        (0.4384, 0.3616, PROVEN, "leans LONG\u00a054.8\u00a0%"),
        (0.37, 0.37, PROVEN, "side even"),
        (0.10, 0.80, UNPROVEN, "side unclear"),
        (0.10, 0.80, WORSE, "side unclear"),
        (0.10, 0.80, None, "side unclear"),
    ],
)
def test_the_side_is_said_only_as_strong_as_it_is(
    long: float, short: float, side: MeasuredSkill | None, text: str
) -> None:
    assert side_text(called(long, short, side)) == text


def test_the_bracket_names_the_lower_price_first() -> None:
    assert bracket_text(called(), 0.1) == "98.0\u00a0– 102.0"


def test_both_answers_travel_with_what_is_proven_of_them() -> None:
    headline_data = headline(called(side=UNPROVEN), NOW)
    assert (headline_data["move"]["band"], headline_data["move"]["proof"]) == ("likely", "untested")
    assert (headline_data["side"]["strength"], headline_data["side"]["proof"], headline_data["side"]["short"]) == (
        "unclear",
        "unproven",
        "65\u00a0%",
    )
