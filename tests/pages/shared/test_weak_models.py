from __future__ import annotations

from core.domain import Timeframe
from pages.components.shared.weak_models import retrain_commands, weak_sentence, weak_signals, weak_table
from tests.pages.fake_board import NO_BETTER, STALE, WEAK, signal, silent

BOARD = [
    signal("BTCUSDT", accuracy=0.38, findings=[WEAK]),
    signal("ETHUSDT", accuracy=0.123, findings=[STALE, WEAK]),
    signal("ADAUSDT", accuracy=0.39, timeframe=Timeframe.H4, findings=[WEAK]),
    signal("SOLUSDT", accuracy=0.97, findings=[NO_BETTER]),
    signal("DOGEUSDT"),
    silent("XRPUSDT"),
]


def test_only_models_under_the_line_are_listed_the_worst_first() -> None:
    assert [s.symbol for s in weak_signals(BOARD)] == ["ETHUSDT", "BTCUSDT", "ADAUSDT"]


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
    assert weak_sentence(2, 4).startswith("2 of these 4 signals come from weak models: right less than 40\u00a0%")
    assert weak_sentence(1, 4).startswith("1 of these 4 signals comes from a weak model: right less than 40\u00a0%")
    assert weak_sentence(1, 1).startswith("1 of this 1 signal comes from a weak model")
