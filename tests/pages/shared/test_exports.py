from __future__ import annotations

import io
import json

import pandas as pd

from core.domain import Timeframe
from core.market.candles import OPEN_TIME_DTYPE
from core.wording.result import result_of
from pages.components.shared.exports import candles_csv, prediction_json
from tests.made_candles import make_candles
from tests.pages.predictions import prediction


def test_exported_candles_can_be_read_back_exactly() -> None:
    candles = make_candles(20, Timeframe.M15)
    read = pd.read_csv(io.BytesIO(candles_csv(candles)), parse_dates=["open_time"])
    read["open_time"] = read["open_time"].astype(OPEN_TIME_DTYPE)
    pd.testing.assert_frame_equal(read, candles, check_exact=True)


def test_an_exported_prediction_is_what_the_api_sends() -> None:
    called = prediction()
    assert json.loads(prediction_json(called)) == result_of(called).to_dict()
