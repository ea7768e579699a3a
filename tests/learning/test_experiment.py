from __future__ import annotations

from pathlib import Path

from core.domain import Timeframe
from core.learning.experiment import Material
from core.learning.folds import expanding_folds
from core.learning.sources import CandleFile
from core.market.candles import CandleStore
from tests.made_candles import START_MS, write_coins

M15, H1, H4, D1 = Timeframe


def test_an_ablation_leaves_out_spot_history_or_shifted_candles_and_nothing_else(tmp_path: Path) -> None:
    own, spot = (
        CandleStore(write_coins(tmp_path / name, {"AAAUSDT": 1600}, M15)).path("AAAUSDT", M15)
        for name in ("own", "spot")
    )
    material = Material(
        H1,
        (CandleFile(own, H1),),
        more=(CandleFile(own, H1, (1, 2, 3)), CandleFile(spot, H1, (0, 1, 2, 3), spot=True)),
        other=(CandleFile(own, M15),),
    )
    fold = expanding_folds(START_MS, START_MS + 399 * H1.milliseconds, H1, count=1)[0]

    def learned_besides(*, spot: bool, shifted: bool) -> tuple[int, int]:
        lessons = material.lessons(fold, [], spot, shifted)
        return len(lessons.more), len(lessons.other)

    assert learned_besides(spot=True, shifted=True) == (7, 1)
    assert learned_besides(spot=False, shifted=True) == (3, 1)
    assert learned_besides(spot=True, shifted=False) == (1, 1)
