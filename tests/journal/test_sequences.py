"""Confidence sequences hold the truth at all times together, from the fifth block on, and say how long it still takes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.journal.sequences import ALPHA, LEAST_BLOCKS, Sequences, deviations, more_blocks
from tests.laws import tried

RUNS, DAYS = 800, 120


def days(kind: str) -> np.ndarray:
    """Daily differences without any skill, (RUNS, DAYS): their mean is 0, whatever else they are."""
    rng = np.random.default_rng(1)
    wild = rng.standard_t(4, size=(RUNS, DAYS + 1))
    match kind:
        case "heavy tails":
            return wild[:, 1:]
        case "labels that reach into the next block":
            return wild[:, 1:] + 0.22 * wild[:, :-1]
        case "storms and calms":
            return np.exp(0.08 * np.cumsum(rng.normal(size=(RUNS, DAYS)), axis=1)) * rng.normal(size=(RUNS, DAYS))
    return rng.gamma(4, size=(RUNS, DAYS)) - 4  # some good days and many that are a little bad


@pytest.mark.parametrize(
    "kind", ["heavy tails", "labels that reach into the next block", "storms and calms", "lopsided"]
)
def test_whoever_looks_every_day_is_misled_in_five_cases_of_a_hundred_at_most(kind: str) -> None:
    sequences = Sequences.of(days(kind), np.ones((RUNS, DAYS)))
    ever_wrong = (np.abs(sequences.mean) > sequences.half_width()).any(axis=1)
    assert ever_wrong.mean() <= ALPHA


def test_an_interval_for_one_look_would_mislead_many_more() -> None:
    sequences = Sequences.of(days("heavy tails"), np.ones((RUNS, DAYS)))
    ever_wrong = (np.abs(sequences.mean) > 1.96 * sequences.error)[:, LEAST_BLOCKS:].any(axis=1)
    assert ever_wrong.mean() > 4 * ALPHA


@pytest.mark.parametrize("kind", ["heavy tails", "labels that reach into the next block", "storms and calms"])
def test_false_alarms_are_as_rare_as_their_level(kind: str) -> None:
    level = 0.01
    sequences = Sequences.of(days(kind), np.ones((RUNS, DAYS)))
    assert (sequences.mean > sequences.reach_below(level)).any(axis=1).mean() <= level


@pytest.mark.slow
def test_a_difference_that_is_there_is_found_and_sooner_where_it_is_larger() -> None:
    found = []
    for skill in (0.8, 1.6):
        sequences = Sequences.of(days("heavy tails") + skill, np.ones((RUNS, DAYS)))
        proven = sequences.mean > sequences.half_width()
        assert proven.any(axis=1).mean() > 0.95
        found.append(proven.argmax(axis=1)[proven.any(axis=1)].mean())
    assert found[1] < found[0] / 2


def test_nothing_is_said_before_the_fifth_block() -> None:
    half = Sequences.of(days("lopsided")[:3, :6], np.ones((3, 6))).half_width()
    assert np.isinf(half[:, : LEAST_BLOCKS - 1]).all()
    assert np.isfinite(half[:, LEAST_BLOCKS - 1 :]).all()


sums = st.lists(st.tuples(st.floats(-3, 3), st.integers(0, 40)), min_size=1, max_size=25)


@given(sums)
@tried(60)
def test_a_sequence_that_grows_says_what_a_fresh_one_does(blocks: list[tuple[float, int]]) -> None:
    x, w = np.array([[mean * n for mean, n in blocks]]), np.array([[float(n) for _, n in blocks]])
    grown = Sequences.of(x, w)
    for n in range(1, len(blocks) + 1):
        fresh = Sequences.ends_of(x[:, :n], w[:, :n])
        assert fresh.mean[0, -1] == pytest.approx(grown.mean[0, n - 1])
        assert fresh.blocks[0, -1] == grown.blocks[0, n - 1]
        assert fresh.error[0, -1] == pytest.approx(grown.error[0, n - 1], rel=1e-3, abs=1e-6)


def test_a_day_of_one_signal_weighs_next_to_nothing() -> None:
    x, w = np.array([[96 * 0.1, 96 * 0.3, 96 * 0.2]]), np.full((1, 3), 96.0)
    with_one = Sequences.ends_of(np.append(x, [[5.0]], axis=1), np.append(w, [[1.0]], axis=1))
    assert with_one.mean[0, 0] == pytest.approx(0.2, abs=0.02)
    assert with_one.blocks[0, 0] == 3


def test_an_empty_day_changes_nothing() -> None:
    x, w = np.array([[1.0, 2.0, 4.0, 3.0, 2.0, 5.0]]), np.full((1, 6), 2.0)
    without = Sequences.ends_of(x, w)
    with_empty = Sequences.ends_of(np.insert(x, 6, 0.0, axis=1), np.insert(w, 6, 0.0, axis=1))
    assert with_empty.half_width() == pytest.approx(without.half_width())


@given(st.integers(LEAST_BLOCKS, 400), st.floats(0.01, 2.0))
@tried(60)
def test_after_as_many_blocks_more_as_are_said_the_interval_leaves_zero_and_not_one_sooner(
    blocks: int, error: float
) -> None:
    mean, of_one = 0.3, error * np.sqrt(blocks)

    def reaches(n: int) -> bool:
        return bool(deviations(np.array(float(n))) * of_one / np.sqrt(n) >= mean)

    more = more_blocks(blocks, mean, error)
    if more is None:
        assert reaches(36_525)
    else:
        assert not reaches(blocks + more)
        assert more == 0 or reaches(blocks + more - 1)


def test_nobody_is_told_how_long_to_wait_for_what_does_not_come() -> None:
    assert more_blocks(50, -0.01, 0.1) is None
    assert more_blocks(50, 0.0, 0.1) is None
    assert more_blocks(LEAST_BLOCKS - 1, 0.5, 0.1) is None
    assert more_blocks(50, 1e-9, 0.1) is None
