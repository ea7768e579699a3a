"""What Alembic runs: the steps that a ledger lacks, in the transaction that core.journal.migrating has begun."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
