"""Signals and outcomes out of a random number generator, as a ledger's entries, and a record of them worked out plainly."""

from __future__ import annotations

import numpy as np

from core.domain import Direction, Timeframe
from core.journal.entries import Entry, ModelEntry, OutcomeEntry, SignalEntry
from core.journal.vocabulary import Origin
from tests.journal.made_entries import model, outcome, signal

USUAL = {"climatology_short": 0.35, "climatology_no_trade": 0.25, "climatology_long": 0.4}
TOUCHED = ("lower", "none", "upper", "both")


def described(symbol: str = "BTCUSDT", timeframe: Timeframe = Timeframe.M15, **changes) -> ModelEntry:
    return model(
        symbol=symbol, timeframe=timeframe.value,
        **{**USUAL, "minutes_to_target_long": 100.0, "minutes_to_target_short": None, **changes},
    )  # fmt: skip


def signal_of(number: int, p: np.ndarray, timeframe: Timeframe = Timeframe.M15, **changes) -> SignalEntry:
    """The signal of probabilities in the order of Direction on the candle that is ``number`` candles after noon."""
    direction = tuple(Direction)[int(p.argmax())].value
    chances = {"p_short": p[0], "p_no_trade": p[1], "p_long": p[2], "p_move": 1 - p[1]}
    return signal(number, timeframe, direction=direction, **chances, **changes)


def came(of: int, label: int, called: str, follows: int | None = None, candles: int = 3) -> OutcomeEntry:
    """What happened (core.journal.measures) makes of the signal in entry ``of``."""
    right = {"LONG": 2, "SHORT": 0}.get(called)
    r = None if right is None else (0.9 if label == right else -1.1)
    return outcome(of, follows, touched=TOUCHED[label], candles_to_touch=None if label == 1 else candles, r=r)


def life(
    seed: int,
    candles: int,
    symbols: tuple[str, ...] = ("BTCUSDT", "ETHUSDT"),
    timeframe: Timeframe = Timeframe.M15,
    sharper: float = 1.0,
) -> list[Entry]:
    """A model of each coin, and a signal on each candle, with its outcome 16 candles later; the last ones stay open.

    Outcomes are drawn from probabilities of which the signals show a power: calibrated where ``sharper`` is 1. Some of
    those after which nothing came first are ties.
    """
    rng = np.random.default_rng(seed)
    entries: list[Entry] = [described(symbol, timeframe) for symbol in symbols]
    waiting: list[tuple[int, int, str]] = []
    for number in range(candles):
        for symbol in symbols:
            true = rng.dirichlet([8, 6, 9])
            shown = true**sharper / (true**sharper).sum()
            origin = Origin.REPLAYED if number % 5 == 0 else Origin.LIVE
            verdict = "trusted" if rng.random() < 0.7 else "no_skill"
            call = signal_of(number, shown, timeframe, symbol=symbol, origin=origin, verdict=verdict)
            entries.append(call)
            waiting.append((len(entries), int(rng.choice(3, p=true)), call.direction))
        while len(waiting) > 16 * len(symbols):
            of, label, called = waiting.pop(0)
            happened = 3 if label == 1 and of % 5 == 0 else label
            entries.append(came(of, happened, called, candles=int(rng.integers(1, 17))))
    return entries
