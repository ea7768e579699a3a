"""The ledger is read beside the page: a question is answered at once with what is known, and anew for whoever asks next."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from core.errors import CandorError
from pages.components.shared import beside as beside_module
from pages.components.shared.beside import Beside
from tests.waiting import until


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside_module, "SECONDS_BETWEEN", 0.0)


def test_who_asks_first_waits_for_nothing_and_is_told_nothing_yet() -> None:
    go, beside = threading.Event(), Beside[int]()

    def read() -> int:
        go.wait()
        return 7

    assert beside.newest("question", read) is None
    assert beside.newest("question", read) is None
    go.set()
    until(lambda: beside.newest("question", read) == 7)


def test_an_answer_that_never_comes_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    go, beside, waited = threading.Event(), Beside[bool](), list[float]()

    def nothing_came(_: object, seconds: float) -> SimpleNamespace:
        waited.append(seconds)
        return SimpleNamespace(done=set())

    monkeypatch.setattr(beside_module, "wait", nothing_came)
    assert beside.newest("question", go.wait, patience=5.0) is None
    assert 0 < waited[0] <= 5.0
    beside._kept["question"].begun_at -= 5.0
    assert beside.newest("question", go.wait, patience=5.0) is None
    assert len(waited) == 1
    go.set()


def test_an_answer_that_says_the_same_is_the_very_one_before() -> None:
    beside, first = Beside[list[int]](), [1]
    until(lambda: beside.newest("question", lambda: first) is first)
    read = threading.Event()

    def again() -> list[int]:
        read.set()
        return [1]

    until(lambda: beside.newest("question", again) is first and read.is_set())


def test_a_ledger_that_cannot_be_read_is_an_answer_and_what_nobody_foresaw_is_told_by_its_name() -> None:
    beside = Beside[int]()

    def fail(error: Exception) -> Any:
        raise error

    until(lambda: str(beside.newest("gone", lambda: fail(CandorError("It is gone.")))) == "It is gone.")
    until(lambda: "KeyError" in str(beside.newest("odd", lambda: fail(KeyError("x")))))
