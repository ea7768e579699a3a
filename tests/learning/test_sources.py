from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.domain import Timeframe
from core.learning.datasets import cuts_for
from core.learning.folds import expanding_folds
from core.learning.sources import EXTRAS, CandleFile, extra_files
from core.market.candles import CandleStore, open_times_ms
from core.model.barriers import HORIZON_CANDLES
from tests.made_candles import START_MS, make_candles, write_coins

M15, H1, H4, D1 = Timeframe


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> CandleFile:
    """3000 candles of 15m, to learn 1h from in three more ways than the exchange's."""
    folder = write_coins(tmp_path_factory.mktemp("lessons"), {"AAAUSDT": 3000}, M15)
    return CandleFile(CandleStore(folder).path("AAAUSDT", M15), H1, (1, 2, 3))


@pytest.mark.parametrize("number", [1, 3, 5])
def test_no_label_of_a_fold_looks_past_its_cuts_or_its_end(file: CandleFile, number: int) -> None:
    """Nor does that of a candle which opens at another time than the exchange's."""
    fold = expanding_folds(START_MS, START_MS + 2999 * M15.milliseconds, H1)[number - 1]
    for own in (file, replace(file, timeframe=M15, shifts=(0,))):
        for dataset in own.datasets(fold.cuts, fold.end):
            for split, limit in (("train", fold.cuts.validation), ("validation", fold.cuts.test), ("test", fold.end)):
                rows = dataset[dataset["split"] == split]
                last = open_times_ms(rows).max() if len(rows) else 0
                assert last + (HORIZON_CANDLES + 1) * own.timeframe.milliseconds <= limit


def test_candles_after_the_end_of_a_fold_change_nothing(file: CandleFile, tmp_path: Path) -> None:
    end = START_MS + 2000 * M15.milliseconds
    candles = CandleStore(file.path.parent.parent).read("AAAUSDT", M15)
    CandleStore(tmp_path).write("AAAUSDT", M15, candles.iloc[:2000])
    cuts = cuts_for(START_MS, end, H1)
    shorter = replace(file, path=CandleStore(tmp_path).path("AAAUSDT", M15))
    for one, other in zip(file.datasets(cuts, end), shorter.datasets(cuts), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_file_is_another_lesson_when_its_candles_or_what_is_made_of_them_change(
    file: CandleFile, tmp_path: Path
) -> None:
    CandleStore(tmp_path).write("AAAUSDT", M15, make_candles(2999, M15))
    others = [
        replace(file, shifts=(1, 2)),
        replace(file, timeframe=H4),
        replace(file, path=CandleStore(tmp_path).path("AAAUSDT", M15)),
    ]
    assert len({each.fingerprint() for each in (file, *others)}) == 4


def test_extra_files_are_those_a_timeframe_learns_from_and_the_unreadable_are_named(tmp_path: Path) -> None:
    own, spot = tmp_path / "own", tmp_path / "spot"
    write_coins(own, {"AAAUSDT": 300}, M15)
    write_coins(own, {"AAAUSDT": 300}, H1)
    write_coins(spot, {"AAAUSDT": 300, "BBBUSDT": 300}, M15)
    CandleStore(spot).path("BBBUSDT", M15).write_bytes(b"torn")
    more, other, unreadable = extra_files(M15, own, spot)
    assert [(each.symbol, each.spot) for each in more] == [("AAAUSDT", True)]
    assert other == ()
    assert "not a readable parquet file" in unreadable["BBBUSDT 15m"]
    assert [each.shifts for each in extra_files(H4, own, None)[0]] == [(1, 2, 3)]


def test_no_timeframe_learns_from_its_own_candles_twice() -> None:
    for timeframe, extras in EXTRAS.items():
        for extra in extras:
            own = extra.made is timeframe and not extra.spot
            assert not (own and 0 in extra.shifts)
            assert extra.made.milliseconds % extra.recorded.milliseconds == 0
            assert np.array(extra.shifts).max() < extra.made.milliseconds // extra.recorded.milliseconds
