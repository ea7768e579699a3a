"""The call on the candle that an address names: as it was issued, and what became of it. Knows nothing of Streamlit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.domain import Direction
from core.findings import Verdict
from core.journal.vocabulary import Origin
from core.market.candles import moment_of
from core.measured import Proof
from core.signals.outcomes import Touched, label_of
from core.wording.language import in_a_row, phrase, say
from core.wording.style import TYPESET, Style
from pages.components.shared.appearance import PROOF_STYLES, VERDICT_WORDS
from pages.components.shared.number_text import percent_text, price_text, score_text
from pages.components.shared.past_calls import NamedCall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.domain import Timeframe
    from core.journal.entries import SignalEntry
    from core.journal.stored import StoredSignal

_TOUCHED = {
    Touched.UPPER: phrase("The upper one was touched first, in the candle of {time}."),
    Touched.LOWER: phrase("The lower one was touched first, in the candle of {time}."),
    Touched.BOTH: phrase("Both were touched in the candle of {time}."),
    Touched.NONE: phrase("Neither was touched."),
}


def named_among(stored: Sequence[StoredSignal], origin: Origin | None) -> StoredSignal | None:
    """Of the signals on one candle the one that is told: of the ``origin`` asked for, then one whose outcome is known, then live."""

    def last_of_all(each: StoredSignal) -> tuple[bool, bool, bool]:
        asked = origin is not None and each.entry.origin != origin
        return asked, each.outcome is None, each.entry.origin != Origin.LIVE

    return min(stored, key=last_of_all, default=None)


def as_issued_sentence(
    stored: StoredSignal, timeframe: Timeframe, tick_size: float | None, style: Style = TYPESET
) -> str:
    """Its barriers and which was touched when, its side given a move, and its verdicts as they were then."""
    signal = stored.entry
    upper, lower = (price_text(price, tick_size) for price in (signal.upper_barrier, signal.lower_barrier))
    issued = say(
        "Barriers as issued: {upper} above, {lower} below, for {horizon_candles} candles.",
        upper=upper,
        lower=lower,
        horizon_candles=signal.horizon_candles,
    )
    became = _touched_text(stored, timeframe, style), _result_text(stored)
    return in_a_row(issued, *became, _side_text(signal), _verdicts_text(signal))


def _touched_text(stored: StoredSignal, timeframe: Timeframe, style: Style) -> str:
    if stored.outcome is None:
        return ""
    touched_ms = _touched_ms(stored, timeframe)
    time = "" if touched_ms is None else style.minute(moment_of(touched_ms))
    return say(_TOUCHED[Touched(stored.outcome.entry.touched)], time=time)


def _result_text(stored: StoredSignal) -> str:
    """What a called side would have brought in R, and where it would have ended; nothing where none was called."""
    outcome = None if stored.outcome is None else stored.outcome.entry
    if outcome is None or outcome.r is None:
        return ""
    result = score_text(outcome.r)
    if Touched(outcome.touched) is Touched.NONE:
        return say("As if traded, to the close of the horizon's last candle: {result} R after fees.", result=result)
    return say("As if traded: {result} R after fees.", result=result)


def _side_text(signal: SignalEntry) -> str:
    move = signal.p_long + signal.p_short
    if not move:
        return ""
    long, short = (percent_text(share / move) for share in (signal.p_long, signal.p_short))
    return say("Of the side it said: LONG {long}, SHORT {short} if it moves.", long=long, short=short)


def _verdicts_text(signal: SignalEntry) -> str:
    timing, side = (say(PROOF_STYLES[Proof(proof)].word) for proof in (signal.timing, signal.side))
    return say(
        "Verdict then: {verdict}; timing {timing}, side {side}.",
        verdict=say(VERDICT_WORDS[Verdict(signal.verdict)]),
        timing=timing,
        side=side,
    )


def on_chart(stored: StoredSignal, timeframe: Timeframe) -> NamedCall:
    """What a chart draws of it."""
    signal = stored.entry
    outcome = None if stored.outcome is None else Touched(stored.outcome.entry.touched)
    prices = {
        Touched.UPPER: (signal.upper_barrier,),
        Touched.LOWER: (signal.lower_barrier,),
        Touched.BOTH: (signal.upper_barrier, signal.lower_barrier),
    }
    return NamedCall(
        at=signal.candle_open_ms,
        close=signal.close,
        upper=signal.upper_barrier,
        lower=signal.lower_barrier,
        horizon_candles=signal.horizon_candles,
        touched=() if outcome is None else prices.get(outcome, ()),
        touched_ms=_touched_ms(stored, timeframe),
        came=None if outcome is None else label_of(outcome) is Direction(signal.direction),
    )


def _touched_ms(stored: StoredSignal, timeframe: Timeframe) -> int | None:
    """When the candle opened in which a barrier was touched; the first after the signal's own has the number 1."""
    candles = None if stored.outcome is None else stored.outcome.entry.candles_to_touch
    return None if candles is None else stored.entry.candle_open_ms + candles * timeframe.milliseconds
