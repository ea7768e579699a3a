"""What the API reads from files and from the ledger: in few threads of its own, and for a bounded time.

A file may lie on a disk that does not answer, a ledger on a server that does not. Who waits for it takes no thread from those that serve everything else,
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

_OF_MODELS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="api-reader")
_OF_THE_LEDGER = ThreadPoolExecutor(max_workers=4, thread_name_prefix="api-ledger-reader")


async def from_files(read: Callable[[], T]) -> T:
    """``read()``; ApiError 503 where it takes longer than READ_SECONDS, with what waits ahead of it."""
    return await _answer_of(_OF_MODELS, read, "files_do_not_answer", "The files of models")


async def from_ledger(read: Callable[[], T]) -> T:
    """As from_files, beside it: a ledger whose server is away keeps nobody from models, nor the other way round."""
    return await _answer_of(_OF_THE_LEDGER, read, "ledger_does_not_answer", "The ledger")


async def _answer_of(readers: ThreadPoolExecutor, read: Callable[[], T], code: str, who: str) -> T:
    """Not by ``asyncio.wait_for``, by which Python 3.11 goes on with a task that is cancelled as its answer comes."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await asyncio.wrap_future(readers.submit(read))
    except TimeoutError:  # what had not begun is cancelled with that; a thread that hangs cannot be ended
        raise ApiError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            code,
            f"{who} did not answer within {READ_SECONDS:g} s; their disk or server may be busy or gone.",
        ) from None
