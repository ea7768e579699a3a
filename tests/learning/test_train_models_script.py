from __future__ import annotations

from pathlib import Path

import pytest

from core.domain import Timeframe
from core.model.registry import ModelRegistry
from scripts.train_models import main
from tests.learning.test_train import QUICK_RECIPES
from tests.made_candles import write_coins
from tests.problems import RULE


@pytest.fixture
def candles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("core.learning.order.RECIPES", QUICK_RECIPES)
    return write_coins(tmp_path / "candles", {"AAAUSDT": 1500, "NEWUSDT": 150}, Timeframe.M15)


def run(candles: Path, tmp_path: Path, *more: str) -> int:
    folders = ["--candles", str(candles), "--models", str(tmp_path / "m"), "--datasets", str(tmp_path / "d")]
    return main([*folders, "--jobs", "1", "--timeframes", "15m", *more])


def test_it_trains_prints_the_table_and_says_who_lacks_history(
    candles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(candles, tmp_path) == 0
    out = capsys.readouterr().out
    assert "1 model trained" in out
    assert f"NEWUSDT 15m: 150 15m candles leave 0 labelled ones for training, but {RULE}." in out
    assert ModelRegistry(tmp_path / "m").available() == (("AAAUSDT", Timeframe.M15),)
    assert run(candles, tmp_path) == 0
    assert "1 were there already" in capsys.readouterr().out


def test_a_failed_coin_is_listed_with_its_reason_and_the_exit_code_is_1(
    candles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (candles / "NEWUSDT" / "15m.parquet").write_bytes(b"torn")
    assert run(candles, tmp_path) == 1
    out = capsys.readouterr().out
    assert "FAILED" in out
    assert "NEWUSDT" in out
    assert "1 model trained" in out


def test_without_a_list_the_timeframes_are_those_the_folder_has(
    candles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder of one's own seldom has all four, and what was never there cannot fail."""
    folders = ["--candles", str(candles), "--models", str(tmp_path / "m"), "--datasets", str(tmp_path / "d")]
    assert main([*folders, "--jobs", "1"]) == 0
    assert "FAILED" not in capsys.readouterr().out


def test_no_model_at_all_is_a_failure(candles: Path, tmp_path: Path) -> None:
    assert run(candles, tmp_path, "--symbols", "new") == 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--timeframes", "2h"], "Unknown timeframe '2h'"),
        (["--symbols", "AAAUSD"], "Did you mean 'AAAUSDT'?"),
        (["--symbols", " , "], "--symbols names no coin; expected all, or a list such as BTC,ETH"),
        (["--jobs", "0"], "--jobs is 0"),
        (["--seed", "-1"], "--seed is -1"),
        (["--spot-candles", "/nowhere"], "--spot-candles /nowhere holds no candles"),
        (["--candles", "/nowhere"], "--candles /nowhere holds no candles"),
    ],
)
def test_bad_arguments_get_a_sentence(
    candles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], sentence: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(candles, tmp_path, *more)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err
