"""The cells of the record's tables: a ``text`` with perhaps ``more`` beside it, a ``tone``, a ``title``, and a ``bar``.

A bar is an interval, a point and a mark on an axis from 0 to 1. Knows nothing of Streamlit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.journal.slices import ENOUGH, Share, Skill
from core.journal.track_record import SkillSequence
from core.wording.language import phrase, say
from pages.components.record.sentences import NOT_ENOUGH, interval_text, is_sure
from pages.components.shared.number_text import NONE, percent_text, score_text

Row = dict[str, Any]


def cell(text: str, more: str = "", tone: str = "", title: str = "", bar: Mapping[str, float] | None = None) -> Row:
    filled = {"text": text, "more": more or None, "tone": tone or None, "title": title or None, "bar": bar}
    return {name: value for name, value in filled.items() if value is not None}


def few(n: int) -> Row:
    return cell(NONE, say("{n:,} of {enough}", n=n, enough=ENOUGH), "few", say(NOT_ENOUGH))


def nothing() -> Row:
    return cell(NONE, tone="few")


PROMISED, BASELINE, TEST = phrase("promised {share}"), phrase("baseline {share}"), phrase("test {share}")
"""What a share can have to be judged by."""


def share_cell(share: Share | None, mark: float | None = None, mark_name: str = "") -> Row:
    """A share with its interval; ``mark`` is what it has to be judged by, and is called ``mark_name``."""
    if share is None:
        return nothing()
    if not share.enough:
        return few(share.n)
    ends = f"{share.low * 100:.1f}–{share.high * 100:.1f}" if is_sure(share) else say("too few days")
    beside = "" if mark is None else say(mark_name, share=percent_text(mark))
    low, high = (share.low, share.high) if is_sure(share) else (share.share, share.share)
    bar = {"low": low, "high": high, "value": share.share} | ({} if mark is None else {"mark": mark})
    title = say("{hits:,} of {n:,}, {interval}", hits=share.hits, n=share.n, interval=interval_text(share))
    title = say("{title}; {beside}", title=title, beside=beside) if beside else title
    return cell(percent_text(share.share), beside or ends, "", title, bar)


def skill_cell(skill: Skill | None) -> Row:
    """A skill with the interval that holds at all times together."""
    if skill is None:
        return nothing()
    if not skill.enough:
        return few(skill.n)
    if skill.low is None or skill.high is None:
        return cell(score_text(skill.skill, 3), say("too few days"), "unproven")
    ends = say("{low} to {high}", low=score_text(skill.low, 3), high=score_text(skill.high, 3))
    return cell(score_text(skill.skill, 3), ends, tone_of(skill), f"n = {skill.n:,}")


def tone_of(proof: Skill | SkillSequence) -> str:
    return "proven" if proof.proven else "worse" if proof.worse else "unproven"
