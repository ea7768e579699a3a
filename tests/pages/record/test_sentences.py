"""What the record says: never a figure without n, nothing proven that is not, nothing of too few."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.domain import Direction, Series, Timeframe
from core.findings import LedgerDamage, LedgerFault
from core.journal.calls import Calls
from core.journal.history import History
from core.journal.records import track_record
from core.journal.slices import Accuracy, MoveCalls, Question, Result, Share, SideCalls, Skill
from core.journal.store import Head
from core.journal.track_record import Calibration, CalibrationBin, RecordedCall, Scope, SequencePoint, SkillSequence
from core.journal.verifier import Checked
from core.journal.vocabulary import Origin
from core.market.candles import unix_ms
from core.market.market import MarketIdentity
from core.replay import Parity, ReplayProgress, ReplayState
from pages.components.record.cells import BASELINE, PROMISED, TEST, share_cell, skill_cell
from pages.components.record.figures import paths_figure, points_of
from pages.components.record.ledger_panel import clock_text, compared_text, verified_text
from pages.components.record.one_series import call_sentence, opened_sentence, summary_of
from pages.components.record.rows import move_rows, sequence_rows
from pages.components.record.sentences import (
    accuracy_sentence,
    behind_sentence,
    calibration_sentence,
    come_sentence,
    kept_word,
    knows_sentence,
    not_enough_sentence,
    origin_sentence,
    replaying_sentence,
    result_sentence,
    side_sentence,
    skill_sentence,
    summary_sentence,
    undrawn_sentence,
    wait_days_text,
    wait_sentence,
    wait_text,
    when_sentence,
)
from tests.journal.made_entries import NOON_MS

LIKELY = Share(n=40, hits=31, promised=0.75, worth=22.0, low=0.62, high=0.88, usual=0.68)
SEQUENCE = SkillSequence(Timeframe.H1, Question.TIMING, 400, 12, 1, 0.01, -0.01, 0.03, 23)


def test_a_move_called_likely_comes_with_n_interval_and_what_was_promised() -> None:
    text = when_sentence(MoveCalls(LIKELY, None, None))
    assert "Called likely 40 times: a move came after 31 of them, 77.5\u00a0% (95" in text
    assert "interval 62.0 to 88.0" in text
    assert "75.0\u00a0% was promised: not disproved (too few); 68.0\u00a0% is usual for these." in text
    assert "Called quiet: never so far." in text


def test_fewer_than_thirty_outcomes_are_no_figure_anywhere() -> None:
    few = replace(LIKELY, n=29, hits=20)
    assert when_sentence(MoveCalls(few, few, few)).count("not enough yet, 29 of 30") == 2
    assert share_cell(few)["text"] == "–"
    assert skill_cell(Skill(0.2, 0.1, 0.3, 29, 9))["text"] == "–"
    assert [row["cells"]["promised"]["text"] for row in move_rows(MoveCalls(few, None, few))] == ["–"] * 3
    assert wait_text(replace(SEQUENCE, n=29)) == "not enough yet"


@pytest.mark.parametrize(
    ("promised", "word"),
    [(0.75, "not disproved (too few)"), (0.89, "promised too much"), (0.61, "promised too little")],
)
def test_a_promise_is_kept_where_it_lies_inside_the_interval_of_what_came(promised: float, word: str) -> None:
    assert kept_word(replace(LIKELY, promised=promised)) == word


def test_many_outcomes_that_are_worth_few_independent_ones_are_no_figure_anywhere_either() -> None:
    few_days = Skill(0.2, None, None, 510, 2)
    one_day = replace(LIKELY, n=510, hits=400, worth=1.0, low=0.0, high=1.0)
    assert "Called likely: not enough yet, 510, worth about 1." in when_sentence(MoveCalls(one_day, None, None))
    assert share_cell(one_day)["text"] == "–"
    assert share_cell(one_day)["more"] == "510, worth about 1"
    assert move_rows(MoveCalls(one_day, None, None))[0]["cells"]["promised"]["text"] == "–"
    assert "Sides called: not enough yet, 510, worth about 1." in side_sentence(
        SideCalls(one_day, Direction.LONG, 0.51)
    )
    assert come_sentence(MoveCalls(one_day, None, None), few_days) == (
        "Likely calls: not enough yet. Quiet calls: not enough yet. Better than always saying what is usual: not enough yet."
    )
    assert knows_sentence(SideCalls(one_day, Direction.LONG, 0.51), None) == "Knowing the side: not enough yet."
    accuracy = Accuracy(one_day, Direction.LONG, 0.4, None)
    assert accuracy_sentence(accuracy) == "Accuracy: not enough yet, 510, worth about 1."
    assert skill_cell(few_days)["text"] == "–"
    assert skill_sentence("Skill", few_days, "nothing") == "Skill: not enough yet, 510, worth about 2."
    assert result_sentence(Result(0.2, None, None, 510, 2)).endswith("not enough yet, 510, worth about 2.")
    assert wait_text(replace(SEQUENCE, blocks=4)) == "not enough yet"
    part = replace(track_record(History(), Scope()).whole, signals=510, resolved=510, accuracy=accuracy)
    assert not part.enough
    assert not_enough_sentence(part).startswith(
        "Not enough yet: 510 outcomes, worth about 1 independent one, since coins"
    )


def test_called_sides_after_which_nothing_was_touched_are_told_apart_from_those_that_were_right_or_wrong() -> None:
    sides, result = SideCalls(replace(LIKELY, promised=None), Direction.LONG, 0.51), Result(-0.1, -0.2, 0.0, 52, 9)
    assert "each of 52 called sides" in result_sentence(result, sides)
    assert "12 more than above: after these no level was touched in time" in result_sentence(result, sides)
    assert "more than above" not in result_sentence(replace(result, n=40), sides)


def test_a_share_in_a_table_shows_its_n_and_everything_that_it_is_judged_by() -> None:
    cell = share_cell(LIKELY, {BASELINE: 0.6, TEST: None, PROMISED: 0.75})
    assert cell["more"].replace("\u00a0", " ") == "n 40 · baseline 60.0 % · promised 75.0 %"
    assert cell["bar"]["mark"] == 0.6


def test_what_the_test_promised_lies_on_the_axis_of_what_came_apart_from_the_baseline() -> None:
    bar = share_cell(LIKELY, {BASELINE: 0.6, TEST: 0.7})["bar"]
    assert bar == {"low": 0.62, "high": 0.88, "value": 0.775, "mark": 0.6, "test": 0.7}
    only_test = share_cell(LIKELY, {TEST: 0.7})["bar"]
    assert (only_test["test"], "mark" in only_test) == (0.7, False)


def test_bins_of_too_few_outcomes_are_counted_and_not_drawn() -> None:
    bins = tuple(
        CalibrationBin(place / 15, (place + 1) / 15, replace(LIKELY, n=n, worth=worth))
        for place, (n, worth) in enumerate([(40, 22.0), (29, 22.0), (900, 2.0)])
    )
    calibration = Calibration(Question.SIDE, 969, 9, 0.02, bins)
    assert len(points_of(calibration)) == 1
    assert calibration_sentence(calibration).endswith(
        "2 more are not drawn: fewer than 30 outcomes each, or worth fewer than 5."
    )
    assert calibration_sentence(replace(calibration, blocks=4)).startswith(
        "Not enough yet: 969 outcomes, worth about 4 independent ones,"
    )
    assert calibration_sentence(replace(calibration, n=12)).startswith("Not enough yet: 12 outcomes of 30")


def test_days_that_are_not_over_end_the_chart_hollow_and_at_the_newest_candle() -> None:
    path = (SequencePoint(86_400_000, 0.01, -0.1, 0.1), SequencePoint(90_000_000, 0.01, -0.1, 0.1, over=False))
    drawn = paths_figure([replace(SEQUENCE, path=path)], Question.TIMING)["data"][-1]
    assert drawn["x"][-1] == 90_000_000
    assert drawn["marker"]["symbol"] == ["circle", "circle-open"]
    assert "its days are not over" in drawn["customdata"][-1]


@pytest.mark.parametrize(
    ("checked", "text"),
    [
        (None, "being verified for the first time"),
        (
            Checked(Head(140, b"", 0), None, 3_600_000, 60_000, 100),
            "All of it up to entry 100 was recomputed from the first one 1970-01-01 00:01 UTC: as it was written. The 40 "
            "entries after it were verified as they came, last 1970-01-01 01:00 UTC: as they were written. The newest 10 "
            "are still to be verified.",
        ),
        (Checked(None, LedgerDamage(7, LedgerFault.CHANGED), 0, 0, 0), "entry 7 is not what was written."),
    ],
)
def test_what_was_verified_when_is_told_of_all_and_of_what_came_since(checked: Checked | None, text: str) -> None:
    assert text in verified_text(checked, 150)


@pytest.mark.parametrize("low", [-0.01, None])
def test_the_side_is_claimed_only_where_its_skill_is_proven(low: float | None) -> None:
    sides = SideCalls(replace(LIKELY, promised=None), Direction.LONG, 0.51)
    assert knows_sentence(sides, Skill(0.05, low, 0.1, 400, 9)) == "That it knows the side is not proven."
    assert knows_sentence(sides, Skill(0.05, 0.01, 0.1, 400, 9)) == "Knowing the side is proven."
    assert "always calling LONG is right 51.0\u00a0%" in side_sentence(sides)


def test_whether_a_move_comes_when_it_is_called_is_answered_in_short() -> None:
    kept = replace(LIKELY, promised=0.78, low=0.75, high=0.81)
    too_much = replace(kept, promised=0.99)
    assert come_sentence(MoveCalls(kept, None, too_much), Skill(0.05, -0.01, 0.1, 400, 9)) == (
        "Likely calls: kept. Quiet calls: promised too much. Better than always saying what is usual: not proven."
    )
    assert come_sentence(MoveCalls(kept, None, None), Skill(0.05, 0.01, 0.1, 400, 9)).endswith("usual: proven.")


def test_figures_of_a_part_of_the_ledger_say_so() -> None:
    assert behind_sentence(12_060, 63_142).startswith("Figures are of the ledger's first 12,060 entries.")
    assert behind_sentence(100, 100) == behind_sentence(100, 40) == ""


def test_too_few_outcomes_say_about_how_many_more_days_it_takes() -> None:
    few = replace(LIKELY, n=1292, worth=1.0)
    none = track_record(History(), Scope())
    whole = replace(none.whole, signals=1292, resolved=1292, accuracy=Accuracy(few, Direction.LONG, 0.4, None))
    day = replace(SEQUENCE, question=Question.WHOLE, n=1292, blocks=1)
    assert wait_sentence(replace(none, whole=whole, sequences=(day,))) == "It needs about 4 days more."
    tenth = replace(whole, resolved=10, accuracy=replace(whole.accuracy, right=replace(few, n=10, worth=2.0)))
    both = replace(none, whole=tenth, sequences=(replace(day, n=10, blocks=2),))
    assert wait_sentence(both) == "It needs about 4 days more."
    assert wait_sentence(none) == ""


def test_a_wide_interval_keeps_no_promise() -> None:
    wide = replace(LIKELY, low=0.494, high=0.78, hits=26, promised=0.494)
    assert kept_word(wide) == "not disproved (too few)"
    assert kept_word(replace(wide, low=0.6, promised=0.65)) == "kept"


def test_what_is_not_proven_says_how_long_it_takes_at_least_as_vaguely_as_it_is_known() -> None:
    assert wait_text(SEQUENCE) == "not proven; needs about 23 days more"
    assert wait_text(replace(SEQUENCE, more_days=4015)) == "not proven; needs about 11 years more"
    assert wait_text(replace(SEQUENCE, mean=-0.001, more_days=None)) == "not proven; nothing above zero so far"
    assert wait_text(replace(SEQUENCE, low=0.001)) == "proven"
    assert wait_text(replace(SEQUENCE, high=-0.001)).startswith("worse")
    assert (wait_days_text(1), wait_days_text(89), wait_days_text(150)) == ("1 day", "89 days", "5 months")


def test_a_skill_says_its_baseline_its_n_and_its_interval() -> None:
    text = skill_sentence("Timing skill", Skill(0.021, 0.003, 0.04, 1204, 30), "always saying the usual P(move)")
    assert text.startswith(
        "Timing skill: +0.021 over always saying the usual P(move), n = 1,204; +0.003 to +0.040 with 95"
    )
    assert text.endswith("proven.")


def test_a_skill_says_which_signals_its_n_counts() -> None:
    text = skill_sentence("Side skill", Skill(0.021, 0.003, 0.04, 1204, 30), "guessing", "all after which one came")
    assert "n = 1,204 (all after which one came); +0.003" in text


def test_the_table_of_skills_has_the_unit_of_the_sentence_above_it() -> None:
    skill = Skill(0.2, 0.1, 0.3, 400, 12)
    cells = sequence_rows([SEQUENCE], Question.TIMING, {Timeframe.H1: skill})[0]["cells"]
    assert (cells["mean"]["text"], cells["interval"]["text"]) == ("+0.200", "+0.100 to +0.300")
    assert (cells["mean"]["tone"], cells["verdict"]["text"]) == ("proven", "proven")


def test_a_timeframe_with_too_few_days_says_so_where_there_is_room_for_it() -> None:
    cells = sequence_rows([replace(SEQUENCE, blocks=4)], Question.TIMING, {})[0]["cells"]
    assert (cells["mean"]["text"], cells["verdict"]["text"]) == ("–", "not enough yet")
    assert cells["verdict"]["more"] == "400, worth about 4"


def test_a_timeframe_whose_days_are_too_few_for_a_chart_is_named() -> None:
    drawn = replace(SEQUENCE, path=(SequencePoint(86_400_000, 0.01, -0.1, 0.1),))
    days = replace(SEQUENCE, timeframe=Timeframe.D1)
    assert undrawn_sentence([drawn, days], Question.TIMING) == "Not drawn: 1d, of which too few days are over."
    assert undrawn_sentence([drawn], Question.TIMING) == ""


def test_figures_of_a_replay_that_goes_on_are_said_not_to_be_final() -> None:
    running = ReplayProgress(ReplayState.RUNNING, done=30, total=133)
    assert "30 of 133 models are done" in replaying_sentence(running)
    assert replaying_sentence(replace(running, state=ReplayState.DONE)) == ""


def test_a_market_with_a_clock_of_its_own_is_told_apart_from_the_machines() -> None:
    assert "by this machine's clock" in clock_text(MarketIdentity("simulated", "simulated", None))
    assert clock_text(MarketIdentity("exchange", "binanceusdm", None)) == ""


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


def test_who_names_a_candle_is_told_whether_its_call_is_open_or_was_never_given() -> None:
    noon_ms = unix_ms(datetime(2025, 9, 3, 12, tzinfo=UTC))
    none, still_open = Calls(0, 0, ()), Calls(0, 1, ())
    assert opened_sentence(still_open, noon_ms, "simulated prices").startswith(
        "The call of 2025-09-03 12:00 UTC is still open"
    )
    assert "2025-09-03 12:01 UTC is in the ledger" in opened_sentence(none, noon_ms + 60_000, "simulated prices")


def test_no_good_mark_stands_beside_a_ledger_that_was_changed() -> None:
    now = datetime(2025, 9, 1, 12, tzinfo=UTC)
    agreeing = Parity(136, 136, 0.0, None, now, now)
    whole = Checked(Head(20, bytes(32), 0), None, 0, 0, 20)
    changed = replace(whole, head=None, damage=LedgerDamage(17, LedgerFault.CHANGED))
    assert compared_text(agreeing, whole).startswith("✓ 136 of 136 live signals are what their replay says. Compared")
    assert compared_text(agreeing, changed).startswith(
        "○ 136 of 136 live signals are what their replay says. The ledger"
    )
