"""Sums in cells are those of their signals, however cells are told apart and in whatever grain they are kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.domain import Timeframe
from core.journal import history as histories
from core.journal.cells import Cells, added_up, names_of, part_of, without
from core.journal.history import Grain, History, Outcomes, Signals
from core.journal.vocabulary import Origin
from tests.journal.made_history import described
from tests.laws import tried

FEW_BITS, MANY_BITS = st.integers(0, 40), st.integers(0, 2**59 - 1)


@pytest.mark.slow
@tried(60)
@given(names=st.one_of(*(arrays(np.int64, st.integers(0, 60), elements=bits) for bits in (FEW_BITS, MANY_BITS))))
def test_names_are_told_apart_as_sorting_tells_them_apart(names: np.ndarray) -> None:
    """By a table where names differ in few bits, by sorting where they differ in many."""
    ones = np.ones(len(names))
    found, (n, weighed) = added_up(names, [ones, np.arange(len(names), dtype=float)])
    there, counts = np.unique(names, return_counts=True)
    assert found.tolist() == there.tolist()
    assert n.tolist() == counts.tolist()
    assert weighed.tolist() == [float(np.flatnonzero(names == name).sum()) for name in there]


def test_a_name_gives_back_its_parts_and_a_coarser_one_forgets_some() -> None:
    parts = {"origin": [1, 0], "day": [20_000, 3], "model": [7, 2_000_000], "direction": [2, 0], "bin": [14, 1]}
    names = names_of({part: np.array(values) for part, values in parts.items()})
    assert {part: part_of(names, part).tolist() for part in parts} == parts
    coarse = without(names, ["model", "bin"])
    assert part_of(coarse, "model").tolist() == part_of(coarse, "bin").tolist() == [0, 0]
    assert part_of(coarse, "day").tolist() == parts["day"]


@tried(30)
@given(batches=st.lists(st.sets(st.integers(0, 50), min_size=1), min_size=1, max_size=6))
def test_cells_hold_the_sums_of_all_that_was_added_in_whatever_order_it_came(batches: list[set[int]]) -> None:
    cells, plain = Cells(1), dict[int, float]()
    for worth, batch in enumerate(batches, start=1):
        names = np.array(sorted(batch), dtype=np.int64)
        cells.add(names, np.full((1, len(names)), float(worth)))
        plain |= {name: plain.get(name, 0.0) + worth for name in batch}
    assert dict(zip(cells.names.tolist(), cells.sums[0].tolist(), strict=True)) == plain
    assert cells.names.tolist() == sorted(plain)


def history_of(seed: int, n: int = 300) -> History:
    """Signals of two models over three days, most with an outcome, some of them corrected."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet([3, 2, 4], size=n)
    seqs = np.arange(3, 3 + n)
    history = History()
    history.describe({1: described("BTCUSDT"), 2: described("ETHUSDT", Timeframe.H1)})
    signals = Signals(
        seqs, np.sort(rng.integers(0, 3 * 1440, n)) + 28_000_000, rng.integers(1, 3, n), p.argmax(axis=1),
        rng.integers(0, 2, n), rng.integers(0, 3, n), rng.integers(0, 2, n), p[:, 0], p[:, 1],
    )  # fmt: skip
    came = [Outcomes(which, *_became(rng, len(which))) for which in (seqs[rng.random(n) < 0.8], seqs[:5])]
    history.add(signals, came, int(seqs[-1]))
    return history


def _became(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return rng.integers(0, 4, n), rng.integers(1, 17, n), rng.normal(size=n)


@pytest.mark.slow
@tried(10)
@given(seed=st.integers(0, 1000))
def test_the_finest_grain_counted_late_adds_up_to_the_coarser_ones_counted_at_once(seed: int) -> None:
    history = history_of(seed)
    for origin in Origin:
        fine = history.sums(origin, Grain.FINE)
        for grain in (Grain.MODELS, Grain.CALLS):
            coarse = history.sums(origin, grain)
            names, sums = added_up(without(fine.cells.names, grain.value), list(fine.cells.sums))
            there = np.searchsorted(names, coarse.cells.names)
            assert names[there].tolist() == coarse.cells.names.tolist()
            np.testing.assert_allclose(sums[:, there], coarse.cells.sums, atol=1e-9)


@pytest.mark.slow
def test_the_finest_grain_counted_a_part_at_a_time_is_that_counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = history_of(1).sums(Origin.LIVE, Grain.FINE)
    monkeypatch.setattr(histories, "COUNTED_TOGETHER", 7)
    in_parts = history_of(1).sums(Origin.LIVE, Grain.FINE)
    for one, other in ((at_once.cells, in_parts.cells), (at_once.bins, in_parts.bins)):
        assert one.names.tolist() == other.names.tolist()
        np.testing.assert_allclose(one.sums, other.sums, atol=1e-9)


def test_what_is_added_after_the_finest_grain_was_asked_for_is_counted_in_it_too() -> None:
    asked_first, asked_last = History(), History()
    whole = history_of(2)
    for history in (asked_first, asked_last):
        history.describe({1: described("BTCUSDT"), 2: described("ETHUSDT", Timeframe.H1)})
    asked_first.sums(Origin.LIVE, Grain.FINE)
    rows = {name: whole.signals[name] for name in ("seq", "open_minute", "direction", "origin", "verdict")}
    signals = Signals(
        rows["seq"], rows["open_minute"], 1 + whole.signals["model"], rows["direction"], rows["origin"],
        rows["verdict"], whole.signals["late"], whole.signals["p_short"], whole.signals["p_no_trade"],
    )  # fmt: skip
    for history in (asked_first, asked_last):
        history.add(signals, [], 302)
    one, other = (history.sums(Origin.LIVE, Grain.FINE).cells for history in (asked_first, asked_last))
    assert one.names.tolist() == other.names.tolist()
    assert one.sums.tolist() == other.sums.tolist()
