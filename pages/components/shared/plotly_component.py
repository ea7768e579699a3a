"""Components that draw with plotly.js: a .js and a .css file beside their Python module, and the shared loader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.components.shared.browser_component import COMPONENTS

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


def plotly_component(name: str, html: str) -> ComponentRenderer:
    """The component drawn by ``name``.js, such as ``coin/price_chart``, into ``html``; declare it once, at import.

    Its styles are not isolated, so its css must name its own classes only: plotly.js keeps styles in the
    document's head, where a shadow root would not see them.
    """
    scripts = [
        (COMPONENTS / script).read_text(encoding="utf-8") for script in ("shared/plotly_loader.js", f"{name}.js")
    ]
    css = (COMPONENTS / f"{name}.css").read_text(encoding="utf-8")
    return st.components.v2.component(
        name.replace("/", "_"), html=html, css=css, js="\n".join(scripts), isolate_styles=False
    )
