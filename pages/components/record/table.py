"""The tables of the track record, which one script draws: those that the reader may order, and plain ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.wording.glossary import Term
from core.wording.language import phrase, say
from core.wording.style import TYPESET
from pages.components.record.cells import Row
from pages.components.record.rows import CALLS, MODELS, MOVES, PAST, SEQUENCES, SLICES
from pages.components.shared.packing import packed
from pages.components.shared.row_order import RowOrder
from pages.components.shared.sortable_table import SortableTable, sortable_component

_SCRIPT = "record/table"

MISSES_FIRST, HITS_FIRST = RowOrder("given"), RowOrder("given", True)
LOSSES_FIRST, NEWEST_FIRST = RowOrder("r"), RowOrder("time", True)

TERMS = {
    "called": Term.BAND,
    "came": Term.OUTCOME,
    "promised": Term.PROMISE,
    "usual": Term.USUAL,
    "n": Term.N,
    "mean": Term.SKILL,
    "interval": Term.SEQUENCE,
    "verdict": Term.PROVEN,
    "signals": Term.N,
    "open": Term.OPEN,
    "likely": Term.BAND,
    "timing": Term.TIMING,
    "accuracy": Term.ACCURACY,
    "sides": Term.SIDE,
    "r": Term.R,
    "fall": Term.FALL,
    "skill": Term.SKILL,
    "promise": Term.PROMISE,
    "move": Term.MOVE,
    "said": Term.CALL,
    "happened": Term.OUTCOME,
    "given": Term.LOG_LOSS,
}
"""The word of the glossary for each column, which means the same in all of these tables; of models, see below."""

_OF_MODELS = TERMS | {"verdict": Term.ALARM}

calls_table = SortableTable(_SCRIPT, CALLS, {"time", "move", "r", "given"}, MISSES_FIRST, terms=TERMS)
models_table = SortableTable(
    _SCRIPT, MODELS, {"n", "fall", "promise", "verdict"}, RowOrder("fall", True), "models_order", _OF_MODELS
)
slices_table = SortableTable(_SCRIPT, SLICES, {"signals", "open"}, RowOrder("name"), "parts_order", TERMS)

_HELP = {
    "promised": phrase("The mean probability given for it"),
    "usual": phrase("How often a move comes anyway: as training had it, for these very signals"),
    "mean": phrase("How much less log loss than the usual frequencies: 0 is no better, 1 is perfect"),
    "interval": phrase("Holds the truth with 95\u00a0% at all times together, however often one looks"),
    "open": phrase("Signals whose horizon is not over, or has a gap"),
    "likely": phrase("Of the moves called likely, how many came; usually: how often one comes anyway"),
    "timing": phrase("Skill in telling whether a barrier is touched; with 95\u00a0% at all times together"),
    "accuracy": phrase(
        "How often the likeliest of three classes was right; baseline: always calling one class; test: what the models' tests "
        "had promised"
    ),
    "sides": phrase(
        "Of called sides after which a barrier was touched, how many were right; baseline: always calling one side"
    ),
    "r": phrase("Mean result in R after fees, as if traded; never traded"),
    "fall": phrase("By how many standard errors the record's skill is below the test's"),
    "skill": phrase("That of the record, beside the test's; all models on one axis"),
    "promise": phrase("Log loss as it came, beside the one that the probabilities expect of themselves"),
    "given": phrase("The probability that had been given to what happened"),
    "move": phrase("The probability that had been given to a move"),
    "time": phrase("When the candle opened"),
}

_BLOCK, _TEST = phrase("{sure} interval"), phrase("what the test had")
_LEGENDS = {
    "moves": {"block": _BLOCK, "point": phrase("what came"), "tick": phrase("what was promised")},
    "models": {"block": _BLOCK, "point": phrase("the record"), "tick": phrase("baseline"), "test": _TEST},
    "parts": {
        "block": _BLOCK,
        "point": phrase("the record"),
        "tick": phrase("what was promised, or the baseline"),
        "test": _TEST,
    },
}
"""What the marks in a table's bars are, in the order in which they are told."""

_WIDTHS = {
    "calls": "4.5rem 2.6rem 12.75rem 5rem minmax(9rem, 1fr) minmax(9rem, 1fr) minmax(7rem, 8rem) 4rem",
    "models": "5.5rem 4rem 8.5rem minmax(9rem, 1fr) minmax(9rem, 1fr) minmax(9.5rem, 1fr) minmax(9rem, 1fr)",
    "parts": "minmax(5.5rem, 8rem) 4.5rem 4rem minmax(10.5rem, 1.2fr) minmax(11rem, 1fr) minmax(9.5rem, 1fr) minmax(9.5rem, 1fr) 9.5rem",
    "moves": "6rem minmax(8rem, 1fr) minmax(7.5rem, 11rem) 4.5rem 4rem",
    "past": "9.5rem 5rem minmax(9rem, 1fr) minmax(9rem, 1fr) minmax(7rem, 8rem) 4rem",
    "sequences": "2.6rem 6.5rem minmax(8.5rem, 1fr) 4rem minmax(9rem, 1.4fr)",
}


def _help() -> dict[str, str]:
    return {column: say(text) for column, text in _HELP.items()}


def _legend(name: str) -> dict[str, str]:
    return {mark: say(text, sure=say(TYPESET.sure)) for mark, text in _LEGENDS.get(name, {}).items()}


def show_rows(table: SortableTable, name: str, rows: Sequence[Row], order: RowOrder, label: str) -> None:
    """Draw a table that can be ordered, ``name`` in the address; its rows are links."""
    table.draw(rows, order, label=label, widths=_WIDTHS[name], help=_help(), legend=_legend(name))


def show_moves(rows: Sequence[Row], label: str) -> None:
    _show_plain("moves", MOVES, rows, label)


def show_sequences(rows: Sequence[Row], label: str, key: str) -> None:
    _show_plain("sequences", SEQUENCES, rows, label, key)


def show_past_calls(rows: Sequence[Row], label: str) -> None:
    """Single signals of one coin and timeframe; each leads to its candle in the chart."""
    _show_plain("past", PAST, rows, label)


def show_records(rows: Sequence[Row], label: str, key: str) -> None:
    """Models' records on the page that is theirs."""
    _show_plain("models", MODELS, [{"key": row["key"], "cells": row["cells"]} for row in rows], label, f"_{key}")


def _show_plain(name: str, columns: Mapping[str, str], rows: Sequence[Row], label: str, key: str = "") -> None:
    data = {
        "columns": {name: say(head) for name, head in columns.items()},
        "rows": packed(rows),
        "label": label,
        "widths": _WIDTHS[name],
        "help": _help(),
        "legend": _legend(name),
        "terms": _OF_MODELS if name == "models" else TERMS,
    }
    sortable_component(_SCRIPT)(key=f"record_{name}{key}", data=data)
