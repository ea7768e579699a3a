"""Rules: what somebody wants to be told of, as data with bounds, so that no rule exists that cannot be judged."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from core.domain import Direction, Series, Timeframe
from core.signals.bands import Band

MOST_CANDLES = 20
MOST_AN_HOUR = 60
MOST_SYMBOLS = 500

DAY_MINUTES = 24 * 60


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SignalSays(_Part):
    """A signal says all that is asked for here; None and False ask for nothing.

    Probabilities are 0 to 1; ``above_usual`` is P(move) less the model's usual one. A ``side`` counts only where the
    model's side is proven and not even. What a signal entered by a level it leaves ``leave_lower_by`` below it.
    """

    kind: Literal["signal"] = "signal"
    move_at_least: float | None = Field(None, ge=0, le=1)
    above_usual: float | None = Field(None, ge=0, le=1)
    confidence_at_least: float | None = Field(None, ge=0, le=1)
    side: Literal[Direction.LONG, Direction.SHORT] | None = None
    band: Band | None = None
    timing_proven: bool = False
    side_proven: bool = False
    trusted: bool = False
    leave_lower_by: float = Field(0.02, ge=0, le=0.5)

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        asked = (self.move_at_least, self.above_usual, self.confidence_at_least, self.side, self.band)
        if all(each is None for each in asked) and not (self.timing_proven or self.side_proven or self.trusted):
            raise ValueError("this rule asks for nothing; set at least one of its conditions")
        return self


class ModelStale(_Part):
    """A model's age has become the gravest doubt about its signals."""

    kind: Literal["model_stale"] = "model_stale"


class FeedSilent(_Part):
    """No signal could be given in time, since no candle came."""

    kind: Literal["feed_silent"] = "feed_silent"


Condition = SignalSays | ModelStale | FeedSilent


class QuietHours(_Part):
    """From ``begins`` until ``ends`` nothing is sent, by minutes of the day in UTC; past midnight where it ends earlier."""

    begins: int = Field(ge=0, lt=DAY_MINUTES)
    ends: int = Field(ge=0, lt=DAY_MINUTES)

    @model_validator(mode="after")
    def _last_some_time(self) -> Self:
        if self.begins == self.ends:
            raise ValueError("quiet hours end at another time than they begin")
        return self

    def minutes_left(self, minute: int) -> int:
        """How many minutes until they end, at this minute of the day; 0 outside of them."""
        inside = (minute - self.begins) % DAY_MINUTES < (self.ends - self.begins) % DAY_MINUTES
        return (self.ends - minute) % DAY_MINUTES if inside else 0


class Rule(_Part):
    """What is to be told, of which series, how steadily it has to hold, and when messages may come.

    No ``symbols`` and no ``timeframes`` mean all. It has to hold for so many ``candles`` in a row.
    """

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]*$")
    ]
    symbols: Annotated[tuple[str, ...], Field(max_length=MOST_SYMBOLS)] = ()
    timeframes: tuple[Timeframe, ...] = ()
    condition: Annotated[Condition, Field(discriminator="kind")]
    candles: int = Field(1, ge=1, le=MOST_CANDLES)
    most_an_hour: int = Field(12, ge=1, le=MOST_AN_HOUR)
    quiet: QuietHours | None = None
    tell_end: bool = False
    """Whether it is told, too, when a signal leaves the rule."""

    def covers(self, series: Series) -> bool:
        return (not self.symbols or series.symbol in self.symbols) and (
            not self.timeframes or series.timeframe in self.timeframes
        )
