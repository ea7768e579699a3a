"""What is kept as JSON takes no more room than it is long, whatever its writer reserved to write it."""

from __future__ import annotations

import re
import tracemalloc
from pathlib import Path

import pytest

from core.api.json_bytes import json_bytes

API = Path(__file__).parents[2] / "core" / "api"


@pytest.mark.parametrize("length", [50, 2_000, 20_000])
def test_kept_json_takes_the_room_of_its_own_length(length: int) -> None:
    content = {"told": "x" * length}
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        kept = [json_bytes(content) for _ in range(100)]
        room = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert room < 1.1 * sum(map(len, kept)) + 100 * 60  # a bytes object of its own has a head of 33


def test_what_no_json_can_say_is_refused_as_its_writer_does() -> None:
    with pytest.raises(TypeError):
        json_bytes({"told": object()})


def test_every_answer_of_the_api_is_written_that_way() -> None:
    written = {
        path.name for path in API.glob("*.py") if re.search(r"orjson\.dumps\(", path.read_text(encoding="utf-8"))
    }
    assert written == {"json_bytes.py"}
