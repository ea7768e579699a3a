"""A prediction as the ledger keeps it: what will be counted in columns, and all that was shown as it was shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from operator import itemgetter

from core.domain import Direction
from core.journal.entries import Content, SignalEntry, columns_of
from core.journal.noted import circumstances_of
from core.journal.sheets import Sheet
from core.journal.vocabulary import Origin
from core.market.candles import unix_ms
from core.prediction import Prediction
from core.source_code import files_behind, fingerprint_of
from core.wording.result import result_of

_MAKES_SIGNALS = "core.signals.service"
_COMPUTES = ("numpy", "TA-Lib")


def signal_entry(prediction: Prediction, code: str) -> SignalEntry:
    """The entry of a prediction as it was shown first; ``code`` is code_fingerprint() of who made it."""
    return SignalEntry(**_content(prediction, code, Origin.LIVE), shown=as_shown(prediction))


def replayed_signals(predictions: Sequence[Prediction], code: str) -> Sheet:
    """The entries of predictions that were never shown, and do not claim that they were."""
    contents = [_content(prediction, code, Origin.REPLAYED) for prediction in predictions]
    names = [name for name in columns_of(SignalEntry.kind) if name != "shown"]
    columns = dict(zip(names, zip(*map(itemgetter(*names), contents), strict=True), strict=True))
    return Sheet.of(SignalEntry, columns | {"shown": [None] * len(contents)})


def _content(prediction: Prediction, code: str, origin: Origin) -> Content:
    """Every column of a signal but what was shown."""
    p, levels, trust = prediction.probabilities, prediction.levels, prediction.trust
    upper, lower = prediction.label_barriers
    open_ms, issued_ms = unix_ms(prediction.candle_open_time), unix_ms(prediction.issued_at)
    return {
        "origin": origin,
        "symbol": prediction.series.symbol,
        "timeframe": prediction.series.timeframe,
        "candle_open_ms": open_ms,
        "model_version": prediction.model_version,
        "model_kind": prediction.model_kind,
        "code": code,
        "direction": prediction.direction,
        "p_long": p[Direction.LONG],
        "p_short": p[Direction.SHORT],
        "p_no_trade": p[Direction.NO_TRADE],
        "p_move": prediction.move_probability,
        "close": prediction.close,
        "atr": prediction.atr,
        "upper_barrier": upper,
        "lower_barrier": lower,
        "horizon_candles": prediction.horizon_candles,
        "levels_side": levels.side,
        "entry": levels.entry,
        "stop_loss": levels.stop_loss,
        "tp1": levels.tp1,
        "tp2": levels.tp2,
        "tp3": levels.tp3,
        "verdict": trust.verdict,
        "severity": trust.severity,
        "timing": trust.timing_proof,
        "side": trust.side_proof,
        "issued_at_ms": issued_ms,
        "delay_ms": issued_ms - open_ms - prediction.series.timeframe.milliseconds,
        "circumstances": circumstances_of(trust.findings),
    }


def as_shown(prediction: Prediction) -> str:
    """The JSON of a prediction."""
    return json.dumps(result_of(prediction).to_dict(), separators=(",", ":"))


@cache
def code_fingerprint() -> str:
    """Twelve hexadecimal digits of everything that turns candles and a model into a signal."""
    libraries = " ".join(f"{name}=={version(name)}" for name in _COMPUTES)
    text = f"{libraries} {fingerprint_of(files_behind(_MAKES_SIGNALS))}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]
