"""Components whose markup is drawn in the browser, from a .js and a .css file beside their Python module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

COMPONENTS = Path(__file__).parents[1]
"""Where the scripts and styles of components are: ``<page>/<name>.js`` and ``.css``."""


def browser_component(name: str, *shared: str) -> ComponentRenderer:
    """The component drawn by ``name``.js and styled by ``name``.css, such as ``signals/grid``; declare it once, at import.

    Its script finds an empty ``<div class="root">`` and fills it with elements whose text is set as text. The files
    of each of ``shared`` are put in front of its own.
    """
    css, js = (
        "\n".join((COMPONENTS / f"{part}.{ending}").read_text(encoding="utf-8") for part in (*shared, name))
        for ending in ("css", "js")
    )
    return st.components.v2.component(name.replace("/", "_"), html='<div class="root"></div>', css=css, js=js)
