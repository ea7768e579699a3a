"""The frame of the dashboard: page list, market header, and the page that was asked for."""

from pathlib import Path

import streamlit as st

from pages.components.shared.application import application
from pages.components.shared.market_header import market_header
from pages.components.shared.page_style import page_style
from pages.components.shared.refresh import redraw_on_news

ICON = Path(__file__).parent / "components" / "shared" / "candor.svg"

page = st.navigation(
    [
        st.Page("signals.py", title="Signals", default=True),
        st.Page("coin.py", title="Coin"),
        st.Page("timeframes.py", title="Timeframes"),
        st.Page("model_quality.py", title="Model quality"),
        st.Page("method.py", title="Method"),
    ],
    position="top",
)
st.set_page_config(page_title=f"{page.title} · Candor", page_icon=ICON, layout="wide")
app = application()
page_style()
redraw_on_news(app)
market_header(app, page.title)
page.run()
