"""The frame of the dashboard: page list, market header, and the page that was asked for."""

from pathlib import Path

import streamlit as st

from pages.components.application import application
from pages.components.market_header import market_header
from pages.components.page_style import page_style
from pages.components.refresh import redraw_on_news

ICON = Path(__file__).parent / "components" / "candor.svg"

page = st.navigation(
    [
        st.Page("signals.py", title="Signals", default=True),
        st.Page("coin.py", title="Coin"),
        st.Page("timeframes.py", title="Timeframes"),
        st.Page("model_quality.py", title="Model quality"),
    ],
    position="top",
)
st.set_page_config(page_title=f"{page.title} · Candor", page_icon=ICON, layout="wide")
app = application()
page_style()
redraw_on_news(app)
market_header(app, page.title)
page.run()
