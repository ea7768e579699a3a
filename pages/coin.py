"""One coin on one timeframe: what the model says, how far to believe it, the chart, the levels, the model."""

from __future__ import annotations

import streamlit as st

from core.application import Application
from core.domain import Timeframe
from core.errors import CandorError
from core.findings import UnavailableKind, UnusableFiles
from core.market.coins import coin_name
from core.model.metrics import ModelMetrics
from core.prediction import Prediction
from core.signals.board import Signal
from core.signals.confluence import confluence
from core.wording.sentences import confluence_sentence, error_text, problem_sentence, problem_text
from core.wording.style import TYPESET
from pages.components.coin.call_panel import call_data, call_panel
from pages.components.coin.levels_table import levels_table
from pages.components.coin.price_chart import chart_data, price_chart
from pages.components.coin.timeframe_cards import cards_data, timeframe_cards
from pages.components.shared.appearance import KIND_WORDS, speaker
from pages.components.shared.application import application
from pages.components.shared.coin_choice import choose_coin, show_problem, show_timeframe
from pages.components.shared.exports import candles_csv, prediction_json
from pages.components.shared.model_card import model_card
from pages.components.shared.plain_text import plain
from pages.components.shared.trust_panel import trust_panel
from pages.components.shared.walk_forward import walk_forward_of


def show_signal(app: Application, signal: Signal, prediction: Prediction, metrics: ModelMetrics | None) -> None:
    """What the model says, and beside it how far to believe it."""
    says, trust = st.columns([5, 4])
    with says, st.container(border=True, height="stretch"):
        who = speaker(metrics) if metrics else KIND_WORDS[prediction.model_kind]
        call_panel(call_data(signal, app.feed.tick_size(signal.symbol), who))
    with trust, st.container(border=True, height="stretch"):
        trust_panel(prediction.trust, metrics.test if metrics else None)


def show_no_signal(app: Application, signal: Signal | None, symbol: str, timeframe: Timeframe) -> None:
    """Why there is no signal; the model card below has the rest of a missing model's story."""
    status = app.feed.status(symbol, timeframe)
    problem = signal.problem if signal else None
    if problem is None or problem.kind is UnavailableKind.LOADING:
        facts = problem.facts if problem else status.problem
        waiting = problem_text(facts, TYPESET) if facts else "Waiting for the first candles."
        st.info(plain(waiting), title="Loading", icon=":material/hourglass:")
        st.skeleton(height=240)
    elif problem.kind is UnavailableKind.NO_MODEL:
        why = plain(problem_text(problem.facts, TYPESET))
        if isinstance(problem.facts, UnusableFiles):
            why = f"{symbol} has no usable model on {timeframe}. The model card below says why."
        st.info(why, title="No signal", icon=":material/info:")
        if status.state in {"stale", "bad"}:
            late = problem_text(status.problem, TYPESET) if status.problem else ""
            st.warning(plain(late), title="The candles are not current", icon=":material/warning:")
    else:
        st.warning(
            plain(str(problem_sentence(problem, TYPESET))), title="No signal on this candle", icon=":material/warning:"
        )


def show_chart(
    app: Application,
    prediction: Prediction | None,
    metrics: ModelMetrics | None,
    symbol: str,
    timeframe: Timeframe,
) -> None:
    """The candles with the levels drawn in, and what can be taken away."""
    try:
        candles = app.feed.candles(symbol, timeframe)
        tick_size = app.feed.tick_size(symbol)
    except CandorError as error:
        st.info(plain(error_text(error, TYPESET)), title="No candles to draw", icon=":material/candlestick_chart:")
        return
    price_chart(chart_data(candles, symbol, timeframe, tick_size, prediction))
    if (shorter := app.feed.made_of(timeframe)) is not None:
        st.caption(f"This exchange has no {timeframe} candles; these are made of its {shorter} ones.")
    if prediction is not None:
        levels_table(prediction, metrics, tick_size)
    with st.container(horizontal=True):
        st.download_button(
            f"Candles ({len(candles)}, CSV)",
            lambda: candles_csv(candles),
            f"{symbol}_{timeframe}_candles.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
        if prediction is not None:
            st.download_button(
                "Prediction (JSON)",
                lambda: prediction_json(prediction),
                f"{symbol}_{timeframe}_prediction.json",
                "application/json",
                on_click="ignore",
                icon=":material/download:",
            )


def show_timeframes(signals: dict[Timeframe, Signal], shown: Timeframe) -> None:
    """All timeframes of the coin side by side, and what they say together."""
    st.subheader("All timeframes", anchor="timeframes")
    timeframe_cards(cards_data(signals, shown), show_timeframe)
    agreed = confluence({timeframe: signal.prediction for timeframe, signal in signals.items()})
    for each in (agreed, agreed.move, agreed.side):
        st.markdown(plain(confluence_sentence(each, TYPESET)))


def show_coin(app: Application, symbol: str, timeframe: Timeframe) -> None:
    """The whole story of one coin on one timeframe."""
    snapshot = app.board.snapshot()
    signals = snapshot.of(symbol)
    signal = signals.get(timeframe)
    prediction = signal.prediction if signal else None
    model = app.registry.status(symbol, timeframe)
    if signal is not None and prediction is not None:
        show_signal(app, signal, prediction, model.metrics)
    else:
        show_no_signal(app, signal, symbol, timeframe)
    show_chart(app, prediction, model.metrics, symbol, timeframe)
    if signals:
        show_timeframes(signals, timeframe)
    model_card(model, snapshot.market, walk_forward_of(app.registry, timeframe))


app = application()
heading, widgets = st.columns([2, 1], vertical_alignment="bottom")
with widgets:
    choice = choose_coin(app.feed.symbols())
if choice.symbol is None or choice.timeframe is None:
    show_problem(choice.problem)
else:
    heading.header(f"{coin_name(choice.symbol)} · {choice.symbol} · {choice.timeframe}", anchor=False)
    try:
        show_coin(app, choice.symbol, choice.timeframe)
    except CandorError as error:  # the market was switched while the page was being drawn; the next drawing is near
        st.info(plain(error_text(error, TYPESET)), icon=":material/hourglass:")
