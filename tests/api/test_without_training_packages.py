"""Serving needs nothing of what only training installs, and loads nothing of Streamlit or learning into the core."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]

PROGRAM = """
import json, sys
from pathlib import Path

sys.modules.update(dict.fromkeys(("dask", "distributed", "lightgbm", "tqdm")))  # importing them fails

from tests.api.client import client_of
from tests.applications import still_life

def loaded():
    return [name for name, module in sys.modules.items() if module is not None]

life = still_life(Path(sys.argv[1]))
with client_of(life.application) as client:
    answer = client.get("/api/predictions?timeframe=15m&symbols=BTC")
    models = client.get("/api/models")
answered = [answer.status_code, answer.json()["count"], models.status_code]
core = loaded()
import app
print(json.dumps({"answered": answered, "core": core, "app": loaded()}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a fresh process without those packages answered, and what it had loaded then and with the dashboard."""
    command = [sys.executable, "-c", PROGRAM, str(tmp_path_factory.mktemp("models"))]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout))


def test_predictions_are_served_where_the_packages_of_training_are_missing(told: dict[str, Any]) -> None:
    assert told["answered"] == [200, 1, 200]


def test_the_core_loads_nothing_of_the_dashboard_or_of_learning(told: dict[str, Any]) -> None:
    assert [name for name in told["core"] if name.startswith(("core.learning", "streamlit", "pages"))] == []


def test_the_dashboard_loads_nothing_of_learning(told: dict[str, Any]) -> None:
    assert "pages.components.shared.scripts" in told["app"]
    assert [name for name in told["app"] if name.startswith("core.learning")] == []
