"""How far to believe the signal: what speaks against it, in sentences with their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.findings import (
    Finding,
    NotAboveBaseline,
    Severity,
    SkilledUnderTheLine,
    Trust,
    UnderTheLine,
    WorseThanGuessing,
)
from core.model.metrics import Evaluation
from core.signals.trust import majority_class, whole_skill
from core.wording.language import say
from core.wording.sentences import finding_sentence
from core.wording.style import TYPESET
from pages.components.shared.appearance import DIRECTION_STYLES, accuracy_word, finding_title, finding_word, named_doubt
from pages.components.shared.number_text import accuracy_share
from pages.components.shared.plain_text import plain, whole
from pages.components.shared.questions import conclusion, skill_sentence
from pages.components.shared.zone import reader_style

_SAY_THE_ACCURACY = WorseThanGuessing | UnderTheLine | SkilledUnderTheLine | NotAboveBaseline


def trust_panel(trust: Trust, test: Evaluation | None, *, named: bool = False) -> DeltaGenerator:
    """Show every finding against a signal, and the accuracy with what it has to be compared with.

    The doubt that is ``named`` right above it, as a call is, has no title here.

    Gives the place above all of it, for what must not stand below something reassuring.
    """
    st.subheader(say("How far to believe it"), anchor="trust")
    first = st.container()
    if trust.trusted:
        st.markdown(
            say("In the model's test and in the candles, only these notes speak against it:")
            if trust.findings
            else say(
                "Nothing in the model's test or in the candles speaks against it. What it knows is another matter:"
            )
        )
    for place, finding in enumerate(_without_repeats(trust.findings)):
        above = named and finding == named_doubt(trust)
        _show(finding, gravest=place == 0, title=None if above else finding_title(finding))
    _remedy(trust)
    if test is not None and not any(isinstance(finding.facts, _SAY_THE_ACCURACY) for finding in trust.findings):
        st.markdown(whole(accuracy_sentence(test)))
    if test is not None and trust.timing is not None and trust.side is not None:
        st.markdown(whole(say("**When**: timing skill {skill}", skill=skill_sentence(trust.timing))))
        st.markdown(whole(say("**Which way**: side skill {skill}", skill=skill_sentence(trust.side))))
        st.markdown(conclusion(trust, whole_skill(test)))
    return first


def _without_repeats(findings: Sequence[Finding]) -> Iterator[Finding]:
    """That a model is under the line is told with its baseline: below it, that again would be no other finding."""
    under = {each.facts.measured for each in findings if isinstance(each.facts, UnderTheLine)}
    for finding in findings:
        if not (isinstance(finding.facts, NotAboveBaseline) and finding.facts.measured in under):
            yield finding


def _show(finding: Finding, gravest: bool, title: str | None) -> None:
    """The gravest doubt has a box; what else is found is told below it, as many boxes would be as many alarms."""
    text = plain(finding_sentence(finding, reader_style()).text)
    if isinstance(finding.facts, WorseThanGuessing):
        st.error(text, title=title, icon=":material/error:")
    elif gravest and finding.severity is not Severity.NOTE:
        st.warning(text, title=title, icon=":material/warning:")
    elif text.startswith(word := finding_word(finding)):
        st.markdown(f"**{word}**{text.removeprefix(word)}")
    else:
        st.markdown(say("**{finding}.** {text}", finding=word, text=text))


def _remedy(trust: Trust) -> None:
    for command in dict.fromkeys(each.remedy.command for each in trust.findings if each.remedy is not None):
        st.caption(say("Train it anew, with FOLDER being your folder of candles:"))
        st.code(command, language=None, wrap_lines=True)


def accuracy_sentence(test: Evaluation) -> str:
    """The accuracy as it may be shown: never without its sample, its interval and its baseline."""
    low, high, baseline = map(TYPESET.share, (*test.accuracy_interval, test.majority_accuracy))
    majority = DIRECTION_STYLES[majority_class(test)].word
    return say(
        "Tested: right **{accuracy}** of the time ({word}) on n = {n:,} candles, {sure} interval {low} "
        "to {high}. Always saying {majority} would be right {baseline}.",
        accuracy=accuracy_share(test.accuracy),
        word=accuracy_word(test),
        n=test.n,
        sure=say(TYPESET.sure),
        low=low,
        high=high,
        majority=majority,
        baseline=baseline,
    )
