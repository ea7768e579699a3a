"""Few training windows stand for all: their answers spread and average as all of them do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.background import background_rows
from core.model.background import BACKGROUND_WINDOWS
from core.model.probabilities import share_of_long


def answers(count: int, seed: int) -> np.ndarray:
    """Probabilities (count, 3): the more of a move, the less sure of its side."""
    rng = np.random.default_rng(seed)
    move = rng.beta(6, 3, size=count)
    long = np.clip(0.5 + rng.normal(size=count) * 0.1 * (1 - move), 0.01, 0.99)
    return np.stack([move * (1 - long), 1 - move, move * long], axis=1)


@given(count=st.integers(16, 400), seed=st.integers(0, 2**32 - 1))
def test_each_sixteenth_of_the_windows_by_p_move_has_one(count: int, seed: int) -> None:
    made = answers(count, seed)
    rows = background_rows(made)
    rank = np.empty(count, dtype=int)
    for place, part in enumerate(np.array_split(np.argsort(1 - made[:, 1], kind="stable"), BACKGROUND_WINDOWS)):
        rank[part] = place
    assert rank[rows].tolist() == list(range(BACKGROUND_WINDOWS))


@pytest.mark.parametrize("seed", range(5))
def test_the_means_of_both_answers_are_those_over_all_windows(seed: int) -> None:
    made = answers(20_000, seed)
    kept = made[background_rows(made)]
    assert (1 - kept[:, 1]).mean() == pytest.approx((1 - made[:, 1]).mean(), abs=0.01)
    assert share_of_long(kept).mean() == pytest.approx(share_of_long(made).mean(), abs=0.005)
    assert share_of_long(kept).std() == pytest.approx(share_of_long(made).std(), rel=0.3)


def test_the_same_answers_keep_the_same_windows_even_where_all_are_alike() -> None:
    alike = np.tile([0.3, 0.4, 0.3], (50, 1))
    assert background_rows(alike).tolist() == background_rows(alike).tolist()
    assert len(set(background_rows(alike).tolist())) == BACKGROUND_WINDOWS


def test_fewer_windows_than_a_background_takes_are_refused() -> None:
    with pytest.raises(ValueError, match="takes 16 training windows, got 15"):
        background_rows(answers(15, 0))
