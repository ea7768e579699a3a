"""What the record says: never a figure without n, nothing proven that is not, nothing of too few."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain import Direction, Series, Timeframe
from core.journal.calls import Calls
from core.journal.history import History
from core.journal.records import track_record
from core.journal.slices import MoveCalls, Question, Share, SideCalls, Skill
from core.journal.track_record import RecordedCall, Scope, SkillSequence
from core.journal.vocabulary import Origin
from pages.components.record.cells import share_cell, skill_cell
from pages.components.record.one_series import call_sentence, opened_sentence, summary_of
from pages.components.record.rows import move_rows
from pages.components.record.sentences import (
    kept_word,
    origin_sentence,
    side_sentence,
    skill_sentence,
    summary_sentence,
    wait_days_text,
    wait_text,
    when_sentence,
)
from tests.journal.made_entries import NOON_MS

LIKELY = Share(n=40, hits=31, promised=0.75, worth=22.0, low=0.62, high=0.88)
SEQUENCE = SkillSequence(Timeframe.H1, Question.TIMING, 400, 12, 1, 0.01, -0.01, 0.03, 23)


def test_a_move_called_likely_comes_with_n_interval_and_what_was_promised() -> None:
    text = when_sentence(MoveCalls(LIKELY, None, None))
    assert "Called likely: 31 of 40 moves came, 77.5 % (95" in text
    assert "interval 62.0 to 88.0" in text
    assert "75.0 % was promised: kept." in text
    assert "Called quiet: never so far." in text


def test_fewer_than_thirty_outcomes_are_no_figure_anywhere() -> None:
    few = replace(LIKELY, n=29, hits=20)
    assert when_sentence(MoveCalls(few, few, few)).count("not enough yet, 29 of 30") == 2
    assert share_cell(few)["text"] == "–"
    assert skill_cell(Skill(0.2, 0.1, 0.3, 29))["text"] == "–"
    assert [row["cells"]["promised"]["text"] for row in move_rows(MoveCalls(few, None, few))] == ["–"] * 3
    assert wait_text(replace(SEQUENCE, n=29)) == "not enough yet"


@pytest.mark.parametrize(
    ("promised", "word"), [(0.75, "kept"), (0.89, "promised too much"), (0.61, "promised too little")]
)
def test_a_promise_is_kept_where_it_lies_inside_the_interval_of_what_came(promised: float, word: str) -> None:
    assert kept_word(replace(LIKELY, promised=promised)) == word


def test_of_a_single_day_nobody_says_how_sure_it_is() -> None:
    one_day = replace(LIKELY, low=0.0, high=1.0)
    assert kept_word(one_day) == "too early to judge"
    assert "0.0 to 100.0" not in when_sentence(MoveCalls(one_day, None, None))


@pytest.mark.parametrize("low", [-0.01, None])
def test_the_side_is_claimed_only_where_its_skill_is_proven(low: float | None) -> None:
    sides = SideCalls(replace(LIKELY, promised=None), Direction.LONG, 0.51)
    assert "That it knows the side is not proven." in side_sentence(sides, Skill(0.05, low, 0.1, 400))
    assert "always calling LONG is right 51.0 %" in side_sentence(sides, None)
    assert "Knowing the side is proven." in side_sentence(sides, Skill(0.05, 0.01, 0.1, 400))


def test_what_is_not_proven_says_how_long_it_takes_at_least_as_vaguely_as_it_is_known() -> None:
    assert wait_text(SEQUENCE) == "not proven; needs about 23 days more"
    assert wait_text(replace(SEQUENCE, more_days=4015)) == "not proven; needs about 11 years more"
    assert wait_text(replace(SEQUENCE, mean=-0.001, more_days=None)) == "not proven; nothing above zero so far"
    assert wait_text(replace(SEQUENCE, low=0.001)) == "proven"
    assert wait_text(replace(SEQUENCE, high=-0.001)).startswith("worse")
    assert (wait_days_text(1), wait_days_text(89), wait_days_text(150)) == ("1 day", "89 days", "5 months")


def test_a_skill_says_its_baseline_its_n_and_its_interval() -> None:
    text = skill_sentence("Timing skill", Skill(0.021, 0.003, 0.04, 1204), "always saying the usual P(move)")
    assert text.startswith(
        "Timing skill: +0.021 over always saying the usual P(move), n = 1,204; +0.003 to +0.040 with 95"
    )
    assert text.endswith("proven.")


def test_replayed_signals_are_never_said_to_have_been_shown() -> None:
    assert "Nobody was shown these signals" in origin_sentence(Origin.REPLAYED)
    assert "before anybody knew" in origin_sentence(Origin.LIVE)


def test_a_late_call_says_so_and_those_of_a_coin_are_counted_beside_its_past_calls() -> None:
    p = {Direction.SHORT: 0.3, Direction.NO_TRADE: 0.2, Direction.LONG: 0.5}
    series, long = Series("BTCUSDT", Timeframe.M15), Direction.LONG
    call = RecordedCall(4, Origin.LIVE, series, "one", NOON_MS, long, p, long, False, 0.69, 0.98, late=False)
    assert "came late" not in call_sentence(call, "simulated prices")
    assert call_sentence(replace(call, late=True), "simulated prices").endswith(
        "It came late, over a quarter of a candle after its close, and is in no figure."
    )
    record = track_record(History(), Scope())
    assert "came late" not in summary_of(Calls(0, 3, ()), record)
    assert "3 live signals open. 2 more came late" in summary_of(Calls(0, 3, ()), replace(record, late=2))


def test_late_signals_are_named_beside_those_that_the_figures_are_of() -> None:
    record = track_record(History(), Scope())
    assert "late" not in summary_sentence(record)
    assert "1 more came late and is in no figure: over a quarter of a candle" in summary_sentence(
        replace(record, late=1)
    )
    assert "1,200 more came late and are in no figure" in summary_sentence(replace(record, late=1200, unjudged=3))


def test_who_names_a_candle_is_told_whether_its_call_is_open_was_never_given_or_names_no_time() -> None:
    none, still_open = Calls(0, 0, ()), Calls(0, 1, ())
    assert opened_sentence(still_open, "2025-09-03T12:00", "simulated prices").startswith(
        "The call of 2025-09-03 12:00 UTC is still open"
    )
    assert "2025-09-03 12:01 UTC is in the ledger" in opened_sentence(none, "2025-09-03T12:01", "simulated prices")
    assert "There is no candle 'noon'" in opened_sentence(none, "noon", "simulated prices")
