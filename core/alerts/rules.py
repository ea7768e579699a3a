"""Rules: what somebody wants to be told of, as data with bounds, so that no rule exists that cannot be judged."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from core.domain import Direction, Series, Timeframe
from core.signals.bands import Band

MOST_CANDLES = 20
LONGEST_NAME = 60
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


class TimeframesAgree(_Part):
    """So many of a coin's timeframes say the same at once; when and which way are asked for apart.

    On at least ``expected_on`` of them a move is likely, as the confluence counts them: no critical doubt, and timing not
    worse than the class frequencies. On at least ``sided_on`` the model's side is proven, and is ``side``. P(move) may be
    ``leave_lower_by`` below the band before that ends.
    """

    kind: Literal["confluence"] = "confluence"
    expected_on: int | None = Field(None, ge=1, le=len(Timeframe))
    side: Literal[Direction.LONG, Direction.SHORT] | None = None
    sided_on: int = Field(2, ge=1, le=len(Timeframe))
    leave_lower_by: float = Field(0.02, ge=0, le=0.5)

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.expected_on is None and self.side is None:
            raise ValueError("this rule asks for nothing; set on how many timeframes a move is expected, or a side")
        return self

    @property
    def most_wanted(self) -> int:
        """On how many timeframes at least something has to hold."""
        return max(self.expected_on or 0, self.sided_on if self.side else 0)


class BarrierTouched(_Part):
    """What became of a signal: within its horizon the price touched ``barrier`` first, None for either.

    It is known once the horizon has ended. Of signals alone whose P(move) was as high as is asked for here.
    """

    kind: Literal["touched"] = "touched"
    barrier: Literal["upper", "lower"] | None = None
    move_at_least: float | None = Field(None, ge=0, le=1)
    above_usual: float | None = Field(None, ge=0, le=1)


Condition = SignalSays | TimeframesAgree | BarrierTouched | ModelStale | FeedSilent


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

    No ``symbols`` and no ``timeframes`` mean all. ``watchlist`` is whether the symbols are a copy of somebody's
    watchlist, as that was when this was written. It has to hold for so many ``candles`` in a row.
    """

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f]*$")
    ]
    symbols: Annotated[tuple[str, ...], Field(max_length=MOST_SYMBOLS)] = ()
    watchlist: bool = False
    timeframes: tuple[Timeframe, ...] = ()
    condition: Annotated[Condition, Field(discriminator="kind")]
    candles: int = Field(1, ge=1, le=MOST_CANDLES)
    most_an_hour: int = Field(12, ge=1, le=MOST_AN_HOUR)
    quiet: QuietHours | None = None
    tell_end: bool = False
    """Whether it is told, too, when a signal leaves the rule."""

    @model_validator(mode="after")
    def _can_come_true(self) -> Self:
        if self.watchlist and not self.symbols:
            raise ValueError("the watchlist is empty; watch a coin first, or choose coins")
        wanted = self.condition.most_wanted if isinstance(self.condition, TimeframesAgree) else 0
        if wanted > len(self.looked_at):
            raise ValueError(f"this rule asks for {wanted} timeframes at once and looks at {len(self.looked_at)}")
        return self

    @property
    def looked_at(self) -> tuple[Timeframe, ...]:
        """The timeframes it looks at, the shortest first."""
        return tuple(timeframe for timeframe in Timeframe if not self.timeframes or timeframe in self.timeframes)

    def covers(self, series: Series) -> bool:
        return (not self.symbols or series.symbol in self.symbols) and (
            not self.timeframes or series.timeframe in self.timeframes
        )


def readable(text: str) -> Rule | None:
    """The rule of a row; None where there is none in it."""
    try:
        return Rule.model_validate_json(text)
    except ValidationError:
        return None
