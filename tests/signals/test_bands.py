"""What may be said of a move and of a side."""

from __future__ import annotations

import pytest

from core.domain import Direction
from core.findings import Trust
from core.measured import MeasuredSkill
from core.model.scores import LIKELY
from core.prediction import Prediction
from core.signals.bands import (
    CLEAR_SIDE,
    Band,
    SideStrength,
    band_of,
    likelier_side,
    side_margin,
    side_strength,
)
from tests.pages.predictions import prediction

USUAL = 0.65
PROVEN, UNPROVEN, WORSE = (MeasuredSkill(skill, skill - 0.02, skill + 0.02, 1000) for skill in (0.05, 0.01, -0.05))


def called(move: float = USUAL, long: float = 0.5, side: MeasuredSkill | None = PROVEN) -> Prediction:
    """A prediction of a move, of which ``long`` goes to LONG."""
    shares = {Direction.LONG: move * long, Direction.NO_TRADE: 1 - move, Direction.SHORT: move * (1 - long)}
    return prediction(probabilities=shares, usual_move_probability=USUAL, trust=Trust((), None, side))


def test_a_move_is_likely_or_quiet_from_the_same_distance_on() -> None:
    nearly = LIKELY - 0.001
    assert [band_of(called(USUAL + by)) for by in (LIKELY + 1e-9, nearly, 0, -nearly, -LIKELY - 1e-9)] == [
        Band.LIKELY,
        Band.USUAL,
        Band.USUAL,
        Band.USUAL,
        Band.QUIET,
    ]


@pytest.mark.parametrize("side", [None, UNPROVEN, WORSE])
@pytest.mark.parametrize("long", [0.0, 0.3, 0.5, 0.9, 1.0])
def test_a_side_that_is_not_proven_is_unclear_however_far_apart_the_two_are(
    side: MeasuredSkill | None, long: float
) -> None:
    assert side_strength(called(long=long, side=side)) is SideStrength.UNCLEAR


@pytest.mark.parametrize(
    ("long", "strength"),
    [
        (0.5, SideStrength.UNCLEAR),
        (0.504, SideStrength.UNCLEAR),
        (0.52, SideStrength.LEANS),
        (0.48, SideStrength.LEANS),
        (CLEAR_SIDE + 1e-9, SideStrength.CLEAR),
        (1 - CLEAR_SIDE - 1e-9, SideStrength.CLEAR),
    ],
)
def test_a_proven_side_leans_until_the_two_are_apart(long: float, strength: SideStrength) -> None:
    assert side_strength(called(long=long)) is strength


def test_the_likelier_side_and_how_far_it_is_ahead() -> None:
    assert likelier_side(called(long=0.6)) is Direction.LONG
    assert likelier_side(called(long=0.3)) is Direction.SHORT
    assert side_margin(called(long=0.3)) == pytest.approx(0.4)


def test_where_no_move_is_possible_no_side_is_ahead() -> None:
    still = called(move=0.0)
    assert (side_margin(still), side_strength(still)) == (0, SideStrength.UNCLEAR)
