"""How long it takes to replay every model on a month of past candles in the background, and what that weighs."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pydantic import SecretStr

from core.application import assemble, registry_of
from core.domain import Timeframe
from core.journal.places import PostgresqlSchema, SqliteFile, place_of
from core.journal.store import Ledger
from core.market.feed import CandleFeed
from core.market.simulated import SimulatedMarket
from core.replay import ReplayState
from core.settings import Settings

LONGEST_SECONDS = 900.0


def measure_replay(folder: Path, settings: Settings, database_url: str | None) -> dict[str, float]:
    """Seconds that a replay takes beside a running application, signals, and megabytes where it is a file.

    It begins once the first signals are recorded: until then candles come and models are loaded.
    """
    market = SimulatedMarket(seed=1_000_000 + os.getpid())  # nobody else's ledger
    place = place_of(market.identity, folder, database_url)
    secret = None if database_url is None else SecretStr(database_url)
    chosen = settings.model_copy(update={"data_dir": folder, "database_url": secret})
    registry = registry_of(settings.models_dir)
    spoken_on = {series.timeframe for series in registry.available()}
    feed = CandleFeed(market, [timeframe for timeframe in Timeframe if timeframe in spoken_on])
    application = assemble(chosen, feed, registry)
    started = began = time.perf_counter()
    application.start()
    try:
        while application.replayer.progress.state is ReplayState.WAITING:
            if time.perf_counter() - started > LONGEST_SECONDS:
                raise SystemExit("The replay did not begin.")
            time.sleep(0.05)
        began = time.perf_counter()
        while application.replayer.progress.state is not ReplayState.DONE:
            if time.perf_counter() - began > LONGEST_SECONDS:
                raise SystemExit(f"The replay took too long: {application.replayer.progress}")
            time.sleep(0.05)
        seconds, rows = time.perf_counter() - began, application.replayer.progress.rows
    finally:
        application.stop()
        if isinstance(place, PostgresqlSchema):
            drop(place)
    size = {"replay_mb": place.path.stat().st_size / 1e6} if isinstance(place, SqliteFile) else {}
    return {"replay_s": round(seconds, 2), "replayed": rows, **size}


def drop(place: PostgresqlSchema) -> None:
    """Remove a ledger that was only made to be measured."""
    ledger = Ledger.open(place)
    with ledger.database.writing() as connection:
        connection.exec_driver_sql(f'DROP SCHEMA "{place.schema}" CASCADE')
    ledger.close()
