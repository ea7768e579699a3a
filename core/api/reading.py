"""What the API reads from files: in few threads of its own, and for a bounded time.

A file may lie on a disk that does not answer. Who waits for it takes no thread from those that serve everything else,
and learns after a while that there is no answer now.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TypeVar

from core.api.errors import ApiError

READ_SECONDS = 10.0
"""Real seconds; a hundred times what reading every shipped model's metrics takes."""

T = TypeVar("T")

_readers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="api-reader")


async def from_files(read: Callable[[], T]) -> T:
    """``read()``; ApiError 503 where it takes longer than READ_SECONDS, with what waits ahead of it."""
    try:
        return await asyncio.wait_for(asyncio.wrap_future(_readers.submit(read)), READ_SECONDS)
    except TimeoutError:  # what had not begun is cancelled with that; a thread that hangs cannot be ended
        raise ApiError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "files_do_not_answer",
            f"The files of models did not answer within {READ_SECONDS:g} s; their disk may be busy or gone.",
        ) from None
