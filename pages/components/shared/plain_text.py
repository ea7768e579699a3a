"""Text from outside, made safe to show where Streamlit reads Markdown."""

from __future__ import annotations

import re

_WORD_JOINER = "\u2060"
"""Invisible and without width; keeps an address from being recognised as one."""

_ADDRESSES = re.compile(r"(?i)(?<=http)(?=s?:)|(?<=www)(?=\.)|(?=@)")
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")


def plain(text: str) -> str:
    """``text`` so that Markdown shows it letter by letter: no links, colours, icons or formulas come out of it."""
    return _MARKS.sub(r"\\\1", _ADDRESSES.sub(_WORD_JOINER, text))
