from __future__ import annotations

from core.domain import Timeframe
from core.findings import Finding, NeverTested, Severity, Verdict, WorseThanFrequencies
from pages.components.shared.weak_models import retrain_commands, weak_sentence, weak_signals, weak_table
from tests.pages.fake_board import NO_BETTER, NOTE, STALE, WEAK, WORSE, signal, silent

BOARD = [
    signal("BTCUSDT", accuracy=0.38, findings=[WEAK]),
    signal("ETHUSDT", accuracy=0.123, findings=[STALE, WEAK]),
    signal("ADAUSDT", accuracy=0.39, timeframe=Timeframe.H4, findings=[WEAK]),
    signal("SOLUSDT", accuracy=0.97, findings=[NO_BETTER]),
    signal("DOGEUSDT"),
    silent("XRPUSDT"),
]


def test_only_weak_models_are_listed_the_worst_first() -> None:
    assert [s.symbol for s in weak_signals(BOARD)] == ["ETHUSDT", "BTCUSDT", "ADAUSDT"]


def test_a_model_that_was_never_tested_or_is_worse_than_none_is_weak_whatever_its_accuracy() -> None:
    untested = signal(
        "LTCUSDT", accuracy=None, findings=[Finding(Verdict.NO_ACCURACY, Severity.CRITICAL, NeverTested())]
    )
    worse = Finding(Verdict.NO_SKILL, Severity.CRITICAL, WorseThanFrequencies(WORSE))
    found = weak_signals([signal("BCHUSDT", accuracy=0.45, findings=[worse]), untested, signal(findings=[NOTE])])
    assert [s.symbol for s in found] == ["LTCUSDT", "BCHUSDT"]
    assert weak_table(found)["accuracy"].isna().tolist() == [True, False]


def test_every_weak_model_stands_with_its_accuracy_its_baseline_and_its_sample() -> None:
    table = weak_table(weak_signals(BOARD))
    assert table.iloc[0].to_dict() == {
        "coin": "ETHUSDT",
        "timeframe": "15m",
        "accuracy": 0.123,
        "baseline": 0.35,
        "n": 1000,
    }


def test_one_command_per_timeframe_retrains_them_all() -> None:
    assert retrain_commands(weak_signals(BOARD)) == [
        "python scripts/train_models.py --candles FOLDER --symbols BTCUSDT,ETHUSDT --timeframes 15m --force",
        "python scripts/train_models.py --candles FOLDER --symbols ADAUSDT --timeframes 4h --force",
    ]


def test_one_weak_model_is_spoken_of_as_one() -> None:
    assert weak_sentence(2, 4).startswith("2 of 4 signals come from weak models")
    assert weak_sentence(1, 4).startswith("1 of 4 signals comes from a weak model")
    assert weak_sentence(1, 1).startswith("1 of 1 signal comes from a weak model")
