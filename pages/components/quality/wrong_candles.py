"""The candles a model got wrong, over the candles in memory: counts, what they are worth, and the list."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from core.application import Application
from core.domain import Timeframe
from core.errors import CandorError
from core.model.metrics import ModelMetrics
from core.model.registry import ModelMissing, ModelRegistry
from core.signals.history import predict_history
from core.wording.language import say
from core.wording.sentences import error_text, problem_text
from core.wording.style import Style
from pages.components.quality.past_calls import (
    PastCalls,
    dependence_sentence,
    judge_past_calls,
    market_sentence,
    mistake_sentence,
    nothing_judged_sentence,
)
from pages.components.shared.appearance import DIRECTION_STYLES, TOUCHED_FIRST
from pages.components.shared.exports import candles_csv
from pages.components.shared.number_text import duration_text, percent_text
from pages.components.shared.plain_text import plain
from pages.components.shared.zone import reader_style


def wrong_candles(app: Application, metrics: ModelMetrics, origin: str) -> None:
    """Show what the model behind ``metrics`` called wrongly on the candles the feed holds; ``origin`` says whose calls these are."""
    title = say("The candles it got wrong")
    st.subheader(f"{title} {origin}", anchor="wrong")
    try:
        candles = app.feed.candles(metrics.symbol, metrics.timeframe)
        with st.spinner(say("Judging past calls…")):
            calls = past_calls(app.registry, candles, app.feed.now(), metrics, metrics.model_dump_json())
    except CandorError as error:
        _nothing_to_judge(error_text(error, reader_style()))
        return
    except ModelMissing as missing:  # it was deleted a moment ago
        _nothing_to_judge(problem_text(missing.problem, reader_style()))
        return
    if calls.judged.empty:
        st.info(plain(nothing_judged_sentence(calls)), icon=":material/hourglass:")
        return
    _counts(calls)
    note = market_sentence(calls, app.feed.identity, metrics)
    if note:
        st.info(plain(note), icon=":material/science:")
    st.markdown(plain(mistake_sentence(calls)))
    st.caption(plain(dependence_sentence(calls)))
    _list(calls, metrics, reader_style(), app.feed.now())


def _bytes_of(candles: pd.DataFrame) -> tuple[bytes, ...]:
    """What tells candles from others: Streamlit's own hash of a frame takes most of the time that is saved."""
    times, numbers = candles["open_time"].to_numpy("datetime64[ms]"), candles.drop(columns="open_time").to_numpy(float)
    return times.tobytes(), numbers.tobytes()


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs={pd.DataFrame: _bytes_of})
def past_calls(
    _registry: ModelRegistry, candles: pd.DataFrame, _now: datetime, _metrics: ModelMetrics, record: str
) -> PastCalls:
    """The judged calls, computed once for the same candles and the same model (its whole record, as JSON).

    All readers share them, since nobody changes them: a copy for each look would take longer than the rest of it.
    """
    history = predict_history(_registry.get(*_metrics.series), candles, _now)
    return judge_past_calls(history, candles, _metrics)


def _nothing_to_judge(why: str) -> None:
    st.info(plain(why), title=say("There are no past calls to judge"), icon=":material/candlestick_chart:")


def _counts(calls: PastCalls) -> None:
    n, wrong = len(calls.judged), len(calls.wrong)
    commonest = calls.judged["happened"].value_counts().max() / n
    tiles = (
        (say("Judged"), f"{n:,}", say("past calls")),
        (
            say("Right"),
            f"{n - wrong:,}",
            say("{right}, baseline {baseline}", right=percent_text((n - wrong) / n), baseline=percent_text(commonest)),
        ),
        (say("Wrong"), f"{wrong:,}", percent_text(wrong / n)),
        (say("Still open"), f"{calls.undecided:,}", say("not over yet")),
    )
    with st.grid(4, min_column_width=140):
        for label, value, below in tiles:
            st.metric(label, value, below, delta_color="gray", delta_arrow="off", border=True, height="stretch")


def _list(calls: PastCalls, metrics: ModelMetrics, style: Style, now: datetime) -> None:
    wrong = calls.wrong
    if wrong.empty:
        st.success(say("Not one of them was wrong."), icon=":material/check:")
        return
    words = {d.value: look.text for d, look in DIRECTION_STYLES.items()}
    outcomes = {d.value: f"{look.glyph} {say(TOUCHED_FIRST[d])}" for d, look in DIRECTION_STYLES.items()}
    counts = wrong["candles_to_barrier"]
    after = {count: _after(metrics.timeframe, int(count)) for count in counts.unique()}
    shown = pd.DataFrame(
        {
            "open_time": wrong["open_time"].dt.tz_convert(style.zone).dt.tz_localize(None),
            "called": wrong["called"].map(words),
            "confidence": wrong["confidence"] * 100,
            "happened": wrong["happened"].map(outcomes),
            "candles": counts.where(counts > 0).astype("Int64"),
            "after": counts.map(after),
        }
    )
    st.dataframe(
        shown,
        key="wrong_candles",
        hide_index=True,
        height=min(38 * (len(shown) + 1), 560),
        placeholder="–",
        column_config={
            "open_time": st.column_config.DatetimeColumn(
                say("Candle opened ({zone})", zone=style.offset(now)), format="YYYY-MM-DD HH:mm", pinned=True
            ),
            "called": st.column_config.TextColumn(say("Call")),
            "confidence": st.column_config.ProgressColumn(
                say("Confidence"), format="%.1f %%", min_value=0, max_value=100
            ),
            "happened": st.column_config.TextColumn(say("Outcome")),
            "candles": st.column_config.NumberColumn(
                say("After candles"), help=say("In which of the next candles a barrier was touched")
            ),
            "after": st.column_config.TextColumn(say("After time")),
        },
        alt=say(
            "The {shown} calls of {symbol} {timeframe} that were wrong, newest first",
            shown=len(shown),
            symbol=metrics.symbol,
            timeframe=metrics.timeframe,
        ),
    )
    st.download_button(
        say("Wrong calls ({wrong}, CSV)", wrong=len(wrong)),
        lambda: candles_csv(wrong),
        f"candor-{metrics.symbol}-{metrics.timeframe}-wrong-calls.csv",
        "text/csv",
        key="save_wrong",
        icon=":material/download:",
        on_click="ignore",
    )


def _after(timeframe: Timeframe, candles: int) -> str:
    return duration_text(timeframe.duration * candles) if candles else say("not in time")
