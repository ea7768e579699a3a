from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from core.errors import BadCandles
from core.learning.datasets import shipped_fold, walk_forward
from core.learning.recipes import RECIPES
from core.learning.sources import CandleFile, Sources, find_sources, shifted_candles
from core.market.candle_files import CandleStore
from core.market.candles import open_times_ms, resample
from core.model.barriers import HORIZON_CANDLES
from core.model.features import WARM_UP_CANDLES, calculate_features
from tests.made_candles import START_MS, make_candles, write_coins

NOW = datetime(2026, 1, 1, tzinfo=UTC)

M15, H1, H4, D1 = Timeframe


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> CandleFile:
    """3000 candles of 15m, to learn 1h from in three more ways than the exchange's."""
    folder = write_coins(tmp_path_factory.mktemp("sources"), {"AAAUSDT": 3000}, M15)
    return CandleFile(CandleStore(folder).path("AAAUSDT", M15), H1, (1, 2, 3))


@pytest.mark.parametrize("number", [1, 3, 5])
def test_no_label_of_a_fold_looks_past_its_cuts_or_its_end(file: CandleFile, number: int) -> None:
    """Nor does that of a candle which opens at another time than the exchange's."""
    fold = walk_forward(START_MS, START_MS + 2999 * M15.milliseconds, H1, RECIPES[H1].held_out, 5)[number - 1]
    for own in (file, replace(file, timeframe=M15, shifts=(0,))):
        for dataset in own.datasets(fold):
            for split, limit in (("train", fold.validation), ("validation", fold.test), ("test", fold.end)):
                rows = dataset[dataset["split"] == split]
                last = open_times_ms(rows).max() if len(rows) else 0
                assert last + (HORIZON_CANDLES + 1) * own.timeframe.milliseconds <= limit


def test_candles_after_the_end_of_a_fold_change_nothing(file: CandleFile, tmp_path: Path) -> None:
    end = START_MS + 2000 * M15.milliseconds
    candles = CandleStore(file.path.parent.parent).read("AAAUSDT", M15)
    CandleStore(tmp_path).write("AAAUSDT", M15, candles.iloc[:2000])
    fold = shipped_fold(START_MS, end - H1.milliseconds, H1, RECIPES[H1].held_out)
    later = replace(fold, end=1 << 62)
    shorter = replace(file, path=CandleStore(tmp_path).path("AAAUSDT", M15))
    for one, other in zip(file.datasets(fold), shorter.datasets(later), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_file_has_another_fingerprint_when_its_candles_or_what_is_made_of_them_change(
    file: CandleFile, tmp_path: Path
) -> None:
    CandleStore(tmp_path).write("AAAUSDT", M15, make_candles(2999, M15))
    others = [
        replace(file, shifts=(1, 2)),
        replace(file, timeframe=H4),
        replace(file, path=CandleStore(tmp_path).path("AAAUSDT", M15)),
    ]
    assert len({each.fingerprint() for each in (file, *others)}) == 4


def test_sources_are_what_a_recipe_learns_from_besides_and_the_unreadable_are_named(tmp_path: Path) -> None:
    own, spot = tmp_path / "own", tmp_path / "spot"
    write_coins(own, {"AAAUSDT": 300}, M15)
    write_coins(own, {"AAAUSDT": 300}, H1)
    write_coins(own, {"AAAUSDT": 300}, H4)
    write_coins(spot, {"AAAUSDT": 300, "BBBUSDT": 300}, M15)
    CandleStore(spot).path("BBBUSDT", M15).write_bytes(b"torn")
    found, unreadable = find_sources(M15, RECIPES[M15].besides, own, spot, NOW)
    assert [(each.symbol, each.spot) for each in found.more] == [("AAAUSDT", True)]
    assert found.other == ()
    assert (found.first, found.last) == (START_MS, START_MS + 299 * M15.milliseconds)
    assert "BBBUSDT/15m.parquet" in unreadable["BBBUSDT 15m"]
    assert [each.shifts for each in find_sources(H4, RECIPES[H4].besides, own, None, NOW)[0].more] == [(1, 2, 3)]


def test_without_any_candle_of_the_timeframe_the_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadCandles, match="holds no 1d candles"):
        find_sources(D1, RECIPES[D1].besides, write_coins(tmp_path, {"AAAUSDT": 300}, M15), None, NOW)


def test_an_ablation_leaves_out_spot_history_or_shifted_candles_and_nothing_else(tmp_path: Path) -> None:
    own, spot = (
        CandleStore(write_coins(tmp_path / name, {"AAAUSDT": 1600}, M15)).path("AAAUSDT", M15)
        for name in ("own", "spot")
    )
    last = START_MS + 399 * H1.milliseconds
    sources = Sources(
        H1,
        (CandleFile(own, H1),),
        START_MS,
        last,
        more=(CandleFile(own, H1, (1, 2, 3)), CandleFile(spot, H1, (0, 1, 2, 3), spot=True)),
        other=(CandleFile(own, M15),),
    )
    fold = shipped_fold(START_MS, last, H1, RECIPES[H1].held_out)

    def learned_besides(*, spot: bool, shifted: bool) -> tuple[int, int]:
        data = sources.training_data(fold, spot, shifted)
        return len(data.more), len(data.other)

    assert learned_besides(spot=True, shifted=True) == (7, 1)
    assert learned_besides(spot=False, shifted=True) == (3, 1)
    assert learned_besides(spot=True, shifted=False) == (1, 1)


# ---------------------------------------------------------------- shifted candles


def test_without_a_shift_the_candles_are_the_exchanges_own() -> None:
    candles = make_candles(400, M15)
    (own,) = shifted_candles(candles, M15, H1, [0])
    pd.testing.assert_frame_equal(own, resample(candles, M15, H1))


def test_every_shift_opens_one_shorter_candle_later() -> None:
    frames = list(shifted_candles(make_candles(200, H1), H1, H4, range(4)))
    hours = [set((open_times_ms(frame) // H1.milliseconds % 4).tolist()) for frame in frames]
    assert hours == [{0}, {1}, {2}, {3}]


@given(seed=st.integers(0, 50), shift=st.integers(0, 3))
def test_a_shifted_candle_is_made_of_the_shorter_ones_it_spans(seed: int, shift: int) -> None:
    candles = make_candles(60, H1, seed=seed)
    (frame,) = shifted_candles(candles, H1, H4, [shift])
    times = open_times_ms(candles)
    for row in frame.itertuples():
        start = int(row.open_time.timestamp() * 1000)
        inside = candles[(times >= start) & (times < start + H4.milliseconds)]
        assert len(inside) == 4
        assert (row.open, row.close) == (inside["open"].iloc[0], inside["close"].iloc[-1])
        assert (row.high, row.low) == (inside["high"].max(), inside["low"].min())


def test_a_gap_leaves_out_every_candle_that_reaches_into_it() -> None:
    candles = make_candles(60, H1).drop(index=[20, 21]).reset_index(drop=True)
    for shift in range(4):
        (frame,) = shifted_candles(candles, H1, H4, [shift])
        missing = {20, 21}
        first = open_times_ms(make_candles(60, H1))[0]
        for opens in (open_times_ms(frame) - first) // H1.milliseconds:
            assert not missing & set(range(int(opens), int(opens) + 4))


def test_features_of_shifted_candles_are_finite_and_know_their_own_time_of_day() -> None:
    (frame,) = shifted_candles(make_candles(1200, H1), H1, H4, [1])
    features = calculate_features(frame, H4).iloc[WARM_UP_CANDLES:]
    assert np.isfinite(features.to_numpy()).all()
    angles = np.arctan2(features["tod_sin"], features["tod_cos"]) / (2 * np.pi) * 24 % 24
    assert set(np.round(angles).astype(int)) == {1, 5, 9, 13, 17, 21}
