"""One coin on one timeframe: what the model says, how far to believe it, the chart, the levels, the model."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.application import Application
from core.domain import Direction, Series, Timeframe, ticker
from core.errors import CandorError
from core.findings import UnavailableKind, UnusableFiles
from core.market.coins import coin_name
from core.model.metrics import ModelMetrics
from core.prediction import Prediction
from core.signals.board import Signal
from core.signals.confluence import confluence
from core.signals.progress import run_since
from core.wording.language import in_a_row, say
from core.wording.sentences import confluence_sentence, error_text, problem_sentence, problem_text, run_sentence
from pages.components.coin.call_panel import call_data, call_panel
from pages.components.coin.explanation import explanation_panel
from pages.components.coin.levels_table import bracket_sentence, levels_table
from pages.components.coin.past_window import NoCandlesThere, PastWindow, is_gone_by, past_window
from pages.components.coin.place import place_in_list
from pages.components.coin.position_size import position_data, position_size
from pages.components.coin.price_chart import ChartExtras, chart_data, price_chart
from pages.components.coin.shown_levels import pick_levels, with_levels_of
from pages.components.coin.timeframe_cards import cards_data, timeframe_cards
from pages.components.coin.verdict_line import verdict_line, verdict_place
from pages.components.record.beside_trust import record_beside_trust
from pages.components.record.one_series import asked_candle, call_on_chart, marks_on_chart, named_call, past_calls
from pages.components.record.sentences import prices_word
from pages.components.shared.appearance import KIND_WORDS, problem_word, speaker
from pages.components.shared.application import application
from pages.components.shared.coin_choice import choose_coin, show_problem, show_timeframe
from pages.components.shared.exports import candles_csv, prediction_json
from pages.components.shared.headline import share_text
from pages.components.shared.hours import PATIENCE, hours_of_timeframes, usual_hours
from pages.components.shared.model_card import model_card
from pages.components.shared.model_periods import measured_elsewhere
from pages.components.shared.plain_text import plain
from pages.components.shared.said_along import ReplayedShares, replayed_shares
from pages.components.shared.trust_panel import trust_panel
from pages.components.shared.walk_forward import walk_forward_of
from pages.components.shared.way import way
from pages.components.shared.zone import local_now, reader_style


def show_signal(
    app: Application, signal: Signal, prediction: Prediction, metrics: ModelMetrics | None, top: DeltaGenerator
) -> None:
    """What the model says, in short at the ``top``, and under it how far to believe it."""
    who = speaker(metrics) if metrics else KIND_WORDS[prediction.model_kind]
    with st.container(border=True):
        hours, now = usual_hours(app, signal.timeframe, PATIENCE), local_now(app)
        newest = app.board.snapshot().newest_priced(signal)
        call = call_data(signal, app.feed.tick_size(signal.symbol), who, now, hours, newest)
        verdict_line(top, signal, signal.timeframe, now, hours, beside_past=asked_candle() is not None)
        call_panel(call)
    with st.container(border=True):
        first = trust_panel(prediction.trust, metrics.test if metrics else None, named=True)
        elsewhere = measured_elsewhere([metrics] if metrics else [], app.feed.identity)
        record_beside_trust(app, prediction.series, prediction.model_version, first, elsewhere)


def show_no_signal(app: Application, signal: Signal | None, symbol: str, timeframe: Timeframe) -> None:
    """Why there is no signal; the model card below has the rest of a missing model's story."""
    status = app.feed.status(symbol, timeframe)
    problem = signal.problem if signal else None
    if problem is None or problem.kind is UnavailableKind.LOADING:
        facts = problem.facts if problem else status.problem
        waiting = problem_text(facts, reader_style()) if facts else say("Waiting for the first candles.")
        st.info(plain(waiting), title=say("Loading"), icon=":material/hourglass:")
        st.skeleton(height=240)
    elif problem.kind is UnavailableKind.NO_MODEL:
        why = plain(problem_text(problem.facts, reader_style()))
        if isinstance(problem.facts, UnusableFiles):
            why = say(
                "{symbol} has no usable model on {timeframe}. The model card below says why.",
                symbol=symbol,
                timeframe=timeframe,
            )
        st.info(why, title=problem_word(problem), icon=":material/info:")
        if status.state in {"stale", "bad"}:
            late = problem_text(status.problem, reader_style()) if status.problem else ""
            st.warning(plain(late), title=say("The candles are not current"), icon=":material/warning:")
    else:
        st.warning(
            plain(str(problem_sentence(problem, reader_style()))),
            title=say("No signal on this candle"),
            icon=":material/warning:",
        )


def show_chart(
    app: Application, prediction: Prediction | None, symbol: str, timeframe: Timeframe, side: Direction | None
) -> None:
    """The candles with the levels that were picked."""
    try:
        candles = app.feed.candles(symbol, timeframe)
        tick_size = app.feed.tick_size(symbol)
    except CandorError as error:
        st.info(
            plain(error_text(error, reader_style())),
            title=say("No candles to draw"),
            icon=":material/candlestick_chart:",
        )
        return
    series, named = Series(symbol, timeframe), asked_candle()
    if named is not None and is_gone_by(named, candles):
        window = past_window(app, series, named)
        if window is None:
            st.skeleton(height=480)
            return
        if isinstance(window, PastWindow):
            extras = chart_extras(app, series, window.replayed, gone_by=True)
            price_chart(chart_data(window.candles, symbol, timeframe, tick_size, None, extras=extras))
            return
        st.caption(plain(not_drawn_sentence(window)))
    shown = with_levels_of(prediction, side, tick_size) if prediction and side else prediction
    extras = chart_extras(app, series, replayed_shares(app.registry, series, candles, app.feed.now()))
    price_chart(chart_data(candles, symbol, timeframe, tick_size, shown, bracket=side is None, extras=extras))
    if (shorter := app.feed.made_of(timeframe)) is not None:
        st.caption(
            say(
                "This exchange has no {timeframe} candles; these are made of its {shorter} ones.",
                timeframe=timeframe,
                shorter=shorter,
            )
        )
    elif (shortest := app.feed.resampled_from(timeframe)) is not None:
        st.caption(
            say(
                "So many coins are followed that the exchange is asked for {shorter} candles alone: new {timeframe} ones are made "
                "of those, and compared with the exchange's own once an hour.",
                timeframe=timeframe,
                shorter=shortest,
            )
        )


def not_drawn_sentence(why: NoCandlesThere | CandorError) -> str:
    """Why the candle that the address names is not drawn."""
    if isinstance(why, NoCandlesThere):
        return say("This market has no candles of that time; the newest ones are drawn.")
    reason = error_text(why, reader_style())
    return in_a_row(say("The candles of that time cannot be had now; the newest ones are drawn."), reason)


def chart_extras(
    app: Application, series: Series, replayed: ReplayedShares | None, gone_by: bool = False
) -> ChartExtras:
    """What the chart shows beside candles and levels."""
    market = app.feed.identity
    return ChartExtras(
        past=marks_on_chart(app, series),
        replayed=replayed,
        marked=asked_candle(),
        call=call_on_chart(app, series),
        gone_by=gone_by,
        market="" if market is None else prices_word(market),
        style=reader_style(),
    )


def show_levels(app: Application, prediction: Prediction, metrics: ModelMetrics | None, side: Direction | None) -> None:
    """Entry, stop and targets of the side that was picked, or what they wait for."""
    tick_size = app.feed.tick_size(prediction.series.symbol)
    if side is None:
        st.markdown(bracket_sentence(prediction, tick_size))
    else:
        shown = with_levels_of(prediction, side, tick_size)
        levels_table(shown, metrics, tick_size)
        position_size(position_data(shown, app.settings.fee_percent))


def show_way_run(app: Application, prediction: Prediction) -> None:
    """How much of the way to a barrier is gone already, where shorter candles have closed since the call."""
    shortest = min(app.feed.timeframes, key=lambda timeframe: timeframe.duration)
    try:
        run = run_since(prediction, app.feed.arrays(prediction.series.symbol, shortest), shortest)
    except CandorError:  # there are no shorter candles; what the call itself says stands beside the chart
        return
    if run is not None:
        with st.container(key="way_run"):
            st.markdown(plain(run_sentence(run, reader_style())))


def show_exports(app: Application, prediction: Prediction | None, symbol: str, timeframe: Timeframe) -> None:
    """What can be taken away; nothing where there are no candles."""
    try:
        candles = app.feed.candles(symbol, timeframe)
    except CandorError:
        return
    with st.container(horizontal=True):
        show_way_to_compare(symbol, timeframe)
        st.download_button(
            say("Candles ({count}, CSV)", count=len(candles)),
            lambda: candles_csv(candles),
            f"{symbol}_{timeframe}_candles.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
        if prediction is not None:
            st.download_button(
                say("Prediction (JSON)"),
                lambda: prediction_json(prediction),
                f"{symbol}_{timeframe}_prediction.json",
                "application/json",
                on_click="ignore",
                icon=":material/download:",
            )


def show_way_to_compare(symbol: str, timeframe: Timeframe) -> None:
    """To this coin beside Bitcoin, or Bitcoin beside Ethereum."""
    coin = ticker(symbol)
    coins = f"{coin},{'ETH' if coin == 'BTC' else 'BTC'}"
    text = say("Compare {coin} with others", coin=coin)
    way(text, "compare", "compare_arrows", "compare", coins=coins, timeframe=timeframe)


def show_timeframes(app: Application, signals: dict[Timeframe, Signal], shown: Timeframe) -> None:
    """All timeframes of the coin side by side, and what they say together."""
    st.subheader(say("All timeframes"), anchor="timeframes")
    timeframe_cards(cards_data(signals, shown, reader_style(), hours_of_timeframes(app)), show_timeframe)
    agreed = confluence({timeframe: signal.prediction for timeframe, signal in signals.items()})
    for each in (agreed.move, agreed.side, agreed):
        st.markdown(plain(confluence_sentence(each, reader_style())))


def show_coin(app: Application, symbol: str, timeframe: Timeframe, side: Direction | None) -> None:
    """The whole story of one coin on one timeframe: the chart first, whatever there is to say beside it.

    Every part stands in a container of its own that is always there: what comes and goes inside one moves no other.
    """
    snapshot = app.board.snapshot()
    signals = snapshot.of(symbol)
    signal = signals.get(timeframe)
    prediction = signal.prediction if signal else None
    model = app.registry.status(symbol, timeframe)
    top = verdict_place()
    drawn, signal_column = st.columns([2, 1])
    # Before the chart, which takes longer: nothing says the call before the others.
    with signal_column.container(key="coin_signal"):
        if asked_candle() is not None:
            st.markdown(say(":blue-badge[Now] Of the newest candle, not of the one that you came for."))
        if signal is not None and prediction is not None:
            show_signal(app, signal, prediction, model.metrics, top)
        else:
            verdict_line(top, signal, timeframe, local_now(app), beside_past=asked_candle() is not None)
            show_no_signal(app, signal, symbol, timeframe)
    with drawn.container(key="coin_named_call"):
        named_call(app, Series(symbol, timeframe))
    with drawn.container(key="coin_chart"):
        show_chart(app, prediction, symbol, timeframe, side)
    with drawn.container(key="coin_levels"):
        if prediction is not None:
            show_way_run(app, prediction)
            show_levels(app, prediction, model.metrics, side)
    with drawn.container(key="coin_timeframes"):
        if signals:
            show_timeframes(app, signals, timeframe)
    with drawn.container(key="coin_explanation"):
        if prediction is not None:
            explanation_panel(app, prediction)
    with st.container(key="coin_past_calls"):
        past_calls(app, Series(symbol, timeframe))
    with st.container(key="coin_model"):
        model_card(model, snapshot.market, walk_forward_of(app.registry, timeframe))
    with st.container(key="coin_exports"):
        show_exports(app, prediction, symbol, timeframe)


def prediction_of(app: Application, symbol: str, timeframe: Timeframe) -> Prediction | None:
    """What stands on the board now."""
    signal = app.board.snapshot().of(symbol).get(timeframe)
    return None if signal is None else signal.prediction


def tab_title(app: Application, symbol: str, timeframe: Timeframe) -> str:
    """``BTC 74 % · 15m``: what the tab says while others are looked at."""
    prediction = prediction_of(app, symbol, timeframe)
    if prediction is None:
        return f"{ticker(symbol)} · {timeframe}"
    return f"{ticker(symbol)} {share_text(prediction.move_probability)} · {timeframe}"


app = application()
with st.container(key="coin_head", horizontal=True, vertical_alignment="center"):
    choice = choose_coin(app.feed.symbols())
    if choice.symbol is not None and choice.timeframe is not None:
        place_in_list(choice.symbol, app.feed.symbols())
        side = pick_levels(prediction_of(app, choice.symbol, choice.timeframe))
        st.header(f"{coin_name(choice.symbol)} · {choice.symbol} · {choice.timeframe}", anchor=False, width="content")
if choice.symbol is None or choice.timeframe is None:
    show_problem(choice.problem)
else:
    st.set_page_config(page_title=tab_title(app, choice.symbol, choice.timeframe))
    try:
        show_coin(app, choice.symbol, choice.timeframe, side)
    except CandorError as error:  # the market was switched while the page was being drawn; the next drawing is near
        st.info(plain(error_text(error, reader_style())), icon=":material/hourglass:")
