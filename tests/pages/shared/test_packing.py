from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.components.shared.packing import packed
from tests.pages.sent import unpacked

NAMES = st.sampled_from(["coin", "trust", "15m", "word"])
VALUES = st.one_of(st.booleans(), st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=2))
ROWS = st.lists(st.dictionaries(NAMES, st.one_of(VALUES, st.dictionaries(NAMES, VALUES, min_size=1))), max_size=4)


@pytest.mark.slow
@given(ROWS)
def test_what_is_packed_comes_out_as_it_was(rows: list[dict[str, object]]) -> None:
    kinds: dict[str, bool] = {}
    same_shape = all(
        kinds.setdefault(name, isinstance(value, dict)) == isinstance(value, dict)
        for row in rows
        for name, value in row.items()
    )
    if same_shape:
        assert unpacked(packed(rows)) == rows


def test_names_travel_once() -> None:
    rows = [{"symbol": f"COIN{n}", "trust": {"word": "Trusted", "stale": False}} for n in range(34)]
    assert len(json.dumps(packed(rows))) < len(json.dumps(rows)) / 2


def test_nothing_is_the_same_as_a_field_that_is_not_there() -> None:
    assert packed([{"a": 1, "b": None}, {"a": 2}]) == {"fields": ["a", "b"], "rows": [[1, None], [2, None]]}
