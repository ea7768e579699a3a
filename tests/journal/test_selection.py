"""Sums by group and block take the memory of the blocks in which something is, and neighbours stay neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.journal.selection import Tally
from core.journal.sequences import Sequences
from tests.laws import tried

HUNDRED_YEARS = 36_500


@pytest.mark.slow
@tried(40)
@given(blocks=st.lists(st.integers(0, 60), min_size=1, max_size=40), seed=st.integers(0, 100))
def test_figures_are_those_of_a_tally_that_holds_every_empty_block(blocks: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    block, sums = np.array(blocks), np.array([rng.normal(size=len(blocks)), np.ones(len(blocks))])
    tally = Tally(sums, np.zeros_like(block), 1, block)
    whole = np.array([np.bincount(block, each) for each in sums])[:, None]
    short, long = Sequences.ends_of(tally[0], tally[1]), Sequences.ends_of(whole[0], whole[1])
    for figure in ("blocks", "mean", "error"):
        np.testing.assert_allclose(getattr(short, figure), getattr(long, figure))
    at = dict(zip(tally.numbers.tolist(), tally[1][0].tolist(), strict=True))
    assert [at[number] for number in sorted(set(blocks))] == [blocks.count(number) for number in sorted(set(blocks))]


def test_a_lone_signal_a_hundred_years_away_costs_no_memory_for_the_days_between() -> None:
    block = np.array([0, 1, 2, HUNDRED_YEARS])
    tally = Tally(np.ones((37, 4)), np.arange(4), 136, block)
    assert tally[0].shape == (136, 5)
    assert tally.numbers[[0, 1, 2, 4]].tolist() == [0, 1, 2, HUNDRED_YEARS]


def test_of_no_signal_there_is_one_empty_block() -> None:
    tally = Tally(np.ones((1, 0)), np.zeros(0, dtype=np.int64), 3, np.zeros(0, dtype=np.int64))
    assert tally[0].tolist() == [[0.0], [0.0], [0.0]]
