"""The ledger's speed is measured on entries as a board makes them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.domain import Timeframe
from core.settings import Settings
from scripts import ledger_speed
from tests.hand_made_models import publish


@pytest.mark.slow
def test_what_is_measured_is_written_refused_the_second_time_and_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_speed, "COINS", 3)
    monkeypatch.setattr("core.journal.replayer.LOOK_SECONDS", 0.05)
    publish(tmp_path / "models", "BTCUSDT", Timeframe.M15)
    settings = Settings(market="simulated", database_url=None, models_dir=tmp_path / "models", replay_days=1)
    figures = ledger_speed.measure_ledger(tmp_path, settings, resolved=500)
    assert set(figures) == {f"sqlite_{name}" for name in ledger_speed.LABELS}
    assert all(figure >= 0 for figure in figures.values())
    assert figures["sqlite_replayed"] == 96
    assert len(ledger_speed.table(figures).splitlines()) == 12


def test_a_midnight_has_a_signal_of_every_coin_on_every_timeframe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_speed, "COINS", 3)
    entries = ledger_speed.midnight(Settings(market="simulated"))
    assert len({(entry.symbol, entry.timeframe) for entry in entries}) == len(entries) == 12
    assert json.loads(entries[0].shown)["model_version"] == entries[0].model_version
