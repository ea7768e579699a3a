"""What stands above the chart of a narrow window: the verdict, before anybody scrolls."""

from __future__ import annotations

from core.domain import Series, Timeframe
from core.findings import Finding, Severity, Verdict, WorseThanGuessing
from core.signals.board import Signal
from pages.components.coin.verdict_line import verdict_lines
from tests.pages.fake_board import NOON, NOTE, PROVEN, STALE, UNPROVEN, WEAK, signal
from tests.pages.predictions import measured

M15 = Timeframe.M15


def lines(shown: Signal | None) -> list[str]:
    return [line.replace("\\", "") for line in verdict_lines(shown, M15, NOON)]


def test_it_says_the_move_the_side_and_what_is_proven_of_both() -> None:
    move, side = lines(signal(timing=PROVEN, side=UNPROVEN, findings=[NOTE]))
    assert move == "Move of ±2.0\u00a0% by 16:00: 75\u00a0%, usually\u00a065\u00a0%"
    assert side == "side unclear · Timing ✓ proven · Side ○ not proven"


def test_a_doubt_comes_first_and_a_weak_or_broken_model_is_not_to_be_relied_on() -> None:
    broken = Finding(Verdict.WEAK_MODEL, Severity.CRITICAL, WorseThanGuessing(measured(0.1)))
    assert lines(signal(findings=[STALE]))[0] == "**! Stale candles**"
    assert lines(signal(findings=[WEAK]))[0] == "**✕ Weak model: do not rely on this signal**"
    assert lines(signal(findings=[broken]))[0] == "**✕ Broken model: do not rely on this signal**"


def test_where_there_is_no_signal_it_says_so() -> None:
    assert lines(None) == ["**15m**: Loading"]
    assert lines(Signal(Series("BTCUSDT", M15), None, None, None, ())) == ["**15m**: Loading"]
