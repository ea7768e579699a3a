"""Times in metrics.json: from when to when a model has learned and was tested, and how long its targets took."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.model.bounds import Minutes, Moment, Text


class Record(BaseModel):
    """A part of metrics.json: what it does not know is passed over."""

    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False, extra="ignore")


class Period(Record):
    """Open times of the first and the last candle that carry a label of this period."""

    from_: Annotated[Moment, Field(alias="from")]
    to: Moment

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ > self.to:
            raise ValueError("a period's 'from' must not be later than its 'to'")
        return self


class Periods(Record):
    """Chronological and disjoint; between two of them at least H candles are left out.

    Choices (temperature, kind, weights) were made on validation; the finished model has learned from train and validation.
    ``test`` is None for a model that has learned until the end of all candles.
    """

    train: Period
    validation: Period
    test: Period | None


class TestedAs(Record):
    """The model that was tested in the place of one trained on until the end: the same recipe, trained until the test."""

    model_version: Annotated[Text, Field(min_length=1, max_length=80)]
    periods: Periods


class Quartiles(Record):
    """Minutes from a candle's close until the target was touched, among the labels the model has learned from."""

    q25: Minutes
    median: Minutes
    q75: Minutes

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.q25 <= self.median <= self.q75:
            raise ValueError(f"quartiles must be in order, got {self.q25}, {self.median} and {self.q75}")
        return self


class TimeToTarget(Record):
    """Quartiles per side; None where no such label reached that side's target."""

    LONG: Quartiles | None
    SHORT: Quartiles | None
