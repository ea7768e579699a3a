"""Tasks in processes of their own, on this machine."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from joblib import Parallel

from core.errors import CandorError

Call = tuple[Callable[..., Any], tuple[Any, ...], Mapping[str, Any]]
"""What joblib.delayed makes of a task: the function, its arguments, its named arguments."""


def run_in_processes(jobs: int, calls: Iterable[Call]) -> list[Any]:
    """What each call returned, in their order; ``jobs`` is the number of processes, -1 for one per core."""
    with warnings.catch_warnings():
        # joblib replaces a process whose memory has grown, as training's does, and takes it for a mishap.
        warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
        return Parallel(n_jobs=jobs, batch_size=1)(calls)


def reason_of(error: Exception) -> str:
    """Why a task failed, in a sentence; tasks return it, since an exception would take the others with it."""
    return str(error) if isinstance(error, CandorError | OSError) else f"unexpected {type(error).__name__}: {error}"
