"""Components that a script draws in the browser; the script and its styles stand beside their Python module.

Streamlit sends a component's script and styles anew with every change of its data. What it gets here instead is two
lines that load them from this server (see scripts.py), where a browser fetches them once.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import streamlit as st

from pages.components.shared.base_path import below_base
from pages.components.shared.scripts import SCRIPTS, SCRIPTS_PATH

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

EMPTY = '<div class="root"></div>'
"""What a script finds that draws everything itself."""

_HIDDEN = ".unstyled{visibility:hidden}"
_IN_ITS_PLACE = (
    ".unstyled{visibility:visible;min-height:var(--place);border-radius:.5rem;background:rgb(128 128 128/12%)}"
    ".unstyled>*{visibility:hidden}"
)
"""How what is there looks before script and styles are: it keeps its place, and is shown once they have come."""

_LOADER = """export default (part) =>
candorDraw(part, "{path}/shared/mount.js", {script}, {styles});"""
"""See first_page.js; what is one line long Streamlit takes for the name of a file. Every page stands right below the base
path, as Streamlit's own scripts take for granted: ``path`` is relative, and so holds where a proxy takes a prefix off the
address, too."""


_sheets: dict[str, list[str]] = {}


def sheets_of(name: str) -> list[str]:
    """The styles of a component that was declared: names of sheets, in their order."""
    return _sheets[name]


def browser_component(
    name: str, *styles: str, html: str = EMPTY, isolate_styles: bool = True, place: str = ""
) -> ComponentRenderer:
    """The component drawn by ``name``.js into ``html``, such as ``signals/board``; declare it once, at import.

    It is styled by ``name``.css after those of each of ``styles``. Where they are not isolated (plotly.js keeps styles
    in the document's head, where a shadow root would not see them), its css must name its own classes only. Until its script
    has come it is as high as ``place``, a length of CSS, so that what stands below it stays where it is.
    """
    sheets = [*styles, name]
    assert all(f"{sheet}.css" in SCRIPTS for sheet in sheets)
    assert f"{name}.js" in SCRIPTS
    _sheets[name] = sheets
    loader = _LOADER.format(path=below_base(SCRIPTS_PATH), script=json.dumps(name), styles=json.dumps(sheets))
    places = f' style="--place:{place}"' if place else ""
    first = f'<style>{_IN_ITS_PLACE if place else _HIDDEN}</style><div class="unstyled"{places}>{html}</div>'
    return st.components.v2.component(name.replace("/", "_"), html=first, js=loader, isolate_styles=isolate_styles)
