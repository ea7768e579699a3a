"""Serving needs nothing of what only training installs, and loads nothing of Streamlit or learning into the core."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.training

PROJECT = Path(__file__).resolve().parents[2]

ONLY_TO_TRAIN = ("dask", "distributed", "joblib", "lightgbm", "scipy", "sklearn", "tqdm")

PROGRAM = """
import json, sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

packages, pages = sys.argv[1].split(), sys.argv[2].split()
sys.modules.update(dict.fromkeys(packages))  # importing them fails

from core.application import assemble, registry_of
from core.domain import Timeframe
from core.market.clock import ManualClock
from core.market.feed import CandleFeed
from core.market.simulated import SimulatedMarket
from core.settings import Settings
from tests.api.client import client_of

def loaded():
    return [name for name, module in sys.modules.items() if module is not None]

market = SimulatedMarket(clock=ManualClock(datetime(2025, 9, 3, 12, tzinfo=UTC)))
feed = CandleFeed(market, [Timeframe.M15], symbols=("BTCUSDT",))
application = assemble(Settings(market="simulated"), feed, registry_of(Path("models").absolute()))
application.board.start()
feed.refresh_once()
with client_of(application) as client:
    answer = client.get("/api/predictions?timeframe=15m&symbols=BTC")
    models = client.get("/api/models")
answered = [answer.status_code, answer.json()["count"], models.status_code]
core = loaded()
for module in ["app", *pages]:
    import_module(module)
print(json.dumps({"answered": answered, "core": core, "app": loaded()}))
"""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What a fresh process without those packages answered, and what it had loaded then and with the dashboard."""
    components = PROJECT.glob("pages/components/**/*.py")
    modules = [".".join(path.relative_to(PROJECT).with_suffix("").parts) for path in components]
    command = [sys.executable, "-c", PROGRAM, " ".join(ONLY_TO_TRAIN), " ".join(modules)]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout))


def test_shipped_models_are_served_where_the_packages_of_training_are_missing(told: dict[str, Any]) -> None:
    assert told["answered"] == [200, 1, 200]


def test_the_core_loads_nothing_of_the_dashboard_or_of_learning(told: dict[str, Any]) -> None:
    assert [name for name in told["core"] if name.startswith(("core.learning", "streamlit", "pages"))] == []


def test_the_dashboard_loads_nothing_of_learning(told: dict[str, Any]) -> None:
    assert "pages.components.shared.scripts" in told["app"]
    assert [name for name in told["app"] if name.startswith("core.learning")] == []
