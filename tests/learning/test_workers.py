from __future__ import annotations

import time
import warnings

from joblib import delayed

from core.learning.workers import run_in_processes

_kept: list[bytearray] = []


def test_results_come_in_the_order_of_the_calls_from_processes_whose_memory_grows() -> None:
    """joblib replaces such a process and warns of it, which would stop everything where warnings are errors."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        assert run_in_processes(2, [delayed(light)(n) for n in range(4)]) == [0, 1, 2, 3]
        assert run_in_processes(2, [delayed(heavy)(n) for n in range(6)]) == [0, 1, 2, 3, 4, 5]
    assert [str(warning.message) for warning in warned] == []


def light(n: int) -> int:
    time.sleep(0.1)
    return n


def heavy(n: int) -> int:
    _kept.append(bytearray(b"x") * 400_000_000)
    time.sleep(1.05)  # joblib looks once a second
    return n
