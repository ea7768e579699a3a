"""A weights file from a stranger takes no more memory and time than its size, and nothing in it is ever called."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnusableModel
from core.model.archive import MOST_MEMBERS, read_members
from core.model.network import from_checkpoint, to_checkpoint, write_weights
from core.model.weights import LARGEST_PICKLE, read_weights
from tests.hand_made_models import TINY, network
from tests.laws import tried

FOLDER = "archive"
GOOD = write_weights(network())


def members_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_pickle(pickled: bytes) -> bytes:
    return archive_of(members_of(GOOD) | {f"{FOLDER}/data.pkl": pickled})


def load(content: bytes) -> object:
    """As a model is loaded; what is no checkpoint raises, in some way or other."""
    return from_checkpoint(read_weights(content))


def test_weights_are_read_as_they_were_written_and_as_torch_reads_them() -> None:
    read, by_torch = read_weights(GOOD), torch.load(io.BytesIO(GOOD), weights_only=True)
    assert isinstance(read, dict)
    assert read["dimensions"] == by_torch["dimensions"] == to_checkpoint(network())["dimensions"]
    assert {name: tensor.tolist() for name, tensor in read["weights"].items()} == {
        name: tensor.tolist() for name, tensor in by_torch["weights"].items()
    }


def test_files_that_torch_saved_under_a_path_are_read_too(tmp_path: Any) -> None:
    torch.save(to_checkpoint(network()), tmp_path / "cnn_lstm_best.pt")
    assert load((tmp_path / "cnn_lstm_best.pt").read_bytes()).dimensions == TINY  # type: ignore[attr-defined]


def test_weights_in_torchs_old_format_are_refused() -> None:
    file = io.BytesIO()
    torch.save(to_checkpoint(network()), file, _use_new_zipfile_serialization=False)
    with pytest.raises(zipfile.BadZipFile):
        load(file.getvalue())


@pytest.mark.slow
def test_a_deflated_member_is_refused_before_it_is_unpacked() -> None:
    bomb = archive_of(members_of(GOOD) | {f"{FOLDER}/data/0": b"\x00" * 50_000_000}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    assert memory_of(lambda: load(bomb), match="packed in a way no model needs; expected stored") < 1_000_000


def test_members_that_share_their_bytes_are_summed_before_they_are_read() -> None:
    """Every entry of the archive's list leads to the same megabyte."""
    overlapping = overlap(b"\x00" * 1_000_000, times=MOST_MEMBERS)
    match = "64,000,000 bytes once unpacked; expected at most 8,100,000"
    assert memory_of(lambda: load(overlapping), match=match) < 1_500_000


def overlap(content: bytes, times: int) -> bytes:
    """An archive of ``times`` names for one and the same member, ``0000``; the list is of names as long."""
    one = archive_of({"0000": content})
    start = one.index(b"PK\x01\x02")
    entry, end = one[start : one.index(b"PK\x05\x06")], bytearray(one[one.index(b"PK\x05\x06") :])
    entries = b"".join(entry.replace(b"0000", f"{number:04}".encode()) for number in range(times))
    struct.pack_into("<HHI", end, 8, times, times, len(entries))
    return one[:start] + entries + bytes(end)


def test_an_archive_of_a_hundred_thousand_members_is_refused_without_reading_their_list() -> None:
    began = time.perf_counter()
    with pytest.raises(UnusableModel, match="more than 64 members"):
        load(overlap(b"", times=65_000))
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("flag", [1, 64])
def test_a_member_that_claims_to_be_encrypted_is_refused(flag: int) -> None:
    content = bytearray(GOOD)
    place = content.index(b"PK\x01\x02") + 8
    content[place] |= flag
    with pytest.raises((UnusableModel, NotImplementedError)):
        load(bytes(content))


@pytest.mark.parametrize("name", ["../data/0", "/data/0", "other/data.pkl", "data.pkl"])
def test_a_member_outside_the_one_folder_is_refused(name: str) -> None:
    with pytest.raises(UnusableModel, match="expected one folder"):
        load(archive_of(members_of(GOOD) | {name: b""}))


# ---------------------------------------------------------------- the pickle


def memory_of(reads: Callable[[], object], match: str) -> int:
    """Bytes that Python takes at most while a file is read and refused."""
    tracemalloc.start()
    try:
        with pytest.raises(UnusableModel, match=match):
            reads()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def text(words: str) -> bytes:
    return b"X" + struct.pack("<I", len(words)) + words.encode()


def call(function: str, argument: bytes) -> bytes:
    return b"c" + function.replace(".", "\n").encode() + b"\n" + argument + b"\x85R"


TUPLES_IN_TUPLES = b"N\x85" + b"q\x01h\x01\x86" * 200
"""Two to the power of 200 of them, of which each is the same one."""

HOSTILE = {
    "takes six gigabytes": call("__builtin__.bytearray", b"\x8a\x05" + (6 * 10**9).to_bytes(5, "little")),
    "is a tensor of a billion numbers": call("torch.Tensor", b"J" + struct.pack("<i", 2**30)),
    "runs a program": call("os.system", text("false")),
    "hashes for ever": b"}" + TUPLES_IN_TUPLES + b"K\x01s",
    "prints for ever": b"}("
    + text("dimensions")
    + b"}"
    + text("weights")
    + b"}"
    + text("w")
    + TUPLES_IN_TUPLES
    + b"su",
    "has dimensions that print for ever": b"}(" + text("dimensions") + TUPLES_IN_TUPLES + text("weights") + b"}u",
    "holds itself": b"}q\x00(" + text("dimensions") + b"h\x00" + text("weights") + b"h\x00u",
    "numbers what is far away": b"}r" + b"\xff\xff\xff\x7f",
    "has a name of four gigabytes": b"X\xff\xff\xff\xff",
    "has a number of four gigabytes": b"\x8b\xff\xff\xff\x7f",
    "is empty": b"",
    "takes from an empty stack": b"\x86",
    "ends a group that never began": b"u",
    "is text": text("dimensions"),
    "sets a global": b"c__main__\nx\n}b",
    "makes a set": b"\x8f",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_pickle_that_is_no_checkpoint_is_refused_at_once_and_nothing_in_it_is_called(what: str) -> None:
    began = time.perf_counter()
    tracemalloc.start()
    try:
        with pytest.raises(Exception) as refused:
            load(with_pickle(b"\x80\x02" + HOSTILE[what] + b"."))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - began < 2
    assert len(str(refused.value)) <= 300


def test_a_pickle_larger_than_names_and_shapes_are_is_not_followed() -> None:
    with pytest.raises(UnusableModel, match="expected at most 16,000"):
        load(with_pickle(b"\x80\x02" + b"}" * LARGEST_PICKLE + b"."))


# ---------------------------------------------------------------- the weights in it


def changed(before: bytes, after: bytes) -> bytes:
    pickled = members_of(GOOD)[f"{FOLDER}/data.pkl"]
    assert before in pickled
    return with_pickle(pickled.replace(before, after))


def test_a_tensor_that_repeats_one_number_is_refused() -> None:
    """A stride of 0 makes a billion numbers of one."""
    first = network().conv1.weight
    strides = bytes([0x4B, first.stride()[0], 0x4B, first.stride()[1], 0x4B, 1, 0x87])
    with pytest.raises(UnusableModel, match=r"conv1\.weight is not laid out as its file is"):
        load(changed(strides, b"K\x00K\x00K\x00\x87"))


def test_a_tensor_that_is_larger_than_its_member_is_refused() -> None:
    members = members_of(GOOD)
    for content in (members[f"{FOLDER}/data/0"][:-4], b""):
        with pytest.raises(UnusableModel, match="not laid out as its file is"):
            load(archive_of(members | {f"{FOLDER}/data/0": content}))


def test_numbers_that_are_stored_negated_are_refused_rather_than_read_with_the_wrong_sign() -> None:
    checkpoint = to_checkpoint(network())
    checkpoint["weights"]["dense1.bias"] = torch._neg_view(torch.ones(8))
    file = io.BytesIO()
    torch.save(checkpoint, file)
    with pytest.raises(UnusableModel, match=r"dense1\.bias is .*; expected plain float32"):
        load(file.getvalue())


def test_two_weights_cannot_lie_in_one_member() -> None:
    with pytest.raises(UnusableModel, match=r"expected plain float32"):
        load(changed(text("1"), text("0")))


def test_numbers_in_another_byte_order_are_refused() -> None:
    with pytest.raises(UnusableModel, match="byte order"):
        load(archive_of(members_of(GOOD) | {f"{FOLDER}/byteorder": b"big"}))


@pytest.mark.slow
@tried(300)
@given(place=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_no_damage_to_a_file_does_more_than_raise(place: int, byte: int, cut: bool) -> None:
    damaged = bytearray(GOOD)
    damaged[place] = byte
    content = bytes(damaged[:place] if cut else damaged)
    try:
        load(content)
    except Exception as error:
        assert len(str(error)) <= 300


@pytest.mark.slow
@tried(300)
@given(
    st.lists(st.sampled_from([b"}", b"(", b"t", b"\x85", b"\x86", b"u", b"s", b"R", b"Q", b"q\x00", b"h\x00", b"N"]))
)
def test_no_order_of_instructions_does_more_than_raise(instructions: list[bytes]) -> None:
    try:
        load(with_pickle(b"\x80\x02" + text("dimensions") + b"".join(instructions) + b"."))
    except Exception as error:
        assert len(str(error)) <= 300


def test_members_are_read_whole_or_not_at_all() -> None:
    content = archive_of({"a": b"12345", "b": b"678"})
    assert read_members(content, largest=8) == {"a": b"12345", "b": b"678"}
    with pytest.raises(UnusableModel, match="take 8 bytes once unpacked; expected at most 7"):
        read_members(content, largest=7)
