"""Columns of numbers come out of either database as they are in it."""

from __future__ import annotations

from sqlalchemy import BigInteger, column, literal, select, union_all

from core.journal.bulk import numbers_in, whole_column
from core.journal.store import Ledger

NUMBERS = (0, 1, -1, 2**62, -(2**62), 10**15 + 1)


def test_whole_numbers_come_in_one_value_as_they_are_and_none_of_no_rows(ledger: Ledger) -> None:
    rows = union_all(*(select(literal(number, BigInteger).label("n")) for number in NUMBERS)).subquery()
    with ledger.database.reading() as connection:
        found = connection.execute(select(whole_column(rows.c.n))).scalar_one()
        nothing = connection.execute(select(whole_column(rows.c.n)).where(column("n") == 7)).scalar_one()
    assert sorted(numbers_in(found).tolist()) == sorted(NUMBERS)
    assert numbers_in(nothing).tolist() == []
