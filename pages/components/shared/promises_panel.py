"""Two charts side by side: does P(move) come true, and does the side, of one model or of many together."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.model.metrics import Evaluation
from core.model.promises import Promises
from core.wording.language import in_a_row, phrase, say
from pages.components.shared.model_charts import promises_chart
from pages.components.shared.plain_text import plain
from pages.components.shared.promises import (
    NEVER_ASKED,
    NOT_MEASURED,
    error_sentence,
    promise_points,
    when_sentence,
    which_way_sentence,
)

_BANDS = phrase(
    "Lines through the points: 95\u00a0% intervals over blocks of days drawn anew. A cross: neither they "
    "nor luck explain the distance. Bars: candles per point."
)
_OF_SEVERAL = phrase(
    "Of several models together the lines are as long as if all coins moved as one, so rather too long."
)


def promises_panel(tests: Sequence[Evaluation], heading: str, key: str) -> None:
    """Draw both; ``heading`` is Markdown's mark of one, ``key`` tells charts on a page apart."""
    when, which_way = st.columns(2)
    several = say(_OF_SEVERAL) if len(tests) > 1 else ""
    with when, st.container(border=True, height="stretch"):
        st.markdown(heading + " " + say("When: does P(move) come true?"))
        st.caption(
            in_a_row(
                say("On the dashed line, moves promised with 60\u00a0% come 60\u00a0% of the time."),
                say(_BANDS),
                several,
            )
        )
        moves = [test.move for test in tests if test.move is not None]
        if _drawn(moves, NOT_MEASURED, say("P(move)"), f"{key}_when"):
            st.markdown(plain(in_a_row(error_sentence(moves, len(tests)), when_sentence(promise_points(moves)))))
    with which_way, st.container(border=True, height="stretch"):
        st.markdown(heading + " " + say("Which way: does the side come true?"))
        st.caption(
            in_a_row(
                say("Of the candles after which a barrier was touched: how often the upper one was first."),
                say(_BANDS),
                several,
            )
        )
        sides = [test.side for test in tests if test.side is not None]
        if _drawn(sides, NEVER_ASKED if moves else NOT_MEASURED, say("P(LONG | move)"), f"{key}_which_way"):
            st.markdown(plain(in_a_row(error_sentence(sides, len(tests)), which_way_sentence(promise_points(sides)))))


def _drawn(promises: Sequence[Promises], why_not: str, promised: str, key: str) -> bool:
    """Draw the chart; False where there is nothing to draw, and the page says ``why_not``."""
    if not promises:
        st.info(say(why_not), icon=":material/info:")
        return False
    promises_chart(promise_points(promises), promised, key)
    return True
