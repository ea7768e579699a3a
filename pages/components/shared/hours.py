"""How often a move came at this hour of the day, out of the ledger: read beside the pages, which never wait for it."""

from __future__ import annotations

from datetime import UTC, timedelta, tzinfo
from functools import cache, partial
from typing import Any

from core.application import Application
from core.domain import Timeframe
from core.errors import CandorError
from core.market.candles import unix_ms
from core.prediction import Prediction
from core.signals.bands import band_beside
from core.signals.hours import (
    LOOKBACK_DAYS,
    NO_HOURS,
    USUAL_DAYS,
    HourRecord,
    Hours,
    HoursOfTimeframes,
    by_hour,
    hour_of,
)
from core.wording.language import say
from pages.components.shared.beside import Beside
from pages.components.shared.headline import share_text
from pages.components.shared.number_text import candles_text, days_text, offset_text

SECONDS_BETWEEN = 60.0
"""Between two readings, which take a quarter of a second: a day changes little, a replay that has just ended all."""


PATIENCE = 1.0
"""Seconds that a page waits for the first reading since the start: it is drawn once per candle, and would say nothing of it until the next."""


@cache
def _beside() -> Beside[Hours]:
    """What reads them, for all who look."""
    return Beside(SECONDS_BETWEEN)


def usual_hours(app: Application, timeframe: Timeframe, patience: float = 0.0) -> Hours:
    """The records of all coins, as read last, the very ones while they stay the same; none while the ledger is not open or there is no board yet, and where the hour tells nothing.

    ``patience`` are the seconds in which the first reading may come.
    """
    symbols = [signal.symbol for signal in app.board.snapshot().on(timeframe)]
    if not symbols or timeframe not in USUAL_DAYS:
        return NO_HOURS
    opened = app.recorder.opened()
    if opened is None:
        return NO_HOURS
    since_ms = unix_ms(app.feed.now() - timedelta(days=LOOKBACK_DAYS))
    read = partial(opened.reader.hours, timeframe, symbols, since_ms)
    hours = _beside().newest((opened.reader, timeframe), lambda: by_hour(read()), patience)
    return NO_HOURS if hours is None or isinstance(hours, CandorError) else hours


def hours_of_timeframes(app: Application) -> HoursOfTimeframes:
    """Those of every timeframe, with PATIENCE."""
    return {timeframe: usual_hours(app, timeframe, PATIENCE) for timeframe in Timeframe}


def at_hour(prediction: Prediction, hours: Hours, zone: tzinfo | None) -> dict[str, Any] | None:
    """What is usual at the hour in which a prediction's candle closed, for browsers to draw; None where nobody knows."""
    record = hour_of(prediction, hours)
    if record is None:
        return None
    usual = prediction.usual_move_probability
    share = record.pooled(usual)
    text = say("{hour}: {counted}", hour=_hour_text(prediction, zone), counted=_counted_text(record, usual))
    band = band_beside(prediction.move_probability, share)
    return {"at": round(share, 4), "band": band.value, "told": text}


def _hour_text(prediction: Prediction, zone: tzinfo | None) -> str:
    begins = prediction.candle_close_time.astimezone(UTC).replace(minute=0).astimezone(zone)
    return say(
        "{begins:%H:%M} to {ends:%H:%M} {zone}",
        begins=begins,
        ends=begins + timedelta(hours=1),
        zone=offset_text(begins),
    )


def _counted_text(record: HourRecord, usual: float) -> str:
    """What was counted, live or replayed, and how it was drawn to what is usual at any hour."""
    live, replayed = record.live, record.candles - record.live
    return say(
        "a move came after {share} of {candles} that closed then, on {days} ({live:,} called live, {replayed:,} "
        "replayed). So few days claim too much by themselves: with {usually} more days at the usual {usual}, it is {pooled}.",
        share=share_text(record.share),
        candles=candles_text(record.candles),
        days=days_text(record.days),
        live=live,
        replayed=replayed,
        usually=USUAL_DAYS[record.series.timeframe],
        usual=share_text(usual),
        pooled=share_text(record.pooled(usual)),
    )
