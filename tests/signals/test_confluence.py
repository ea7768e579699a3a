"""Timeframes vote with their confidence; the longest that takes a side can veto; weak models do not vote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Direction, Timeframe
from core.findings import Finding, NeverTested, NoProvenSkill, Severity, SkilledUnderTheLine, Trust, Verdict
from core.measured import MeasuredSkill
from core.signals.confluence import confluence
from core.wording.confluence import confluence_in_short
from core.wording.result import confluence_json
from core.wording.sentences import confluence_sentence
from core.wording.style import TYPESET
from tests.pages.predictions import measured, prediction

WEAK = Trust((Finding(Verdict.WEAK_MODEL, Severity.CRITICAL, NeverTested()),))


PROVEN, UNPROVEN, WORSE = (MeasuredSkill(0.0, low, low + 0.02, 1000) for low in (0.01, -0.01, -0.05))


def call(direction, confidence=0.5, trust=Trust()):  # noqa: B008 - Trust is frozen
    direction = Direction(direction)
    shares = {each: confidence if each is direction else (1 - confidence) / 2 for each in Direction}
    return prediction(direction, probabilities=shares, trust=trust)


def moving(share, trust):
    rest = {Direction.LONG: share / 2, Direction.SHORT: share / 2}
    return prediction(probabilities={Direction.NO_TRADE: 1 - share} | rest, trust=trust)


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


def test_calls_and_sides_that_contradict_each_other_say_so_with_what_each_counts():
    """One timeframe calls SHORT; the others call no side, and lean to LONG given a move."""
    leaning = {Direction.NO_TRADE: 0.4, Direction.LONG: 0.38, Direction.SHORT: 0.22}
    result = confluence(
        {Timeframe.M15: call("SHORT", 0.4)}
        | {
            tf: prediction(Direction.NO_TRADE, probabilities=leaning)
            for tf in (Timeframe.H1, Timeframe.H4, Timeframe.D1)
        }
    )
    assert (result.direction, result.side.leaning) == (Direction.SHORT, Direction.LONG)
    assert confluence_json(result)["apart_from_side"] is True
    assert confluence_sentence(result) == (
        "Calls SHORT on 15m: 1 of 4 that count. By P(LONG | move), which counts timeframes that call no "
        "side as well, LONG is likelier: the two disagree, so neither is a direction to rely on."
    )
    agreeing = confluence({tf: call("LONG", 0.5) for tf in Timeframe})
    assert confluence_json(agreeing)["apart_from_side"] is False
    assert confluence_sentence(agreeing) == "Calls LONG on 15m, 1h, 4h, 1d: 4 of 4 that count."


def test_a_timeframe_that_calls_the_other_side_is_named():
    result = confluence({Timeframe.M15: call("SHORT", 0.4), Timeframe.H1: call("LONG", 0.5)})
    assert confluence_sentence(result) == "Calls LONG on 1h: 1 of 2 that count. Against it: 15m."
    assert confluence_in_short(result, TYPESET) == "Calls LONG on 1h: 1 of 2 that count. Against it: 15m."


def test_a_doubtful_model_is_counted_and_named():
    doubt = Trust((Finding(Verdict.NO_SKILL, Severity.WARNING, NoProvenSkill(UNPROVEN)),))
    result = confluence({Timeframe.H4: call("LONG", trust=doubt)})
    assert confluence_sentence(result) == "Calls LONG on 4h: 1 of 1 that count. Doubtful: 4h."


def test_a_note_makes_no_model_doubtful():
    note = SkilledUnderTheLine(measured(0.38), 0.40, PROVEN)
    noted = Trust((Finding(Verdict.TRUSTED, Severity.NOTE, note),))
    result = confluence({Timeframe.H4: call("LONG", trust=noted)})
    assert confluence_sentence(result) == "Calls LONG on 4h: 1 of 1 that count."


@pytest.mark.parametrize("only", list(Timeframe))
def test_one_sure_timeframe_of_four_does_not_outrank_four_that_agree(only):
    alone = confluence({tf: call("LONG", 0.9) if tf is only else call("LONG", 0.9, WEAK) for tf in Timeframe})
    without_the_rest = confluence({only: call("LONG", 0.9)})
    four = confluence({tf: call("LONG", 0.45) for tf in Timeframe})
    assert alone.score == without_the_rest.score < four.score
    assert alone.agreement < four.agreement == 1
    assert alone.side.agreement < four.side.agreement == 1


def test_when_and_which_way_agree_apart_from_each_other():
    """Everywhere a move is likely, and the sides speak against each other."""
    long = {Direction.LONG: 0.6, Direction.NO_TRADE: 0.1, Direction.SHORT: 0.3}
    short = {Direction.LONG: 0.3, Direction.NO_TRADE: 0.1, Direction.SHORT: 0.6}
    shares = {Timeframe.M15: long, Timeframe.H1: short, Timeframe.H4: short, Timeframe.D1: long}
    result = confluence({tf: prediction(probabilities=each) for tf, each in shares.items()})
    assert result.move.score == pytest.approx(0.9 - 0.65)
    assert (result.move.likelier, result.move.agreement) == (tuple(Timeframe), 1.0)
    assert result.side.score == pytest.approx(0)


def test_a_quiet_candle_is_likelier_nowhere_and_may_still_lean():
    quiet = {Direction.LONG: 0.2, Direction.NO_TRADE: 0.7, Direction.SHORT: 0.1}
    result = confluence({tf: prediction(Direction.NO_TRADE, probabilities=quiet) for tf in Timeframe})
    assert result.direction is Direction.NO_TRADE
    assert result.move.score == pytest.approx(0.3 - 0.65)
    assert (result.move.likelier, result.move.agreement) == ((), 0)
    assert result.side.score == pytest.approx(1 / 3)
    assert (result.side.leaning, result.side.agreement) == (Direction.LONG, 1.0)


def test_each_question_counts_the_models_that_do_not_answer_it_worse_than_the_class_frequencies():
    trusts = {
        Timeframe.M15: Trust(timing=PROVEN, side=WORSE),
        Timeframe.H1: Trust(timing=WORSE, side=PROVEN),
        Timeframe.H4: Trust(timing=UNPROVEN, side=UNPROVEN),
        Timeframe.D1: Trust(WEAK.findings, timing=PROVEN, side=PROVEN),
    }
    result = confluence({tf: call("LONG", trust=trust) for tf, trust in trusts.items()})
    assert result.counted == (Timeframe.M15, Timeframe.H1, Timeframe.H4)
    assert (result.move.counted, result.move.proven) == ((Timeframe.M15, Timeframe.H4), (Timeframe.M15,))
    assert (result.side.counted, result.side.proven) == ((Timeframe.H1, Timeframe.H4), (Timeframe.H1,))
    assert confluence_sentence(result.move) == (
        "A move is expected on 15m, 4h: 2 of 2 that count. Timing is proven on 15m."
    )
    assert confluence_sentence(result.side) == (
        "If it moves, LONG is likelier on 1h, 4h: 2 of 2 that count. The side is proven on 1h."
    )


def test_a_move_is_expected_only_where_it_is_clearly_likelier_and_proven_timeframes_have_a_score_of_their_own():
    by = {Timeframe.M15: 0.02, Timeframe.H1: 0.10, Timeframe.H4: -0.01, Timeframe.D1: 0.20}
    trusts = {tf: Trust(timing=UNPROVEN if tf is Timeframe.D1 else PROVEN) for tf in Timeframe}
    result = confluence({tf: moving(0.65 + more, trusts[tf]) for tf, more in by.items()})
    assert result.move.expected == (Timeframe.H1, Timeframe.D1)
    assert result.move.proven_score == pytest.approx((1 * 0.02 + 2 * 0.10 - 3 * 0.01) / 10)
    assert confluence_sentence(result.move) == (
        "A move is expected on 1h, 1d: 2 of 4 that count. Likelier than usual, but by too little to expect one, on 15m. "
        "Timing is proven on 15m, 1h, 4h."
    )


def test_of_both_questions_it_is_said_where_nothing_can_be():
    nothing = confluence({Timeframe.H1: call("LONG", trust=WEAK)})
    assert confluence_sentence(nothing.move) == "No timeframe can say whether a move is likelier than usual."
    assert confluence_sentence(nothing.side) == "No timeframe can say which way a move would go."
    even = confluence({tf: call("NO_TRADE", trust=Trust(timing=PROVEN, side=UNPROVEN)) for tf in Timeframe})
    assert confluence_sentence(even.side) == (
        "If it moves, they lean to neither side. The side is proven on none of them."
    )
    assert confluence_sentence(even.move).endswith(" Timing is proven on all of them.")


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
    assert -1 <= result.move.score <= 1
    assert -1 <= result.side.score <= 1
    assert 0 <= result.move.agreement <= 1
    assert 0 <= result.side.agreement <= 1
    assert set(result.counted) | set(result.ignored) == set(predictions)


@given(calls)
def test_turning_every_call_around_turns_the_score_around(predictions):
    flip = {"LONG": "SHORT", "SHORT": "LONG", "NO_TRADE": "NO_TRADE"}
    turned = {tf: call(flip[p.direction], p.confidence, p.trust) for tf, p in predictions.items()}
    once, twice = confluence(predictions), confluence(turned)
    assert twice.score == pytest.approx(-once.score)
    assert twice.side.score == pytest.approx(-once.side.score)
    assert twice.move == once.move
