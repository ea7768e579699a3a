"""Calls on daemon threads that nobody has to wait for."""

from __future__ import annotations

import threading

import pytest

from core.market.background_calls import BackgroundCalls


@pytest.mark.parametrize("workers", [0, 1, 4])
def test_every_call_is_answered_with_its_value_or_its_error(workers: int) -> None:
    calls = {n: (lambda n=n: 10 / n) for n in range(5)}
    answers = dict(BackgroundCalls(calls, workers).answers())
    assert isinstance(answers.pop(0), ZeroDivisionError)
    assert answers == {n: 10 / n for n in range(1, 5)}


def test_without_workers_nothing_is_called_before_its_answer_is_wanted() -> None:
    called: list[int] = []
    answers = BackgroundCalls({n: (lambda n=n: called.append(n)) for n in range(3)}, 0).answers()
    assert called == []
    next(answers)
    assert called == [0]


def test_an_interrupt_ends_the_wait_for_a_call_that_hangs() -> None:
    started, release = threading.Event(), threading.Event()

    def hang() -> None:
        started.set()
        release.wait(30)

    later: list[int] = []
    calls = BackgroundCalls({"hangs": hang, "never": lambda: later.append(1)}, 1)
    got: list = []
    waiting = threading.Thread(target=lambda: got.extend(calls.answers()))
    waiting.start()
    assert started.wait(10)
    calls.interrupt()
    waiting.join(10)
    assert not waiting.is_alive()
    release.set()
    assert got == later == []
