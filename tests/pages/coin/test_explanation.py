"""What speaks for a move is said with what it is compared with, and an effect that says nothing says so."""

from __future__ import annotations

from datetime import UTC, datetime

from core.domain import Series, Timeframe
from core.measured import Proof
from core.model.features import FeatureGroup
from core.model.periods import Period
from core.signals.explanation import GROUPS, Background, Effect, Explained, Explanation
from pages.components.coin.explanation import GROUP_WORDS, METHOD, bars, error_sentence, issued_sentence, side_sentence

EFFECTS = (
    Effect(FeatureGroup.TIME, 0.052, 0.004),
    Effect(FeatureGroup.VOLUME, -0.031, 0.006),
    Effect(FeatureGroup.TREND, 0.004, 0.001),
)
MOVE = Explained(0.725, 0.7, EFFECTS, 0.021, 0.02, 5360)
WHOLE = Explanation(
    Series("BTCUSDT", Timeframe.H1),
    "by-hand",
    datetime(2025, 9, 3, 11, tzinfo=UTC),
    Background(16, Period.model_validate({"from": "2023-01-25T08:00:00Z", "to": "2025-06-06T04:00:00Z"})),
    MOVE,
    MOVE,
)


def test_what_was_issued_never_stands_without_what_it_is_compared_with() -> None:
    assert issued_sentence("P(move)", MOVE, WHOLE) == (
        "P(move) is 72.5\u00a0%; on n = 16 windows of its training (BTCUSDT 1h, 2023-01-25 to 2025-06-06) "
        "the model said 70.0\u00a0% on average. The bars lead from there, in percentage points."
    )


def test_every_row_says_what_it_speaks_for_and_one_under_the_models_error_that_it_is() -> None:
    rows = bars(MOVE, Proof.PROVEN, "for a move", "against a move", "What speaks")["rows"]
    assert [(row["name"], row["text"], row["says"], row["quiet"]) for row in rows] == [
        ("Time of day and week", "+5.2 ± 0.4", "for a move", False),
        ("Volume", "−3.1 ± 0.6", "against a move", False),
        ("Trend", "+0.4 ± 0.1", "for a move, within the model's error", True),
    ]


def test_an_effect_that_is_shown_as_none_speaks_for_neither() -> None:
    none = Explained(0.6, 0.6, (Effect(FeatureGroup.TIME, -0.0004, 0.002),), None, None, None)
    [row] = bars(none, Proof.PROVEN, "for LONG", "for SHORT", "What speaks")["rows"]
    assert (row["text"], row["says"], row["quiet"]) == ("0.0 ± 0.2", "neither way", True)


def test_no_bar_of_a_question_that_is_not_proven_is_loud() -> None:
    assert all(row["quiet"] for row in bars(MOVE, Proof.UNPROVEN, "for LONG", "for SHORT", "What speaks")["rows"])


def test_the_models_error_is_said_with_its_number_of_candles_or_that_nobody_measured_it() -> None:
    assert "off by 2.1 points on average (n = 5,360), a perfect one would have been by 2.0" in error_sentence(MOVE)
    assert "never measured" in error_sentence(Explained(0.7, 0.7, EFFECTS, None, None, None))


def test_a_side_that_is_not_proven_is_called_so_first() -> None:
    assert side_sentence(MOVE, Proof.UNPROVEN).startswith("This model's side is not proven")
    assert side_sentence(MOVE, Proof.PROVEN).startswith("In its test")


def test_every_group_has_its_words_and_the_method_its_papers() -> None:
    assert set(GROUP_WORDS) == set(GROUPS)
    assert all(name in METHOD for name in ("Shapley", "Štrumbelj", "Lundberg", "McKay", "{coalitions}"))
