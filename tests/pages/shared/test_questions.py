from __future__ import annotations

import pytest

from core.findings import Finding, NotOverTheClock, Severity, Trust, Verdict
from core.measured import MeasuredSkill
from pages.components.shared.questions import CLOCK, conclusion, skill_sentence, skills, timing_word
from tests.pages.fake_board import PROVEN, UNPROVEN, WORSE


def test_a_skill_counts_as_proven_only_where_its_interval_is_above_zero() -> None:
    assert skill_sentence(PROVEN).endswith(
        "(95\u00a0% interval +0.030 to +0.070, n = 1,000): better than the class frequencies."
    )
    assert "as far as this test can tell" in skill_sentence(UNPROVEN)
    assert skill_sentence(WORSE).endswith(
        "(95\u00a0% interval −0.070 to −0.030, n = 1,000): worse than the class frequencies."
    )


@pytest.mark.parametrize("timing", [None, PROVEN, UNPROVEN, WORSE])
@pytest.mark.parametrize("side", [None, PROVEN, UNPROVEN, WORSE])
def test_no_conclusion_promises_the_side(timing: MeasuredSkill | None, side: MeasuredSkill | None) -> None:
    text = conclusion(Trust((), timing, side), UNPROVEN)
    assert any(words in text for words in ("not a promise", "do not take its side for a forecast", "Neither skill"))


def test_both_skills_together_are_called_proven_only_where_they_are() -> None:
    neither = Trust((), UNPROVEN, UNPROVEN)
    assert "only what both come to together" in conclusion(neither, PROVEN)
    assert conclusion(neither, UNPROVEN).startswith("Neither skill is proven. Its probabilities say no more than")


def test_a_model_that_only_knows_when_is_said_to_know_only_when() -> None:
    assert "in *when*, not in *which way*" in conclusion(Trust((), PROVEN, UNPROVEN), PROVEN)


def test_a_skill_over_the_clock_names_the_clock() -> None:
    sentence = skill_sentence(MeasuredSkill(0.02, 0.01, 0.03, 900), CLOCK)
    assert sentence.endswith("n = 900): better than a table of coin and hour of the week.")


def test_a_timing_that_the_clock_may_know_as_well_is_never_called_proven_alone() -> None:
    note = Finding(Verdict.NO_SKILL, Severity.NOTE, NotOverTheClock(UNPROVEN))
    doubted = Trust((note,), PROVEN, UNPROVEN)
    assert timing_word(Trust((), PROVEN, UNPROVEN)) == "proven"
    assert timing_word(doubted) == "proven, not over the clock"
    assert "not over the clock" in (skills(doubted) or {})["timing"]
