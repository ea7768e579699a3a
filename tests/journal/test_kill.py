"""A process that is killed while it writes loses no entry that it was told is durable, and leaves no half one."""

from __future__ import annotations

import itertools
import multiprocessing
import random
import time
from multiprocessing.connection import Connection
from typing import Any

import pytest
from sqlalchemy import func, select

from core.domain import Timeframe
from core.journal.entries import Entry
from core.journal.places import Place
from core.journal.store import Ledger
from core.journal.tables import outcomes, signals
from core.journal.verification import Verified, verify
from tests.journal.conftest import PlaceMaker
from tests.journal.made_entries import NOON_MS, model, outcome, signal, silence

AT_ONCE = 12
"""Signals of one transaction."""
LONGEST = 0.05
"""Seconds that a writer is left to itself: it ends about five transactions in them."""


def _write_on(place: Place, durable: Connection) -> None:
    ledger = Ledger.open(place)
    with ledger.database.reading() as connection:
        newest = connection.execute(select(func.max(signals.c.candle_open_ms))).scalar_one()
    step = Timeframe.M15.milliseconds
    begin = 0 if newest is None else (newest - NOON_MS) // step  # its outcomes may be lacking
    for number in itertools.count(begin):
        batch: list[Entry] = [signal(number, symbol=f"C{coin}USDT") for coin in range(AT_ONCE)]
        ledger.append([model(str(number)), *batch, silence(number)])
        with ledger.database.reading() as connection:
            of_candle = select(signals.c.seq).where(signals.c.candle_open_ms == signal(number).candle_open_ms)
            seqs = connection.execute(of_candle).scalars().all()
        ledger.append([outcome(seq) for seq in seqs])
        durable.send(number)


def killed_while_writing(place: Place, begun: bool, seconds: float) -> set[int]:
    """The candles that a writer said were durable before it was killed.

    It is killed so many ``seconds`` after its start, or where it is to have ``begun``, after its first transaction.
    """
    context: Any = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    writer = context.Process(target=_write_on, args=(place, sending))
    writer.start()
    sending.close()
    if begun:
        assert receiving.poll(60)
    time.sleep(seconds)
    writer.kill()
    writer.join()
    durable = set[int]()
    with receiving:
        while receiving.poll():
            try:
                durable.add(receiving.recv())
            except EOFError:
                break
    return durable


def check_killed(place: Place, times: int, verified_every: int = 1) -> None:
    """After each kill every promised candle is there and none in half; whole chains take long to verify."""
    moments = random.Random(times)
    promised = set[int]()
    for number in range(times):
        durable = killed_while_writing(place, number % 3 > 0, moments.uniform(0, LONGEST))
        promised |= {signal(candle).candle_open_ms for candle in durable}
        ledger = Ledger.open(place)
        if (number + 1) % verified_every == 0:
            assert isinstance(verify(ledger.database), Verified)
        with ledger.database.reading() as connection:
            by_candle = select(signals.c.candle_open_ms, func.count()).group_by(signals.c.candle_open_ms)
            counts = dict(tuple(row) for row in connection.execute(by_candle))
            resolved = by_candle.join(outcomes, outcomes.c.signal_seq == signals.c.seq)
            resolved_counts = dict(tuple(row) for row in connection.execute(resolved))
        ledger.close()
        for there in (counts, resolved_counts):
            assert set(there.values()) <= {AT_ONCE}, "a transaction is there whole or not at all"
            assert promised <= set(there)
    assert promised


def test_a_writer_killed_again_and_again_loses_nothing_it_promised(bare_place: PlaceMaker) -> None:
    check_killed(bare_place("simulated-seed1"), times=5)


@pytest.mark.training  # it is as long
def test_a_hundred_kills_lose_nothing_that_was_promised(bare_place: PlaceMaker) -> None:
    check_killed(bare_place("simulated-seed1"), times=100, verified_every=50)
