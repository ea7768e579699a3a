"""Whether signals still hold, judged by the market's own clock: a signal ends with the candle after its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from core.domain import Series
from core.findings import Expired, Finding, Severity, Verdict
from core.market.market import GRACE_SECONDS
from core.prediction import Prediction
from core.signals.trust import with_finding

if TYPE_CHECKING:
    from core.signals.board import Signal


def grace_at(speed: float) -> timedelta:
    """How long after its end people are not told that a signal is over, in the market's time, which runs at ``speed``.

    Its successor may still be on its way; for as long a candle's absence is not called stale either.
    """
    return timedelta(seconds=GRACE_SECONDS * speed)


def as_of(
    signals: Mapping[Series, Signal], now: datetime, grace: timedelta
) -> tuple[dict[Series, Signal], datetime | None]:
    """``signals`` with those marked that ended more than ``grace`` before ``now``, and when the next one is to be marked.

    None where none will. Times are the market's.
    """
    ends = {
        series: signal.prediction.valid_until + grace
        for series, signal in signals.items()
        if signal.prediction is not None and not signal.prediction.expired
    }
    over = {series for series, end in ends.items() if now > end}
    judged = {series: _marked(signal) if series in over else signal for series, signal in signals.items()}
    return judged, min((end for series, end in ends.items() if series not in over), default=None)


def _marked(signal: Signal) -> Signal:
    assert signal.prediction is not None
    return replace(signal, outcome=expired(signal.prediction))


@lru_cache(maxsize=4096)
def expired(prediction: Prediction) -> Prediction:
    """``prediction`` with the finding that it has; the same one whenever it is asked for."""
    finding = Finding(Verdict.STALE_DATA, Severity.WARNING, Expired(prediction.valid_until))
    return replace(prediction, trust=with_finding(prediction.trust, finding))
