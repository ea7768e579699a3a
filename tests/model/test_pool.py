"""Weighing logits is the weighted geometric mean of probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.pool import pooled_logits

LOGITS = st.lists(st.floats(-20, 20), min_size=3, max_size=3).map(lambda values: np.array([values]))


def probabilities(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


@given(network=LOGITS, trees=LOGITS, share=st.floats(0, 1))
def test_pooled_probabilities_are_the_weighted_geometric_mean_of_both(network, trees, share):
    mean = probabilities(network) ** share * probabilities(trees) ** (1 - share)
    pooled = probabilities(pooled_logits(network, trees, share))
    np.testing.assert_allclose(pooled, mean / mean.sum(axis=1, keepdims=True), atol=1e-12)


@given(network=LOGITS, trees=LOGITS)
def test_all_of_the_share_leaves_the_network_alone_and_none_of_it_the_trees(network, trees):
    np.testing.assert_array_equal(pooled_logits(network, trees, 1), network)
    np.testing.assert_array_equal(pooled_logits(network, trees, 0), trees)


def test_every_candle_can_have_a_share_of_its_own():
    pooled = pooled_logits(np.zeros((2, 3)), np.ones((2, 3)), np.array([[0.25], [1.0]]))
    assert pooled == pytest.approx(np.array([[0.75] * 3, [0.0] * 3]))
