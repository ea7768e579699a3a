from __future__ import annotations

from datetime import UTC, datetime

from core.domain import Direction
from pages.components.signals.filters import Filters, Relief
from pages.components.signals.sentences import board_sentence, empty_sentence
from tests.pages.fake_board import WEAK, signal, silent

NOW = datetime(2025, 9, 3, 12, 1, tzinfo=UTC)
LIKELY = signal("BTCUSDT", Direction.LONG, 0.62)  # moves in 81 %, usually in 65 %
QUIET = signal("ETHUSDT", Direction.NO_TRADE, 0.60)
USUAL = signal("SOLUSDT", Direction.NO_TRADE, 0.36)
DOUBTED = signal("DOGEUSDT", Direction.LONG, 0.62, findings=[WEAK])


def test_the_board_is_summed_up_by_what_is_likely_what_is_weak_and_until_when() -> None:
    said = board_sentence([LIKELY, QUIET, USUAL, DOUBTED, silent()], NOW)
    assert said == ("A move is likelier than usual for 1 of 3 coins. 1 model is weak. Holds until 12:15\u00a0UTC.")


def test_a_quiet_board_is_news() -> None:
    both = [QUIET, signal("BTCUSDT", Direction.NO_TRADE, 0.55)]
    assert board_sentence(both, NOW).startswith("Quiet: all 2 coins are less likely to move than usual.")
    assert board_sentence([QUIET, USUAL], NOW).startswith(
        "No coin is likelier to move than usual, 1 less likely to move."
    )


def test_a_board_without_signals_says_so() -> None:
    assert board_sentence([silent(), silent("BTCUSDT")], NOW) == "None of 2 coins has a signal."


def test_the_empty_case_names_what_hides_the_most() -> None:
    asked = Filters(directions=frozenset({Direction.SHORT}), search="nosuchcoin")
    assert empty_sentence(5, asked, None) == "No signal passes these filters together; 5 coins are on this timeframe."
    assert "the direction hides the most. Without it 2 of 5 coins" in empty_sentence(5, asked, Relief("directions", 2))
    assert "“nosuchcoin”. Without the search 3 of 5 coins" in empty_sentence(5, asked, Relief("search", 3))
