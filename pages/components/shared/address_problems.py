"""Above every page: what of its address cannot be read, what was expected, and what is shown instead.

The page may be drawn anew in parts, and the address changed without it: the browser takes a line away once the address
no longer holds what it tells of (see address_problems.js).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import streamlit as st

from pages.components.shared.address import whole_address
from pages.components.shared.browser_component import browser_component
from pages.components.shared.parameters import Parameter, unusable_in

_mount = browser_component("shared/address_problems", "shared/looks")


def address_problems(page: str, parameters: Sequence[Parameter[Any]], known: Collection[str]) -> None:
    """Draw a line for each; ``page`` is the path of the one that is shown, whose address has these ``parameters``."""
    address = whole_address()
    lines = [
        {"name": each.parameter, "values": address[each.parameter], "left": each.left, "text": each.text}
        for each in unusable_in(address, parameters, known)
    ]
    with st.container(key="address_problems"):
        if lines:
            _mount(key="address_problems_box", data={"page": page, "lines": lines})
