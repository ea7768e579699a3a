from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Direction, Timeframe
from core.findings import AwaitingCandles, Unavailable, UnavailableKind
from core.measured import MeasuredSkill
from pages.components.signals.cards import SPARKLINE_HEIGHT, card, sparkline_heights, tick_sizes
from tests.pages.fake_board import (
    NO_BETTER,
    NOTE,
    PROVEN,
    STALE,
    UNPROVEN,
    WEAK,
    WORSE,
    FakeFeed,
    signal,
    silent,
)
from tests.problems import no_model_text


def test_a_card_says_what_the_model_calls_and_how_sure_it_is() -> None:
    made = card(signal("BTCUSDT", Direction.LONG, 0.5), tick_size=0.01)
    assert (made["coin"], made["name"], made["price"], made["change"]) == ("BTC", "Bitcoin", "100.00", "+1.23 %")
    assert (made["direction"], made["confidence"]) == ("LONG", "50.0 %")
    assert made["probabilities"] == ["50.0 %", "25.0 %", "25.0 %"]  # LONG, NO_TRADE, SHORT
    assert made["eta"] == "1 h 45 min"


def test_levels_are_distances_from_the_entry_on_either_side() -> None:
    long = card(signal(direction=Direction.LONG), 0.1)["levels"]
    assert (long["stop"], long["tp1"], long["tp3"], long["hypothetical"]) == ("−2.00 %", "+2.00 %", "+6.00 %", False)
    short = card(signal(direction=Direction.SHORT), 0.1)["levels"]
    assert (short["stop"], short["tp1"]) == ("+2.00 %", "−2.00 %")


def test_levels_of_no_trade_are_only_what_would_be() -> None:
    levels = card(signal(direction=Direction.NO_TRADE), 0.1)["levels"]
    assert (levels["hypothetical"], levels["side"]) == (True, "LONG")


def test_a_weak_model_is_marked_with_its_accuracy_its_reason_and_the_command_that_trains_it_anew() -> None:
    trust = card(signal(accuracy=0.123, findings=[WEAK]), 0.1)["trust"]
    assert (trust["severity"], trust["word"], trust["accuracy"]) == (
        "critical",
        "Weak model",
        "12.3\u00a0% right, baseline 35.0\u00a0%, n\u00a0=\u00a01,000",
    )
    reason = trust["reasons"][0]
    assert reason["command"] == (
        "python scripts/train_models.py --candles FOLDER --symbols BTCUSDT --timeframes 15m --force"
    )
    assert reason["text"].startswith("Right 12.3\u00a0% of the time on 1,000 test candles")
    assert reason["text"].endswith(" Retrain:")
    assert "python" not in reason["text"]


def test_a_model_no_better_than_its_baseline_is_amber_however_accurate() -> None:
    trust = card(signal(accuracy=0.97, findings=[NO_BETTER]), 0.1)["trust"]
    assert (trust["severity"], trust["word"], trust["accuracy"]) == (
        "warning",
        "Not above baseline",
        "97.0\u00a0% right, baseline 35.0\u00a0%, n\u00a0=\u00a01,000",
    )


def test_a_note_is_told_with_its_numbers_and_marks_nothing() -> None:
    trust = card(signal(accuracy=0.38, findings=[NOTE]), 0.1)["trust"]
    assert (trust["severity"], trust["word"]) == ("none", "Trusted")
    assert trust["accuracy"] == "38.0\u00a0% right, baseline 35.0\u00a0%, n\u00a0=\u00a01,000"
    assert "under the 40\u00a0% line, though its skill is proven: +0.050" in trust["reasons"][0]["text"]
    assert card(signal(findings=[STALE, NOTE]), 0.1)["trust"]["severity"] == "warning"


def test_a_card_says_when_and_which_way_with_what_is_proven_of_each() -> None:
    made = card(signal(direction=Direction.LONG, confidence=0.5, timing=PROVEN, side=UNPROVEN), 0.1)
    assert made["answers"] == {
        "move": "75 %",
        "usual": "65 %",
        "timing": "proven",
        "long": "67 %",
        "short": "33 %",
        "side": "unproven",
    }


@pytest.mark.parametrize("side", [None, UNPROVEN, WORSE, PROVEN])
@pytest.mark.parametrize("timing", [None, UNPROVEN, WORSE, PROVEN])
@pytest.mark.parametrize("direction", list(Direction))
def test_a_badge_is_filled_only_where_what_it_says_is_proven(
    direction: Direction, timing: MeasuredSkill | None, side: MeasuredSkill | None
) -> None:
    filled = card(signal(direction=direction, timing=timing, side=side), 0.1)["filled"]
    assert filled == ((timing if direction is Direction.NO_TRADE else side) is PROVEN)


def test_stale_candles_are_marked_whatever_else_is_wrong() -> None:
    assert card(signal(findings=[WEAK, STALE]), 0.1)["trust"]["stale"]
    assert not card(signal(findings=[WEAK]), 0.1)["trust"]["stale"]


def test_a_model_that_was_never_tested_has_no_accuracy_to_show() -> None:
    assert card(signal(accuracy=None), 0.1)["trust"]["accuracy"] is None


def test_a_coin_without_a_model_says_so_and_why_without_the_folders_of_the_server() -> None:
    problem = card(silent(), 0.1)["problem"]
    assert problem["word"] == "No model"
    assert problem["summary"] == no_model_text("XRPUSDT", Timeframe.M15)
    assert problem["reasons"] == [
        {
            "text": f"{problem['summary']} Train one into models/XRPUSDT/15m with:",
            "command": "python scripts/train_models.py --candles FOLDER --symbols XRPUSDT --timeframes 15m",
        }
    ]
    assert "/srv" not in json.dumps(problem)


def test_a_coin_whose_candles_are_on_their_way_is_not_said_to_lack_a_model() -> None:
    waiting = silent(problem=Unavailable(UnavailableKind.LOADING, AwaitingCandles("simulated")))
    assert card(waiting, None)["problem"]["word"] == "Loading candles"


def test_every_card_can_be_sent_to_a_browser() -> None:
    for made in (card(signal(findings=[WEAK]), 0.1), card(silent(), None)):
        assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_a_finding_that_no_training_helps_has_a_sentence_and_no_command() -> None:
    assert card(signal(findings=[STALE]), 0.1)["trust"]["reasons"] == [
        {
            "severity": "warning",
            "text": "3 candles are missing since 2025-09-03 12:00 UTC.",
            "command": None,
        }
    ]


def test_a_coin_the_market_has_just_ceased_to_list_has_no_tick() -> None:
    feed = FakeFeed(unlisted={"ETHUSDT"})
    assert tick_sizes(feed, [signal("BTCUSDT"), signal("ETHUSDT")]) == {"BTCUSDT": 0.1, "ETHUSDT": None}


def test_a_flat_sparkline_runs_through_the_middle() -> None:
    assert sparkline_heights((5.0, 5.0)) == [SPARKLINE_HEIGHT // 2] * 2
    assert sparkline_heights(()) == []


@given(st.lists(st.floats(1e-8, 1e6), min_size=2, max_size=48))
def test_a_sparkline_keeps_the_order_of_its_closes_within_its_height(closes: list[float]) -> None:
    heights = sparkline_heights(tuple(closes))
    assert all(0 <= height <= SPARKLINE_HEIGHT for height in heights)
    pairs = sorted(zip(closes, heights, strict=True))
    assert [height for _, height in pairs] == sorted(heights)
