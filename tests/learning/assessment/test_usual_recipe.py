from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.domain import Timeframe
from core.learning.assessment.usual_recipe import predict_usual
from core.learning.datasets import Fold, build_dataset
from core.model.scores import DAY_MS
from tests.made_candles import START_MS, make_candles

H4 = Timeframe.H4
FOLD = Fold(1, START_MS + 40 * DAY_MS, START_MS + 60 * DAY_MS, START_MS + 80 * DAY_MS)
COLUMNS = ["SHORT", "NO_TRADE", "LONG"]


@pytest.fixture(scope="module")
def dataset() -> pd.DataFrame:
    return build_dataset(make_candles(480, H4), H4, FOLD)


def test_every_candle_of_the_test_period_gets_probabilities(dataset: pd.DataFrame) -> None:
    predicted = predict_usual("AUSDT", dataset, H4, FOLD)
    assert len(predicted) == (dataset["split"] == "test").sum()
    np.testing.assert_allclose(predicted[COLUMNS].sum(axis=1), 1, atol=1e-5)
    assert predicted[COLUMNS].to_numpy().min() > 0


def test_a_week_is_predicted_from_labels_that_were_known_when_it_began(dataset: pd.DataFrame) -> None:
    opens = dataset["open_time"].astype("int64")
    second_week = FOLD.test + 7 * DAY_MS
    known_then = opens + 17 * H4.milliseconds <= second_week
    lied = dataset.assign(label=np.where(known_then, dataset["label"], 0).astype(dataset["label"].dtype))
    one, other = (predict_usual("AUSDT", each, H4, FOLD) for each in (dataset, lied))
    before = (one["open_time"].astype("int64") < second_week + 7 * DAY_MS).to_numpy()
    np.testing.assert_array_equal(one.loc[before, COLUMNS], other.loc[before, COLUMNS])
    assert not np.array_equal(one.loc[~before, COLUMNS], other.loc[~before, COLUMNS])


def test_thirty_days_of_one_class_only_leave_it_without_an_opinion(dataset: pd.DataFrame) -> None:
    predicted = predict_usual("AUSDT", dataset.assign(label=1), H4, FOLD)
    np.testing.assert_allclose(predicted[COLUMNS], 1 / 3, atol=1e-6)
