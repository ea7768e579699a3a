"""Rules, states and what became of alerts in words. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Iterable

from core.alerted import Agreement, Alerted
from core.alerts.book import StoredRule, Version
from core.alerts.foretold import DAYS, Foretold
from core.alerts.rules import (
    BarrierTouched,
    Condition,
    FeedSilent,
    ModelStale,
    QuietHours,
    Rule,
    SignalSays,
    TimeframesAgree,
)
from core.alerts.states import State
from core.alerts.statuses import GROUP_WAIT_MS, Status
from core.alerts.told import AlertRecord
from core.domain import ticker
from core.market.candles import moment_of
from core.wording.language import in_a_row, listed, phrase, say, say_count
from core.wording.style import Style
from pages.components.shared.appearance import BAND_STYLES, DIRECTION_STYLES
from pages.components.shared.number_text import percent_text, share_and_interval_text, signals_text

STATE_WORDS = {
    State.NORMAL: phrase("normal"),
    State.PENDING: phrase("pending"),
    State.FIRING: phrase("firing"),
    State.RECOVERING: phrase("recovering"),
    State.NO_DATA: phrase("no data"),
    State.ERROR: phrase("nothing to judge"),
}

STATUS_WORDS = {
    Status.WAITING: phrase("waiting"),
    Status.SENDING: phrase("being sent"),
    Status.DELIVERED: phrase("delivered"),
    Status.GIVEN_UP: phrase("given up"),
    Status.UNKNOWN: phrase("may have arrived"),
    Status.SILENCED: phrase("silenced"),
    Status.COVERED: phrase("another rule that sends to the same place tells it instead"),
    Status.LATE: phrase("too late to send"),
    Status.SHOWN: phrase("shown on pages only"),
}

EVENT_WORDS = {"fired": phrase("fired"), "ended": phrase("ended"), "went_silent": phrase("feed silent")}

TOUCH_WORDS = {
    "upper": phrase("upper barrier"),
    "lower": phrase("lower barrier"),
    "both": phrase("both at once"),
    "none": phrase("no barrier"),
}

_WHY = {
    "died": phrase("the process ended while it was being sent"),
    "copied": phrase("it waited when this ledger was copied, and the other one may have sent it"),
    "rule_gone": phrase("its rule was deleted, switched off, or sends nothing now"),
    "not_reached": phrase("the service cannot be reached"),
    "no_answer": phrase("the service did not answer in time"),
    "still_answering": phrase("the service has not ended its answer to an earlier message"),
    "refused": phrase("the service refused it"),
    "partly": phrase("only some of its recipients took it"),
    "unreadable": phrase("somebody has changed its row, and what it said cannot be read"),
    "unusable": phrase("the address cannot be used any more"),
    "failed": phrase("sending it failed; the log says how"),
}

NOTHING_YET = phrase(
    "There is no rule yet. Make one below: it is looked at whenever a candle closes, and you see first "
    "what it would have sent."
)
KEPT_ELSEWHERE = phrase(
    "Rules are made and changed on the feeder that leads, which /api/health/ready of each says of itself. Here they are shown, "
    "with what became of their alerts."
)
NO_ALERTS = phrase(
    "No alert yet. A rule fires when a signal changes into it, not for what holds already when it is switched on."
)
WHAT_IS_KEPT = phrase(
    "Rules, and where they send, are kept beside this market's ledger; an address is never shown again, "
    "only its kind and a few digits that tell two apart. An alert is sent once at most; what may have "
    "arrived is not sent again."
)
NOTHING_IS_WATCHED = phrase("No coin is watched in this browser.")
WATCHLIST_IS_THE_SAME = phrase("The rule has the coins that this browser watches already.")
IN_PAGES = phrase(
    "While any page of Candor is open, alerts appear on it. Settings (⚙), Alerts, makes them notifications of this "
    "browser, and gives them a sound."
)
TWO_CLOCKS = phrase(
    "Silences, quiet hours and the messages of an hour go by this machine's clock, not by that of the market."
)
PASSED_OVER = phrase(
    "Candles without a signal are passed over; alerts of one candle close, and what is held, come in one message."
)


def why_text(error: str | None) -> str:
    """Why an alert did not arrive, as a clause; nothing where nothing is the matter."""
    if error is None:
        return ""
    return (
        say("the service answered HTTP {status}", status=error.removeprefix("http_"))
        if error.startswith("http_")
        else say(_WHY.get(error, error))
    )


def status_text(record: AlertRecord, style: Style) -> str:
    """What became of the message of an alert, and why it has not come yet."""
    if record.next_try_ms is None:
        return " – ".join(filter(None, [say(STATUS_WORDS[record.status]), why_text(record.error)]))
    at = style.minute(moment_of(record.next_try_ms))
    if record.error is not None:
        return say("waiting, to be tried again at {at} – {why}", at=at, why=why_text(record.error))
    if record.next_try_ms > record.made_at_ms + GROUP_WAIT_MS:
        return say("held until {at}: quiet hours, or an hour with no room for another message", at=at)
    return say(STATUS_WORDS[record.status])


def condition_text(rule: Rule) -> str:
    """What a rule asks for: ``P(move) from 75 %; timing proven · BTC, ETH · 15m · 2 candles in a row``."""
    coins = listed(map(ticker, rule.symbols[:6]))
    if len(rule.symbols) > 6:
        coins = say("{coins} and {more} more", coins=coins, more=len(rule.symbols) - 6)
    if rule.watchlist:
        coins = say("{coins} (a copy of a watchlist)", coins=coins)
    parts = [_asked(rule), coins or say("all coins"), listed(rule.timeframes) or say("all timeframes")]
    if rule.candles > 1:
        parts.append(say("{candles} candles in a row", candles=rule.candles))
    parts.append(say_count("at most {count} message an hour", "at most {count} messages an hour", rule.most_an_hour))
    return " · ".join([*parts, *([] if rule.quiet is None else [_quiet_text(rule.quiet)])])


def _asked(rule: Rule) -> str:
    match rule.condition:
        case ModelStale():
            return say("the model has gone stale")
        case FeedSilent():
            return say("no candle came in time")
        case SignalSays() as asked:
            return "; ".join(_asked_of(asked))
        case TimeframesAgree() as together:
            return "; ".join(_agreeing(together))
        case BarrierTouched() as touched:
            return "; ".join(_touching(touched))


def _above(above_usual: float) -> str:
    return say_count(
        "P(move) above usual by {count} point", "P(move) above usual by {count} points", round(100 * above_usual)
    )


def _had_been_above(above_usual: float) -> str:
    return say_count(
        "P(move) had been above usual by {count} point",
        "P(move) had been above usual by {count} points",
        round(100 * above_usual),
    )


def _asked_of(asked: SignalSays) -> Iterable[str]:
    if asked.move_at_least is not None:
        yield say("P(move) from {level}", level=percent_text(asked.move_at_least, 0))
    if asked.above_usual is not None:
        yield _above(asked.above_usual)
    if asked.confidence_at_least is not None:
        yield say("confidence from {level}", level=percent_text(asked.confidence_at_least, 0))
    if asked.band is not None:
        yield BAND_STYLES[asked.band].word.lower()
    if asked.side is not None:
        yield say("side {side}, where it is proven", side=DIRECTION_STYLES[asked.side].word)
    proofs = (
        (say("timing proven"), asked.timing_proven),
        (say("side proven"), asked.side_proven),
        (say("trusted"), asked.trusted),
    )
    yield from (word for word, wanted in proofs if wanted)


def _agreeing(asked: TimeframesAgree) -> Iterable[str]:
    if asked.expected_on is not None:
        yield say_count(
            "a move is likely on at least {count} timeframe",
            "a move is likely on at least {count} timeframes at once",
            asked.expected_on,
        )
    if asked.side is not None:
        yield say_count(
            "side {side}, where it is proven, on at least {count} timeframe",
            "side {side}, where it is proven, on at least {count} timeframes at once",
            asked.sided_on,
            side=DIRECTION_STYLES[asked.side].word,
        )


_TOUCHES = {
    None: phrase("a barrier was touched first, told at the horizon's end"),
    "upper": phrase("the upper barrier was touched first, told at the horizon's end"),
    "lower": phrase("the lower barrier was touched first, told at the horizon's end"),
}


def _touching(asked: BarrierTouched) -> Iterable[str]:
    yield say(_TOUCHES[asked.barrier])
    if asked.move_at_least is not None:
        yield say("P(move) had been from {level}", level=percent_text(asked.move_at_least, 0))
    if asked.above_usual is not None:
        yield _had_been_above(asked.above_usual)


def version_text(version: Version, style: Style) -> str:
    """What a rule asked for before: ``Version 2, until 2026-01-01 15:00 UTC: likely: P(move) from 75 % · BTC · …``."""
    until = style.minute(moment_of(version.until_ms))
    if version.rule is None:
        return say("Version {number}, until {until}: it cannot be read any more.", number=version.number, until=until)
    return say(
        "Version {number}, until {until}: {name}: {asked}",
        number=version.number,
        until=until,
        name=version.rule.name,
        asked=condition_text(version.rule),
    )


def _quiet_text(quiet: QuietHours) -> str:
    return say("held from {begins} to {ends} UTC", begins=_minute(quiet.begins), ends=_minute(quiet.ends))


def _minute(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def states_text(stored: StoredRule) -> str:
    """``2 firing (BTC 15m, ETH 1h), 32 normal``."""
    states, condition = stored.states, None if stored.rule is None else stored.rule.condition
    known = [f"{states[state]} {say(word)}" for state, word in STATE_WORDS.items() if states.get(state)]
    if isinstance(condition, BarrierTouched):
        return say("It has no states: each touch is told for itself, once the horizon of its signal has ended.")
    if known:
        return in_a_row(say("{states}.", states=listed(known)), _firing_text(stored, condition))
    if isinstance(condition, FeedSilent):
        return say("Not looked at yet: it is once a candle is due, whether it comes or not.")
    return say("Not looked at yet: the next candle that closes is the first.")


MOST_NAMED = 8


def _firing_text(stored: StoredRule, condition: Condition | None) -> str:
    """Which series fire; of timeframes together the coins."""
    if not stored.firing:
        return ""
    of_coins = isinstance(condition, TimeframesAgree)
    names = [ticker(symbol) if of_coins else f"{ticker(symbol)} {timeframe}" for symbol, timeframe in stored.firing]
    more = len(names) - MOST_NAMED
    if more > 0:
        return say("Firing: {names} and {more} more.", names=listed(names[:MOST_NAMED]), more=more)
    return say("Firing: {names}.", names=listed(names))


def rule_text(record: AlertRecord) -> str:
    """The rule of an alert, and which version of it where it was changed."""
    if record.alert.rule_version == 1:
        return record.rule
    return say("{rule} (version {version})", rule=record.rule, version=record.alert.rule_version)


def of_text(alert: Alerted) -> str:
    """What an alert is about: ``BTC 15m``, ``BTC 15m, 1h``, ``BTC 15m, at least``."""
    if alert.event == "went_silent":
        coin = ticker(alert.series.symbol)
        return say("{coin} {timeframe}, at least", coin=coin, timeframe=alert.series.timeframe)
    agreed = (alert.beside.expected or alert.beside.sided) if isinstance(alert.beside, Agreement) else ()
    return f"{ticker(alert.series.symbol)} {listed(agreed or [alert.series.timeframe])}"


def move_text(alert: Alerted) -> str:
    """P(move) beside what is usual; of timeframes together, on how many a move is likely."""
    if isinstance(alert.beside, Agreement):
        expected, counted = len(alert.beside.expected), len(alert.beside.counted)
        return say("likely on {expected} of {counted} timeframes", expected=expected, counted=counted)
    if alert.signal is None:
        return "–"
    move = percent_text(alert.signal.move, 0)
    if alert.signal.usual is None:
        return move
    return say("{move}, usually {usual}", move=move, usual=percent_text(alert.signal.usual, 0))


def foretold_text(forecast: Foretold, of_touches: bool = False) -> str:
    """What a rule would have told of one origin, and how that ended, beside what was usual."""
    if not forecast.signals:
        return say("No signal of these coins and timeframes in the last {days} days.", days=DAYS)
    if of_touches:
        return _touches_text(forecast)
    text = say(
        "{messages} about {fired}, of {signals:,} in {days} days.",
        messages=_messages(forecast),
        fired=_fired(forecast),
        signals=forecast.signals,
        days=DAYS,
    )
    return in_a_row(text, _ended_text(forecast)) if forecast.fired else text


def _messages(forecast: Foretold) -> str:
    """How many would have been sent, and in how many of them stood what had been held, by what."""
    sent = forecast.sent
    messages = say_count("{count} message", "{count} messages", sent.messages)
    held = [
        say(word, count=count)
        for word, count in (
            (phrase("{count} held until the quiet hours were over"), sent.after_quiet),
            (phrase("{count} held until the hour had room again"), sent.after_limit),
        )
        if count
    ]
    return say("{messages} ({held})", messages=messages, held=listed(held)) if held else messages


def _fired(forecast: Foretold) -> str:
    if not forecast.ends:
        return signals_text(forecast.fired)
    ends = say_count("the end of {count}", "the ends of {count}", forecast.ends)
    return say("{signals} and {ends}", signals=signals_text(forecast.fired), ends=ends)


def _touches_text(forecast: Foretold) -> str:
    moves = forecast.moves
    if moves is None:
        return say(
            "None of the {signals:,} signals of {days} days that ended had such a P(move).",
            signals=forecast.signals,
            days=DAYS,
        )
    text = say(
        "{messages} about {touches}, of {ended:,} such signals that ended in {days} days.",
        messages=_messages(forecast),
        touches=say_count("{count} touched barrier", "{count} touched barriers", forecast.fired),
        ended=moves.n,
        days=DAYS,
    )
    expected, came = percent_text(forecast.expected / moves.n, 0), share_and_interval_text(moves)
    if not forecast.described:
        return in_a_row(
            text,
            say("P(move), of either barrier, had said {expected}; it came in {came}.", expected=expected, came=came),
        )
    usual = percent_text(forecast.usual / forecast.described, 0)
    beside = say(
        "P(move), of either barrier, had said {expected}, usually {usual}; it came in {came}.",
        expected=expected,
        usual=usual,
        came=came,
    )
    return in_a_row(text, beside)


def _ended_text(forecast: Foretold) -> str:
    moves = forecast.moves
    if moves is None:
        return say("None of them has ended yet.")
    ended, came = moves.n, share_and_interval_text(moves)
    expected = percent_text(forecast.expected / ended, 0)
    moved = (
        say(
            "Of the {ended:,} that have ended, a move came in {came}; P(move) had said {expected}, usually {usual}.",
            ended=ended,
            came=came,
            expected=expected,
            usual=percent_text(forecast.usual / forecast.described, 0),
        )
        if forecast.described
        else say(
            "Of the {ended:,} that have ended, a move came in {came}; P(move) had said {expected}.",
            ended=ended,
            came=came,
            expected=expected,
        )
    )
    sides = forecast.sides
    if sides is None:
        return moved
    sided = say(
        "The side was proven and called in {sided:,} of those, and right in {right}; even is 50\u00a0%.",
        sided=sides.n,
        right=share_and_interval_text(sides),
    )
    return in_a_row(moved, sided)
