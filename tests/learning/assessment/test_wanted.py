from __future__ import annotations

from typing import Any

import pytest

from core.domain import Timeframe
from core.learning.assessment.wanted import WANTED, wanted_sentences, wanted_table
from core.model.evaluated import Evaluated
from tests.hand_made_models import evaluated


def wanted_text(timeframe: Timeframe, **published: Any) -> str:
    values = evaluated(timeframe)
    values["timeframes"][timeframe.value]["published"] |= published
    return wanted_sentences(Evaluated.model_validate(values))


def test_what_was_wanted_on_the_later_period_is_said_not_to_be_measured_here() -> None:
    assert [each.later_skill for each in WANTED.values()] == [0.041, 0.050, 0.029, 0.055]
    everything = Evaluated.model_validate(evaluated(*Timeframe))
    assert wanted_table(everything).count("not measured") == 4
    assert (
        "On a later period a skill of +0.041 at 15m, +0.050 at 1h, +0.029 at 4h, +0.055 at 1d was wanted. Its candles are kept "
        "aside and are not in this project, so it is not measured here."
    ) in wanted_sentences(everything)


@pytest.mark.parametrize(("most", "where"), [(27, "inside"), (26, "OUTSIDE")])
def test_a_miss_says_whether_chance_allows_what_was_wanted(most: int, where: str) -> None:
    text = wanted_text(Timeframe.D1, coins=31, above=25, above_interval=[17, most], skill=0.02)
    assert (
        f"Missed at 1d: 25 of 31 coins above climatology where 27 were wanted, which lies {where} what chance allows "
        f"(17 to {most})."
    ) in text


def test_what_was_reached_is_not_called_missed() -> None:
    reached = wanted_text(Timeframe.D1, skill=0.02, coins=31, above=27, above_interval=[17, 28])
    assert reached.startswith("- Nothing of it was missed.")
    assert "Missed at 1d: a skill of +0.0100 where +0.018 was wanted" in wanted_text(Timeframe.D1, skill=0.01)


def test_without_an_evaluation_nothing_is_said() -> None:
    assert wanted_sentences(None) == ""
