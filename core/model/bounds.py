"""What a number, a moment or a text of a model's metrics may be: nothing that JSON, a chart or arithmetic cannot take."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from core.model.scaling import SMALLEST_SCALE

_LARGEST = 1 / SMALLEST_SCALE

Share = Annotated[float, Field(ge=0, le=1)]
Skill = Annotated[float, Field(ge=-1000, le=1)]
Loss = Annotated[float, Field(ge=0, le=1000)]
Candles = Annotated[int, Field(ge=0, le=1_000_000_000)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _in_order(interval: list[float]) -> list[float]:
    if interval[0] > interval[1]:
        raise ValueError(f"an interval's low end must not be above its high end, got {interval}")
    return interval


def _printable(text: str) -> str:
    """Neither half of a character, which no JSON can carry, nor one that moves the cursor."""
    if not text.isprintable():
        raise ValueError("expected printable characters only")
    return text


def _in_our_time(moment: datetime) -> datetime:
    """Years at the ends of the calendar overflow when they are brought to UTC."""
    if not 2000 <= moment.year < 2200:
        raise ValueError(f"expected a year from 2000 to 2199, got {moment.year}")
    return moment


_Two = Field(min_length=2, max_length=2)
ShareInterval = Annotated[list[Share], _Two, AfterValidator(_in_order)]
SkillInterval = Annotated[list[Skill], _Two, AfterValidator(_in_order)]
"""95 % intervals: [low, high]."""
Text = Annotated[str, AfterValidator(_printable)]
Moment = Annotated[AwareDatetime, Field(strict=False), AfterValidator(_in_our_time)]
Minutes = Annotated[float, Field(gt=0, le=10_000_000)]
FeatureMean = Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)]
FeatureScale = Annotated[float, Field(ge=SMALLEST_SCALE, le=_LARGEST)]
BarrierMultiple = Annotated[float, Field(ge=0.2, le=10)]
"""K. A barrier within a fifth of an ordinary candle's range is touched by every candle, on both sides, and rounds to a
tick; one beyond ten is out of reach of the longest horizon, and the third target, three times as far, of any."""
Horizon = Annotated[int, Field(ge=1, le=200)]
"""H, candles. Prices wander about as far as the root of their number: beyond 200 no barrier within K's bounds stays
untouched, and a call of "neither" would mean nothing. 200 candles are two days at 15m, more than half a year at 1d."""
Precision = Annotated[float, Field(ge=-1e9, le=1e9)]
