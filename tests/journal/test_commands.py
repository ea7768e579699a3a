"""The commands verify a ledger and name what is wrong with it, copy it, and put a copy back."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.domain import Timeframe
from core.journal.places import Place, PostgresqlSchema, SqliteFile, place_named
from core.journal.store import Ledger
from core.settings import get_settings
from scripts import backup_ledger, verify_ledger
from tests.journal.conftest import drop_schemas
from tests.journal.made_entries import signal, silence

MARKET = "simulated-seed7"
OTHER = "simulated-seed8"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CANDOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("CANDOR_DATABASE_URL", raising=False)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str | None]:
    """The server that the settings name, or None where the data folder has the ledgers."""
    if request.param == "sqlite":
        yield None
        return
    url = request.getfixturevalue("postgresql")
    monkeypatch.setenv("CANDOR_DATABASE_URL", url)
    get_settings.cache_clear()
    yield url
    drop_schemas(url, {PostgresqlSchema(market, url).schema for market in (MARKET, OTHER)})


@pytest.fixture
def filled(url: str | None) -> Place:
    """A ledger of 53 entries where the settings want it."""
    return fill(place_named(MARKET, get_settings().data_dir, url))


def fill(place: Place) -> Place:
    ledger = Ledger.open(place)
    ledger.append([*(signal(n, timeframe) for n in range(13) for timeframe in Timeframe), silence(20, 3)])
    ledger.close()
    return place


def tamper(place: Place, statement: str) -> None:
    ledger = Ledger.open(place)
    with ledger.database.writing() as connection:
        connection.exec_driver_sql(statement)
    ledger.close()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(command: Callable[[list[str]], int], *arguments: object) -> tuple[int, str, str]:
        code = command([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.mark.slow
def test_an_intact_ledger_is_told_with_its_last_entry(filled: Place, run: Run) -> None:
    code, out, err = run(verify_ledger.main)
    assert (code, err) == (0, "")
    assert re.search(
        r": simulated-seed7, 53 entries, all as they were written\. When this began, the last was 53:[0-9a-f]{64}$",
        out.strip(),
    )
    assert "a-very-secret-word" not in out


@pytest.mark.slow
def test_a_changed_entry_is_named_and_the_exit_code_says_so(filled: Place, run: Run) -> None:
    tamper(filled, "UPDATE signals SET direction = 'SHORT' WHERE seq = 31")
    code, out, _ = run(verify_ledger.main)
    assert code == 1
    assert "entry 31 was changed" in out


@pytest.mark.slow
def test_every_ledger_there_is_is_verified_and_one_that_is_wrong_is_enough(
    filled: Place, url: str | None, run: Run
) -> None:
    tamper(fill(place_named(OTHER, get_settings().data_dir, url)), "DELETE FROM shown WHERE seq = 1")
    code, out, _ = run(verify_ledger.main)
    assert code == 1
    assert ("simulated-seed7, 53 entries" in out, "entry 1 is missing" in out) == (True, True)


@pytest.mark.slow
def test_a_head_that_somebody_kept_shows_what_was_written_anew(filled: Place, run: Run) -> None:
    _, out, _ = run(verify_ledger.main)
    kept = out.split()[-1]
    assert run(verify_ledger.main, "--head", kept)[0] == 0
    code, out, _ = run(verify_ledger.main, "--head", f"53:{'0' * 64}")
    assert (code, "entry 53 once was another one" in out) == (1, True)
    code, out, _ = run(verify_ledger.main, "--head", f"54:{'0' * 64}")
    assert (code, "entry 54 once was there" in out) == (1, True)


@pytest.mark.slow
def test_a_copy_is_the_same_chain_and_can_be_put_back_where_nothing_is(
    filled: Place, url: str | None, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "kept" / "copy.db"
    _, verified, _ = run(verify_ledger.main)
    file.parent.mkdir()
    code, out, _ = run(backup_ledger.main, file)
    assert code == 0
    assert out.split()[-1] == verified.split()[-1]
    assert run(verify_ledger.main, file, "--head", out.split()[-1])[0] == 0
    assert [path.name for path in file.parent.iterdir()] == ["copy.db"]

    code, _, err = run(backup_ledger.main, file, "--restore")
    assert code == 1
    assert "already" in err
    lose(filled, url)
    code, _, err = run(backup_ledger.main, file, "--restore", "--market", "exchange-kraken")
    assert (code, "is the ledger of" in err, "nothing was put back" in err) == (1, True, True)
    assert run(backup_ledger.main, file, "--restore")[0] == 0
    assert run(verify_ledger.main)[1] == verified
    ledger = Ledger.open(filled)
    assert ledger.append([signal(0), signal(100)]) == 1, "what was put back is written on"
    ledger.close()


def lose(place: Place, url: str | None) -> None:
    if isinstance(place, SqliteFile):
        place.path.unlink()
    else:
        assert url is not None
        drop_schemas(url, {place.schema})


@pytest.mark.slow
def test_a_copy_never_overwrites_a_file_and_a_damaged_ledger_gives_none(
    filled: Place, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "copy.db"
    file.write_text("something else")
    code, _, err = run(backup_ledger.main, file)
    assert (code, "never overwrites" in err, file.read_text()) == (1, True, "something else")
    tamper(filled, "UPDATE signals SET p_long = 0.9 WHERE seq = 3")
    code, _, err = run(backup_ledger.main, tmp_path / "other.db")
    assert (code, "is damaged" in err) == (1, True)
    assert not (tmp_path / "other.db").exists()


@pytest.mark.slow
def test_several_ledgers_are_copied_by_name(filled: Place, url: str | None, run: Run, tmp_path: Path) -> None:
    fill(place_named(OTHER, get_settings().data_dir, url))
    code, _, err = run(backup_ledger.main, tmp_path / "copy.db")
    assert code == 1
    assert "There are: simulated-seed7, simulated-seed8" in err
    assert run(backup_ledger.main, tmp_path / "copy.db", "--market", OTHER)[0] == 0


# ---------------------------------------------------------------- what is no ledger


def test_where_there_is_no_ledger_that_is_said(run: Run, tmp_path: Path) -> None:
    code, _, err = run(verify_ledger.main)
    assert (code, "There is no ledger in" in err) == (2, True)
    code, _, err = run(backup_ledger.main, tmp_path / "copy.db")
    assert (code, "There are: none" in err) == (1, True)


def test_a_file_that_is_no_ledger_is_refused_and_none_is_made_where_there_is_none(run: Run, tmp_path: Path) -> None:
    empty, text, absent = tmp_path / "empty.db", tmp_path / "text.db", tmp_path / "absent.db"
    sqlite3.connect(empty).close()
    text.write_text("this is no database " * 100)
    for path in (empty, text, absent):
        code, out, err = run(verify_ledger.main, path)
        assert (code, out) == (2, "")
        assert str(path) in err
        assert run(backup_ledger.main, path, "--restore")[0] == 1
    assert not absent.exists()


def test_where_no_copy_can_be_written_one_sentence_says_so(
    run: Run, filled: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "unlink", read_only)
    monkeypatch.setattr(os, "open", read_only)
    code, _, err = run(backup_ledger.main, Path("/mnt/copy.db"))
    assert (code, err.count("\n")) == (1, 1)
    assert "cannot be written: Read-only file system" in err


@pytest.mark.parametrize("head", ["", "5", "5:xyz", f"0:{'0' * 64}", f"5:{'0' * 62}", f"x:{'0' * 64}"])
def test_a_head_that_is_none_is_refused(head: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        verify_ledger.main(["--head", head])
    assert "expected SEQ:HASH" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named_with_those_that_are(tmp_path: Path, run: Run) -> None:
    (tmp_path / "ledger-simulated-seed1.db").touch()
    code, _, err = run(verify_ledger.main, tmp_path / "ledger-simulated-seed2.db")
    assert code == 2
    assert f"no file {tmp_path / 'ledger-simulated-seed2.db'}" in err
    assert "ledger-simulated-seed1.db" in err, "what may have been meant"
    assert not (tmp_path / "ledger-simulated-seed2.db").exists()
    code, _, err = run(backup_ledger.main, tmp_path / "copy.db", "--restore")
    assert (code, f"no file {tmp_path / 'copy.db'}" in err) == (1, True)
    code, _, err = run(verify_ledger.main, tmp_path)
    assert (code, "is a folder" in err, "ledger-simulated-seed1.db" in err) == (2, True, True)
