"""How far to believe the signal: what speaks against it, in sentences with their numbers."""

from __future__ import annotations

import streamlit as st

from core.domain import Finding, Severity, Timeframe, Trust, Verdict
from core.model.metrics import Evaluation
from core.signals.trust import accuracy_band, majority_class, retrain_command
from pages.components.shared.appearance import DIRECTION_LOOKS, finding_word
from pages.components.shared.number_text import accuracy_percent, percent_text
from pages.components.shared.plain_text import plain
from pages.components.signals.cards import without_command


def trust_panel(trust: Trust, test: Evaluation | None, symbol: str, timeframe: Timeframe) -> None:
    """Show every finding, and the accuracy with what it has to be compared with."""
    st.subheader("How far to believe it", anchor="trust")
    if not trust.findings:
        st.success(
            "No check found anything wrong with the model behind this signal or with its candles.",
            title="Nothing speaks against it",
            icon=":material/check:",
        )
    for finding in trust.findings:
        _show(finding, symbol, timeframe)
    if test is not None and not any(finding.verdict is Verdict.WEAK_MODEL for finding in trust.findings):
        st.markdown(accuracy_sentence(test))


def _show(finding: Finding, symbol: str, timeframe: Timeframe) -> None:
    text = plain(without_command(finding.sentence))
    if finding.severity is Severity.CRITICAL:
        st.error(text, title=f"{finding_word(finding)}: do not rely on this signal", icon=":material/error:")
        st.caption("Train it anew, with FOLDER being your folder of candles:")
        st.code(retrain_command(symbol, timeframe), language=None, wrap_lines=True)
    else:
        st.warning(text, title=finding_word(finding), icon=":material/warning:")


def accuracy_sentence(test: Evaluation) -> str:
    """The accuracy as it may be shown: never without its sample, its interval and its baseline."""
    low, high = test.accuracy_interval
    majority = DIRECTION_LOOKS[majority_class(test)].word
    return (
        f"Tested: right **{accuracy_percent(test.accuracy)}** of the time ({accuracy_band(test.accuracy)}) "
        f"on n = {test.n:,} candles, 95 % interval {percent_text(low)} to {percent_text(high)}. "
        f"Always saying {majority} would be right {percent_text(test.majority_accuracy)}."
    ).replace(" %", "\u00a0%")
