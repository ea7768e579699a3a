"""What whoever comes for the first time reads."""

from __future__ import annotations

from core.domain import Timeframe
from core.model.evaluated import Evaluated
from pages.components.shared.welcome import welcome_sentences
from tests.hand_made_models import evaluated


def test_three_sentences_say_what_is_shown_what_is_known_and_why_percentages_are_small() -> None:
    shows, knows, small = welcome_sentences(Evaluated.model_validate(evaluated(Timeframe.M15)))
    assert shows.startswith("Candor shows")
    assert "hardly anything of which way" in knows
    assert small == (
        "Its percentages are small because, over all coins together, about as much comes true as they say: on the same "
        "1,000 test candles at 15m the usual recipe says 73.8\u00a0% and is right 37.0\u00a0% of the time, Candor's models say 40.5\u00a0% "
        "and are right 39.6\u00a0%; always calling each coin's commonest class is right 35.0\u00a0%."
    )


def test_without_an_evaluation_no_figure_is_claimed() -> None:
    assert not any(digit in welcome_sentences(None)[2] for digit in "0123456789")
