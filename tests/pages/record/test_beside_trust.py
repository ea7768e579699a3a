"""The record in short, beside how far a signal can be believed: where it disagrees, that is said first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain import Direction, Series, Timeframe
from core.journal.calls import Calls
from core.journal.history import History
from core.journal.records import track_record
from core.journal.slices import Accuracy, MoveCalls, Share, Slice
from core.journal.track_record import Fall, ModelRecord, Reliance, Scope, TrackRecord
from core.journal.vocabulary import Origin
from pages.components.record.beside_trust import disagreements, record_in_short
from pages.components.record.one_series import SeriesRecord

LIKELY = Share(n=40, hits=31, promised=0.75, worth=22.0, low=0.62, high=0.88, usual=0.68)
QUIET = Share(n=40, hits=20, promised=0.5, worth=22.0, low=0.35, high=0.65, usual=0.68)
EMPTY = track_record(History(), Scope())
RIGHT = Accuracy(replace(LIKELY, n=400, hits=180, promised=None), Direction.LONG, 0.4, None)
ENOUGH: Slice = replace(EMPTY.whole, signals=400, resolved=400, accuracy=RIGHT, moves=MoveCalls(LIKELY, None, QUIET))
FELL = ModelRecord(
    Series("BTCUSDT", Timeframe.M15),
    "one",
    ENOUGH,
    Reliance(1.0, 0.9, 0.05, 400, 30),
    None,
    None,
    Fall(0.06, -0.02, 4.1),
)


def record(likely: Share = LIKELY, quiet: Share = QUIET, *models: ModelRecord) -> TrackRecord:
    return replace(EMPTY, whole=replace(ENOUGH, moves=MoveCalls(likely, None, quiet)), models=models)


def shown(of: TrackRecord, version: str, elsewhere: str = "") -> str:
    """What is said, without Markdown's escapes."""
    return record_in_short(of, version, "coin?origin=live#past-calls", elsewhere).replace("\\", "")


def test_a_record_that_keeps_its_promises_does_not_disagree_and_says_its_figures() -> None:
    text = shown(record(), "one")
    assert text.startswith("**Its past calls** do not disagree. Called likely 40 times: a move came after 31 of them")
    assert text.endswith("[All of its past calls](coin?origin=live#past-calls)")


def test_where_a_model_was_tested_elsewhere_that_stands_beside_what_came_here() -> None:
    elsewhere = "Models were tested on real candles, not on these prices."
    assert f". {elsewhere} [All of its past calls](" in shown(record(), "one", elsewhere)


@pytest.mark.parametrize(
    ("likely", "quiet", "expected"),
    [
        (0.89, 0.5, "moves called likely came less often than was promised"),
        (0.61, 0.5, "moves called likely came more often than was promised"),
        (0.75, 0.66, "moves called quiet came less often than was promised"),
        (0.75, 0.34, "moves called quiet came more often than was promised"),
    ],
)
def test_a_promise_outside_of_what_came_is_a_disagreement(likely: float, quiet: float, expected: str) -> None:
    of = record(replace(LIKELY, promised=likely), replace(QUIET, promised=quiet))
    assert shown(of, "one").startswith(
        f"**Its past calls disagree**: {expected}. That is one look at one of many models, and proves nothing by itself. "
        "Called likely"
    )


def test_a_model_that_raised_the_alarm_or_fell_below_its_test_is_disagreed_with_and_another_version_is_not() -> None:
    of = record(LIKELY, QUIET, FELL)
    text = shown(of, "one")
    assert "its probabilities promise provably more than comes; its skill is 4.1 standard errors below" in text
    assert "do not disagree" in shown(of, "two")
    assert FELL.skill_fall is not None
    near = replace(FELL, reliance=None, skill_fall=replace(FELL.skill_fall, deviations=1.9))
    assert not list(disagreements(of, near))


def test_a_skill_that_fell_while_promises_were_kept_is_told_with_both_and_with_the_alarm_that_is_silent() -> None:
    silent = replace(FELL, reliance=Reliance(1.0, 0.9, -0.05, 400, 30))
    text = shown(record(LIKELY, QUIET, silent), "one")
    assert "its skill is 4.1 standard errors below its test's, though moves came as promised. " in text
    assert "Track record's alarm, which counts every look, is silent." in text
    loud = shown(record(LIKELY, QUIET, FELL), "one")
    assert "though moves came" not in loud
    assert "is silent" not in loud
    unjudged = record(replace(LIKELY, promised=None), replace(QUIET, promised=None), silent)
    assert "though moves came" not in "".join(disagreements(unjudged, silent))


def test_replayed_calls_are_told_of_where_live_ones_say_nothing_yet() -> None:
    def origin_shown(live: TrackRecord, replayed: TrackRecord) -> Origin:
        calls = {origin: Calls(60, 0, ()) for origin in Origin}
        return SeriesRecord({Origin.LIVE: live, Origin.REPLAYED: replayed}, calls, Calls(0, 0, ())).shown()

    assert origin_shown(record(), record()) is Origin.LIVE
    assert origin_shown(EMPTY, record()) is Origin.REPLAYED
    assert origin_shown(EMPTY, EMPTY) is Origin.LIVE


def test_too_few_calls_neither_agree_nor_disagree() -> None:
    few = replace(record(replace(LIKELY, promised=0.99)), whole=replace(ENOUGH, resolved=12, accuracy=None))
    text = shown(few, "one")
    assert text.startswith("**Its past calls** say nothing yet. Not enough yet: 12 outcomes of 30.")
    assert "promised" not in text
