"""What a fifth timeframe takes: entries in the tables of a copy of the core, then it trains a model and shows it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from core.settings import PROJECT

EDITS = {
    "core/domain.py": [
        ('    M15 = "15m"\n', '    M5 = "5m"\n    M15 = "15m"\n'),
        ("_MINUTES = {", "_MINUTES = {Timeframe.M5: 5, "),
    ],
    "core/learning/recipes.py": [
        (
            "        Timeframe.M15: Recipe(\n",
            "        Timeframe.M5: Recipe(\n"
            "            NetworkRecipe(\n"
            "                steps=4, batch=32, learning_rate=3e-3, dropout=0.1, noise=0.1, weight_decay=0.05, check_every=2\n"
            "            ),\n"
            "            TreesRecipe(rounds=5, side_rounds=5),\n"
            "            HeldOut(validation_days=42, test_days=56),\n"
            "        ),\n"
            "        Timeframe.M15: Recipe(\n",
        )
    ],
    # A feature looks back a whole day, which is 288 candles of 5m.
    "core/model/features.py": [("WARM_UP_CANDLES = 100\n", "WARM_UP_CANDLES = 300\n")],
}
"""By file what is replaced by what."""

TRAIN_AND_LOOK = """
import sys
from datetime import UTC, datetime
from pathlib import Path

from core.domain import Timeframe
from core.learning.train import TrainingOrder, train_models
from core.market.feed import CandleFeed
from core.market.recorded import RecordedMarket
from core.model.registry import ModelRegistry
from core.signals.board import SignalBoard
from core.signals.service import PredictionService
from tests.learning.no_compiler import stand_in_for_the_compiler
from tests.made_candles import write_coins

stand_in_for_the_compiler()
folder = Path(sys.argv[1])
M5 = Timeframe("5m")
candles = write_coins(folder / "candles", {"BTCUSDT": 1500}, M5)
report = train_models(
    TrainingOrder(
        candles=candles,
        models=folder / "models",
        datasets=folder / "datasets",
        timeframes=(M5,),
        symbols=("BTCUSDT",),
        now=datetime(2025, 9, 1, tzinfo=UTC),
        quiet=True,
        until="test",
    )
)
assert [str(series) for series in report.trained] == ["BTCUSDT 5m"], report

feed = CandleFeed(RecordedMarket(candles))
feed.refresh_once()
board = SignalBoard(PredictionService(feed, ModelRegistry(folder / "models")), feed)
signal = board.recompute().of("BTCUSDT")[M5]
print(signal.outcome)
"""


def test_a_5m_timeframe_takes_entries_in_at_most_four_files(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "core", tmp_path / "core")  # with what Python has compiled, which holds for the copies
    for name, replacements in EDITS.items():
        file = tmp_path / name
        for old, new in replacements:
            text = file.read_text()
            assert text.count(old) == 1, f"{name} no longer has {old!r} once"
            file.write_text(text.replace(old, new))
    assert len(EDITS) <= 4

    path = os.pathsep.join([str(tmp_path), str(PROJECT), os.environ.get("PYTHONPATH", "")])
    ran = subprocess.run(
        [sys.executable, "-c", TRAIN_AND_LOOK, str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Prediction(series=Series(symbol='BTCUSDT', timeframe=<Timeframe.M5: '5m'>)" in ran.stdout, ran.stdout
