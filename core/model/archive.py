"""Archives from strangers: the members of a ZIP file, counted and summed before one of them is unpacked."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Sequence

from core.errors import UnusableModel
from core.text import shorten

MOST_MEMBERS = 64
_LISTED = b"PK\x01\x02"  # begins each entry of the list at an archive's end
_ENCRYPTED = 1
_NAMES = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflated"}


def read_members(content: bytes, largest: int, packed: int = zipfile.ZIP_STORED) -> dict[str, bytes]:
    """Every member of an archive by its name, at most ``largest`` bytes together once unpacked.

    UnusableModel where they are more or too many, packed in another way than ``packed`` (or stored), encrypted, or where
    two have one name. Whatever zipfile raises for what is no archive.
    """
    if content.count(_LISTED) > MOST_MEMBERS:  # to read the list alone would take seconds
        raise UnusableModel(f"The file lists more than {MOST_MEMBERS} members, which no model has.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        _check(members, largest, packed)
        return {member.filename: _unpacked(archive, member) for member in members}


def _check(members: Sequence[zipfile.ZipInfo], largest: int, packed: int) -> None:
    name, times = Counter(member.filename for member in members).most_common(1)[0] if members else ("", 0)
    if times > 1:
        raise UnusableModel(f"The file holds {times} members named {shorten(name)}; expected one of each name.")
    for member in members:
        stored = member.compress_type == zipfile.ZIP_STORED
        if not stored and member.compress_type != packed:
            raise UnusableModel(
                f"{shorten(member.filename)} is packed in a way no model needs; expected {_NAMES[packed]}."
            )
        if member.flag_bits & _ENCRYPTED or (stored and member.compress_size != member.file_size):
            raise UnusableModel(f"{shorten(member.filename)} is encrypted or states two sizes.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > largest:
        raise UnusableModel(f"The members take {unpacked:,} bytes once unpacked; expected at most {largest:,}.")


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        content = file.read(member.file_size)  # without a number it would unpack all there is, whatever was promised
    if len(content) != member.file_size:
        raise UnusableModel(f"{shorten(member.filename)} ends before its {member.file_size:,} bytes.")
    return content
