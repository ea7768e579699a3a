"""The models of the browser tests' server: one of each kind that a page must tell apart, on every timeframe."""

from __future__ import annotations

from pathlib import Path

from core.domain import Timeframe
from core.model.registry import NETWORK_FILE
from tests.hand_made_models import evaluation, publish

TRUSTED = ("ETHUSDT", "SOLUSDT", "LINKUSDT", "AVAXUSDT", "BNBUSDT")
WEAK = "BTCUSDT"
"""Right 12.3 % of the time: red wherever it shows."""
NO_BETTER_THAN_BASELINE = "DOGEUSDT"
"""Right 97 % of the time, and so is always saying NO_TRADE: amber."""
BROKEN = "XRPUSDT"
"""Its weights are cut short: no model, with the reason."""

ANSWERING = len((*TRUSTED, WEAK, NO_BETTER_THAN_BASELINE))
"""So many coins have a signal."""

_NEVER_OLD = {"trained_at": "2100-01-01T00:00:00Z"}


def publish_models(models_dir: Path) -> None:
    """Models of eight coins on all timeframes; every other coin has none."""
    weak = evaluation([[40, 140, 140], [150, 40, 150], [150, 147, 43]])
    lazy = evaluation([[0, 15, 0], [0, 970, 0], [0, 15, 0]], skill=-0.001, skill_interval=[-0.02, 0.02])
    for timeframe in Timeframe:
        for seed, symbol in enumerate((*TRUSTED, BROKEN)):
            publish(models_dir, symbol, timeframe, seed=seed, **_NEVER_OLD)
        publish(models_dir, WEAK, timeframe, seed=20, test=weak, **_NEVER_OLD)
        publish(models_dir, NO_BETTER_THAN_BASELINE, timeframe, seed=21, test=lazy, **_NEVER_OLD)
        weights = models_dir / BROKEN / timeframe / NETWORK_FILE
        weights.write_bytes(weights.read_bytes()[:1000])
