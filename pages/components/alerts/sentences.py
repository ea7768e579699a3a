"""Rules, states and what became of alerts in words. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.alerts.foretold import DAYS, Foretold
from core.alerts.rules import FeedSilent, ModelStale, QuietHours, Rule, SignalSays
from core.alerts.states import State
from core.alerts.statuses import Status
from core.domain import ticker
from pages.components.shared.appearance import BAND_LOOKS
from pages.components.shared.number_text import count_text, percent_text

STATE_WORDS = {
    State.NORMAL: "normal",
    State.PENDING: "pending",
    State.FIRING: "firing",
    State.RECOVERING: "recovering",
    State.NO_DATA: "no data",
    State.ERROR: "nothing to judge",
}

STATUS_WORDS = {
    Status.WAITING: "waiting",
    Status.SENDING: "being sent",
    Status.DELIVERED: "delivered",
    Status.GIVEN_UP: "given up",
    Status.UNKNOWN: "may have arrived",
    Status.SILENCED: "silenced",
    Status.LATE: "too late to send",
    Status.SHOWN: "shown here only",
}

EVENT_WORDS = {"fired": "fired", "ended": "ended", "went_silent": "feed silent"}

TOUCH_WORDS = {"upper": "upper barrier", "lower": "lower barrier", "both": "both at once", "none": "no barrier"}

_WHY = {
    "died": "the process ended while it was being sent",
    "rule_gone": "its rule was deleted, switched off, or sends nothing now",
    "not_reached": "the service cannot be reached",
    "no_answer": "the service did not answer in time",
    "refused": "the service refused it",
    "partly": "only some of its recipients took it",
    "unusable": "the address cannot be used any more",
    "failed": "sending it failed; the log says how",
}

NOTHING_YET = "There is no rule yet. Make one below: it is looked at whenever a candle closes, and you see first what it would have sent."
KEPT_ELSEWHERE = (
    "Rules are made and changed on the feeder that leads. Here they are shown, with what became of their alerts."
)
NO_ALERTS = (
    "No alert yet. A rule fires when a signal changes into it, not for what holds already when it is switched on."
)
WHAT_IS_KEPT = (
    "Rules, and where they send, are kept beside this market's ledger; an address is never shown again, only its kind and a "
    "few digits that tell two apart. An alert is sent once at most; what may have arrived is not sent again."
)
PASSED_OVER = "Candles without a signal are passed over, quiet hours and the limit of an hour are not counted in."


def why_text(error: str | None) -> str:
    """Why an alert did not arrive, as a clause; nothing where nothing is the matter."""
    if error is None:
        return ""
    return (
        f"the service answered HTTP {error.removeprefix('http_')}"
        if error.startswith("http_")
        else _WHY.get(error, error)
    )


def condition_text(rule: Rule) -> str:
    """What a rule asks for: ``P(move) from 75 %; timing proven · BTC, ETH · 15m · 2 candles in a row``."""
    coins = ", ".join(map(ticker, rule.symbols[:6])) + (
        f" and {len(rule.symbols) - 6} more" if len(rule.symbols) > 6 else ""
    )
    parts = [_asked(rule), coins or "all coins", ", ".join(rule.timeframes) or "all timeframes"]
    if rule.candles > 1:
        parts.append(f"{rule.candles} candles in a row")
    parts.append(f"at most {count_text(rule.most_an_hour, 'message')} an hour")
    return " · ".join([*parts, *([] if rule.quiet is None else [_quiet_text(rule.quiet)])])


def _asked(rule: Rule) -> str:
    match rule.condition:
        case ModelStale():
            return "the model has gone stale"
        case FeedSilent():
            return "no candle came in time"
        case SignalSays() as asked:
            return "; ".join(_asked_of(asked))


def _asked_of(asked: SignalSays) -> Iterable[str]:
    levels = (
        ("P(move) from", asked.move_at_least),
        ("P(move) above usual by", asked.above_usual),
        ("confidence from", asked.confidence_at_least),
    )
    yield from (f"{word} {percent_text(level, 0)}" for word, level in levels if level is not None)
    if asked.band is not None:
        yield BAND_LOOKS[asked.band].word.lower()
    if asked.side is not None:
        yield f"side {asked.side}, where it is proven"
    proofs = (("timing proven", asked.timing_proven), ("side proven", asked.side_proven), ("trusted", asked.trusted))
    yield from (word for word, wanted in proofs if wanted)


def _quiet_text(quiet: QuietHours) -> str:
    return f"held from {_minute(quiet.begins)} to {_minute(quiet.ends)} UTC"


def _minute(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def states_text(states: Mapping[State, int]) -> str:
    """``2 firing, 32 normal``."""
    known = [f"{states[state]} {word}" for state, word in STATE_WORDS.items() if states.get(state)]
    return ", ".join(known) or "not looked at yet: the next candle that closes is the first"


def foretold_text(told: Foretold) -> str:
    """What a rule would have told of one origin, and how that ended, beside what was usual."""
    if not told.signals:
        return f"No signal of these coins and timeframes in the last {DAYS} days."
    text = f"{count_text(told.messages, 'message')} about {count_text(told.fired, 'signal')}, of {told.signals:,} in {DAYS} days."
    return f"{text} {_ended_text(told)}" if told.fired else text


def _ended_text(told: Foretold) -> str:
    if not told.ended:
        return "None of them has ended yet."
    share, said = percent_text(told.moved / told.ended, 0), percent_text(told.expected / told.ended, 0)
    usual = f", usually {percent_text(told.usual / told.described, 0)}" if told.described else ""
    moved = f"A barrier was touched in {share} of the {told.ended:,} that have ended; P(move) had said {said}{usual}."
    if not told.sided:
        return moved
    return f"{moved} The side was proven and called in {told.sided:,} of those, and right in {percent_text(told.right / told.sided, 0)} (even: 50 %)."
