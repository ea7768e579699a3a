"""From when to when a model has learned and was tested. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.market.market import MarketIdentity
from core.model.metrics import ModelMetrics
from core.model.periods import Period
from core.wording.language import say
from pages.components.shared.plain_text import whole


def periods_of(metrics: ModelMetrics) -> dict[str, str]:
    """Its own, and of a model that was trained on those of the one that was tested: neither stands beside the other unsaid."""
    own, tested = metrics.periods, metrics.tested_periods
    found = {
        say("Training period"): span_of(own.train),
        say("Validation period"): _checked(own.validation),
    }
    test = say("{period} (nothing was chosen here)", period=span_of(metrics.test_period))
    if metrics.tested_as is None:
        return found | {say("Test period"): test}
    return found | {
        say("Training period of the tested model"): span_of(tested.train),
        say("Validation period of the tested model"): _checked(tested.validation),
        say("Test period of the tested model"): test,
    }


def _checked(period: Period) -> str:
    return say("{period} (settings were checked here; it was learned from in the end)", period=span_of(period))


def measured_elsewhere(tested: Iterable[ModelMetrics], market: MarketIdentity | None) -> str:
    """Of which candles verdicts and accuracies are that stand beside simulated prices; empty beside others, and without a test."""
    periods = [metrics.test_period for metrics in tested if metrics.test is not None]
    if market is None or market.kind != "simulated" or not periods:
        return ""
    return say(
        "Models were tested on real candles, {period}, not on these prices.",
        period=_days(min(each.from_ for each in periods), max(each.to for each in periods)),
    )


def span_of(period: Period) -> str:
    """The days of its first and its last candle that carry a label."""
    return whole(_days(period.from_, period.to))


def _days(first: datetime, last: datetime) -> str:
    return say("{first:%Y-%m-%d} to {last:%Y-%m-%d}", first=first, last=last)
