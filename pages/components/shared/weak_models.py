"""Where many signals show at once: which of their models are weak, by how much, and what retrains them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st

from core.domain import Timeframe
from core.findings import TrainModels
from core.signals.board import Signal
from core.signals.trust import WEAK_ACCURACY
from core.wording.language import say, say_count
from core.wording.style import TYPESET
from pages.components.shared.appearance import is_weak
from pages.components.shared.number_text import signals_text


def weak_models_note(signals: Sequence[Signal]) -> None:
    """One line with the count; opened, every weak model's numbers. Nothing where no model is weak."""
    weak = weak_signals(signals)
    if not weak:
        return
    with st.expander(weak_sentence(len(weak), sum(signal.prediction is not None for signal in signals))):
        st.markdown(
            say(
                "Right less than {line} of the time without proven skill on test candles, worse than no "
                "model there, or never tested. Do not rely on them.",
                line=TYPESET.share(WEAK_ACCURACY, 0),
            )
        )
        st.dataframe(
            weak_table(weak),
            key="weak_models",
            hide_index=True,
            column_config={
                "coin": st.column_config.TextColumn(say("Coin")),
                "timeframe": st.column_config.TextColumn(say("Timeframe")),
                "accuracy": st.column_config.NumberColumn(say("Accuracy"), format="percent", step=0.001),
                "baseline": st.column_config.NumberColumn(
                    say("Baseline"), format="percent", step=0.001, help=say("Always calling the commonest class")
                ),
                "n": st.column_config.NumberColumn("n", format="%,d", help=say("Candles the accuracy was measured on")),
            },
        )
        st.caption(say("Train them anew, with FOLDER being your folder of candles:"))
        st.code("\n".join(retrain_commands(weak)), language=None, wrap_lines=True)


def weak_sentence(weak: int, called: int) -> str:
    """How many of the signals that call something come from weak models."""
    return say_count(
        "{count} of {called} comes from a weak model: the numbers, and how to retrain",
        "{count} of {called} come from weak models: the numbers, and how to retrain",
        weak,
        called=signals_text(called),
    )


def weak_signals(signals: Iterable[Signal]) -> list[Signal]:
    """Those against which something critical is found, which is always their model; the least accurate first."""
    weak = [s for s in signals if s.prediction is not None and is_weak(s.prediction.trust)]
    return sorted(weak, key=lambda signal: (_accuracy(signal), signal.symbol))


def weak_table(weak: Iterable[Signal]) -> pd.DataFrame:
    """One row per weak model; accuracy and baseline are fractions, and empty where it was never tested."""
    rows = [
        {
            "coin": signal.symbol,
            "timeframe": signal.timeframe.value,
            "accuracy": measured and measured.accuracy,
            "baseline": measured and measured.majority_accuracy,
            "n": measured and measured.n,
        }
        for signal in weak
        for measured in (signal.prediction and signal.prediction.accuracy,)
    ]
    return pd.DataFrame(rows)


def retrain_commands(weak: Sequence[Signal]) -> list[str]:
    """One command per timeframe, for all its weak models together."""
    by_timeframe = {tf: sorted(s.symbol for s in weak if s.timeframe is tf) for tf in Timeframe}
    return [TrainModels(tuple(symbols), tf, anew=True).command for tf, symbols in by_timeframe.items() if symbols]


def _accuracy(signal: Signal) -> float:
    measured = None if signal.prediction is None else signal.prediction.accuracy
    return 0.0 if measured is None else measured.accuracy
