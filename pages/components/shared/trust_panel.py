"""How far to believe the signal: what speaks against it, in sentences with their numbers."""

from __future__ import annotations

import streamlit as st

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
from core.signals.trust import majority_class
from core.wording.language import say
from core.wording.sentences import finding_sentence
from core.wording.style import TYPESET
from pages.components.shared.appearance import DIRECTION_STYLES, accuracy_word, finding_title, finding_word
from pages.components.shared.number_text import accuracy_share
from pages.components.shared.plain_text import plain
from pages.components.shared.questions import conclusion, skill_sentence
from pages.components.shared.zone import reader_style

_SAY_THE_ACCURACY = WorseThanGuessing | UnderTheLine | SkilledUnderTheLine | NotAboveBaseline


def trust_panel(trust: Trust, test: Evaluation | None) -> None:
    """Show every finding against a signal, and the accuracy with what it has to be compared with."""
    st.subheader(say("How far to believe it"), anchor="trust")
    if trust.trusted:
        st.markdown(
            say(
                "Neither the model's test nor the candles hold anything graver against it than what is noted here; what it "
                "knows is another matter:"
            )
            if trust.findings
            else say("Neither the model's test nor the candles speak against it; what it knows is another matter:")
        )
    for finding in trust.findings:
        _show(finding)
    if test is not None and not any(isinstance(finding.facts, _SAY_THE_ACCURACY) for finding in trust.findings):
        st.markdown(accuracy_sentence(test))
    if trust.timing is not None and trust.side is not None:
        st.markdown(say("**When**: timing skill {skill}", skill=skill_sentence(trust.timing)))
        st.markdown(say("**Which way**: side skill {skill}", skill=skill_sentence(trust.side)))
        st.markdown(conclusion(trust))


def _show(finding: Finding) -> None:
    text = plain(finding_sentence(finding, reader_style()).text)
    if isinstance(finding.facts, WorseThanGuessing):
        st.error(text, title=finding_title(finding), icon=":material/error:")
    elif finding.severity is Severity.NOTE:
        st.markdown(say("**{finding}.** {text}", finding=finding_word(finding), text=text))
    else:
        st.warning(text, title=finding_title(finding), icon=":material/warning:")
    if finding.remedy is not None:
        st.caption(say("Train it anew, with FOLDER being your folder of candles:"))
        st.code(finding.remedy.command, language=None, wrap_lines=True)


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
