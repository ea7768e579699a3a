"""Timeframes vote with their confidence; the longest that takes a side can veto; weak models do not vote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Direction, Timeframe
from core.findings import Finding, NeverTested, NoProvenSkill, Severity, Trust, Verdict
from core.signals.confluence import confluence
from core.wording.result import confluence_json
from core.wording.sentences import confluence_sentence
from tests.pages.predictions import prediction

WEAK = Trust((Finding(Verdict.WEAK_MODEL, Severity.CRITICAL, NeverTested()),))


def call(direction, confidence=0.5, trust=Trust()):  # noqa: B008 - Trust is frozen
    direction = Direction(direction)
    return prediction(direction, probabilities={direction: confidence}, trust=trust)


def test_four_timeframes_that_agree_score_their_confidence():
    result = confluence({tf: call("LONG", 0.5) for tf in Timeframe})
    assert (result.score, result.direction, result.agreement) == (0.5, Direction.LONG, 1.0)
    assert result.veto is None


def test_a_longer_timeframe_against_the_lean_of_the_shorter_ones_vetoes_them():
    result = confluence(
        {
            Timeframe.M15: call("LONG", 0.9),
            Timeframe.H1: call("LONG", 0.9),
            Timeframe.H4: call("LONG", 0.9),
            Timeframe.D1: call("SHORT", 0.4),
        }
    )
    assert result.score > 0
    assert result.direction is Direction.NO_TRADE
    assert "1d calls SHORT at 40%" in confluence_json(result)["veto"]


def test_a_higher_timeframe_without_a_side_vetoes_nothing():
    result = confluence({Timeframe.M15: call("LONG"), Timeframe.D1: call("NO_TRADE")})
    assert result.veto is None
    assert result.direction is Direction.LONG


def test_a_weak_model_is_not_counted_and_is_named():
    result = confluence({Timeframe.M15: call("LONG"), Timeframe.D1: call("SHORT", 0.9, WEAK)})
    assert result.direction is Direction.LONG
    assert result.ignored == (Timeframe.D1,)
    assert "weak model: 1d" in confluence_sentence(result)


def test_a_doubtful_model_is_counted_and_named():
    doubt = Trust((Finding(Verdict.NO_SKILL, Severity.WARNING, NoProvenSkill(0.01, -0.01, 0.03, 1000)),))
    result = confluence({Timeframe.H4: call("LONG", trust=doubt)})
    assert confluence_sentence(result) == "LONG on 4h: 1 of 1 counted timeframes. Doubtful: 4h."


def test_with_nothing_to_count_there_is_no_side_and_a_sentence_says_why():
    assert "no timeframe has a prediction" in confluence_sentence(confluence({}))
    only_weak = confluence({Timeframe.H1: call("LONG", trust=WEAK), Timeframe.H4: None})
    assert only_weak.direction is Direction.NO_TRADE
    assert "the models of 1h are weak" in confluence_sentence(only_weak)


calls = st.dictionaries(
    st.sampled_from(list(Timeframe)),
    st.builds(call, st.sampled_from(list(Direction)), st.floats(0.34, 1), st.sampled_from([Trust(), WEAK])),
)


@given(calls)
def test_the_score_stays_between_minus_one_and_one_and_its_parts_between_zero_and_one(predictions):
    result = confluence(predictions)
    assert -1 <= result.score <= 1
    assert 0 <= result.agreement <= 1
    assert set(result.counted) | set(result.ignored) == set(predictions)


@given(calls)
def test_turning_every_call_around_turns_the_score_around(predictions):
    flip = {"LONG": "SHORT", "SHORT": "LONG", "NO_TRADE": "NO_TRADE"}
    turned = {tf: call(flip[p.direction], p.confidence, p.trust) for tf, p in predictions.items()}
    assert confluence(turned).score == pytest.approx(-confluence(predictions).score)
