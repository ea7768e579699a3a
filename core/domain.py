"""The words of Candor: directions, timeframes, series, levels, trust, predictions.

Everything else may import this module; it imports nothing of the project but errors and text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from core.errors import UnknownSymbol, UnknownTimeframe
from core.text import did_you_mean, shorten

QUOTE = "USDT"
"""Every symbol is a coin against this quote currency: BTCUSDT is BTC in USDT."""


# ---------------------------------------------------------------- directions


class Direction(StrEnum):
    """What a model calls on a closed candle; the order is that of the label numbers 0, 1, 2."""

    SHORT = "SHORT"
    NO_TRADE = "NO_TRADE"
    LONG = "LONG"


LABEL_TO_DIRECTION: dict[int, str] = {n: d.value for n, d in enumerate(Direction)}
DIRECTION_TO_LABEL: dict[str, int] = {d: n for n, d in LABEL_TO_DIRECTION.items()}


# ---------------------------------------------------------------- timeframes


class Timeframe(StrEnum):
    """How long a candle lasts. The values are also the folder and file names on disk."""

    M15 = "15m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"

    @property
    def minutes(self) -> int:
        return _MINUTES[self]

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @property
    def milliseconds(self) -> int:
        return self.minutes * 60_000

    @classmethod
    def parse(cls, text: str) -> Timeframe:
        """The timeframe named by ``text``; UnknownTimeframe, with the choices, otherwise."""
        try:
            return cls(text.strip().lower())
        except (ValueError, AttributeError):
            choices = ", ".join(cls)
            raise UnknownTimeframe(
                f"Unknown timeframe {shorten(text)!r}.{did_you_mean(str(text).lower(), list(cls))} Choose one of: {choices}."
            ) from None


_MINUTES = {Timeframe.M15: 15, Timeframe.H1: 60, Timeframe.H4: 240, Timeframe.D1: 1440}


# ---------------------------------------------------------------- symbols and series


class Series(NamedTuple):
    """The candles of one symbol on one timeframe, and the model that reads them: ``BTCUSDT 15m``."""

    symbol: str
    timeframe: Timeframe

    def __str__(self) -> str:
        return f"{self.symbol} {self.timeframe}"


def normalise_symbol(text: str) -> str:
    """``btc``, ``BTC`` and ``BTCUSDT`` all mean ``BTCUSDT``; nothing is looked up."""
    symbol = text.strip().upper()
    return symbol if symbol.endswith(QUOTE) else symbol + QUOTE


def ticker(symbol: str) -> str:
    """``BTC`` of ``BTCUSDT``: the coin without its quote currency."""
    return symbol.removesuffix(QUOTE)


def resolve_symbol(text: str, known: Collection[str]) -> str:
    """The symbol of ``known`` that ``text`` names; UnknownSymbol with a suggestion otherwise."""
    if isinstance(text, str):
        written = text.strip().upper()
        for candidate in (written, normalise_symbol(written)):
            if candidate in known:
                return candidate
    hint = did_you_mean(str(text)[:40].upper(), known) or f" This market has {len(known)} coins, none of that name."
    raise UnknownSymbol(f"Unknown symbol {shorten(text)!r}.{hint}")


# ---------------------------------------------------------------- levels, trust, prediction


@dataclass(frozen=True, slots=True)
class TradeLevels:
    """Prices of a trade, in quote currency, rounded to the coin's tick.

    A LONG has stop_loss < entry < tp1 < tp2 < tp3; a SHORT mirrors it.
    """

    side: Direction
    entry: float
    stop_loss: float
    tp1: float
    tp2: float
    tp3: float


class Verdict(StrEnum):
    """How far to believe the model behind a signal; ``trusted`` when nothing speaks against it."""

    TRUSTED = "trusted"
    WEAK_MODEL = "weak_model"
    NO_SKILL = "no_skill"
    OUT_OF_DISTRIBUTION = "out_of_distribution"
    STALE_MODEL = "stale_model"
    STALE_DATA = "stale_data"
    NO_ACCURACY = "no_accuracy"


class Severity(StrEnum):
    """How loudly a finding is shown: ``critical`` is red, ``warning`` amber."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a signal, as a sentence with its numbers."""

    verdict: Verdict
    severity: Severity
    sentence: str


@dataclass(frozen=True, slots=True)
class Trust:
    """All findings against a signal, gravest first; none means ``trusted``."""

    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return self.findings[0].verdict if self.findings else Verdict.TRUSTED

    @property
    def severity(self) -> Severity | None:
        return self.findings[0].severity if self.findings else None

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(finding.sentence for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        severity = self.severity
        return {
            "verdict": self.verdict.value,
            "severity": None if severity is None else severity.value,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class PredictionResult:
    """One model's call on one closed candle. Times are ISO 8601 in UTC.

    ``probabilities`` maps LONG, SHORT and NO_TRADE to calibrated probabilities that sum to 1;
    ``confidence`` is the largest. ``model_accuracy`` was measured on ``test_candles`` candles, of which always calling
    the most frequent class gets ``majority_accuracy`` right; None where the model was never tested. Prices are in quote currency. ``levels_side`` is the direction the
    levels belong to: the likelier of LONG and SHORT when ``direction`` is NO_TRADE. ``model_kind`` says who speaks:
    ``cnn_lstm``, or ``ensemble`` for the network together with gradient-boosted trees.
    """

    symbol: str
    timeframe: str
    direction: str
    confidence: float
    probabilities: Mapping[str, float]
    model_accuracy: float | None
    test_candles: int | None
    majority_accuracy: float | None
    prediction_time: str
    valid_until: str
    entry: float
    stop_loss: float
    take_profits: Mapping[str, float]
    levels_side: str
    tp_eta_minutes: int | None
    trust: Trust
    model_version: str
    candle_open_time: str
    model_kind: str = "cnn_lstm"

    def to_dict(self) -> dict[str, Any]:
        """The prediction as it goes over the REST API."""
        return {
            "symbol": self.symbol,
            "timeframe": self.timeframe,
            "direction": self.direction,
            "confidence": self.confidence,
            "probabilities": dict(self.probabilities),
            "model_accuracy": self.model_accuracy,
            "test_candles": self.test_candles,
            "majority_accuracy": self.majority_accuracy,
            "entry": self.entry,
            "stop_loss": self.stop_loss,
            "take_profits": dict(self.take_profits),
            "tp_eta_minutes": self.tp_eta_minutes,
            "prediction_time": self.prediction_time,
            "valid_until": self.valid_until,
            "levels_side": self.levels_side,
            "trust": self.trust.to_dict(),
            "model_version": self.model_version,
            "model_kind": self.model_kind,
            "candle_open_time": self.candle_open_time,
        }
