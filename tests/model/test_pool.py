"""The two questions and the three classes say the same, and pooling weighs each question by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.pool import pooled_logits, three_logits, timing_and_side

LOGITS = st.lists(st.floats(-20, 20), min_size=3, max_size=3).map(lambda values: np.array([values]))
ONE = st.floats(-20, 20).map(lambda value: np.array([value]))


def probabilities(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def sigmoid(logit):
    return 1 / (1 + np.exp(-logit))


@given(logits=LOGITS)
def test_timing_and_side_are_the_probability_of_a_move_and_of_long_given_one(logits):
    (short, _, long), (timing, side) = probabilities(logits)[0], timing_and_side(logits)
    assert sigmoid(timing)[0] == pytest.approx(short + long, abs=1e-9)
    assert sigmoid(side)[0] == pytest.approx(long / (short + long), abs=1e-9)


@given(logits=LOGITS)
def test_three_logits_put_together_again_give_the_same_probabilities(logits):
    np.testing.assert_allclose(probabilities(three_logits(*timing_and_side(logits))), probabilities(logits), atol=1e-9)


@given(network=LOGITS, timing=ONE, side=ONE, timing_share=st.floats(0, 1), side_share=st.floats(0, 1))
def test_each_question_is_the_weighted_geometric_mean_of_both_answers(network, timing, side, timing_share, side_share):
    pooled = timing_and_side(pooled_logits(network, timing, side, timing_share, side_share))
    own = timing_and_side(network)
    for got, mine, theirs, share in zip(pooled, own, (timing, side), (timing_share, side_share), strict=True):
        odds = sigmoid(mine) ** share * sigmoid(theirs) ** (1 - share)
        against = sigmoid(-mine) ** share * sigmoid(-theirs) ** (1 - share)
        assert sigmoid(got) == pytest.approx(odds / (odds + against), abs=1e-9)


@given(network=LOGITS, timing=ONE)
def test_trees_that_answer_when_alone_leave_the_side_to_the_network(network, timing):
    pooled = pooled_logits(network, timing, None, 0.5, 1.0)
    np.testing.assert_allclose(timing_and_side(pooled)[1], timing_and_side(network)[1], atol=1e-9)


def test_every_candle_can_have_shares_of_its_own():
    share = np.array([0.25, 1.0])
    pooled = pooled_logits(np.zeros((2, 3)), np.zeros(2), np.ones(2), share, share)
    timing, side = timing_and_side(pooled)
    assert timing == pytest.approx([0.25 * np.log(2), np.log(2)])
    assert side == pytest.approx([0.75, 0.0])
