"""A process that is killed while it writes loses no entry that it was told is durable, and leaves no half one."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import time
from multiprocessing.connection import Connection
from typing import Any

import pytest
from sqlalchemy import func, select

from core.domain import Timeframe
from core.journal.database import Database, open_database
from core.journal.entries import Entry
from core.journal.places import Place
from core.journal.store import Ledger
from core.journal.tables import outcomes, signals
from core.journal.verification import Verified, verify
from tests.journal.conftest import PlaceMaker
from tests.journal.made_entries import NOON_MS, model, outcome, signal, silence

AT_ONCE = 12
"""Signals of one transaction."""
LONGEST = 0.03
"""Seconds that a writer is left to itself: it ends about three transactions in them."""
KILLS = int(os.environ.get("CANDOR_KILLS", "12"))
"""As many as find a writer before, within and after a transaction; ``make kills`` asks for a hundred, which takes half a minute."""


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


def entered(database: Database, since: int) -> dict[int, tuple[int, int]]:
    """How many signals and how many outcomes each candle has from the one that opens at ``since`` on."""
    by_candle = select(signals.c.candle_open_ms, func.count(), func.count(outcomes.c.signal_seq))
    with_outcomes = by_candle.outerjoin(outcomes, outcomes.c.signal_seq == signals.c.seq)
    some = with_outcomes.where(signals.c.candle_open_ms >= since).group_by(signals.c.candle_open_ms)
    with database.reading() as connection:
        return {candle: (issued, resolved) for candle, issued, resolved in connection.execute(some)}


def check_killed(place: Place, times: int, verified_every: int) -> None:
    """After each kill every promised candle is there and none in half; what is older, and the chain, take longer to read."""
    moments = random.Random(times)
    database = open_database(place)
    promised, newest = set[int](), 0
    Ledger.open(place).close()
    for number in range(times):
        durable = killed_while_writing(place, number % 3 > 0, moments.uniform(0, LONGEST))
        promised |= {signal(candle).candle_open_ms for candle in durable}
        everything = (number + 1) % verified_every == 0
        there = entered(database, 0 if everything else newest)  # a writer begins at the newest candle of all
        assert set(there.values()) <= {(AT_ONCE, 0), (AT_ONCE, AT_ONCE)}, "a transaction is there whole or not at all"
        for candle in promised if everything else {signal(each).candle_open_ms for each in durable}:
            assert there[candle] == (AT_ONCE, AT_ONCE)
        if everything:
            assert isinstance(verify(database), Verified)
        newest = max(there, default=newest)
        database.close()  # the next process is a copy of this one: it must find no connection of ours
    assert promised


@pytest.mark.slow
def test_a_writer_killed_again_and_again_loses_nothing_it_promised(bare_place: PlaceMaker) -> None:
    check_killed(bare_place("simulated-seed1"), times=KILLS, verified_every=KILLS // 2)
