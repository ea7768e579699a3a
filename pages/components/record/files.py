"""The tables of the record as files: plain numbers, each with its n, its interval and what to judge it by.

Shares and probabilities are fractions, losses nats, times ISO 8601 UTC. Of fewer outcomes than ``enough`` says no figure
means anything. Knows nothing of Streamlit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import pandas as pd

from core.journal.slices import MoveCalls, Share, Slice
from core.journal.track_record import ModelRecord, SkillSequence
from core.market.candles import moment_of
from core.text import iso

Row = Mapping[str, object]


def as_csv(rows: Iterable[Row], origin: str, prices: str, damage: str | None = None) -> bytes:
    """Rows as CSV; each says whose signals it is of, and whose prices, and what ``damage`` of the ledger is known."""
    every = {"origin": origin, "prices": prices, **({} if damage is None else {"ledger_damage": damage})}
    return pd.DataFrame([{**every, **row} for row in rows]).to_csv(index=False).encode()


def move_lines(moves: MoveCalls) -> list[Row]:
    """How often a move came, by what was called."""
    return [{"called": each.name, **_as_row(getattr(moves, each.name))} for each in fields(moves)]


def sequence_lines(sequences: Iterable[SkillSequence]) -> list[Row]:
    """How sure each skill is, as of the last block, in the unit that is tested; pages show the share of the log loss."""
    return [
        {name: value for name, value in _as_row(each).items() if name != "path"}
        | {"unit": "nats_per_signal", "proven": each.proven, "worse": each.worse}
        for each in sequences
    ]


def slice_lines(slices: Iterable[Slice]) -> list[Row]:
    """Every figure of each part of the signals."""
    return [{**_as_row(each), "open": each.open, "enough": each.enough} for each in slices]


def model_lines(models: Iterable[ModelRecord]) -> list[Row]:
    """Every figure of each model, its test and how far it fell."""
    return [
        {"symbol": each.series.symbol, "timeframe": each.series.timeframe.value}
        | {name: value for name, value in _as_row(each).items() if name not in {"series", "figures_name"}}
        | {"enough": each.figures.enough}
        for each in models
    ]


def _as_row(figure: Any) -> dict[str, object]:
    """What a figure holds by name, what its parts hold by both names; nothing where there is none."""
    return dict(_parts(figure, "")) if figure is not None else {}


def _parts(figure: Any, before: str) -> Iterator[tuple[str, object]]:
    for each in fields(figure):
        value = getattr(figure, each.name)
        if is_dataclass(value):
            yield from _parts(value, f"{before}{each.name}_")
        elif each.name.endswith("_ms"):
            yield before + each.name.removesuffix("_ms"), iso(moment_of(value))
        elif value is not None:
            yield before + each.name, value.value if isinstance(value, Enum) else value
    if isinstance(figure, Share):
        yield f"{before}share", figure.share
