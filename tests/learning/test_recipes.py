from __future__ import annotations

import pytest

from core.domain import Timeframe
from core.learning.recipes import RECIPES, Besides

M15, H1, H4, D1 = Timeframe.M15, Timeframe.H1, Timeframe.H4, Timeframe.D1


def test_every_timeframe_has_a_recipe() -> None:
    assert set(RECIPES) == set(Timeframe)


@pytest.mark.parametrize("timeframe", list(Timeframe))
def test_no_timeframe_learns_from_its_own_candles_twice(timeframe: Timeframe) -> None:
    for besides in RECIPES[timeframe].besides:
        own = besides.made is timeframe and not besides.spot
        assert not (own and 0 in besides.shifts)
        assert besides.made.milliseconds % besides.recorded.milliseconds == 0
        assert max(besides.shifts) < besides.made.milliseconds // besides.recorded.milliseconds


def test_shifted_candles_open_at_all_times_but_those_that_are_learned_from_anyhow() -> None:
    assert Besides(H1, H4, shifted=True).shifts == (1, 2, 3)
    assert Besides(M15, H1, shifted=True, spot=True).shifts == (0, 1, 2, 3)
    assert len(Besides(H1, D1, shifted=True).shifts) == 23
    assert Besides(H4, H4).shifts == (0,)
