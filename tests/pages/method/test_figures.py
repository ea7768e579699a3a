from __future__ import annotations

import pytest

from core.domain import Timeframe
from core.learning.assessment.wanted import wanted_sentences, wanted_table
from core.model.evaluated import Evaluated, read_evaluation
from core.settings import PROJECT
from pages.components.method.figures import gains_text, promises_table, skills_table
from pages.components.method.text import NOT_MEASURED, sections
from pages.components.shared.usual_recipe import usual_recipe_sentence
from tests.hand_made_models import evaluated


@pytest.fixture(scope="module")
def measured() -> Evaluated:
    return Evaluated.model_validate(evaluated(Timeframe.M15, Timeframe.D1))


def test_both_recipes_stand_in_one_sentence_with_n_and_baseline(measured: Evaluated) -> None:
    text = usual_recipe_sentence(measured)
    assert "is right 37.0\u00a0% of the time while saying 73.8\u00a0%, a skill of −0.647" in text
    assert "the published models are right 39.6\u00a0% while saying 40.5\u00a0%, a skill of +0.030" in text
    assert (
        "the same 1,000 candles of 34 coins, on which always calling each coin's commonest class is right 35.0\u00a0%"
        in text
    )


def test_what_is_not_measured_is_said_to_be_so() -> None:
    only_1d = Evaluated.model_validate(evaluated(Timeframe.D1))
    assert "not measured at 15m yet" in usual_recipe_sentence(None)
    assert usual_recipe_sentence(only_1d) == usual_recipe_sentence(None)
    assert sum(NOT_MEASURED in section.body for section in sections(None)) == 2
    assert not any(NOT_MEASURED in section.body for section in sections(only_1d))


def test_the_tables_have_a_line_per_timeframe_that_was_measured(measured: Evaluated) -> None:
    for table in (skills_table(measured), promises_table(measured)):
        assert [line.split("|")[1].strip() for line in table.splitlines()] == ["Timeframe", "---", "15m", "1d"]
    assert "+0.030 (+0.020 to +0.040)" in skills_table(measured)
    assert "| 1.8 | 2.0, up to 4.0 | 1,000 |" in promises_table(measured)


def test_what_the_parts_are_worth_stands_with_n_or_with_the_reason_why_nobody_can_say(measured: Evaluated) -> None:
    values = evaluated(Timeframe.H4, Timeframe.D1)
    values["timeframes"]["1d"] = values["timeframes"]["1d"] | {"fresh": {"reason": "one_period"}}
    text = gains_text(Evaluated.model_validate(values))
    assert (
        "| 4h | +0.004 (+0.001 to +0.008), n\u00a0=\u00a01,000 | +0.004 (+0.001 to +0.008), n\u00a0=\u00a04,000 |"
        in text
    )
    assert "not measured at 1d: its candles make one test period only" in text
    assert "68 models were looked at. Chance alone would prove 1.7 of them in each question" in text
    assert text in next(each.body for each in sections(Evaluated.model_validate(values)) if each.anchor == "tests")
    for each in values["timeframes"].values():
        for name in ("one_forest", "fresh", "proven"):
            each.pop(name, None)
    assert gains_text(Evaluated.model_validate(values)) == "", "a file from before it was measured"


def test_every_section_can_be_linked_to() -> None:
    anchors = [section.anchor for section in sections(None)]
    assert len(set(anchors)) == len(anchors) == 10
    assert all(anchor.isalpha() for anchor in anchors)


def test_the_page_is_read_in_two_minutes() -> None:
    """At 300 words a minute, without tables and the list of papers."""
    words = sum(len(section.body.split()) for section in sections(None) if section.anchor != "papers")
    assert words < 600


def test_the_readme_says_what_was_measured() -> None:
    """Where it does not: these texts are what models/evaluation.json makes of README.md's passages."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    found = read_evaluation(PROJECT / "models")
    sentence, table = usual_recipe_sentence(found), wanted_table(found)
    assert sentence.replace("\u00a0", " ") in " ".join(readme.split()), f"README.md must hold: {sentence}"
    assert table in readme, f"README.md must hold:\n{table}"
    for line in wanted_sentences(found).splitlines():
        assert line in " ".join(readme.split()), f"README.md must hold: {line}"
