"""A coin's models lie under its whole symbol; whatever else lies beside them is ignored, and named once."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from core.domain import Timeframe
from core.model.registry import METRICS_FILE, ModelRegistry
from tests.hand_made_models import publish
from tests.problems import reason_of_model

BTC = ("BTCUSDT", Timeframe.M15)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    publish(tmp_path, "BTCUSDT", Timeframe.M15)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["btc", "BTC", "btcusdt", "BtcUSDT", "BTCUSDT ", " BTCUSDT", "BTC-USDT", "BTCUSDT.old"]
)
def test_a_folder_that_is_not_named_by_the_whole_symbol_counts_for_nothing(
    models: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(models / "BTCUSDT", models / name)
    registry = ModelRegistry(models)
    with caplog.at_level(logging.WARNING):
        assert [registry.available(), registry.available()] == [(BTC,), (BTC,)]
    assert [record.getMessage() for record in caplog.records] == [
        f"Among the models, {name} is ignored: a coin's folder is named by its whole symbol."
    ]


@pytest.mark.parametrize("name", ["1H", "15M", "15m ", "2h", "15m.old"])
def test_a_folder_that_is_not_named_by_a_timeframe_counts_for_nothing(
    models: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(models / "BTCUSDT" / "15m", models / "BTCUSDT" / name)
    with caplog.at_level(logging.WARNING):
        assert ModelRegistry(models).available() == (BTC,)
    assert f"Among the models, BTCUSDT/{name} is ignored" in caplog.text


def test_what_a_killed_publication_left_and_files_are_passed_over_in_silence(
    models: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in (".BTCUSDT-old-123", "BTCUSDT/.15m.old.1", "BTCUSDT/.1h.new.2"):
        shutil.copytree(models / "BTCUSDT" / "15m", models / name)
    (models / "EVALUATION.md").write_text("figures")
    (models / "SOLUSDT").write_text("a file")
    with caplog.at_level(logging.WARNING):
        assert ModelRegistry(models).available() == (BTC,)
    assert caplog.text == ""


def test_a_link_to_another_coins_folder_is_no_second_model(models: Path) -> None:
    (models / "ETHUSDT").symlink_to(models / "BTCUSDT")
    (models / "BTCUSDT" / "1h").symlink_to(models / "BTCUSDT" / "15m")
    registry = ModelRegistry(models)
    assert registry.available() == (BTC,)
    for symbol, timeframe in (("ETHUSDT", "15m"), ("BTCUSDT", "1h")):
        reason = reason_of_model(registry.status(symbol, timeframe))
        assert f"metrics.json describes BTCUSDT 15m; expected {symbol} {timeframe}" in reason


def test_a_link_to_the_coins_own_folder_elsewhere_is_followed(models: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    publish(elsewhere, "ETHUSDT", Timeframe.M15)
    (models / "ETHUSDT").symlink_to(elsewhere / "ETHUSDT")
    assert ModelRegistry(models).is_model_available("ETH", "15m")


def test_links_in_a_circle_are_unusable(models: Path) -> None:
    path = models / "BTCUSDT" / "15m" / METRICS_FILE
    path.unlink()
    path.symlink_to(path)
    assert "metrics.json cannot be read: Too many levels" in reason_of_model(ModelRegistry(models).status("BTC", "15m"))


def test_without_a_folder_of_models_there_are_none(tmp_path: Path) -> None:
    assert ModelRegistry(tmp_path / "none").available() == ()
