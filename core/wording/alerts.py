"""The message that alerts of one rule make together: in English where it is sent, since nobody knows who reads it where it
arrives, and in the reader's language on pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.alerted import Agreement, Alerted, Message, SignalSummary, Touch
from core.domain import Timeframe, ticker
from core.wording.language import listed, phrase, say, say_count
from core.wording.style import PLAIN, Style, speaking_as

MOST_LINES = 30

MOST_TOGETHER = 20
"""So many alerts at most stand in one line: services take so much only, and a line comes whole or not at all."""

_PRICES = {"simulated": phrase("simulated prices"), "recorded": phrase("recorded prices")}
"""What a message must not be taken for real without."""

_VERDICTS = {
    "trusted": phrase("trusted"),
    "weak_model": phrase("weak model"),
    "no_skill": phrase("no proven skill"),
    "out_of_distribution": phrase("unfamiliar market"),
    "stale_model": phrase("stale model"),
    "stale_data": phrase("stale candles"),
    "no_accuracy": phrase("never tested"),
    "seen_in_training": phrase("seen in training"),
}


def alert_title(message: Message, style: Style = PLAIN) -> str:
    """``[simulated prices] likely: 15m 12:15 UTC, 5 coins``, or how many closes there were where they were held."""
    with speaking_as(style):
        prices = _PRICES.get(message.market)
        closes = {alert.closed_at for alert in message.alerts}
        subject = _of_one(message.alerts) if len(closes) == 1 else _of_many(message, len(closes))
        titled = say("{rule}: {subject}", rule=message.rule, subject=subject)
        return titled if prices is None else say("[{prices}] {titled}", prices=say(prices), titled=titled)


def alert_body(message: Message, style: Style, fits: Callable[[str], bool] = lambda _: True) -> str:
    """The lines of a message, with the names of its alerts, by which a receiver can tell what it has.

    As many of them as ``fits`` takes.
    """
    lines = alert_lines(message.alerts, style)[:MOST_LINES]
    bodies = (_body(lines[:count], len(message.alerts), style) for count in range(len(lines), 0, -1))
    return next(filter(fits, bodies), _body([], len(message.alerts), style))


def _body(lines: Sequence[Line], alerts: int, style: Style) -> str:
    texts, more = [line.text for line in lines], alerts - sum(line.alerts for line in lines)
    if not more:
        return "\n".join(texts)
    with speaking_as(style):
        return "\n".join([*texts, say("and {more} more; the page Alerts has them all", more=more)])


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a message, and of how many ``alerts`` it tells."""

    text: str
    alerts: int


def alert_lines(alerts: Iterable[Alerted], style: Style) -> list[Line]:
    """A line for each alert; coins that lack the same candle share theirs."""
    together: dict[object, list[Alerted]] = {}
    for alert in alerts:
        alike = alert.name if alert.signal or alert.event == "went_silent" else _of_silence(alert)
        together.setdefault(alike, []).append(alert)
    parts = (part for each in together.values() for part in _parts(each))
    return [Line(_line(part, style), len(part)) for part in parts]


def _of_silence(alert: Alerted) -> tuple[object, ...]:
    return alert.event, alert.series.timeframe, alert.closed_at


def _parts(alerts: list[Alerted]) -> Iterable[list[Alerted]]:
    return (alerts[start : start + MOST_TOGETHER] for start in range(0, len(alerts), MOST_TOGETHER))


def _line(alerts: Sequence[Alerted], style: Style) -> str:
    """``BTC 15m: P(move) 74%, usually 68%; side unclear; trusted (12:15 UTC, alert 3-4711)``."""
    first = alerts[0]
    with speaking_as(style):
        if len(alerts) == 1:
            return say(
                "{alert_text} ({closed_at:%H:%M} UTC, alert {name})",
                alert_text=_about(first, ticker(first.series.symbol), style),
                closed_at=first.closed_at,
                name=first.name,
            )
        return say(
            "{alert_text} ({closed_at:%H:%M} UTC, alerts {names})",
            alert_text=_about(first, listed(ticker(alert.series.symbol) for alert in alerts), style),
            closed_at=first.closed_at,
            names=listed(alert.name for alert in alerts),
        )


def _about(alert: Alerted, coin: str, style: Style) -> str:
    """What an alert tells of its coin, or of all the coins that lack the same candle."""
    timeframe = alert.series.timeframe
    if alert.event == "went_silent":
        return say(
            "{timeframe}: candles did not come in time, of {coin} at least; of a coin nothing is told until they do",
            timeframe=timeframe,
            coin=coin,
        )
    of = coin if isinstance(alert.beside, Agreement) and alert.signal is not None else f"{coin} {timeframe}"
    if alert.event == "ended":
        return say("{of}: it is over: {what}", of=of, what=_what(alert, style))
    return say("{of}: {what}", of=of, what=_what(alert, style))


def _what(alert: Alerted, style: Style) -> str:
    if alert.signal is None:
        return say("no candle came in time")
    match alert.beside:
        case Agreement() as agreement:
            return _agreed(agreement, style)
        case Touch() as touch:
            return say(
                "{touched}; that signal had said: {signal}",
                touched=_touched(touch),
                signal=_summary(alert.signal, style),
            )
        case None:
            return _summary(alert.signal, style)


def _agreed(found: Agreement, style: Style) -> str:
    expected = say("a move is likely on {some}", some=_among(found.expected, found.counted))
    if found.side is None:
        return expected
    return say(
        "{expected}; side {side}, where it is proven, on {some}",
        expected=expected,
        side=style.direction(found.side),
        some=_among(found.sided, found.counted),
    )


def _among(some: tuple[Timeframe, ...], all_of_them: tuple[Timeframe, ...]) -> str:
    """``15m, 1h (2 of 4 timeframes)``."""
    names = listed(some) or say("none")
    return say("{names} ({some} of {counted} timeframes)", names=names, some=len(some), counted=len(all_of_them))


_TOUCHED = {
    "upper": phrase(
        "the upper barrier was touched first, in candle {candles} of the {horizon} after the signal of {at:%Y-%m-%d %H:%M} UTC"
    ),
    "lower": phrase(
        "the lower barrier was touched first, in candle {candles} of the {horizon} after the signal of {at:%Y-%m-%d %H:%M} UTC"
    ),
}


def _touched(touch: Touch) -> str:
    return say(_TOUCHED[touch.barrier], candles=touch.candles, horizon=touch.horizon, at=touch.signal_at)


def _summary(signal: SignalSummary, style: Style) -> str:
    move = say("P(move) {move}", move=style.share(signal.move, 0))
    if signal.usual is not None:
        move = say("{move}, usually {usual}", move=move, usual=style.share(signal.usual, 0))
    side = say("unclear")
    if signal.side is not None and signal.side_share is not None:
        side = f"{style.direction(signal.side)} {style.share(signal.side_share, 0)}"
    verdict = say(_VERDICTS.get(signal.verdict, signal.verdict.replace("_", " ")))
    return say("{move}; side {side}; {verdict}", move=move, side=side, verdict=verdict)


def _of_one(alerts: tuple[Alerted, ...]) -> str:
    """``15m, 1h 12:00 UTC, 5 coins``: candles of several timeframes close together."""
    coins = {alert.series.symbol for alert in alerts}
    count = ticker(next(iter(coins))) if len(coins) == 1 else say_count("{count} coin", "{count} coins", len(coins))
    silent = all(alert.event == "went_silent" for alert in alerts)
    of = {alert.series.timeframe for alert in alerts}
    return say(
        "{timeframes} {closed_at:%H:%M} UTC, {what}",
        timeframes=listed(timeframe for timeframe in Timeframe if timeframe in of),
        closed_at=alerts[0].closed_at,
        what=say("feed silent") if silent else count,
    )


def _of_many(message: Message, closes: int) -> str:
    of = phrase("{alerts} alerts of {closes} candle closes")
    if message.held:
        of = phrase("{alerts} alerts of {closes} candle closes while messages were held")
    return say(of, alerts=len(message.alerts), closes=closes)
