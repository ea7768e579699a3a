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


def progress_text(progress: ReplayProgress) -> str:
    """What the replay does, or has done."""
    models = f"{progress.done:,} of {progress.total:,} models, {progress.rows:,} signals"
    said = {
        ReplayState.OFF: "Nothing is replayed: CANDOR_REPLAY_DAYS is 0.",
        ReplayState.WAITING: "The replay waits for signals on the board and for a ledger that can be written.",
        ReplayState.ELSEWHERE: "Models are replayed by the feeder that leads.",
        ReplayState.RUNNING: f"Models are being replayed on past candles: {models}.",
        ReplayState.DONE: f"Models were replayed on past candles: {models}.",
    }[progress.state]
    left_out = Counter(_GROUPS[type(why)] for why in progress.left_out.values())
    return " ".join([said, *(f"{count:,} {group}." for group, count in left_out.items())])


def left_out_text(why: LeftOut) -> str:
    """Why nothing of a model is replayed."""
    if isinstance(why, OnlyLearned):
        return f"It has learned until {why.learned_until:%Y-%m-%d %H:%M} UTC, and no candle before its first signal is later."
    if isinstance(why, NoPastCandles):
        return why.message.replace("{path}", why.path or "")
    return f"The replay failed ({why.error}); the log has the details."


def parity_text(parity: Parity) -> str:
    """Whether live signals are what their own replay says."""
    if parity.first_different is None:
        return f"{parity.equal:,} of {parity.compared:,} live signals are what their replay says."
    different = parity.compared - parity.equal
    return f"{different:,} of {parity.compared:,} live signals are not what their replay says, first {_first(parity.first_different)}."


def _first(row: Different) -> str:
    return f"{row.series} of {row.candle_open_time:%Y-%m-%d %H:%M} UTC: {row.value} was {row.live}, and is {row.replayed} replayed"


_GROUPS: dict[type[LeftOut], str] = {
    OnlyLearned: "have learned from all past candles at hand",
    NoPastCandles: "have no past candles at hand",
    ReplayFailed: "failed",
}
