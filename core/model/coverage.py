"""Where a model ships: the one rule, for training and for every place that shows a coin without a model."""

from __future__ import annotations

from core.domain import Timeframe

MIN_TRAINING_CANDLES = 200
"""What it takes for a model to ship: so many labelled training candles of its own with a full window.

With fewer, a coin's class frequencies, which are its baseline, are off by more than 7 percentage points (two
standard errors), and neither its skill nor its verdict would mean anything.
"""

RULE = (
    f"a model ships where a coin has at least {MIN_TRAINING_CANDLES} labelled training candles of its own with a "
    "full window, and some to be tested on"
)


def no_model(symbol: str, timeframe: Timeframe) -> str:
    """What stands wherever a coin and timeframe without a model would show."""
    return f"No model of {symbol} on {timeframe}: {RULE}."
