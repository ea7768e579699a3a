"""The style that pages share reaches them."""

from __future__ import annotations

from pages.components.shared import page_style


def test_the_shared_style_holds_no_angle_bracket_for_which_streamlit_would_drop_all_of_it() -> None:
    style = page_style._STYLE.removeprefix("<style>").removesuffix("</style>")
    assert "<" not in style
