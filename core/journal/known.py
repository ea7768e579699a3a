"""What a ledger already has of a batch: a model is described once, nothing is followed twice, and a comparison is told once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Row, select

from core.journal.coverage import some_of
from core.journal.entries import ComparisonEntry, Key, ModelEntry
from core.journal.tables import comparisons, models, outcomes


class Known:
    """The keys of models that are described, of comparisons, and of outcomes, which are the numbers that they follow."""

    def __init__(self) -> None:
        self._keys: set[Key] = set()

    @classmethod
    def of(
        cls, connection: Connection, described: Iterable[Key], resolved: Iterable[Key], compared: Iterable[Key] = ()
    ) -> Known:
        """What the ledger has of entries with these keys, in the transaction of ``connection``."""
        known = cls()
        known._read_models(connection, {version for *_, version in described})
        known._read_followed(connection, {follows for (follows,) in resolved})
        known._read_comparisons(connection, {decided_at_ms for _, decided_at_ms in compared})
        return known

    def takes(self, key: Key) -> bool:
        """Whether an entry with this key is new; from then on it is not."""
        new = key not in self._keys
        self._keys.add(key)
        return new

    def _read_models(self, connection: Connection, versions: Iterable[str]) -> None:
        keys = select(*(models.c[name] for name in ModelEntry.identified_by))
        for some in some_of(versions):
            self._add(connection.execute(keys.where(models.c.model_version.in_(some))))

    def _read_comparisons(self, connection: Connection, times: Iterable[int]) -> None:
        keys = select(*(comparisons.c[name] for name in ComparisonEntry.identified_by))
        for some in some_of(times):
            self._add(connection.execute(keys.where(comparisons.c.decided_at_ms.in_(some))))

    def _read_followed(self, connection: Connection, numbers: Iterable[int]) -> None:
        follows = outcomes.c.follows
        for some in some_of(numbers):
            without_gap = some[-1] - some[0] == len(some) - 1  # a replay's, and soon said
            asked = follows.between(some[0], some[-1]) if without_gap else follows.in_(some)
            self._add(connection.execute(select(follows).where(asked)))

    def _add(self, found: Iterable[Row[tuple[object, ...]]]) -> None:
        self._keys.update(tuple(row) for row in found)
