"""The ledger as tables to take away, a stretch of entries at a time, so that a million rows never stand in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from sqlalchemy import Boolean, ColumnElement, Connection, Float, Integer, Row, Select, Table, exists, select

from core.journal.database import Database
from core.journal.derived import DERIVED, REASONS, reasons_text, with_models
from core.journal.entries import ComparisonEntry, MissingEntry, ModelEntry, OutcomeEntry, SignalEntry, columns_of
from core.journal.tables import comparisons, entries, missing, models, outcomes, signals, standing
from core.wording.ledger_columns import COLUMN_NOTES

ENTRIES_TOGETHER = 10_000
"""So many are read in one transaction: some 20 MB at most while they are being written."""


class ExportTable(StrEnum):
    """What can be taken away."""

    SIGNALS = "signals"
    """Each with the outcome that counts, empty while it is open."""
    MISSING = "missing"
    MODELS = "models"
    COMPARISONS = "comparisons"


class ExportFormat(StrEnum):
    """How it is written."""

    CSV = "csv"
    PARQUET = "parquet"


def exported(
    database: Database, table: ExportTable, form: ExportFormat, until: int, metadata: Mapping[str, str] | None = None
) -> Iterator[bytes]:
    """The file, piece by piece: what is in a table up to entry ``until``; LedgerUnavailable where it cannot be read.

    ``metadata`` of all of it stands in a Parquet file's metadata; CSV has no room for it.
    """
    sink = _Sink()
    schema = schema_of(table).with_metadata(dict(metadata or {}))
    with _WRITERS[form](sink, schema) as writer:
        for after in range(0, max(until, 1), ENTRIES_TOGETHER):
            with database.reading() as connection:
                rows = _rows(connection, table, after, min(after + ENTRIES_TOGETHER, until), until)
                lines = _with_reasons(database, rows) if table is ExportTable.SIGNALS else rows
                columns = _by_column(lines, schema)
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            yield sink.taken()
    yield sink.taken()


def schema_of(table: ExportTable) -> pa.Schema:
    """The columns of a table; each field's metadata says what it holds, and in which unit."""
    fields = [_field(name, _kind_of(column)) for name, column in _COLUMNS[table].items()]
    return pa.schema([*fields, _field("reasons", pa.string())] if table is ExportTable.SIGNALS else fields)


def _field(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, metadata={"holds": COLUMN_NOTES.get(name, name)})


def _kind_of(column: ColumnElement[Any]) -> pa.DataType:
    kinds = {Integer: pa.int64(), Float: pa.float64(), Boolean: pa.bool_()}
    return next((kind for of_type, kind in kinds.items() if isinstance(column.type, of_type)), pa.string())


_SIGNAL_COLUMNS = [name for name in columns_of(SignalEntry.kind) if name in signals.c]
_CAME = [name for name in columns_of(OutcomeEntry.kind) if name not in {"signal_seq", "follows"}]

_TABLES: Mapping[ExportTable, Table] = {
    ExportTable.SIGNALS: signals,
    ExportTable.MISSING: missing,
    ExportTable.MODELS: models,
    ExportTable.COMPARISONS: comparisons,
}

_COLUMNS: Mapping[ExportTable, Mapping[str, ColumnElement[Any]]] = {
    ExportTable.SIGNALS: {
        "seq": signals.c.seq,
        "recorded_at_ms": entries.c.recorded_at_ms,
        **{name: signals.c[name] for name in _SIGNAL_COLUMNS},
        **DERIVED,
        "outcome_seq": outcomes.c.seq,
        **{name: outcomes.c[name] for name in _CAME},
    },
    ExportTable.MISSING: {
        "seq": missing.c.seq,
        "recorded_at_ms": entries.c.recorded_at_ms,
        **{name: missing.c[name] for name in columns_of(MissingEntry.kind)},
    },
    ExportTable.MODELS: {
        "seq": models.c.seq,
        "recorded_at_ms": entries.c.recorded_at_ms,
        **{name: (standing if name in standing.c else models).c[name] for name in columns_of(ModelEntry.kind)},
    },
    ExportTable.COMPARISONS: {
        "seq": comparisons.c.seq,
        "recorded_at_ms": entries.c.recorded_at_ms,
        **{name: comparisons.c[name] for name in columns_of(ComparisonEntry.kind)},
    },
}


def _rows(connection: Connection, table: ExportTable, after: int, last: int, until: int) -> Sequence[Row[Any]]:
    """The rows of entries after ``after`` up to ``last``; of signals, what their reasons are made of comes last."""
    columns = [column.label(name) for name, column in _COLUMNS[table].items()]
    own = _TABLES[table].c.seq
    query = select(*columns).join_from(_TABLES[table], entries, entries.c.seq == own)
    if table is ExportTable.SIGNALS:
        query = with_models(_with_outcomes(query.add_columns(*REASONS), until))
    if table is ExportTable.MODELS:
        query = query.outerjoin(standing, standing.c.seq == own)
    return connection.execute(query.where(own > after, own <= last).order_by(own)).all()


def _with_reasons(database: Database, rows: Sequence[Row[Any]]) -> Iterator[tuple[Any, ...]]:
    """Rows of signals with the sentences of their verdicts; LedgerDamaged, of the signal, where it cannot be told."""
    for row in rows:
        with database.understood(row[0]):
            yield (*row[: -len(REASONS)], reasons_text(*row[-len(REASONS) :]))


def _by_column(rows: Iterable[Sequence[Any]], schema: pa.Schema) -> list[pa.Array]:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    return [pa.array(each, field.type) for each, field in zip(columns, schema, strict=True)]


def _with_outcomes(query: Select[Any], until: int) -> Select[Any]:
    """Each with its newest outcome as of entry ``until``."""
    later = outcomes.alias("later")
    corrected = exists().where(later.c.follows == outcomes.c.seq, later.c.seq <= until)
    return query.outerjoin(outcomes, (outcomes.c.signal_seq == signals.c.seq) & (outcomes.c.seq <= until) & ~corrected)


_WRITERS: Mapping[ExportFormat, Any] = {
    ExportFormat.CSV: pyarrow.csv.CSVWriter,
    ExportFormat.PARQUET: pyarrow.parquet.ParquetWriter,
}


class _Sink:
    """A file that is given away as it is written."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._length = 0

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._length += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        return self._length

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        self.closed = True

    def taken(self) -> bytes:
        """What was written since this was asked last."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
