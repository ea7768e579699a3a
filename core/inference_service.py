"""Predictions of a few coins from Python, in the first design's words: symbols as text in, PredictionResult out.

The house itself asks core.signals.service; this is its face for scripts, notebooks and the first design's readers.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import pandas as pd

from core.application import get_registry, market_of_settings
from core.domain import DIRECTION_TO_LABEL, LABEL_TO_DIRECTION, Series, Timeframe, normalise_symbol, resolve_symbol
from core.market.on_demand import OnDemandCandles
from core.model.registry import ModelRegistry
from core.prediction import Prediction, PredictionResult
from core.signals.history import predict_history
from core.signals.service import CandleSource, PredictionService
from core.wording.result import result_of

__all__ = ["DIRECTION_TO_LABEL", "LABEL_TO_DIRECTION", "InferenceService", "PredictionResult"]


class PredictionsBySymbol(dict[str, PredictionResult | None]):
    """Keyed by full symbol; ``results["ETH"]`` finds ``ETHUSDT``, as everywhere else."""

    def __missing__(self, written: str) -> PredictionResult | None:
        symbol = normalise_symbol(written)
        if symbol == written or symbol not in self:
            raise KeyError(written)
        return self[symbol]


class InferenceService:
    """Predictions for every symbol of a market. Cheap to make: models and candles come on first use and stay.

    Without arguments it follows the market and the models of the CANDOR_* settings. Thread-safe.
    """

    def __init__(self, candles: CandleSource | None = None, registry: ModelRegistry | None = None) -> None:
        self._registry = registry or get_registry()
        self._service = None if candles is None else PredictionService(candles, self._registry)
        self._lock = threading.Lock()

    def predict(self, symbol: str, timeframe: str) -> PredictionResult | None:
        """The model's call on the newest closed candle, or None where there is no model or no candles for it.

        Raises UnknownSymbol or UnknownTimeframe, with a suggestion.
        """
        series = self._resolved(symbol, timeframe)
        return self._results([series])[series]

    def predict_batch(self, symbols: Sequence[str], timeframe: str) -> PredictionsBySymbol:
        """Predictions of several symbols on one timeframe, in the order asked. Errors as of ``predict``."""
        results = self._results(self._resolved(symbol, timeframe) for symbol in symbols)
        return PredictionsBySymbol({series.symbol: result for series, result in results.items()})

    def predict_timeframes(self, symbol: str) -> dict[str, PredictionResult | None]:
        """Predictions of one symbol on every timeframe, shortest first. Errors as of ``predict``."""
        results = self._results(self._resolved(symbol, timeframe) for timeframe in Timeframe)
        return {series.timeframe.value: result for series, result in results.items()}

    def predict_history(self, symbol: str, timeframe: str, candles: pd.DataFrame | None = None) -> pd.DataFrame:
        """What the model says of every closed candle of ``candles`` that has a full window without a gap.

        A DataFrame indexed by candle open_time with the columns SHORT, NO_TRADE, LONG: calibrated
        probabilities. ``candles`` defaults to what the market holds. Closed by whose clock? The market's, or this
        machine's where ``candles`` are given before any market was asked. FileNotFoundError without a model,
        UnusableModel where its files cannot be trusted, BadCandles for candles out of order or with impossible prices.
        """
        model = self._registry.get(symbol, timeframe)
        if candles is None:
            candles = self._asked.candles.candles(*self._resolved(symbol, timeframe))
        now = datetime.now(UTC) if self._service is None else self._service.candles.now()
        return predict_history(model, candles, now)

    def _resolved(self, symbol: str, timeframe: str) -> Series:
        return Series(resolve_symbol(symbol, self._asked.candles.symbols()), Timeframe.parse(timeframe))

    def _results(self, wanted: Iterable[Series]) -> dict[Series, PredictionResult | None]:
        outcomes = self._asked.predict_all(wanted)
        return {s: result_of(o) if isinstance(o, Prediction) else None for s, o in outcomes.items()}

    @property
    def _asked(self) -> PredictionService:
        """The service, with a market from first use on."""
        if self._service is None:
            with self._lock:
                if self._service is None:
                    self._service = PredictionService(OnDemandCandles(market_of_settings()), self._registry)
        return self._service
