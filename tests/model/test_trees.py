"""Trees say what they would say one by one, and a file of trees is data: whatever is wrong with it has a name."""

from __future__ import annotations

import io
import time
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnusableModel
from core.model import trees as trees_module
from core.model.features import DIRECTIONAL_FEATURES, FEATURES
from core.model.trees import BoostedTrees, Forest
from scripts.made_forest import made_forest, made_trees
from tests.laws import tried

NAMES = ("leaves", "values", "features", "thresholds", "first", "last")

Tree = float | tuple[int, float, Any, Any]
"""A leaf's value, or a split: feature, threshold, the tree for values up to it and the tree for those above."""


def walk(tree: Tree, row: np.ndarray) -> float:
    """What one tree says of a row, by the way trees are explained."""
    while isinstance(tree, tuple):
        feature, threshold, low, high = tree
        tree = low if row[feature] <= np.float32(threshold) else high
    return float(np.float32(tree))


def forest_of(*trees: Tree) -> Forest:
    values: list[float] = []
    splits: list[tuple[int, float, int, int]] = []
    leaves = []

    def add(tree: Tree, start: int) -> None:
        if not isinstance(tree, tuple):
            values.append(tree)
            return
        first = len(values) - start
        add(tree[2], start)
        splits.append((tree[0], tree[1], first, len(values) - start - 1))
        add(tree[3], start)

    for tree in trees:
        start = len(values)
        add(tree, start)
        leaves.append(len(values) - start)
    features, thresholds, first, last = np.array(splits, dtype=np.float64).reshape(-1, 4).T
    return Forest(
        np.array(leaves, dtype=np.uint8),
        np.array(values, dtype=np.float32),
        features.astype(np.uint8),
        thresholds.astype(np.float32),
        first.astype(np.uint8),
        last.astype(np.uint8),
    )


def rows(*firsts: float) -> np.ndarray:
    """Rows that differ in their first feature, the others being 0."""
    made = np.zeros((len(firsts), 15), dtype=np.float32)
    made[:, 0] = firsts
    return made


# ---------------------------------------------------------------- what they say


def test_a_row_on_a_threshold_goes_left_and_the_next_number_above_goes_right():
    trees = forest_of((0, 0.5, 1.0, 2.0), 0.25)
    above = np.nextafter(np.float32(0.5), np.float32(1))
    assert trees.logits(rows(0.5, above, -3)).tolist() == [1.25, 2.25, 1.25]


def test_the_trees_of_a_forest_add_up():
    trees = forest_of((0, 0, 1.0, 2.0), (0, 1, 10.0, 20.0), 0.5)
    assert trees.logits(rows(-1, 0.5, 3)).tolist() == [11.5, 12.5, 22.5]


def test_a_chart_turned_upside_down_has_the_same_side_with_another_sign_whatever_the_trees_have_learned():
    trees = made_trees(rounds=5)
    asked = np.random.default_rng(0).normal(size=(40, 15)).astype(np.float32)
    turned = asked * np.where([name in DIRECTIONAL_FEATURES for name in FEATURES], np.float32(-1), np.float32(1))
    np.testing.assert_allclose(trees.side_logits(turned), -trees.side_logits(asked), atol=1e-12)
    assert np.abs(trees.side_logits(asked)).max() > 0.01


def test_trees_that_answer_when_alone_say_nothing_of_the_side():
    trees = BoostedTrees(made_forest(rounds=2))
    assert trees.side_logits(rows(0, 1)) is None
    assert BoostedTrees.from_bytes(trees.to_bytes()).side is None


TREES = st.recursive(
    st.floats(-1, 1, width=32),
    lambda below: st.tuples(st.integers(0, 14), st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), below, below),
    max_leaves=40,
)
FORESTS = st.lists(TREES, min_size=1, max_size=9)
ROWS = st.lists(st.lists(st.sampled_from([-2.0, -1.0, -0.5, -0.0, 0.0, 0.25, 0.5, 1.0, 5.0]), min_size=15, max_size=15))


@pytest.mark.slow
@tried(60)
@given(trees=FORESTS, asked=ROWS)
def test_all_trees_at_once_say_what_each_says_when_it_is_walked(trees, asked):
    asked = np.array(asked, dtype=np.float32).reshape(-1, 15)
    expected = [sum(walk(tree, row) for tree in trees) for row in asked]
    np.testing.assert_allclose(forest_of(*trees).logits(asked), expected, atol=1e-12)


@pytest.mark.parametrize("leaves", [1, 2, 31, 32, 33, 63, 64])
def test_trees_of_every_size_up_to_the_largest_are_walked_right(leaves):
    tree: Tree = 0.0
    for n in range(1, leaves):  # a chain to the left: leaf 0 is for rows up to 1, the next up to 2 ...
        tree = (0, n, tree, float(n))
    trees = forest_of(tree)
    values = np.arange(0, 66) + 0.5
    assert trees.logits(rows(*values)).tolist() == [min(int(v), leaves - 1) for v in values]


def test_many_rows_are_answered_as_each_alone(monkeypatch):
    trees = made_forest(rounds=4)
    asked = np.random.default_rng(0).normal(size=(50, 15)).astype(np.float32)
    at_once = trees.logits(asked)
    monkeypatch.setattr(trees_module, "_CHUNK_CELLS", 7 * trees.leaves.size)
    np.testing.assert_array_equal(trees.logits(asked), at_once)
    np.testing.assert_array_equal(np.concatenate([trees.logits(asked[n : n + 1]) for n in range(50)]), at_once)


def test_no_rows_have_no_logits():
    assert made_forest(rounds=2).logits(np.empty((0, 15), dtype=np.float32)).shape == (0,)


@pytest.mark.parametrize("wrong", [np.zeros((2, 14), np.float32), np.zeros((2, 15)), np.zeros(15, np.float32)])
def test_rows_of_another_shape_or_type_are_refused(wrong):
    with pytest.raises(ValueError, match="trees read float32 rows of 15 features"):
        made_forest(rounds=1).logits(wrong)


# ---------------------------------------------------------------- files


def test_a_file_gives_back_the_forest_it_was_made_from():
    trees = made_trees(rounds=5)
    read = BoostedTrees.from_bytes(trees.to_bytes())
    for question in ("timing", "side"):
        for name in NAMES:
            np.testing.assert_array_equal(
                getattr(getattr(read, question), name), getattr(getattr(trees, question), name)
            )


def test_equal_forests_make_equal_files_whatever_the_time(monkeypatch):
    first = made_trees(rounds=3, seed=1).to_bytes()
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2e9))
    assert made_trees(rounds=3, seed=1).to_bytes() == first
    assert made_trees(rounds=3, seed=2).to_bytes() != first


def test_a_forest_of_the_largest_shape_that_training_makes_takes_a_quarter_of_a_megabyte():
    assert len(made_trees(rounds=300).to_bytes()) < 300_000


def arrays(**changes: Any) -> dict[str, Any]:
    """Of a file that answers when alone: a forest of six trees with four leaves each."""
    trees = made_forest(rounds=6, leaves=4, thresholds=9)
    return {name: getattr(trees, name) for name in NAMES} | changes


def file_of(members: dict[str, Any], **options: Any) -> bytes:
    """An .npz as a stranger might write it, pickles included."""
    file = io.BytesIO()
    named = {f"timing_{name}" if name in NAMES else name: array for name, array in members.items()}
    np.savez(file, allow_pickle=True, **named)
    return file.getvalue()


def with_entry(name: str, place: Any, value: Any) -> dict[str, Any]:
    changed = arrays()[name].copy()
    changed[place] = value
    return arrays(**{name: changed})


class Hostile:
    """Would fail the test if it were ever unpickled."""

    def __reduce__(self):
        return pytest.fail, ("a pickle was run",)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {k: v for k, v in arrays().items() if k != "first"},
            r"file holds .*; expected \['timing_features.npy', 'timing_first.npy'",
        ),
        (arrays(foreign=np.zeros(3)), "file holds .*foreign"),
        (
            arrays(side_leaves=np.full(6, 4, np.uint8)),
            r"file holds .*; expected \['side_features.npy', 'side_first.npy'",
        ),
        ({}, "file holds"),
        (arrays(leaves=np.full(0, 4, np.uint8)), "leaves is of 0 trees"),
        (arrays(leaves=np.full(1001, 1, np.uint8)), "leaves is of 1,001 trees; expected 1 to 1,000"),
        (arrays(leaves=np.full((3, 2), 4, np.uint8)), "leaves is uint8 of 2 dimensions; expected uint8 of 1"),
        (arrays(leaves=np.full(6, 4, np.int64)), "leaves is int64"),
        (arrays(leaves=np.zeros(6, np.uint8)), "leaves counts 0 to 0 leaves"),
        (arrays(leaves=np.full(6, 65, np.uint8)), "leaves counts 65 to 65 leaves of a tree; expected 1 to 64"),
        (arrays(leaves=np.full(6, 3, np.uint8)), "values has 24 entries; 6 trees with 18 leaves have 18"),
        (arrays(values=np.zeros(24)), "values is float64"),
        (arrays(values=np.zeros(24, ">f4")), "values is >f4"),
        (arrays(values=np.zeros((4, 6), "f4")), "values is float32 of 2 dimensions"),
        (arrays(values=np.zeros(23, "f4")), "values has 23 entries"),
        (with_entry("values", 3, np.nan), "values holds a value that is not finite"),
        (with_entry("values", 3, np.inf), "values holds a value that is not finite"),
        (with_entry("values", 3, -1e30), r"values holds 1e\+30; expected at most 1,000"),
        (with_entry("thresholds", 0, np.nan), "thresholds holds a value that is not finite"),
        (arrays(thresholds=np.zeros(17, "f4")), "thresholds has 17 entries"),
        (with_entry("features", 5, 15), "features holds 15; there are 15, counted from 0"),
        (arrays(features=np.zeros(18, np.int8)), "features is int8"),
        (arrays(features=np.zeros(19, np.uint8)), "features has 19 entries"),
        (with_entry("last", 4, 3), r"split 4 rules out the leaves \d to 3 of a tree that has 4"),
        (with_entry("last", 4, 255), r"split 4 rules out the leaves \d to 255"),
        (with_entry("first", 17, 3), r"split 17 rules out the leaves 3 to \d"),
        (arrays(first=np.array([Hostile()] * 18, dtype=object)), "first is written|first promises"),
        (arrays(last=np.zeros(18, "S1000")), "last is"),
        (arrays(last=np.zeros(18, [("a", "u1"), ("b", "u1")])), "last is"),
    ],
)
def test_arrays_that_make_no_forest_are_refused_by_what_is_wrong(members, message):
    with pytest.raises(UnusableModel, match=message):
        BoostedTrees.from_bytes(file_of(members))


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04junk", b"\x00" * 500, b"\x80\x04.", b"\x93NUMPY\x01\x00"])
def test_what_is_no_archive_is_refused(content):
    with pytest.raises(UnusableModel, match="no file of arrays"):
        BoostedTrees.from_bytes(content)


def archive_of(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a name is there twice
        for name, content in members.items():
            archive.writestr(name.strip(), content)
    return file.getvalue()


def contents() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file_of(arrays()))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


BOMB = 8_000_000
"""Bytes of zeros that are packed into a few thousand; twice what is unpacked at most."""


def test_an_archive_that_unpacks_to_gigabytes_is_not_unpacked(monkeypatch):
    bomb = archive_of(contents() | {"timing_values.npy": bytes(BOMB)})
    assert len(bomb) < 100_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(UnusableModel, match=r"take 8,.* bytes once unpacked; expected at most 4,000,000"):
        BoostedTrees.from_bytes(bomb)


@pytest.mark.slow
@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_lies_about_its_sizes_is_not_unpacked_either(compression):
    """Its directory says 10 bytes where 8 million would come out."""
    bomb = archive_of(contents() | {"timing_values.npy": bytes(BOMB)}, compression)
    lying = bomb.replace(BOMB.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != bomb
    tracemalloc.start()
    try:
        with pytest.raises(UnusableModel, match=r"no file of arrays|packed in a way"):
            BoostedTrees.from_bytes(lying)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def header(text: bytes) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999,), }\n"),
            "promises 39,999,999,999,996",
        ),
        (header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (-6,), }\n"), "promises -24 bytes"),
        (header(b"{'descr': '|O', 'fortran_order': False, 'shape': (0,), }\n"), "promises"),
        (header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n") + b"\x00" * 9, "promises 8 .* holds 9"),
        (header(b"{'descr': '<f4'}\n"), "no file of arrays"),
        (header(b"__import__('os')\n"), "no file of arrays"),
        (header(b"(" * 9_000), "no file of arrays"),
        (header(b"\xff\xfe\n"), "no file of arrays"),
        (b"\x93NUMPY\x02\x00" + b"\x00" * 40, "values is written in a version"),
        (b"\x93NUMPY", "no file of arrays"),
        (b"", "no file of arrays"),
        (b"\x80\x04.", "no file of arrays"),
    ],
)
def test_an_array_whose_header_lies_is_refused_before_memory_is_taken(values, message):
    with pytest.raises(UnusableModel, match=message):
        BoostedTrees.from_bytes(archive_of(contents() | {"timing_values.npy": values}))


def test_an_archive_with_a_name_twice_or_a_path_in_it_is_refused():
    for name in ("timing_values.npy ", "../timing_values.npy", "/timing_values.npy"):
        with pytest.raises(UnusableModel, match="file holds"):
            BoostedTrees.from_bytes(archive_of(contents() | {name: b""}))


@pytest.mark.slow
@tried(150)
@given(place=st.integers(0, 2_000), byte=st.integers(0, 255), cut=st.booleans())
def test_no_damage_to_a_file_does_more_than_make_it_unusable(place, byte, cut):
    good = made_trees(rounds=2, leaves=4, thresholds=9).to_bytes()
    damaged = bytearray(good)
    damaged[place % len(good)] = byte
    content = bytes(damaged[: place % len(good)] if cut else damaged)
    try:
        trees = BoostedTrees.from_bytes(content)
    except UnusableModel:
        return
    assert np.isfinite(trees.timing.logits(rows(0, 0))).all()
    assert trees.side is None or np.isfinite(trees.side_logits(rows(0, 0))).all()


@pytest.mark.slow
@pytest.mark.parametrize("change", [{"rounds": 900, "leaves": 64}])
def test_a_forest_that_would_take_much_memory_is_refused_before_it_does(change):
    with pytest.raises(UnusableModel, match="bytes of memory; expected at most 20,000,000"):
        made_forest(**change)


def splits_that_fit(leaves: int) -> Callable[..., st.SearchStrategy]:
    ends = st.integers(0, leaves - 2)
    return st.tuples(ends, ends).map(sorted)


@pytest.mark.slow
@tried(60)
@given(splits=st.lists(splits_that_fit(5), min_size=24, max_size=24), asked=ROWS)
def test_splits_that_contradict_each_other_still_end_in_a_leaf_of_their_tree(splits, asked):
    """No list of splits that is let in can lead out of its arrays, whatever it says."""
    trees = Forest(
        np.full(6, 5, dtype=np.uint8),
        np.repeat(np.arange(6, dtype=np.float32), 5),
        np.arange(24, dtype=np.uint8) % 15,
        np.zeros(24, dtype=np.float32),
        np.array([first for first, _ in splits], dtype=np.uint8),
        np.array([last for _, last in splits], dtype=np.uint8),
    )
    assert (trees.logits(np.array(asked, dtype=np.float32).reshape(-1, 15)) == 15).all()
