"""Five charts over the models that are shown, each a question with its answer of this moment under it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.model.metrics import Evaluation
from core.wording.language import phrase, say
from pages.components.quality.comparison import accuracy_figure, skill_figure
from pages.components.quality.rows import ModelRow
from pages.components.quality.sentences import (
    NOTHING_TESTED,
    accuracy_chart_sentence,
    skill_chart_sentence,
    where_measured,
)
from pages.components.shared.language import fragment
from pages.components.shared.model_charts import reliability_chart, show_figure
from pages.components.shared.plain_text import plain
from pages.components.shared.promises_panel import promises_panel
from pages.components.shared.reliability import pooled_points, reliability_sentence

_POOLED = phrase("All models shown")


def quality_overview(rows: Sequence[ModelRow]) -> None:
    """Draw the charts of ``rows``; those without a tested model are left out."""
    tested = [row for row in rows if row.test is not None]
    if not tested:
        st.info(say(NOTHING_TESTED), icon=":material/info:")
        return
    st.header(say("What the figures show"), anchor="charts")
    st.caption(plain(where_measured(tested)))
    left, right = st.columns(2)
    with left:
        with st.container(border=True):
            _accuracy(tested)
        with st.container(border=True):
            _reliability(tested)
    with right, st.container(border=True):
        _skill(tested)
    _promises(tested)


def _accuracy(tested: Sequence[ModelRow]) -> None:
    st.markdown(say("### Does it beat always calling one class?"))
    st.caption(
        say(
            "Accuracy against the baseline, with 95\u00a0% intervals. On the diagonal a model is right no more often "
            "than one that always calls the same."
        )
    )
    sentence = accuracy_chart_sentence(tested)
    show_figure(
        accuracy_figure(tested), say("Accuracy against the baseline. {sentence}", sentence=sentence), "accuracy_chart"
    )
    st.markdown(plain(sentence))


@fragment()
def _reliability(tested: Sequence[ModelRow]) -> None:
    st.markdown(say("### Does a confidence of 50\u00a0% mean 50\u00a0%?"))
    st.caption(
        say(
            "On the dashed line, what is promised comes true. Grey: where luck alone would put the points 95\u00a0% "
            "of the time if every candle were independent; they overlap, so the true bands are wider. Bars: "
            "candles per point."
        )
    )
    points = pooled_points(_tests(_chosen(tested, "reliability_of")))
    reliability_chart(points, key="pooled_reliability_chart")
    st.markdown(plain(reliability_sentence(points)))


@fragment()
def _promises(tested: Sequence[ModelRow]) -> None:
    st.header(say("Do the two answers come true?"), anchor="promises")
    promises_panel(_tests(_chosen(tested, "promises_of")), "###", "pooled")


def _chosen(tested: Sequence[ModelRow], key: str) -> Sequence[ModelRow]:
    """Let the reader choose one model or all of them."""
    by_name = {row.name: row for row in tested}
    chosen = st.selectbox(
        say("Model"), [_POOLED, *by_name], key=key, format_func=say, label_visibility="collapsed", width=220
    )
    return [by_name[chosen]] if chosen in by_name else tested


def _tests(rows: Sequence[ModelRow]) -> list[Evaluation]:
    return [row.test for row in rows if row.test is not None]


def _skill(tested: Sequence[ModelRow]) -> None:
    st.markdown(say("### Where is there skill?"))
    st.caption(
        say(
            "Skill per coin with its 95\u00a0% interval: 0 knows only how often each class happens. A hollow mark may "
            "be luck: its interval includes zero."
        )
    )
    sentence = skill_chart_sentence(tested)
    show_figure(skill_figure(tested), say("Skill per coin. {sentence}", sentence=sentence), "skill_chart")
    st.markdown(plain(sentence))
