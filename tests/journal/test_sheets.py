"""Entries by the column are checked, hashed and entered as the same entries are one by one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from core.domain import Direction
from core.journal.chain import entry_hash, hashes_along, texts_of
from core.journal.entries import Content, Entry, OutcomeEntry, SignalEntry
from core.journal.inserting import ROWS_IN_STATEMENT
from core.journal.sheets import Sheet, joined
from core.journal.store import Ledger
from core.journal.tables import missing, outcomes, signals
from core.journal.verification import Verified, verify
from core.journal.vocabulary import Origin
from core.signals.outcomes import Touched
from tests.journal.made_entries import model, outcome, signal, silence

AWKWARD_NUMBERS = (0.1 + 0.2, 1e-5, 1.5e-7, 1e15, 1e16, 1e22, 5e-324, 1.7976931348623157e308, -0.1, 100.0)
AWKWARD_TEXTS = ('a "quoted" one', "back\\slash\\", "{braces, and commas}", "NULL", "", "Größe — ±1 %", "🜂", " x ")


def replayed(number: int, **changes: Any) -> SignalEntry:
    return signal(number, origin=Origin.REPLAYED, **changes)


def columns_of(entries: Sequence[Entry]) -> dict[str, list[Any]]:
    contents = [entry.content() for entry in entries]
    return {name: [content[name] for content in contents] for name in contents[0]}


def changed(entry: Entry, **columns: Sequence[Any]) -> dict[str, Sequence[Any]]:
    """The columns of as many such entries as ``columns`` have values, these being others."""
    n = len(next(iter(columns.values())))
    return {**columns_of([entry] * n), **columns}


def typed(content: Content) -> list[tuple[str, type, Any]]:
    return [(name, type(value), value) for name, value in content.items()]


@pytest.mark.parametrize("epoch", [None, 0, 12])
def test_entries_by_the_column_have_the_hashes_that_anybody_computes_of_each(epoch: int | None) -> None:
    some: list[Entry] = [replayed(n, atr=abs(number), tp3=number) for n, number in enumerate(AWKWARD_NUMBERS)]
    some += [replayed(n, code=text, severity=None) for n, text in enumerate(AWKWARD_TEXTS, 20)]
    some += [replayed(n, circumstances=text) for n, text in enumerate(AWKWARD_TEXTS, 40)]
    texts = texts_of(Sheet.of_entries(SignalEntry, some), epoch)
    previous = bytes(32)
    for seq, (entry, digest) in enumerate(
        zip(some, hashes_along(previous, 7, 1_756_900_800_123, texts), strict=True), 7
    ):
        previous = entry_hash(previous, seq, "signal", 1_756_900_800_123, entry.content(), epoch)
        assert digest == previous


@pytest.mark.parametrize(
    ("entry", "digest"),
    [
        (signal(0), "ebaaee0a6c66fd3be239a10f173d1f06597a3557dbc1a3b211e97193b13c5271"),
        (replayed(1), "3934843f1bf4cfaa754785827ba3dfba044d1c622278cc26a677975754735de8"),
        (
            model(standing=None, test_moves=None),
            "ea1d2ea7082935b7a5ec2decd1edcedbec236bd08f9ec662cc712bb8de93a858",
        ),
    ],
)
def test_what_the_first_ledgers_hold_has_the_hash_that_they_gave_it(entry: Entry, digest: str) -> None:
    assert entry_hash(bytes(32), 7, entry.kind, 1_756_900_800_123, entry.content()).hex() == digest
    texts = texts_of(Sheet.of_entries(type(entry), [entry]))
    assert [each.hex() for each in hashes_along(bytes(32), 7, 1_756_900_800_123, texts)] == [digest]


def test_a_column_becomes_what_each_entry_would_have_made_of_its_value() -> None:
    raw = changed(
        outcome(1),
        touched=[Touched.UPPER, "lower", Touched.NONE],
        candles_to_touch=[np.int64(3), True, None],
        r=[-0.0, np.float64(0.5), None],
        highest_atr=[1, 2.5, None],
    )
    sheet = Sheet.of(OutcomeEntry, raw)
    one_by_one = [OutcomeEntry(**dict(zip(raw, row, strict=True))) for row in zip(*raw.values(), strict=True)]
    assert [typed(content) for content in sheet.contents()] == [typed(entry.content()) for entry in one_by_one]
    assert math.copysign(1, sheet.columns["r"][0]) == 1
    called = Sheet.of(SignalEntry, changed(replayed(0), direction=[Direction.LONG, Direction.NO_TRADE]))
    assert [type(value) for value in called.columns["direction"]] == [str, str]


@pytest.mark.parametrize(
    ("kind", "columns", "error"),
    [
        (OutcomeEntry, changed(outcome(1), r=[0.5, math.nan]), "finite"),
        (OutcomeEntry, changed(outcome(1), lowest_atr=[0.5, -math.inf]), "finite"),
        (OutcomeEntry, changed(outcome(1), touched=["upper", "sideways"]), "sideways"),
        (SignalEntry, changed(replayed(0), shown=[None, "{}"]), "has what was shown"),
        (SignalEntry, changed(replayed(0), origin=["replayed", "live"]), "lacks what was shown"),
    ],
)
def test_what_no_entry_can_hold_no_sheet_holds_either(
    kind: type[Entry], columns: Mapping[str, Sequence[Any]], error: str
) -> None:
    with pytest.raises(ValueError, match=error):
        Sheet.of(kind, columns)


@pytest.mark.slow
def test_of_a_sheet_what_the_ledger_lacks_is_entered_in_its_order(ledger: Ledger) -> None:
    ledger.append([replayed(1), signal(2), outcome(1)])
    whole = Sheet.of_entries(SignalEntry, [replayed(n) for n in range(2 * ROWS_IN_STATEMENT + 1)])
    assert ledger.append(whole) == len(whole) - 1
    assert ledger.append(whole) == 0
    came = Sheet.of_entries(OutcomeEntry, [outcome(seq) for seq in (1, 2, 4)])
    assert ledger.append(joined(OutcomeEntry, [came, came[:0]])) == 2
    with ledger.database.reading() as connection:
        by_candle = select(signals.c.candle_open_ms).where(signals.c.seq > 3).order_by(signals.c.seq)
        times = connection.execute(by_candle).scalars().all()
        followed = connection.execute(select(outcomes.c.follows).order_by(outcomes.c.seq)).scalars().all()
    assert times == [time for n, time in enumerate(whole.columns["candle_open_ms"]) if n != 1]
    assert followed == [1, 2, 4]
    assert isinstance(verify(ledger.database), Verified)


def test_texts_and_numbers_come_back_from_the_database_as_they_were_entered(ledger: Ledger) -> None:
    ledger.append([silence(n, detail=text) for n, text in enumerate(AWKWARD_TEXTS)])
    ledger.append([signal(50, shown=text) for text in AWKWARD_TEXTS[:1]])
    ledger.append([replayed(100 + n, tp3=number) for n, number in enumerate(AWKWARD_NUMBERS)])
    with ledger.database.reading() as connection:
        details = connection.execute(select(missing.c.detail).order_by(missing.c.seq)).scalars().all()
        numbers = connection.execute(select(signals.c.tp3).order_by(signals.c.seq)).scalars().all()
    assert tuple(details) == AWKWARD_TEXTS
    assert tuple(numbers[1:]) == AWKWARD_NUMBERS
    assert isinstance(verify(ledger.database), Verified)
