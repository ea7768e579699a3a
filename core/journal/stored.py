"""Signals as they stand in the ledger, each with an outcome of it: the questions that read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Select, false, null, select

from core.journal.entries import ModelEntry, OutcomeEntry, SignalEntry, columns_of
from core.journal.judged import StoredOutcome, counting_outcome
from core.journal.shown import decompressed
from core.journal.tables import circumstances, entries, models, outcomes, shown, signals, standing
from core.journal.vocabulary import Origin


@dataclass(frozen=True, slots=True)
class StoredSignal:
    """One signal as it stands in the ledger, entered at ``recorded_at_ms`` (Unix ms), and the outcome that counts of it.

    ``model`` is what was known of who gave a replayed one, None where nobody described it; a live one says it itself.
    """

    seq: int
    recorded_at_ms: int
    entry: SignalEntry
    outcome: StoredOutcome | None
    model: ModelEntry | None


_SIGNAL_COLUMNS = tuple(name for name in columns_of(SignalEntry.kind) if name in signals.c)
_OUTCOME = columns_of(OutcomeEntry.kind)
_MODEL = [(standing if name in standing.c else models).c[name] for name in columns_of(ModelEntry.kind)]

_OF_ITS_MODEL = (
    (signals.c.origin == Origin.REPLAYED.value)
    & (models.c.symbol == signals.c.symbol)
    & (models.c.timeframe == signals.c.timeframe)
    & (models.c.model_version == signals.c.model_version)
)


def _signals_with(outcome: Any) -> Select[Any]:
    """Signals, each with what the join condition ``outcome`` finds."""
    return (
        select(
            signals.c.seq,
            entries.c.recorded_at_ms,
            *(signals.c[name] for name in _SIGNAL_COLUMNS),
            shown.c.shown,
            circumstances.c.circumstances,
            outcomes.c.seq.label("outcome_seq"),
            *(outcomes.c[name].label(f"outcome_{name}") for name in _OUTCOME),
            *(column.label(f"model_{column.name}") for column in _MODEL),
        )
        .join(entries, entries.c.seq == signals.c.seq)
        .outerjoin(shown, shown.c.seq == signals.c.seq)
        .outerjoin(circumstances, circumstances.c.seq == signals.c.seq)
        .outerjoin(outcomes, outcome)
        .outerjoin(models, _OF_ITS_MODEL)
        .outerjoin(standing, standing.c.seq == models.c.seq)
        .where((shown.c.seq != null()) | (signals.c.origin == Origin.REPLAYED.value))
    )


STORED = _signals_with(counting_outcome())
AS_ENTERED = _signals_with(false())
"""As they were when they were entered, before anything became of them."""

WITH_EACH_OUTCOME = _signals_with(outcomes.c.signal_seq == signals.c.seq)
"""A row for each outcome, those that were corrected later among them, and one without for a signal that has none."""


def stored_signal(row: Sequence[Any]) -> StoredSignal:
    """Of a row of these questions; read it inside the database's ``understood``: somebody may have changed it."""
    values = iter(row)
    seq, recorded_at_ms = next(values), next(values)
    fields, packed, against, outcome_seq = (
        list(islice(values, len(_SIGNAL_COLUMNS))),
        next(values),
        next(values),
        next(values),
    )
    fields += [None if packed is None else decompressed(packed), against]
    outcome, model = list(islice(values, len(_OUTCOME))), list(values)
    return StoredSignal(
        seq,
        recorded_at_ms,
        SignalEntry(*fields),
        None if outcome_seq is None else StoredOutcome(outcome_seq, OutcomeEntry(*outcome)),
        None if model[0] is None else ModelEntry(*model),
    )
