from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Direction, Timeframe
from core.findings import (
    AwaitingCandles,
    Finding,
    NoProvenSkill,
    Severity,
    Unavailable,
    UnavailableKind,
    Verdict,
    WorseThanGuessing,
)
from core.measured import MeasuredSkill
from core.signals.board import Signal
from pages.components.signals.cards import SPARKLINE_HEIGHT, card, sparkline_heights, tick_sizes
from tests.pages.fake_board import (
    BEATEN,
    NO_BETTER,
    NOON,
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
from tests.pages.predictions import measured
from tests.problems import no_model_text


def shown(of: Signal, tick_size: float | None = 0.1) -> dict[str, Any]:
    return card(of, tick_size, NOON)


def test_a_card_says_the_move_first_then_the_side_and_quietly_what_the_model_calls() -> None:
    made = shown(signal("BTCUSDT", Direction.LONG, 0.5, timing=PROVEN, side=UNPROVEN), 0.01)
    assert (made["coin"], made["name"], made["price"], made["change"]) == ("BTC", "Bitcoin", "100.00", "+1.23\u00a0%")
    assert made["move"] == {
        "text": "Move of ±2.0\u00a0% by 16:00",
        "share": "75\u00a0%",
        "usual": "65\u00a0%",
        "at": 0.75,
        "usually": 0.65,
        "band": "likely",
        "proof": "proven",
    }
    assert (made["side"]["text"], made["side"]["strength"], made["side"]["proof"]) == (
        "side unclear",
        "unclear",
        "unproven",
    )
    assert (made["direction"], made["confidence"]) == ("LONG", "50.0\u00a0%")
    assert made["probabilities"] == ["50.0\u00a0%", "25.0\u00a0%", "25.0\u00a0%"]  # LONG, NO_TRADE, SHORT
    assert (made["eta"], made["until"]) == ("1 h 45 min", "12:15\u00a0UTC")
    assert made["measures"] == {"confidence": 0.5, "move": 0.75, "side": 0.3333}


def test_levels_are_distances_from_the_entry_on_either_side() -> None:
    long = shown(signal(direction=Direction.LONG))["levels"]
    assert (long["stop"], long["tp1"], long["tp3"]) == ("−2.00\u00a0%", "+2.00\u00a0%", "+6.00\u00a0%")
    short = shown(signal(direction=Direction.SHORT))["levels"]
    assert (short["stop"], short["tp1"]) == ("+2.00\u00a0%", "−2.00\u00a0%")


def test_both_verdicts_come_with_their_skill_its_interval_and_n() -> None:
    skills = shown(signal(timing=PROVEN, side=UNPROVEN))["skills"]
    assert skills["timing"].startswith("Timing skill +")
    assert skills["timing"].endswith("n = 1,000): better than the class frequencies.")
    assert skills["side"].startswith("Side skill +0.010 (95\u00a0% interval −")
    assert shown(signal(timing=None, side=None))["skills"] is None


@pytest.mark.parametrize("side", [None, UNPROVEN, WORSE, PROVEN])
@pytest.mark.parametrize("direction", list(Direction))
def test_levels_of_a_side_are_shown_only_where_it_is_called_proven_and_apart(
    direction: Direction, side: MeasuredSkill | None
) -> None:
    made = shown(signal(direction=direction, side=side))
    clear = side is PROVEN and direction is not Direction.NO_TRADE
    assert bool(made["levels"]["shown"]) == clear
    assert (made["side"]["strength"] == "clear") == clear
    assert made["bracket"] == "98.0\u00a0– 102.0"


def test_a_weak_model_is_told_with_its_accuracy_its_reason_and_the_command_that_trains_it_anew() -> None:
    made = shown(signal(accuracy=0.123, findings=[WEAK]))
    assert (made["weak"], made["broken"], made["word"], made["accuracy"]) == (
        True,
        None,
        "Weak model",
        "12.3\u00a0% right, baseline 35.0\u00a0%, n\u00a0=\u00a01,000",
    )
    reason = made["reasons"][0]
    assert reason["command"] == (
        "python scripts/train_models.py --candles FOLDER --symbols BTCUSDT --timeframes 15m --force"
    )
    assert reason["text"].startswith("Right 12.3\u00a0% of the time on 1,000 test candles")
    assert reason["text"].endswith(" Retrain:")
    assert "python" not in reason["text"]


def test_a_broken_model_is_told_apart_from_a_weak_one() -> None:
    broken = Finding(Verdict.WEAK_MODEL, Severity.CRITICAL, WorseThanGuessing(measured(0.1)))
    made = shown(signal(findings=[broken]))
    assert (made["weak"], made["broken"]) == (True, True)


def test_a_model_no_better_than_its_baseline_is_amber_however_accurate() -> None:
    made = shown(signal(accuracy=0.97, findings=[NO_BETTER]))
    assert (made["severity"], made["word"], made["accuracy"]) == (
        "warning",
        "Not above baseline",
        "97.0\u00a0% right, baseline 35.0\u00a0%, n\u00a0=\u00a01,000",
    )


def test_a_doubt_about_what_is_right_too_rarely_is_its_figures() -> None:
    made = shown(signal(accuracy=0.3, findings=[NO_BETTER]))
    assert made["word"] == made["accuracy"] == "30.0\u00a0% right ≤ baseline 35.0\u00a0%, n\u00a0=\u00a01,000"
    assert shown(signal(accuracy=0.3, findings=[STALE, NO_BETTER]))["word"] == "Stale candles"


def test_a_doubt_about_skill_is_told_with_its_figures() -> None:
    unproven = Finding(Verdict.NO_SKILL, Severity.WARNING, NoProvenSkill(UNPROVEN))
    assert shown(signal(findings=[unproven]))["word"] == "No proven skill: +0.010, n\u00a0=\u00a01,000"
    assert shown(signal(findings=[STALE, unproven]))["word"] == "Stale candles"


def test_a_note_is_told_with_its_numbers_and_marks_nothing() -> None:
    made = shown(signal(accuracy=0.38, findings=[NOTE]))
    assert (made["severity"], made["word"], made["weak"]) == ("none", None, None)
    assert made["noted"] is None, "it is above its baseline"
    assert made["accuracy"] == "38.0\u00a0% right, baseline 35.0\u00a0%, n\u00a0=\u00a01,000"
    assert "under the 40\u00a0% line, though its skill is proven: +0.050" in made["reasons"][0]["text"]
    assert shown(signal(findings=[STALE, NOTE]))["severity"] == "warning"


def test_a_skilled_model_that_one_class_beats_says_so_on_its_card() -> None:
    """As THETA's on 1d: right 25 % of the time beside a baseline of 43.5 %, which its proven timing does not make good."""
    made = shown(signal(accuracy=0.25, findings=[BEATEN], timing=PROVEN))
    assert (made["severity"], made["word"], made["weak"]) == ("none", None, None)
    assert made["noted"]
    assert made["accuracy"] == "25.0\u00a0% right ≤ baseline 35.0\u00a0%, n\u00a0=\u00a01,000"
    assert shown(signal(findings=[STALE, BEATEN]))["noted"] is None, "one cue, which is the gravest finding"


def test_a_weak_model_is_one_quiet_line_with_its_numbers() -> None:
    """As APT's on 1d: right 21 % of the time, without proven skill."""
    made = shown(signal(accuracy=0.21, findings=[WEAK]))
    assert (made["weak"], made["word"], made["noted"]) == (True, "Weak model", None)
    assert made["accuracy"] == "21.0\u00a0% right, baseline 35.0\u00a0%, n\u00a0=\u00a01,000"


def test_stale_candles_are_marked_whatever_else_is_wrong() -> None:
    assert shown(signal(findings=[WEAK, STALE]))["stale"]
    assert not shown(signal(findings=[WEAK]))["stale"]


def test_a_model_that_was_never_tested_has_no_accuracy_to_show() -> None:
    assert shown(signal(accuracy=None))["accuracy"] is None


def test_a_coin_without_a_model_says_so_and_why_without_the_folders_of_the_server() -> None:
    problem = shown(silent())["problem"]
    assert problem["word"] == "No model"
    assert problem["reasons"] == [
        {
            "text": f"{no_model_text('XRPUSDT', Timeframe.M15)} Train one into models/XRPUSDT/15m with:",
            "command": "python scripts/train_models.py --candles FOLDER --symbols XRPUSDT --timeframes 15m",
        }
    ]
    assert "/srv" not in json.dumps(problem)


def test_a_coin_whose_candles_are_on_their_way_is_not_said_to_lack_a_model() -> None:
    waiting = silent(problem=Unavailable(UnavailableKind.LOADING, AwaitingCandles("simulated")))
    assert shown(waiting, None)["problem"]["word"] == "Loading candles"


def test_every_card_can_be_sent_to_a_browser() -> None:
    for made in (shown(signal(findings=[WEAK])), shown(silent(), None)):
        assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_a_finding_that_no_training_helps_has_a_sentence_and_no_command() -> None:
    assert shown(signal(findings=[STALE]))["reasons"] == [
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
