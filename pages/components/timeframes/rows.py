"""The rows of the timeframes page: what each coin's models say on every timeframe, and whether they agree.

Knows nothing of Streamlit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from core.domain import Direction, Timeframe, ticker
from core.findings import IncompleteModel, NoModel, Unavailable, UnavailableKind
from core.market.coins import coin_name
from core.measured import Proof
from core.prediction import Confluence, MoveConfluence, Prediction, SideConfluence
from core.signals.bands import SideStrength, above_usual, band_of, likelier_side, side_strength
from core.signals.board import BoardSnapshot, Signal
from core.signals.confluence import confluence, weight_of
from core.signals.hours import NO_HOURS_OF_ANY, Hours, HoursOfTimeframes, band_at_hour, usual_at_hour
from core.wording.language import phrase, say
from core.wording.sentences import confluence_line, confluence_sentence, problem_sentence
from core.wording.style import TYPESET, Style
from pages.components.shared.appearance import DIRECTION_STYLES, SIDE_GLYPHS, problem_word, shown_severity, trust_word
from pages.components.shared.headline import headline_text, move_beside_usual, share_text, side_text
from pages.components.shared.number_text import NONE, accuracy_text, points_text
from pages.components.shared.questions import answers, skills
from pages.components.shared.row_order import RowOrder

COLUMNS = {
    "coin": phrase("Coin"),
    **{timeframe.value: timeframe.value for timeframe in Timeframe},
    "confluence": phrase("All, points"),
}
"""What rows can be ordered by, with the heads of the columns."""

LARGEST_FIRST = tuple(COLUMNS)[1:]
"""The columns of numbers begin with what is most above usual."""

NO_MODEL_MARK = "○"
UNREADABLE_MARK = "⚠"

MOST_UNUSUAL_FIRST = RowOrder("confluence", descending=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One coin: its signals by timeframe and their confluence."""

    symbol: str
    signals: dict[Timeframe, Signal]
    confluence: Confluence

    def above_usual(self, column: str) -> float | None:
        """By how much a move is likelier than usual, -1 to 1: what a column is ordered by; None without a prediction."""
        if column == "confluence":
            return combined_above_usual(self.confluence.move)
        prediction = self.prediction(column)
        return None if prediction is None else above_usual(prediction)

    def is_proven(self, column: str) -> bool:
        """Whether what a column is ordered by comes of proven timing."""
        if column == "confluence":
            return bool(self.confluence.move.proven)
        prediction = self.prediction(column)
        return prediction is not None and prediction.trust.timing_proof is Proof.PROVEN

    def proven_sides(self) -> set[Direction]:
        """The sides that timeframes with a proven one lean to or are clear about."""
        of_proven = filter(None, map(self.prediction, self.confluence.side.proven))
        return {likelier_side(each) for each in of_proven if side_strength(each) is not SideStrength.UNCLEAR}

    def prediction(self, column: str) -> Prediction | None:
        signal = self.signals.get(Timeframe(column))
        return signal.prediction if signal else None


def combined_above_usual(agreed: MoveConfluence) -> float | None:
    """By how much a move is likelier than usual on the timeframes together: on the proven ones, where there are any.

    Over the whole weight, so that one timeframe does not outrank four that agree; below usual over the weight of those that
    count, since otherwise a coin of which little is known would stand above all that are known to be quiet.
    """
    if not agreed.counted:
        return None
    those, score = (agreed.proven, agreed.proven_score) if agreed.proven else (agreed.counted, agreed.score)
    return min(score, score / weight_of(those))


def rows_of(snapshot: BoardSnapshot) -> list[Row]:
    """A row per coin, in the market's order."""
    rows = []
    for symbol in snapshot.symbols():
        signals = snapshot.of(symbol)
        rows.append(Row(symbol, signals, confluence({tf: signal.prediction for tf, signal in signals.items()})))
    return rows


def ordered(rows: Iterable[Row], order: RowOrder) -> list[Row]:
    """The rows in ``order``, those of proven timing before the others; what has nothing to order by is last, ties by name."""
    by_name = sorted(rows, key=lambda row: row.symbol)
    if order.column == "coin":
        return order.sort(by_name, lambda row, _: row.symbol)
    proven, others = ([row for row in by_name if row.is_proven(order.column) is proven] for proven in (True, False))
    return order.sort(proven, Row.above_usual) + order.sort(others, Row.above_usual)


def lacks_model(row: Row) -> bool:
    """Whether some timeframe of a coin has no usable model."""
    problems = [signal.problem for signal in row.signals.values() if signal.problem is not None]
    return any(_is_missing(problem) for problem in problems)


def _is_missing(problem: Unavailable) -> bool:
    """Whether there is no model, which is something else than one that cannot be read."""
    return isinstance(problem.facts, NoModel | IncompleteModel)


def row_data(row: Row, style: Style = TYPESET, hours: HoursOfTimeframes = NO_HOURS_OF_ANY) -> dict[str, Any]:
    """One row as plain data for the component; texts are ready to show."""
    agreed = row.confluence
    score = row.above_usual("confluence")
    return {
        "symbol": row.symbol,
        "coin": ticker(row.symbol),
        "name": coin_name(row.symbol),
        "cells": [_cell(timeframe, row.signals.get(timeframe), style, hours[timeframe]) for timeframe in Timeframe],
        "score": None if score is None else round(score, 3),
        "score_text": NONE if score is None else points_text(score),
        "proven": row.is_proven("confluence"),
        "veto": agreed.veto is not None and agreed.veto.timeframe in agreed.side.proven,
        "calls": confluence_sentence(agreed, TYPESET),
        "called": confluence_line(agreed, TYPESET),
        "move": {"text": _move_text(agreed.move), "sentence": confluence_sentence(agreed.move, TYPESET)},
        "side": {
            "text": _side_text(agreed.side, row.proven_sides()),
            "sentence": confluence_sentence(agreed.side, TYPESET),
        },
    }


def _move_text(agreed: MoveConfluence) -> str:
    """On how many timeframes a move is expected, of all of them or of those that count, and whether any is proven."""
    if not agreed.counted:
        return ""
    if agreed.expected and not set(agreed.expected) & set(agreed.proven):
        return say(
            "A move is expected on {expected} of {timeframes}, timing not proven",
            expected=len(agreed.expected),
            timeframes=len(agreed.counted),
        )
    all_count = len(agreed.counted) == len(Timeframe)
    return say(
        phrase("A move is expected on {expected} of {timeframes} timeframes")
        if all_count
        else phrase("A move is expected on {expected} of {timeframes} that count"),
        expected=len(agreed.expected),
        timeframes=len(agreed.counted),
    )


def _side_text(agreed: SideConfluence, proven_sides: Collection[Direction]) -> str:
    """Which way the timeframes lean if it moves, and how far; no side is told that none can prove, nor that all agree."""
    if not agreed.counted:
        return ""
    if not agreed.proven:
        return say("Side not proven")
    score, apart = agreed.proven_score, len(proven_sides) > 1
    if not round(score * 100, 1):  # what is written as 0.0 points nowhere
        return say("Proven sides disagree") if apart else say("Side even")
    return say(
        phrase("Proven sides disagree: {glyph} {points} points") if apart else phrase("Side {glyph} {points} points"),
        glyph=SIDE_GLYPHS[Direction.LONG if score > 0 else Direction.SHORT],
        points=points_text(score),
    )


def _problem_mark(problem: Unavailable) -> str:
    if problem.kind is not UnavailableKind.NO_MODEL:
        return NONE
    return NO_MODEL_MARK if _is_missing(problem) else UNREADABLE_MARK


def _cell(timeframe: Timeframe, signal: Signal | None, style: Style, hours: Hours) -> dict[str, Any]:
    cell: dict[str, Any] = {"timeframe": timeframe.value}
    if signal is None or signal.prediction is None:
        problem = signal.problem if signal else None
        if problem is None:
            return cell | {"mark": NONE, "problem": say("No signal"), "explanation": ""}
        return cell | {
            "mark": _problem_mark(problem),
            "problem": problem_word(problem),
            "explanation": problem_sentence(problem, style).text,
        }
    prediction = signal.prediction
    strength = side_strength(prediction)
    return cell | {
        "band": band_of(prediction).value,
        "hour": {"band": band_at_hour(prediction, hours).value},
        "above": round(above_usual(prediction), 3),  # its colour is no finer
        "text": move_beside_usual(prediction, usual_at_hour(prediction, hours))[0],
        "headline": headline_text(prediction, prediction.candle_close_time.astimezone(style.zone), hours),
        "said": side_text(prediction),
        "side": None if strength is SideStrength.UNCLEAR else {"name": likelier_side(prediction), "strength": strength},
        "filled": prediction.trust.timing_proof is Proof.PROVEN,
        "severity": shown_severity(prediction.trust) or "none",
        "trust": trust_word(prediction.trust)
        if prediction.accuracy is None
        else say(
            "{trust}, {accuracy}", trust=trust_word(prediction.trust), accuracy=accuracy_text(prediction.accuracy)
        ),
        "call": say(
            "calls {direction} {confidence}",
            direction=DIRECTION_STYLES[prediction.direction].word,
            confidence=share_text(prediction.confidence),
        ),
        "answers": answers(prediction),
        "skills": skills(prediction.trust),
    }
