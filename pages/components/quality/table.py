"""The table of all models: one component, so that a sort or a closed candle costs one message."""

from __future__ import annotations

from collections.abc import Sequence

from core.wording.glossary import Term
from pages.components.quality.rows import ModelRow, row_data, summary
from pages.components.quality.selection import COLUMNS, DOUBTFUL_FIRST, LARGEST_FIRST
from pages.components.quality.sentences import proven_sentence
from pages.components.shared.row_order import RowOrder
from pages.components.shared.sortable_table import SortableTable

_TERMS = {
    "verdict": Term.TRUST,
    "accuracy": Term.ACCURACY,
    "n": Term.N,
    "majority": Term.BASELINE,
    "skill": Term.SKILL,
    "live": Term.LIVE,
    "timing": Term.TIMING,
    "side": Term.SIDE_SKILL,
    "ece": Term.ECE,
    "kind": Term.KIND,
    "age": Term.AGE,
}

table = SortableTable("quality/table", COLUMNS, LARGEST_FIRST, DOUBTFUL_FIRST, terms=_TERMS)


def model_table(rows: Sequence[ModelRow], order: RowOrder) -> None:
    """Draw ``rows`` as they are ordered."""
    table.draw([row_data(row) for row in rows], order, summary=summary(rows), proven=proven_sentence(rows))
