"""A call that hangs is waited for once, for a while, and keeps nobody else waiting."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator

import pytest

from core.model.patience import MOST_HANGING, PatientCalls, _Batch

PATIENCE = 0.3


class Hanging:
    """Answers a key with its double; those of ``hangs`` only once they are let go."""

    def __init__(self, *hangs: int) -> None:
        self.hangs = {key: threading.Event() for key in hangs}
        self.asked: list[int] = []

    def __call__(self, key: int) -> int:
        self.asked.append(key)
        if key in self.hangs:
            self.hangs[key].wait()
        return 2 * key


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    call = Hanging(3, 5)
    yield call
    for event in call.hangs.values():
        event.set()


def seconds_of(calls: PatientCalls[int, int], keys: range) -> tuple[dict[int, int], float]:
    began = time.monotonic()
    answers = calls.answers(keys)
    return answers, time.monotonic() - began


def test_every_key_is_answered_and_none_is_asked_twice() -> None:
    call = Hanging()
    assert PatientCalls(call, PATIENCE).answers([*range(99), *range(50)]) == {key: 2 * key for key in range(99)}
    assert call.asked == list(range(99))


def test_nothing_asked_is_nothing_answered() -> None:
    assert PatientCalls(Hanging(), PATIENCE).answers([]) == {}


def test_what_a_call_raises_is_raised_where_it_was_asked_for() -> None:
    def fail(key: int) -> int:
        raise KeyError(key)

    with pytest.raises(KeyError, match="7"):
        PatientCalls(fail, PATIENCE).answers([7])


@pytest.mark.slow
def test_calls_that_hang_hold_up_the_others_for_a_moment_and_are_left_out(hanging: Hanging) -> None:
    calls = PatientCalls(hanging, PATIENCE)
    answers, _ = seconds_of(calls, range(9))
    assert sorted(answers) == [0, 1, 2, 4, 6, 7, 8]
    assert sorted(hanging.asked) == list(range(9))


@pytest.mark.slow
def test_who_asks_again_waits_no_more_for_them(hanging: Hanging) -> None:
    calls = PatientCalls(hanging, PATIENCE)
    calls.answers(range(9))
    answers, seconds = seconds_of(calls, range(9))
    assert sorted(answers) == [0, 1, 2, 4, 6, 7, 8]
    assert seconds < PATIENCE
    assert hanging.asked.count(3) == 1


@pytest.mark.slow
def test_one_that_answers_after_all_is_asked_again_at_once(hanging: Hanging) -> None:
    calls = PatientCalls(hanging, PATIENCE)
    calls.answers([3])
    hanging.hangs[3].set()
    assert wait_for(lambda: calls.answers([3]) == {3: 6})


@pytest.mark.slow
def test_what_computes_is_waited_for_however_long_it_takes() -> None:
    def compute(key: int) -> int:
        began = time.thread_time()
        while time.thread_time() - began < 1.5 * PATIENCE:
            pass
        return 2 * key

    assert PatientCalls(compute, PATIENCE).answers([7]) == {7: 14}


def test_time_in_which_the_process_was_stopped_is_no_silence(hanging: Hanging, monkeypatch: pytest.MonkeyPatch) -> None:
    hours, tries = itertools.count(0, 3600), itertools.count()

    def look(*_: object) -> tuple[bool, bool]:
        if next(tries) == 3:
            hanging.hangs[3].set()
        return False, False

    monkeypatch.setattr(time, "monotonic", lambda: next(hours))
    monkeypatch.setattr(_Batch, "news", look)
    assert PatientCalls(hanging, 3 * PATIENCE).answers([3]) == {3: 6}


@pytest.mark.slow
def test_what_was_not_asked_yet_is_asked_once_one_of_those_that_hang_answers() -> None:
    call = Hanging(*range(MOST_HANGING + 8))
    calls = PatientCalls(call, PATIENCE)
    late = threading.Event()
    stop_hearing = calls.hear_of_latecomers(late.set)
    assert calls.answers(call.hangs) == {}
    assert len(call.asked) == MOST_HANGING
    assert not late.is_set()
    for event in call.hangs.values():
        event.set()
    assert late.wait(10)
    assert wait_for(lambda: len(calls.answers(call.hangs)) == len(call.hangs))
    stop_hearing()


@pytest.mark.slow
def test_who_fails_to_hear_of_latecomers_keeps_nobody_else_from_it(hanging: Hanging) -> None:
    def fail() -> None:
        raise KeyError

    calls, late = PatientCalls(hanging, PATIENCE), threading.Event()
    calls.hear_of_latecomers(fail)
    calls.hear_of_latecomers(late.set)
    calls.answers([3])
    hanging.hangs[3].set()
    assert late.wait(10)


@pytest.mark.slow
def test_one_that_stays_silent_is_asked_again_in_passing_after_a_while(
    hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = PatientCalls(hanging, PATIENCE)
    calls.answers([3])
    later = time.monotonic() + 13 * PATIENCE
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert calls.answers([3, 4]) == {4: 8}
    assert wait_for(lambda: hanging.asked.count(3) == 2)


@pytest.mark.slow
def test_however_much_hangs_threads_stay_few_and_the_next_call_is_answered() -> None:
    call = Hanging(*range(200))
    calls = PatientCalls(call, PATIENCE)
    before = threading.active_count()
    assert calls.answers(range(200)) == {}
    assert threading.active_count() - before <= MOST_HANGING + 1
    assert calls.answers([1000]) == {1000: 2000}
    for event in call.hangs.values():
        event.set()
    assert wait_for(lambda: threading.active_count() <= before + 1)


@pytest.mark.slow
def test_several_who_ask_at_once_are_all_answered(hanging: Hanging) -> None:
    calls = PatientCalls(hanging, PATIENCE)
    answers: list[dict[int, int]] = []
    threads = [threading.Thread(target=lambda: answers.append(calls.answers(range(40)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [sorted(each) for each in answers] == [sorted(set(range(40)) - {3, 5})] * 8


@pytest.mark.slow
def test_no_thread_of_theirs_keeps_the_process_from_ending(hanging: Hanging) -> None:
    PatientCalls(hanging, PATIENCE).answers([3])
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "patient-calls")


def wait_for(holds: object) -> bool:
    """Whether something comes to hold; a busy machine may take its time."""
    assert callable(holds)
    deadline = threading.Event()
    return any(holds() or deadline.wait(0.01) for _ in range(1000))
