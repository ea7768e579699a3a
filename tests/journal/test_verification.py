"""Whoever changes, removes or adds a row of the ledger behind its back is found out, and the row is named."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from core.findings import LedgerDamage, LedgerFault
from core.journal import verification
from core.journal.chain import entry_hash
from core.journal.entries import Entry
from core.journal.noted import as_noted
from core.journal.places import SqliteFile
from core.journal.shown import compressed
from core.journal.store import Ledger, head_of
from core.journal.tables import circumstances, entries, missing, models, outcomes, shown, signals, standing
from core.journal.verification import Verified, verify
from core.journal.verifier import WHOLE_SECONDS, Verifier
from core.journal.vocabulary import Origin
from tests.journal.made_entries import UNFAMILIAR, model, outcome, signal, silence

NOTED = as_noted([UNFAMILIAR])
BATCH: list[Entry] = [signal(0), signal(1, circumstances=NOTED), silence(2, 3), signal(5), silence(6)]
AFTERWARDS: list[Entry] = [outcome(2), model(), signal(7, origin=Origin.REPLAYED), outcome(2, follows=6)]
ROW = {signals: 2, shown: 2, circumstances: 2, missing: 3, outcomes: 6, models: 7, standing: 7}
"""The number of an entry in each table."""
NUMBERS_OF_OTHERS = {"signal_seq", "follows"}
CONTENT = [
    (table, column.name) for table in ROW for column in table.c if column.name not in {"seq", *NUMBERS_OF_OTHERS}
]


@pytest.fixture
def filled(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Five entries, read two at a time."""
    monkeypatch.setattr(verification, "ENTRIES_TOGETHER", 2)
    ledger.append(BATCH)
    return ledger


def behind_its_back(ledger: Ledger, *statements: str) -> None:
    with ledger.database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))


def found(ledger: Ledger) -> tuple[int, str] | None:
    damage = verify(ledger.database)
    return (damage.seq, damage.fault.value) if isinstance(damage, LedgerDamage) else None


def test_a_ledger_as_it_was_written_is_verified_up_to_its_head(filled: Ledger) -> None:
    assert found(filled) is None
    with filled.database.reading() as connection:
        assert verify(filled.database) == Verified(head_of(connection))


def test_that_all_is_as_it_was_written_is_not_said_of_a_ledger_without_entries(ledger: Ledger) -> None:
    verifier = Verifier(ledger.database)
    verifier.verify_what_is_due(now=0.0)
    assert verifier.checked is None
    ledger.append(BATCH)
    verifier.verify_what_is_due(now=0.5)
    assert verifier.checked is not None
    assert verifier.checked.head == ledger.head()


@pytest.mark.slow
def test_what_is_new_is_verified_at_once_and_the_whole_every_hour(filled: Ledger) -> None:
    verifier = Verifier(filled.database)
    verifier.verify_what_is_due(now=0.0)
    whole = verifier.checked
    behind_its_back(filled, "UPDATE signals SET p_long = 0.3 WHERE seq = 2")
    filled.append(AFTERWARDS)
    verifier.verify_what_is_due(now=60.0)
    assert whole is not None
    assert verifier.checked is not None
    assert verifier.checked.head == filled.head()
    assert verifier.checked.whole_at_ms == whole.whole_at_ms, "it says when the old entries were looked at"
    assert verifier.checked.at_ms >= whole.at_ms
    verifier.verify_what_is_due(now=WHOLE_SECONDS)
    assert verifier.checked.damage == LedgerDamage(2, LedgerFault.CHANGED)
    filled.append([silence(8)])
    verifier.verify_what_is_due(now=WHOLE_SECONDS + 60)
    assert verifier.checked.damage is not None, "nothing new makes a damaged ledger a sound one"


@pytest.mark.slow
def test_a_verification_says_when_it_began_since_it_misses_what_is_changed_meanwhile(
    filled: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(range(1000, 2000))
    monkeypatch.setattr("core.journal.verifier.now_ms", lambda: next(times))
    verifier = Verifier(filled.database)
    monkeypatch.setattr(verifier, "_pauses", lambda: lambda: next(times))
    verifier.verify_what_is_due(now=0.0)
    assert verifier.checked is not None
    assert (verifier.checked.at_ms, verifier.checked.whole_at_ms) == (1000, 1000)


def test_of_much_that_is_new_it_is_said_how_far_it_is_verified_while_it_is(
    filled: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier, verified = Verifier(filled.database), list[int]()
    verifier.verify_what_is_due(now=0.0)
    filled.append(AFTERWARDS)

    def pause() -> None:
        assert verifier.checked is not None
        assert verifier.checked.head is not None
        verified.append(verifier.checked.head.seq)

    monkeypatch.setattr(verifier, "_pauses", lambda: pause)
    verifier.verify_what_is_due(now=60.0)
    assert verified == [7, 9], "two entries at a time"


def test_what_does_not_follow_on_what_was_verified_is_named(filled: Ledger) -> None:
    verified = verify(filled.database)
    assert isinstance(verified, Verified)
    assert verify(filled.database, since=verified.head) == verified
    filled.append([signal(7), signal(8)])
    behind_its_back(filled, "UPDATE signals SET p_long = 0.3 WHERE seq = 7")
    assert verify(filled.database, since=verified.head) == LedgerDamage(7, LedgerFault.CHANGED)
    with filled.database.writing() as connection:
        for seq in range(5, 8):
            remove(connection, seq)
    assert verify(filled.database, since=verified.head) == LedgerDamage(5, LedgerFault.CUT_OFF)
    filled.append([silence(7), silence(8)])
    assert verify(filled.database, since=verified.head) == LedgerDamage(6, LedgerFault.UNLINKED)


def test_an_empty_ledger_is_verified(ledger: Ledger) -> None:
    verified = verify(ledger.database)
    assert isinstance(verified, Verified)
    assert verified.head.seq == 0


@pytest.mark.slow
def test_a_change_of_any_column_is_found_and_one_taken_back_is_none(filled: Ledger) -> None:
    filled.append(AFTERWARDS)
    for table, column in CONTENT:
        seq, kind = ROW[table], table.c[column].type.python_type
        of_row = table.c.seq == seq
        with filled.database.writing() as connection:
            old = connection.execute(select(table.c[column]).where(of_row)).scalar_one()
            new = compressed("{}") if kind is bytes else f"{old}x" if kind is str else old * 2
            connection.execute(table.update().where(of_row).values({column: new}))
        assert found(filled) == (seq, "changed"), column
        with filled.database.writing() as connection:
            connection.execute(table.update().where(of_row).values({column: old}))
    assert found(filled) is None


def test_the_last_bit_of_a_probability_is_enough(filled: Ledger) -> None:
    behind_its_back(filled, "UPDATE signals SET p_long = 0.3 WHERE seq = 2")
    assert found(filled) == (2, "changed")


def test_a_change_of_the_chain_itself_is_found(filled: Ledger) -> None:
    of_row = entries.c.seq == 4
    changes = {"recorded_at_ms": 1, "kind": "missing", "hash": b"0" * 32, "previous_hash": b"0" * 32}
    with filled.database.reading() as connection:
        before = connection.execute(select(entries).where(of_row)).mappings().one()
    for column, new in changes.items():
        with filled.database.writing() as connection:
            connection.execute(entries.update().where(of_row).values({**before, column: new}))
        damage = found(filled)
        assert damage is not None, column
        assert damage[0] == 4


@pytest.mark.parametrize("column", ["hash", "previous_hash"])
@pytest.mark.parametrize("seq", [4, 5])
def test_a_hash_that_became_a_text_is_found_even_in_the_last_entry(tmp_path: Path, column: str, seq: int) -> None:
    ledger = Ledger.open(SqliteFile("simulated-seed1", tmp_path / "ledger.db"))
    ledger.append(BATCH)
    behind_its_back(ledger, f"UPDATE entries SET {column} = 'x' WHERE seq = {seq}")
    assert found(ledger) == (seq, "changed")
    ledger.close()


def remove(connection: Connection, seq: int) -> None:
    for table in (shown, circumstances, signals, missing, entries):
        connection.execute(table.delete().where(table.c.seq == seq))


def test_a_removed_entry_is_named_as_missing(filled: Ledger) -> None:
    with filled.database.writing() as connection:
        remove(connection, 2)
    assert found(filled) == (2, "missing")


@pytest.mark.slow
def test_what_an_entry_said_removed_alone_is_named_as_missing(filled: Ledger) -> None:
    behind_its_back(filled, "DELETE FROM shown WHERE seq = 4")
    assert found(filled) == (4, "missing")


@pytest.mark.slow
def test_an_outcome_taken_away_slipped_in_or_given_to_another_signal_is_found(filled: Ledger) -> None:
    filled.append(AFTERWARDS)
    behind_its_back(filled, "UPDATE outcomes SET signal_seq = 4 WHERE seq = 9")
    assert found(filled) == (9, "changed")
    behind_its_back(filled, "UPDATE outcomes SET signal_seq = 2 WHERE seq = 9")
    assert found(filled) is None
    behind_its_back(filled, "DELETE FROM outcomes WHERE seq = 9")
    assert found(filled) == (9, "missing")


@pytest.mark.slow
def test_what_was_found_against_a_signal_or_model_taken_away_or_made_up_is_found(filled: Ledger) -> None:
    filled.append(AFTERWARDS)
    for put, taken in (
        (f"INSERT INTO circumstances VALUES (1, '{NOTED}')", "DELETE FROM circumstances WHERE seq = 1"),
        (f"INSERT INTO circumstances VALUES (8, '{NOTED}')", "DELETE FROM circumstances WHERE seq = 8"),
    ):
        behind_its_back(filled, put.replace(":", "\\:"))
        assert found(filled) == (int(taken[-1]), "changed")
        behind_its_back(filled, taken)
    assert found(filled) is None
    behind_its_back(filled, "DELETE FROM standing WHERE seq = 7")
    assert found(filled) == (7, "changed")
    behind_its_back(filled, "DELETE FROM circumstances WHERE seq = 2")
    assert found(filled) == (2, "changed")


def test_what_is_put_beside_a_replayed_signal_as_if_it_had_been_shown_is_found(filled: Ledger) -> None:
    filled.append(AFTERWARDS)
    with filled.database.writing() as connection:
        connection.execute(shown.insert().values(seq=8, shown=compressed("{}")))
    assert found(filled) == (8, "inserted")


def test_an_entry_made_whole_again_after_a_change_does_not_fit_the_next_one(filled: Ledger) -> None:
    with filled.database.writing() as connection:
        rewrite(connection, 2, signal(1, p_long=0.99, circumstances=NOTED))
    assert found(filled) == (3, "unlinked")


def rewrite(connection: Connection, seq: int, changed: Entry) -> None:
    """Make entry ``seq`` say something else, with a hash that fits it."""
    row = connection.execute(entries.select().where(entries.c.seq == seq)).one()
    digest = entry_hash(row.previous_hash, seq, row.kind, row.recorded_at_ms, changed.content())
    content = {name: value for name, value in changed.content().items() if name in signals.c}
    connection.execute(signals.update().where(signals.c.seq == seq).values(content))
    connection.execute(entries.update().where(entries.c.seq == seq).values(hash=digest))


@pytest.mark.slow
def test_a_chain_cut_off_or_written_anew_does_not_have_the_entry_that_somebody_kept(filled: Ledger) -> None:
    with filled.database.reading() as connection:
        kept = head_of(connection)
    published = (kept.seq, kept.hash)
    assert isinstance(verify(filled.database, published), Verified)
    with filled.database.writing() as connection:
        remove(connection, 5)
    assert found(filled) is None, "nobody can see that without a head that was kept"
    assert verify(filled.database, published) == LedgerDamage(5, LedgerFault.CUT_OFF)
    filled.append([silence(7)])
    assert found(filled) is None
    assert verify(filled.database, published) == LedgerDamage(5, LedgerFault.REWRITTEN)


def test_a_signal_slipped_in_under_the_number_of_another_entry_is_found(filled: Ledger) -> None:
    behind_its_back(filled, "INSERT INTO missing SELECT 4, 'X', '1h', 5, 1, 'gap', '', 1")
    assert found(filled) == (4, "inserted")


def test_entries_added_while_the_chain_is_verified_disturb_nothing(filled: Ledger) -> None:
    number = iter(range(10, 100))
    head = filled.head()
    verified = verify(filled.database, after_each=lambda reached: filled.append([signal(next(number))]))
    assert verified == Verified(head), "what is named is the entry that was the last when it began"


# ---------------------------------------------------------------- what only SQLite lets anybody do


@pytest.fixture
def file(tmp_path: Path) -> tuple[Ledger, sqlite3.Connection]:
    place = SqliteFile("simulated-seed1", tmp_path / "ledger.db")
    ledger = Ledger.open(place)
    ledger.append(BATCH)
    return ledger, sqlite3.connect(place.path, isolation_level=None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("statement", "damage"),
    [
        ("UPDATE signals SET symbol = 7 WHERE seq = 4", None),
        ("UPDATE signals SET issued_at_ms = 'yesterday' WHERE seq = 4", (4, "changed")),
        ("UPDATE signals SET p_long = 'much' WHERE seq = 4", (4, "changed")),
        ("UPDATE signals SET symbol = CAST(X'FFFE' AS TEXT) WHERE seq = 4", (4, "changed")),
        ("UPDATE entries SET hash = 'text' WHERE seq = 4", (4, "changed")),
        ("UPDATE entries SET hash = 12 WHERE seq = 1", (1, "changed")),
        ("UPDATE shown SET shown = 'text' WHERE seq = 4", (4, "changed")),
        ("UPDATE shown SET shown = X'789C' WHERE seq = 4", (4, "changed")),
        ("INSERT INTO shown VALUES (3, X'00')", (3, "inserted")),
        ("INSERT INTO missing VALUES (6, 'X', '1h', 5, 1, 'gap', '', 1)", (6, "inserted")),
        ("INSERT INTO missing VALUES (-6, 'X', '1h', 5, 1, 'gap', '', 1)", (-6, "inserted")),
        ("INSERT INTO entries VALUES (0, 'missing', 1, X'00', X'01', NULL)", (0, "inserted")),
        ("INSERT INTO entries VALUES (6, 'missing', 1, X'00', X'01', NULL)", (6, "missing")),
        ("INSERT INTO entries VALUES (6, 'nothing known', 1, X'00', X'01', NULL)", (6, "changed")),
        ("DELETE FROM missing WHERE seq = 5", (5, "missing")),
        ("UPDATE ledger SET market = 'exchange-binanceusdm'", (1, "unlinked")),
    ],
)
def test_whatever_is_put_where_it_does_not_belong_is_named_and_raises_nothing(
    file: tuple[Ledger, sqlite3.Connection], statement: str, damage: tuple[int, str] | None
) -> None:
    ledger, connection = file
    connection.execute(statement)
    connection.close()
    assert found(ledger) == (damage or (4, "changed"))
    ledger.close()
