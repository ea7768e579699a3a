from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from core.domain import Timeframe
from core.model.evaluated import EVALUATION_FILE, Evaluated, Unmeasured, UnusableEvaluation, read_evaluation
from core.model.registry import ModelRegistry
from core.settings import PROJECT
from tests.hand_made_models import evaluated
from tests.model.test_metrics import HOSTILE_NUMBERS, changed, numbers_in


def put(folder: Path, values: object) -> Path:
    content = values if isinstance(values, bytes) else json.dumps(values).encode()
    (folder / EVALUATION_FILE).write_bytes(content)
    return folder


def test_what_the_evaluation_writes_is_what_pages_read(tmp_path: Path) -> None:
    written = Evaluated.model_validate(evaluated(Timeframe.M15, Timeframe.D1))
    put(tmp_path, written.model_dump_json(by_alias=True).encode())
    assert read_evaluation(tmp_path) == ModelRegistry(tmp_path).evaluation() == written


def test_where_nobody_measured_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert read_evaluation(tmp_path) is None
    assert ModelRegistry(tmp_path / "no such folder").evaluation() is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (b"", "no JSON"),
        (b"[]", "dictionary"),
        (b'{"date": 1, "date": 2}', "stands there twice"),
        (b" " * 200_001, EVALUATION_FILE),
        (evaluated() | {"timeframes": {"2h": evaluated(Timeframe.M15)["timeframes"]["15m"]}}, "timeframes"),
        (changed(evaluated(Timeframe.M15), "timeframes.15m.move", None), "move"),
        (changed(evaluated(Timeframe.M15), "timeframes.15m.published.above", 35), "of 34 coins 35 are above"),
        (changed(evaluated(Timeframe.M15), "timeframes.15m.published.above_interval", [34, 31]), "between 34 and 31"),
        (changed(evaluated(Timeframe.M15), "timeframes.15m.walk_forward.periods", 0), "periods"),
        (changed(evaluated(Timeframe.M15), "timeframes.15m.walk_forward", {"reason": "tired"}), "walk_forward"),
        (changed(evaluated(Timeframe.M15), "timeframes.15m.proven.side", 35), "of 34 models 30 and 35 are proven"),
    ],
)
def test_what_cannot_be_used_is_named_in_a_short_sentence(tmp_path: Path, values: Any, reason: str) -> None:
    with pytest.raises(UnusableEvaluation, match=reason) as refused:
        read_evaluation(put(tmp_path, values))
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("number", HOSTILE_NUMBERS)
def test_no_number_may_be_beyond_what_a_page_can_take(number: float) -> None:
    values = evaluated(Timeframe.M15)
    for path in numbers_in(values):
        *outer, last = path
        place: Any = values
        for key in outer:
            place = place[key]
        kept, place[last] = place[last], number
        with pytest.raises(ValueError):
            Evaluated.model_validate(values)
        place[last] = kept


def test_a_pipe_in_its_place_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / EVALUATION_FILE)
    with pytest.raises(UnusableEvaluation, match="regular file"):
        read_evaluation(tmp_path)


def test_what_was_not_measured_says_why_and_what_an_older_file_lacks_is_none() -> None:
    values = changed(evaluated(Timeframe.D1), "timeframes.1d.walk_forward", {"reason": "one_period"})
    measured = Evaluated.model_validate(values).timeframes[Timeframe.D1]
    assert measured.walk_forward == Unmeasured(reason="one_period")
    for name in ("one_forest", "fresh", "proven"):
        del values["timeframes"]["1d"][name]
    older = Evaluated.model_validate(values).timeframes[Timeframe.D1]
    assert (older.one_forest, older.fresh, older.proven) == (None, None, None)


def test_what_is_published_can_be_read() -> None:
    read_evaluation(PROJECT / "models")
