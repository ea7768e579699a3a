"""The rows of the timeframes page: what each coin's models say on every timeframe, and whether they agree.

Knows nothing of Streamlit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.domain import Timeframe, ticker
from core.findings import UnavailableKind
from core.market.coins import coin_name
from core.prediction import Confluence, MoveConfluence, SideConfluence
from core.signals.board import BoardSnapshot, Signal
from core.signals.confluence import confluence, lean
from core.wording.sentences import confluence_sentence, problem_sentence
from core.wording.style import TYPESET
from pages.components.shared.appearance import DIRECTION_LOOKS, PROBLEM_WORDS, shown_severity, trust_word
from pages.components.shared.number_text import NONE, accuracy_text, percent_text, score_text
from pages.components.shared.questions import answers, is_proven
from pages.components.shared.row_order import RowOrder

COLUMNS = {"coin": "Coin", **{timeframe.value: timeframe.value for timeframe in Timeframe}, "confluence": "Confluence"}
"""What rows can be ordered by, with the heads of the columns."""

LARGEST_FIRST = tuple(COLUMNS)[1:]
"""The columns of numbers begin with the most LONG."""

NO_MODEL_MARK = "○"

MOST_LONG_FIRST = RowOrder("confluence", descending=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One coin: its signals by timeframe and their confluence."""

    symbol: str
    signals: dict[Timeframe, Signal]
    confluence: Confluence

    def lean(self, column: str) -> float | None:
        """What a number column is ordered by, from -1 (SHORT) to 1 (LONG); None where there is no prediction."""
        if column == "confluence":
            return self.confluence.score if self.confluence.counted else None
        signal = self.signals.get(Timeframe(column))
        prediction = signal.prediction if signal else None
        return None if prediction is None else lean(prediction)


def rows_of(snapshot: BoardSnapshot) -> list[Row]:
    """A row per coin, in the market's order."""
    rows = []
    for symbol in snapshot.symbols():
        signals = snapshot.of(symbol)
        rows.append(Row(symbol, signals, confluence({tf: signal.prediction for tf, signal in signals.items()})))
    return rows


def ordered(rows: Iterable[Row], order: RowOrder) -> list[Row]:
    """The rows in ``order``; those with nothing to order by come last, and ties by name."""
    by_name = sorted(rows, key=lambda row: row.symbol)
    return order.sort(by_name, lambda row, column: row.symbol if column == "coin" else row.lean(column))


def lacks_model(row: Row) -> bool:
    """Whether some timeframe of a coin has no usable model."""
    problems = [signal.problem for signal in row.signals.values() if signal.problem is not None]
    return any(problem.kind is UnavailableKind.NO_MODEL for problem in problems)


def row_data(row: Row) -> dict[str, Any]:
    """One row as plain data for the component; texts are ready to show."""
    agreed = row.confluence
    return {
        "symbol": row.symbol,
        "coin": ticker(row.symbol),
        "name": coin_name(row.symbol),
        "cells": [_cell(timeframe, row.signals.get(timeframe)) for timeframe in Timeframe],
        "score": round(agreed.score, 3) if agreed.counted else None,
        "score_text": score_text(agreed.score) if agreed.counted else NONE,
        "direction": agreed.direction.value,
        "veto": agreed.veto is not None,
        "sentence": confluence_sentence(agreed, TYPESET),
        "move": {"text": _move_text(agreed.move), "sentence": confluence_sentence(agreed.move, TYPESET)},
        "side": {"text": _side_text(agreed.side), "sentence": confluence_sentence(agreed.side, TYPESET)},
    }


def _move_text(agreed: MoveConfluence) -> str:
    """By how much a move is likelier than usual."""
    return f"Move against usual {score_text(agreed.score)}" if agreed.counted else ""


def _side_text(agreed: SideConfluence) -> str:
    """Which way the timeframes lean if it moves, and how far."""
    return f"Side {DIRECTION_LOOKS[agreed.leaning].glyph} {score_text(agreed.score)}" if agreed.counted else ""


def _cell(timeframe: Timeframe, signal: Signal | None) -> dict[str, Any]:
    cell: dict[str, Any] = {"timeframe": timeframe.value}
    if signal is None or signal.prediction is None:
        problem = signal.problem if signal else None
        if problem is None:
            return cell | {"mark": NONE, "problem": "No signal", "explanation": ""}
        return cell | {
            "mark": NO_MODEL_MARK if problem.kind is UnavailableKind.NO_MODEL else NONE,
            "problem": PROBLEM_WORDS[problem.kind],
            "explanation": problem_sentence(problem, TYPESET).text,
        }
    prediction = signal.prediction
    accuracy = "" if prediction.accuracy is None else f", {accuracy_text(prediction.accuracy)}"
    return cell | {
        "direction": prediction.direction,
        "confidence": round(prediction.confidence, 3),  # its colour is no finer
        "text": percent_text(prediction.confidence, digits=0),
        "filled": is_proven(prediction),
        "severity": shown_severity(prediction.trust) or "none",
        "trust": trust_word(prediction.trust) + accuracy,
        "answers": answers(prediction),
    }
