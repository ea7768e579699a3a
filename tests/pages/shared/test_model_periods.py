from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.domain import Timeframe
from core.market.market import MarketIdentity
from core.model.metrics import ModelMetrics
from pages.components.shared.model_periods import measured_elsewhere
from tests.hand_made_models import metrics, sealed

SIMULATED = MarketIdentity("simulated", "simulated", None)


def model(**changes: Any) -> ModelMetrics:
    return ModelMetrics.model_validate(sealed(metrics("BTCUSDT", Timeframe.M15, **changes)))


def test_beside_simulated_prices_it_is_said_of_which_real_candles_the_proofs_are() -> None:
    first = model()
    days = first.test_period.from_, first.test_period.to
    period = f"{days[0]:%Y-%m-%d} to {days[1]:%Y-%m-%d}"
    sentence = measured_elsewhere([first, model(test=None)], SIMULATED)
    assert sentence == f"Models were tested on real candles, {period}, not on these prices."


def test_of_several_periods_the_first_and_the_last_day_are_named() -> None:
    first = model()
    later = first.test_period.model_copy(update={"to": first.test_period.to + timedelta(days=9)})
    second = first.model_copy(update={"periods": first.periods.model_copy(update={"test": later})})
    assert f"{first.test_period.from_:%Y-%m-%d} to {later.to:%Y-%m-%d}" in measured_elsewhere(
        [second, first], SIMULATED
    )


@pytest.mark.parametrize("market", [None, MarketIdentity("exchange", "binanceusdm", None)])
def test_beside_real_prices_and_without_a_tested_model_there_is_nothing_to_say(market: MarketIdentity | None) -> None:
    assert measured_elsewhere([model()], market) == ""
    assert measured_elsewhere([model(test=None)], SIMULATED) == ""
