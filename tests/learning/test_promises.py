from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.learning.chance import errors_by_chance, fates
from core.learning.evaluation import evaluate
from core.learning.promises import Answers, Measured, answers_when, answers_which_way, both_promises, measure
from core.model.metrics import Evaluation
from core.model.probabilities import calibration_error
from core.model.promises import RELIABILITY_BINS, bin_of
from tests.laws import tried

N = 2000
BLOCKS = np.arange(N) // 96
THIRDS = np.full((N, 3), 1 / 3)


def probabilities(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet([3, 3, 3], size=N)


def drawn(p: np.ndarray, seed: int = 1) -> np.ndarray:
    """Labels that happen as often as promised, each candle by itself."""
    return (np.random.default_rng(seed).random((len(p), 1)) > p.cumsum(axis=1)).sum(axis=1).clip(0, 2)


def alone(answers: Answers) -> Measured:
    """Answers of a single coin."""
    return measure(answers, answers.rows, np.zeros(len(answers.rows), dtype=int))


def whole_test(p: np.ndarray, labels: np.ndarray) -> Evaluation:
    """What training writes of a test, as whoever reads metrics.json checks it."""
    blocks = np.arange(len(labels)) // 96
    return Evaluation.model_validate(
        evaluate(p, labels, blocks, THIRDS[0], np.full_like(p, 1 / 3)) | both_promises(p, labels, blocks)
    )


def test_both_questions_are_told_of_every_candle_that_asked_them() -> None:
    labels = drawn(probabilities())
    test = whole_test(probabilities(), labels)
    assert test.move is not None and test.side is not None
    assert (test.move.n, test.side.n) == (N, (labels != 1).sum())
    assert test.move.came_true == pytest.approx((labels != 1).mean())
    assert test.side.came_true == pytest.approx((labels == 2).sum() / (labels != 1).sum())


def test_promises_that_are_kept_lie_in_their_bands_and_boasting_does_not() -> None:
    p = probabilities()
    kept, boast = whole_test(p, drawn(p)).move, whole_test(p, drawn(THIRDS)).move
    assert kept is not None and boast is not None
    assert kept.ece < kept.ece_by_chance.p95
    assert boast.ece > 1.5 * boast.ece_by_chance.p95
    wide = [b for b in kept.reliability if b.n > 100 and b.interval and b.promised]
    assert all(b.interval[0] - 0.02 <= b.promised <= b.interval[1] + 0.02 for b in wide if b.interval and b.promised)


def test_the_error_is_that_over_the_bins() -> None:
    p, labels = probabilities(), drawn(probabilities(2))
    answers = answers_when(p, labels, BLOCKS)
    number = bin_of(answers.promised)
    groups = [number == place for place in np.unique(number)]
    by_hand = calibration_error(
        [g.sum() for g in groups], [answers.promised[g].mean() for g in groups], [answers.happened[g].mean() for g in groups]
    )  # fmt: skip
    measured = alone(answers)
    assert measured.ece == pytest.approx(by_hand)
    assert list(measured.bins) == sorted(np.unique(number))


def test_where_no_barrier_was_touched_nobody_asked_which_one() -> None:
    test = whole_test(probabilities(), np.ones(N, dtype=int))
    assert test.side is None
    assert test.move is not None
    assert test.move.came_true == 0


def test_of_a_certain_and_wrong_model_every_figure_is_finite() -> None:
    test = whole_test(np.tile([0.0, 1.0, 0.0], (50, 1)), np.full(50, 2))
    assert test.move is not None and test.side is not None
    assert test.move.ece == 1
    assert [b.promised for b in test.side.reliability if b.n] == [0.5]


@tried(15)
@given(n=st.integers(1, 60), seed=st.integers(0, 1000), sharp=st.sampled_from([0.02, 1.0, 50.0]))
def test_whatever_a_model_says_what_is_written_of_it_can_be_read(n: int, seed: int, sharp: float) -> None:
    rng = np.random.default_rng(seed)
    whole_test(rng.dirichlet([sharp] * 3, size=n), rng.integers(0, 3, n))


def test_a_bin_holds_its_upper_edge() -> None:
    edges = np.array([0.0, 1 / RELIABILITY_BINS, 1 / RELIABILITY_BINS + 1e-9, 1.0])
    assert bin_of(edges).tolist() == [0, 0, 1, RELIABILITY_BINS - 1]


# ---------------------------------------------------------------- what chance gives


def quietly_changing(n: int) -> np.ndarray:
    """Promises of neighbouring candles that are alike, as real ones are."""
    return 0.65 + 0.25 * np.sin(np.arange(n) / 300)


def errors(n: int, seed: int = 0) -> np.ndarray:
    return errors_by_chance(quietly_changing(n), np.arange(n), np.zeros(n, dtype=int), seed)


def test_chance_gives_the_less_error_the_longer_the_period() -> None:
    assert errors(300).mean() > 2 * errors(5000).mean()


def test_chance_gives_more_error_than_candles_would_that_knew_nothing_of_each_other() -> None:
    n = 2000
    up = quietly_changing(n)
    p = np.stack([1 - up, np.zeros(n), up], axis=1)
    apart = answers_which_way(p, drawn(p), np.arange(n))
    assert errors(n).mean() > 2 * alone(apart).ece


def test_the_same_candles_always_have_the_same_chance() -> None:
    assert (errors(300) == errors(300)).all()
    assert (errors(300) != errors(300, seed=1)).any()


def test_fates_of_neighbouring_candles_and_of_coins_go_together() -> None:
    drawn_fates = fates(np.random.default_rng(0), 20_000, 2)
    assert drawn_fates.std() == pytest.approx(1, abs=0.05)
    assert np.corrcoef(drawn_fates[:-1, 0], drawn_fates[1:, 0])[0, 1] == pytest.approx(15 / 16, abs=0.02)
    assert np.corrcoef(drawn_fates[:-16, 0], drawn_fates[16:, 0])[0, 1] == pytest.approx(0, abs=0.1)
    assert np.corrcoef(drawn_fates.T)[0, 1] == pytest.approx(0.7, abs=0.05)
