"""One of every fact that core can state, for tests that go over all of them."""

from __future__ import annotations

from datetime import UTC, datetime

from core.domain import Direction, Series, Timeframe
from core.findings import (
    AwaitingCandles,
    AwaitingMarket,
    BrokenPromise,
    Expired,
    Finding,
    IncompleteModel,
    LateCandles,
    LearnedCandles,
    MarketTrouble,
    MissingCandles,
    ModelNotAnswering,
    NeverTested,
    NoClosedCandle,
    NoModel,
    NoProvenSkill,
    NotAboveBaseline,
    NotOverTheClock,
    OldModel,
    QuietPromiseBroken,
    Severity,
    SkilledUnderTheLine,
    TooFewCandles,
    TrainModels,
    Unavailable,
    UnavailableKind,
    UnderTheLine,
    UnfamiliarCandle,
    UnusableFiles,
    Verdict,
    WorseThanFrequencies,
    WorseThanGuessing,
)
from core.measured import MeasuredAccuracy, MeasuredSkill

BTC = Series("BTCUSDT", Timeframe.M15)
WHEN = datetime(2025, 9, 3, 11, 45, tzinfo=UTC)
MEASURED = MeasuredAccuracy(0.3961, 0.38, 0.41, 5360, Direction.NO_TRADE, 0.363)
SKILLED = MeasuredSkill(0.021, 0.013, 0.029, 5360)
RETRAIN = TrainModels(("BTCUSDT",), Timeframe.M15, anew=True)
TRAIN = TrainModels(("BTCUSDT",), Timeframe.M15, anew=False)
DOWN = MarketTrouble("The exchange is down.")
BAD_FILE = MarketTrouble(
    "{path}: The candle of 2025-01-01 00:00 UTC is there twice.", "/srv/data/candles/BTCUSDT/15m.parquet"
)

FINDINGS = (
    Finding(Verdict.NO_ACCURACY, Severity.CRITICAL, NeverTested(), RETRAIN),
    Finding(Verdict.WEAK_MODEL, Severity.CRITICAL, WorseThanGuessing(MEASURED), RETRAIN),
    Finding(Verdict.WEAK_MODEL, Severity.CRITICAL, UnderTheLine(MEASURED, 0.40), RETRAIN),
    Finding(
        Verdict.NO_SKILL, Severity.CRITICAL, WorseThanFrequencies(MeasuredSkill(-0.03, -0.05, -0.01, 5360)), RETRAIN
    ),
    Finding(Verdict.WEAK_MODEL, Severity.WARNING, NotAboveBaseline(MEASURED)),
    Finding(Verdict.NO_SKILL, Severity.WARNING, NoProvenSkill(MeasuredSkill(0.012, -0.003, 0.027, 5360))),
    Finding(Verdict.STALE_MODEL, Severity.WARNING, OldModel(WHEN, 200, 180)),
    Finding(Verdict.STALE_MODEL, Severity.WARNING, BrokenPromise(1.0831, 1.0412, 0.0121, 4321, 45, replayed=False)),
    Finding(Verdict.STALE_MODEL, Severity.WARNING, BrokenPromise(1.0831, 1.0412, 0.0121, 4321, 45, replayed=True)),
    Finding(Verdict.SEEN_IN_TRAINING, Severity.WARNING, LearnedCandles(WHEN)),
    Finding(Verdict.OUT_OF_DISTRIBUTION, Severity.WARNING, UnfamiliarCandle(23.4, 5.9, 0.98, "vol_rel", -9.2)),
    Finding(Verdict.STALE_DATA, Severity.WARNING, LateCandles(2, WHEN, DOWN)),
    Finding(Verdict.STALE_DATA, Severity.WARNING, Expired(WHEN)),
    Finding(Verdict.STALE_DATA, Severity.WARNING, BAD_FILE),
    Finding(Verdict.TRUSTED, Severity.NOTE, SkilledUnderTheLine(MEASURED, 0.40, SKILLED)),
    Finding(Verdict.TRUSTED, Severity.NOTE, NotOverTheClock(MeasuredSkill(0.004, -0.01, 0.012, 2672))),
    Finding(Verdict.TRUSTED, Severity.NOTE, QuietPromiseBroken(0.507, 0.347, 0.25, 0.45, 259, looks=5)),
)

PROBLEMS = (
    Unavailable(UnavailableKind.LOADING, AwaitingMarket("binanceusdm")),
    Unavailable(UnavailableKind.LOADING, AwaitingMarket(trouble="binanceusdm cannot be reached.")),
    Unavailable(UnavailableKind.LOADING, AwaitingMarket()),
    Unavailable(UnavailableKind.LOADING, AwaitingCandles("simulated")),
    Unavailable(UnavailableKind.NO_MODEL, NoModel(BTC, "/srv/models/BTCUSDT/15m", 200), TRAIN),
    Unavailable(UnavailableKind.NO_MODEL, IncompleteModel(BTC, "/srv/models/BTCUSDT/15m/scaler.pkl"), TRAIN),
    Unavailable(UnavailableKind.NO_MODEL, UnusableFiles("BTCUSDT/15m: scaler.pkl is damaged.")),
    Unavailable(UnavailableKind.NO_MODEL, ModelNotAnswering(BTC, 5.0)),
    Unavailable(UnavailableKind.NO_CANDLES, NoClosedCandle(BTC)),
    Unavailable(UnavailableKind.NO_CANDLES, TooFewCandles(BTC, 49, 147, MissingCandles(2, WHEN))),
    Unavailable(UnavailableKind.NO_CANDLES, BAD_FILE),
)
