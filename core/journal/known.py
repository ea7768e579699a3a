"""What a ledger already has of a batch's models and outcomes: a model is described once, and nothing is followed twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from core.journal.coverage import some_of
from core.journal.entries import Entry, ModelEntry, OutcomeEntry
from core.journal.tables import models, outcomes


class Known:
    """The keys of models that are described, and the numbers of entries that an outcome follows."""

    def __init__(self) -> None:
        self._models: set[tuple[str, str, str]] = set()
        self._followed: set[int] = set()

    @classmethod
    def of(cls, connection: Connection, batch: Sequence[Entry]) -> Known:
        """What the ledger has of the models and outcomes in ``batch``, in the transaction of ``connection``."""
        known = cls()
        known._read_models(connection, {entry.model_version for entry in batch if isinstance(entry, ModelEntry)})
        known._read_followed(connection, {entry.follows for entry in batch if isinstance(entry, OutcomeEntry)})
        return known

    def takes(self, entry: ModelEntry | OutcomeEntry) -> bool:
        """Whether an entry is new; from then on it is not."""
        if isinstance(entry, ModelEntry):
            new = entry.key not in self._models
            self._models.add(entry.key)
        else:
            new = entry.follows not in self._followed
            self._followed.add(entry.follows)
        return new

    def _read_models(self, connection: Connection, versions: Iterable[str]) -> None:
        keys = select(models.c.symbol, models.c.timeframe, models.c.model_version)
        for some in some_of(versions):
            found = connection.execute(keys.where(models.c.model_version.in_(some)))
            self._models.update((symbol, timeframe, version) for symbol, timeframe, version in found)

    def _read_followed(self, connection: Connection, numbers: Iterable[int]) -> None:
        for some in some_of(numbers):
            asked = select(outcomes.c.follows).where(outcomes.c.follows.in_(some))
            self._followed.update(connection.execute(asked).scalars())
