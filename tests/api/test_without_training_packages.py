"""Serving needs nothing of what only training installs, and loads nothing of Streamlit or learning into the core."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

PROGRAM = """
import sys
from pathlib import Path

sys.modules.update(dict.fromkeys(("dask", "distributed", "lightgbm", "tqdm")))  # importing them fails

from tests.api.client import client_of
from tests.applications import still_life

life = still_life(Path(sys.argv[1]))
with client_of(life.application) as client:
    answer = client.get("/api/predictions?timeframe=15m&symbols=BTC")
    models = client.get("/api/models")
print(answer.status_code, answer.json()["count"], models.status_code)
print(*(name for name, module in sys.modules.items() if module is not None))
"""


def test_predictions_are_served_where_the_packages_of_training_are_missing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)
    answered, loaded = (line.split() for line in ended.stdout.splitlines() or [ended.stderr, ""])
    assert answered == ["200", "1", "200"]
    assert not [name for name in loaded if name.startswith(("core.learning", "streamlit", "pages"))]
