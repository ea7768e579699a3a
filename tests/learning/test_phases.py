from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from core.learning.phases import every_shift, shifted_candles
from core.market.candles import open_times_ms, resample
from core.model.features import WARM_UP_CANDLES, calculate_features
from tests.made_candles import make_candles

M15, H1, H4, D1 = Timeframe


def test_without_a_shift_the_candles_are_the_exchanges_own() -> None:
    candles = make_candles(400, M15)
    (own,) = shifted_candles(candles, M15, H1, [0])
    pd.testing.assert_frame_equal(own, resample(candles, M15, H1))


def test_every_shift_opens_one_shorter_candle_later() -> None:
    assert every_shift(H1, H4) == (0, 1, 2, 3)
    assert len(every_shift(H1, D1)) == 24
    frames = list(shifted_candles(make_candles(200, H1), H1, H4, every_shift(H1, H4)))
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
    for shift in every_shift(H1, H4):
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
