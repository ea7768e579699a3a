"""The crash of 2025-10-10, 21:15 UTC: candles of thirty average ranges, whose high is five times their low."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
import pytest

from core.application import Application, assemble, registry_of
from core.domain import Direction, Timeframe
from core.market.candles import CandleArrays
from core.market.clock import ManualClock
from core.market.coins import SYMBOLS
from core.market.feed import CandleFeed
from core.settings import PROJECT, Settings
from core.wording.sentences import finding_sentence
from tests.api.client import client_of
from tests.drawn_once import DrawnOnce

AFTER_THE_CRASH = datetime(2025, 10, 10, 21, 30, tzinfo=UTC)


class CrashedMarket(DrawnOnce):
    """The simulated market, whose newest candle of every series falls to a fifth and recovers a part, differently by coin."""

    def arrays(self, symbol: str, timeframe: Timeframe, limit: int) -> CandleArrays:
        candles = super().arrays(symbol, timeframe, limit)
        values = candles.values.copy()
        open_, close = values[0, -1], values[3, -1]
        place = SYMBOLS.index(symbol) / len(SYMBOLS)
        low = open_ * (0.2 + 0.5 * place)
        values[:, -1] = open_, max(open_, close) * 1.01, low, low + (open_ - low) * place, values[4, -1] * 40
        return CandleArrays(candles.open_time_ms, values)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Application:
    feed = CandleFeed(CrashedMarket(seed=1, clock=ManualClock(AFTER_THE_CRASH)), symbols=SYMBOLS)
    settings = Settings(market="simulated", models_dir=PROJECT / "models", data_dir=tmp_path_factory.mktemp("data"))
    application = assemble(settings, feed, registry_of(settings.models_dir))
    application.board.start()
    feed.refresh_once()
    return application


@pytest.mark.slow
def test_every_coin_has_finite_probabilities_lawful_levels_and_sentences(application: Application) -> None:
    predictions = [s.prediction for s in application.board.snapshot().signals.values() if s.prediction is not None]
    assert {prediction.series.symbol for prediction in predictions} == set(SYMBOLS)
    for prediction in predictions:
        shares = list(prediction.probabilities.values())
        assert all(0 <= share <= 1 for share in shares)
        assert math.isclose(sum(shares), 1, abs_tol=1e-6)
        levels = prediction.levels
        prices = np.array([levels.stop_loss, levels.entry, *levels.targets])
        assert (prices > 0).all()
        assert (np.diff(prices) > 0).all() if levels.side is Direction.LONG else (np.diff(prices) < 0).all()
        assert all(str(finding_sentence(finding)) for finding in prediction.trust.findings)


@pytest.mark.slow
def test_the_api_answers_for_all_of_them(application: Application) -> None:
    with client_of(application) as client:
        for timeframe in Timeframe:
            answer = client.get(f"/api/predictions?timeframe={timeframe}").json()
            assert answer["count"] + len(answer["unavailable"]) == len(SYMBOLS)
        assert client.get("/api/health/ready").status_code == 200
        for symbol in SYMBOLS[:3]:
            assert client.get(f"/api/predictions/{symbol}/summary").status_code == 200
            assert client.get(f"/api/candles/{symbol}").status_code == 200
