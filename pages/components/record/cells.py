"""The cells of the record's tables: a ``text`` with perhaps ``more`` beside it, a ``tone``, a ``title``, and a ``bar``.

A bar is an interval, a point and a mark on an axis from 0 to 1, and where its test lies on that. Knows nothing of Streamlit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.journal.slices import ENOUGH, LEAST_BLOCKS, Share, Skill
from core.journal.track_record import SkillSequence
from core.wording.language import phrase, say
from core.wording.style import TYPESET
from pages.components.shared.number_text import NONE, ends_text, interval_text, percent_text, too_few_text

Row = dict[str, Any]


def cell(text: str, more: str = "", tone: str = "", title: str = "", bar: Mapping[str, float] | None = None) -> Row:
    filled = {"text": text, "more": more or None, "tone": tone or None, "title": title or None, "bar": bar}
    return {name: value for name, value in filled.items() if value is not None}


def few(n: int, independent: float) -> Row:
    title = say(
        "Not enough yet: a figure needs {enough} outcomes that are worth {least} independent ones",
        enough=ENOUGH,
        least=LEAST_BLOCKS,
    )
    return cell(NONE, too_few_text(n, independent), "few", title)


def nothing() -> Row:
    return cell(NONE, tone="few")


PROMISED, USUAL, BASELINE, TEST = (
    phrase("promised {share}"),
    phrase("usually {share}"),
    phrase("baseline {share}"),
    phrase("test {share}"),
)
"""What a share can have to be judged by."""


def share_cell(share: Share | None, judged_by: Mapping[str, float | None] | None = None) -> Row:
    """A share with its n and what it has to be judged by, the first of which is marked on its interval, as its test is."""
    if share is None:
        return nothing()
    if not share.enough:
        return few(share.n, share.independent)
    marks = {name: mark for name, mark in (judged_by or {}).items() if mark is not None}
    beside = [say(name, share=percent_text(mark)) for name, mark in marks.items()]
    bar = {"low": share.low, "high": share.high, "value": share.share}
    if TEST in marks:
        bar["test"] = marks[TEST]
    if judged := [mark for name, mark in marks.items() if name != TEST]:
        bar["mark"] = judged[0]
    title = say("{hits:,} of {n:,}, {interval}", hits=share.hits, n=share.n, interval=interval_text(share))
    return cell(percent_text(share.share), side_by_side(f"n {share.n:,}", *beside), "", title, bar)


def side_by_side(*parts: str) -> str:
    """Parts of a cell in a row, which breaks between them alone."""
    return " · ".join(part.replace(" ", "\u00a0") for part in parts)


def skill_cell(skill: Skill | None) -> Row:
    """A skill with the interval that holds at all times together."""
    if skill is None:
        return nothing()
    if skill.interval is None:
        return few(skill.n, skill.independent)
    low, high = skill.interval
    ends = ends_text(low, high)
    return cell(TYPESET.around_zero(skill.skill), ends, tone_of(skill), f"n = {skill.n:,}")


def tone_of(proof: Skill | SkillSequence) -> str:
    return "proven" if proof.proven else "worse" if proof.worse else "unproven"
