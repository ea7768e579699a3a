"""The end of a ledger as it is read for all clients: another ledger in its place is noticed, whatever it has in common."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.api.tail import Tail
from core.journal.places import SqliteFile
from core.journal.reading import LedgerReader
from core.journal.store import Ledger
from tests.journal.made_entries import model, signal


@pytest.fixture
def place(tmp_path: Path) -> SqliteFile:
    return SqliteFile("simulated-seed1", tmp_path / "ledger.db")


def test_an_older_copy_of_a_ledger_that_went_on_in_its_place_is_another_one(
    place: SqliteFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: dict[str, Any] = {}
    monkeypatch.setattr("core.api.tail.opened_ledger", lambda _: opened["ledger"])
    monkeypatch.setattr("core.api.tail.damage_of", lambda _: None)
    tail, application = Tail(lambda: None), SimpleNamespace()  # type: ignore[arg-type, return-value]

    def read(reader: LedgerReader) -> int:
        opened["ledger"] = SimpleNamespace(reader=reader, name="simulated-seed1", checked=None)
        tail._read(application)  # type: ignore[arg-type]
        assert tail.window is not None
        return tail.window.begun

    ledger = Ledger.open(place)
    ledger.append([model(), *(signal(number) for number in range(3))])
    reader = LedgerReader(ledger.database)
    assert read(reader) == 0
    shutil.copy(place.path, tmp_path / "backup.db")
    ledger.append([signal(3), signal(4)])
    assert read(reader) == 0
    ledger.close()
    (tmp_path / "backup.db").replace(place.path)
    again = Ledger.open(place)
    again.append([signal(number, p_move=0.61, p_no_trade=0.39) for number in (5, 6, 7)])
    assert read(LedgerReader(again.database)) == 1
    again.close()
