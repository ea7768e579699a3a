"""Thrift's compact protocol, as far as parquet files are written in it: structs out of bytes that may be hostile.

A struct is a dict of its fields by number; lists are lists, texts are bytes, and what is not looked at here (numbers with
a fraction, truths) is 0. Raises IndexError where the bytes end too early and Malformed for anything that cannot be.
"""

from __future__ import annotations

from typing import Any

Struct = dict[int, Any]

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET = range(1, 11)
_STRUCT = 12


class Malformed(ValueError):
    """Bytes that are no struct."""


def read_struct(content: bytes, at: int) -> tuple[Struct, int]:
    """The struct that begins at ``at``, and where it ends."""
    fields: Struct = {}
    number = 0
    while head := content[at]:
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _zigzag(content, at)
        kind = head & 0xF
        fields[number], at = (0, at) if kind in (_TRUE, _FALSE) else _value(content, at, kind)
    return fields, at + 1


def _value(content: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in (_I16, _I32, _I64):
        return _zigzag(content, at)
    if kind == _BINARY:
        length, at = _varint(content, at)
        return content[at : at + length], at + length
    if kind == _STRUCT:
        return read_struct(content, at)
    if kind in (_LIST, _SET):
        return _list(content, at)
    if kind in (_TRUE, _FALSE, _BYTE):
        return 0, at + 1
    if kind == _DOUBLE:
        return 0, at + 8
    raise Malformed(f"There is no value of kind {kind}.")


def _list(content: bytes, at: int) -> tuple[list[Any], int]:
    length, kind = content[at] >> 4, content[at] & 0xF
    at += 1
    if length == 0xF:
        length, at = _varint(content, at)
    values = []
    for _ in range(length):
        content[at]  # every value takes a byte: no list is longer than what is left
        value, at = _value(content, at, kind)
        values.append(value)
    return values, at


def _zigzag(content: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(content, at)
    return (value >> 1) ^ -(value & 1), at


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise Malformed("A number has no end.")
