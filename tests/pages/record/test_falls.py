"""Whether the record is getting worse is answered first in short: against the tests, and against what is promised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain import Direction, Series, Timeframe
from core.journal.history import History
from core.journal.records import track_record
from core.journal.slices import Accuracy, Share
from core.journal.track_record import Fall, ModelRecord, Reliance, Scope, TimeframeReliance
from pages.components.record.falls import worse_sentence

RIGHT = Accuracy(Share(n=400, hits=200, promised=None, worth=30.0, low=0.45, high=0.55), Direction.LONG, 0.4, None)
FIGURES = replace(track_record(History(), Scope()).whole, signals=400, resolved=400, accuracy=RIGHT)
KEPT = TimeframeReliance(Timeframe.M15, Reliance(1.05, 1.04, -0.01, 900, 30))
BROKEN = TimeframeReliance(Timeframe.H1, Reliance(1.05, 1.00, 0.01, 900, 30))


def models(far: int, n: int) -> list[ModelRecord]:
    """So many that can be compared with their tests, of which ``far`` fell by more than two standard errors."""
    series = Series("BTCUSDT", Timeframe.M15)
    fell, stayed = Fall(0.06, -0.02, 4.1), Fall(0.01, 0.01, 0.0)
    return [ModelRecord(series, "one", FIGURES, None, None, None, fell if k < far else stayed) for k in range(n)]


@pytest.mark.parametrize(
    ("far", "n", "text"),
    [
        (28, 102, "Worse than in the tests: yes, 28 of 102 models."),
        (4, 102, "Worse than in the tests: not shown."),
        (1, 1, "Worse than in the tests: one of many models proves nothing."),
        (0, 0, "Worse than in the tests: not enough yet."),
    ],
)
def test_models_fell_below_their_tests_where_more_did_than_chance_explains(far: int, n: int, text: str) -> None:
    assert worse_sentence(models(far, n), [KEPT]) == f"{text} Promising more than comes: not shown."


def test_probabilities_that_promise_more_than_comes_are_named_by_timeframe() -> None:
    assert worse_sentence([], [KEPT, BROKEN]).endswith("Promising more than comes: yes, on 1h.")
    assert worse_sentence([], []).endswith("Promising more than comes: not enough yet.")
