"""Text from outside, made safe to show where Streamlit reads Markdown."""

from __future__ import annotations

import re

_WORD_JOINER = "\u2060"
"""Invisible and without width; keeps an address from being recognised as one."""

_ADDRESSES = re.compile(r"(?i)(?<=http)(?=s?:)|(?<=www)(?=\.)|(?=@)")
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")
_INSIDE_FIGURES = re.compile(r"(?<=\d) (?=%)|(?<=\bn) (?== \d)|(?<=\bn =) (?=\d)|(?<=\d{4}-\d\d-\d\d) (?=\d\d:)")
_INSIDE_DATES = re.compile(r"(?<=\b\d{4}-)(?=\d\d-\d\d\b)|(?<=\b\d{4}-\d\d-)(?=\d\d\b)")


def plain(text: str) -> str:
    """``text`` so that Markdown shows it letter by letter: no links, colours, icons or formulas come out of it.

    No line ends inside its figures and dates.
    """
    return _MARKS.sub(r"\\\1", _ADDRESSES.sub(_WORD_JOINER, whole(text)))


def whole(text: str) -> str:
    """``text`` in which no line ends inside a figure or a date, as ``41 %``, ``n = 500`` and ``2026-11-27 12:00``."""
    return _INSIDE_DATES.sub(_WORD_JOINER, _INSIDE_FIGURES.sub("\u00a0", text))
