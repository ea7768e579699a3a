"""A rule fires once for each time that a signal changes into it, and ends below the level at which it began."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alerts.states import NORMAL, Event, Seen, Standing, State, step

M, H, L, S, U = Seen.MEETS, Seen.HOLDS, Seen.LEAVES, Seen.SILENT, Seen.UNREADABLE


def walked(
    seen: list[Seen], wanted: int = 1, begin: Standing | None = NORMAL
) -> list[tuple[State | None, Event | None]]:
    """State and event after each candle."""
    steps, standing = [], begin
    for each in seen:
        standing, event = step(standing, each, wanted)
        steps.append((None if standing is None else standing.state, event))
    return steps


@pytest.mark.parametrize(
    ("seen", "state", "event"),
    [
        ([M], State.FIRING, Event.FIRED),
        ([M, M], State.FIRING, None),
        ([H], State.NORMAL, None),
        ([M, H], State.RECOVERING, None),
        ([M, H, M], State.FIRING, None),
        ([M, H, L], State.NORMAL, Event.ENDED),
        ([M, S], State.NO_DATA, Event.WENT_SILENT),
        ([M, S, S], State.NO_DATA, None),
        ([M, S, M], State.FIRING, None),
        ([M, S, L], State.NORMAL, Event.ENDED),
        ([L, S, M], State.FIRING, Event.FIRED),
        ([L, U], State.ERROR, None),
    ],
)
def test_each_candle_makes_the_step_that_it_should(seen: list[Seen], state: State, event: Event | None) -> None:
    assert walked(seen)[-1] == (state, event)


def test_a_rule_that_wants_three_candles_is_pending_until_the_third_in_a_row() -> None:
    assert walked([M, M, H, M, M, M], wanted=3) == [
        (State.PENDING, None),
        (State.PENDING, None),
        (State.NORMAL, None),
        (State.PENDING, None),
        (State.PENDING, None),
        (State.FIRING, Event.FIRED),
    ]


def test_what_meets_a_rule_when_it_is_looked_at_first_does_not_fire() -> None:
    assert walked([S, M, M, L, M], begin=None) == [
        (None, None),
        (State.FIRING, None),
        (State.FIRING, None),
        (State.NORMAL, Event.ENDED),
        (State.FIRING, Event.FIRED),
    ]


@given(st.lists(st.sampled_from(Seen), max_size=60), st.integers(1, 4), st.sampled_from([None, NORMAL]))
def test_whatever_comes_firing_and_ending_alternate_and_firing_follows_enough_candles(
    seen: list[Seen], wanted: int, begin: Standing | None
) -> None:
    steps = walked(seen, wanted, begin)
    turns = [event for _, event in steps if event in {Event.FIRED, Event.ENDED}]
    assert all(one is not other for one, other in pairwise(turns))
    for place, (_, event) in enumerate(steps):
        if event is Event.FIRED:
            assert seen[place - wanted + 1 : place + 1] == [M] * wanted
        if event is Event.ENDED:
            assert seen[place] is L


def test_a_state_that_cannot_be_cannot_be_written() -> None:
    for state, fired, candles in ((State.FIRING, False, 0), (State.NORMAL, True, 0), (State.PENDING, False, 0)):
        with pytest.raises(ValueError, match="Nothing stands as"):
            Standing(state, fired, candles)
