"""The message that alerts of one rule make together: in English, since nobody knows who reads it where it arrives."""

from __future__ import annotations

from core.alerted import Agreement, Alerted, Message, SignalSaid, Touch
from core.domain import Timeframe, ticker
from core.wording.style import Style

MOST_LINES = 30

_PRICES = {"simulated": "simulated prices", "recorded": "recorded prices"}
"""What a message must not be taken for real without."""


def alert_title(message: Message) -> str:
    """``[simulated prices] likely: 15m 12:15 UTC, 5 coins``, or how many closes there were where they were held."""
    prices = _PRICES.get(message.market)
    closes = {alert.closed_at for alert in message.alerts}
    return f"{f'[{prices}] ' if prices else ''}{message.rule}: {_of_one(message.alerts) if len(closes) == 1 else _of_many(message, len(closes))}"


def alert_body(message: Message, style: Style) -> str:
    """A line for each alert, with its name, by which a receiver can tell what it has."""
    lines = [alert_line(alert, style) for alert in message.alerts[:MOST_LINES]]
    more = len(message.alerts) - MOST_LINES
    return "\n".join([*lines, *([f"and {more} more; the page Alerts has them all"] if more > 0 else [])])


def alert_line(alert: Alerted, style: Style) -> str:
    """``BTC 15m: P(move) 74%, usually 68%; side unclear; trusted (12:15 UTC, alert 3-4711)``."""
    return f"{_told(alert, style)} ({alert.closed_at:%H:%M} UTC, alert {alert.name})"


def _told(alert: Alerted, style: Style) -> str:
    symbol, timeframe = alert.series
    if alert.event == "went_silent":
        return f"{timeframe}: no candles came in time; this rule is silent on {timeframe} until they do"
    ended = "it is over: " if alert.event == "ended" else ""
    if alert.said is None:
        return f"{ticker(symbol)} {timeframe}: {ended}no candle came in time"
    match alert.beside:
        case Agreement() as agreement:
            return f"{ticker(symbol)}: {ended}{_agreed(agreement)}"
        case Touch() as touch:
            return f"{ticker(symbol)} {timeframe}: {_touched(touch)}, it said {_said(alert.said, style)}"
        case None:
            return f"{ticker(symbol)} {timeframe}: {ended}{_said(alert.said, style)}"


def _agreed(found: Agreement) -> str:
    expected = f"a move is likely on {_among(found.expected, found.counted)}"
    if found.side is None:
        return expected
    return f"{expected}; side {found.side}, where it is proven, on {_among(found.sided, found.counted)}"


def _among(some: tuple[Timeframe, ...], all_of_them: tuple[Timeframe, ...]) -> str:
    """``15m, 1h (2 of 4 timeframes)``."""
    return f"{', '.join(some) or 'none'} ({len(some)} of {len(all_of_them)} timeframes)"


def _touched(touch: Touch) -> str:
    signal = f"the signal of {touch.signal_at:%Y-%m-%d %H:%M} UTC"
    return f"the {touch.barrier} barrier was touched first, in candle {touch.candles} of the {touch.horizon} after {signal}"


def _said(said: SignalSaid, style: Style) -> str:
    usual = "" if said.usual is None else f", usually {style.share(said.usual, 0)}"
    side = (
        "unclear" if said.side is None or said.side_share is None else f"{said.side} {style.share(said.side_share, 0)}"
    )
    return f"P(move) {style.share(said.move, 0)}{usual}; side {side}; {said.verdict.replace('_', ' ')}"


def _of_one(alerts: tuple[Alerted, ...]) -> str:
    """``15m, 1h 12:00 UTC, 5 coins``: candles of several timeframes close together."""
    coins = {alert.series.symbol for alert in alerts}
    count = ticker(next(iter(coins))) if len(coins) == 1 else f"{len(coins)} coins"
    silent = all(alert.event == "went_silent" for alert in alerts)
    of = {alert.series.timeframe for alert in alerts}
    timeframes = ", ".join(timeframe for timeframe in Timeframe if timeframe in of)
    return f"{timeframes} {alerts[0].closed_at:%H:%M} UTC, {'feed silent' if silent else count}"


def _of_many(message: Message, closes: int) -> str:
    held = " while messages were held" if message.held else ""
    return f"{len(message.alerts)} alerts of {closes} candle closes{held}"


def trial_title(rule: str) -> str:
    return f"Test of {rule}"


def trial_body(rule: str) -> str:
    return f"This is a test of the rule {rule}: its alerts will arrive here. Nothing has happened."
