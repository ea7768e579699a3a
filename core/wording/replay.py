"""The replay in sentences: how far it has come, whom it leaves out, and whether it says what was said live."""

from __future__ import annotations

from collections import Counter

from core.replay import (
    Different,
    LeftOut,
    NoPastCandles,
    OnlyLearned,
    Parity,
    ReplayFailed,
    ReplayProgress,
    ReplayState,
)
from core.wording.errors import error_in_words
from core.wording.language import in_a_row, phrase, say, say_count


def progress_text(progress: ReplayProgress) -> str:
    """What the replay does, or has done."""
    state = _STATES[progress.state]
    left_out = Counter(type(why) for why in progress.left_out.values())
    return in_a_row(
        say(state, done=progress.done, total=progress.total, rows=progress.rows),
        *(say(_GROUPS[kind], count=count) for kind, count in left_out.items()),
    )


_STATES = {
    ReplayState.OFF: phrase("Nothing is replayed: CANDOR_REPLAY_DAYS is 0."),
    ReplayState.WAITING: phrase("The replay waits for signals on the board and for a ledger that can be written."),
    ReplayState.ELSEWHERE: phrase("Models are replayed by the feeder that leads."),
    ReplayState.RUNNING: phrase(
        "Models are being replayed on past candles: {done:,} of {total:,} models, {rows:,} new signals since this start."
    ),
    ReplayState.DONE: phrase(
        "Models were replayed on past candles: {done:,} of {total:,} models, {rows:,} new signals since this start."
    ),
}


def left_out_text(why: LeftOut) -> str:
    """Why nothing of a model is replayed."""
    if isinstance(why, OnlyLearned):
        return say(
            "It has learned until {learned_until:%Y-%m-%d %H:%M} UTC, and no candle before its first signal is later.",
            learned_until=why.learned_until,
        )
    if isinstance(why, NoPastCandles):
        return error_in_words(why.message).replace("{path}", why.path or "")
    return say("The replay failed ({error}); the log has the details.", error=why.error)


def parity_text(parity: Parity, damaged: bool) -> str:
    """Whether live signals are what their own replay says; of a ledger that is ``damaged``, what that is still worth."""
    return in_a_row(_agreement(parity), _left_out(parity.left_out), _worthless() if damaged else "")


def _worthless() -> str:
    return say("The ledger has been changed since it was written: of its entries as they are now this proves nothing.")


def _left_out(signals: int) -> str:
    if not signals:
        return ""
    return say_count(
        "{count} more could not be compared: its candles, or its model, were not at hand any more.",
        "{count} more could not be compared: their candles, or their model, were not at hand any more.",
        signals,
    )


def _agreement(parity: Parity) -> str:
    if parity.first_different is None:
        return say(
            "{equal:,} of {compared:,} live signals are what their replay says.",
            equal=parity.equal,
            compared=parity.compared,
        )
    different = parity.compared - parity.equal
    return say(
        "{different:,} of {compared:,} live signals are not what their replay says, first {first_different}.",
        different=different,
        compared=parity.compared,
        first_different=_first(parity.first_different),
    )


def _first(row: Different) -> str:
    return say(
        "{series} of {candle_open_time:%Y-%m-%d %H:%M} UTC: {value} was {live}, and is {replayed} replayed",
        series=row.series,
        candle_open_time=row.candle_open_time,
        value=row.value,
        live=row.live,
        replayed=row.replayed,
    )


_GROUPS: dict[type[LeftOut], str] = {
    OnlyLearned: phrase("{count:,} have learned from all past candles at hand."),
    NoPastCandles: phrase("{count:,} have no past candles at hand."),
    ReplayFailed: phrase("{count:,} failed."),
}
