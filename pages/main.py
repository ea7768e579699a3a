"""The frame of the dashboard: page list, the bar above all pages, and the page that was asked for."""

from pathlib import Path

import streamlit as st

from pages.components.shared.application import application
from pages.components.shared.footer import footer
from pages.components.shared.market_header import PageLink, market_header
from pages.components.shared.page_style import page_style
from pages.components.shared.welcome import welcome

ICON = Path(__file__).parent / "components" / "shared" / "candor.svg"

coin = st.Page("coin.py", title="Coin")
glossary = st.Page("glossary.py", title="Glossary")
pages = [
    st.Page("signals.py", title="Signals", default=True),
    coin,
    st.Page("timeframes.py", title="Timeframes"),
    st.Page("model_quality.py", title="Model quality"),
    st.Page("track_record.py", title="Track record"),
    st.Page("changes.py", title="Changes"),
    st.Page("compare.py", title="Compare"),
    st.Page("method.py", title="Method"),
    glossary,
]
page = st.navigation(pages, position="hidden")
st.set_page_config(page_title=f"{page.title} · Candor", page_icon=ICON, layout="wide")
app = application()
page_style()
links = [PageLink(each.title, each.url_path, about_a_coin=each is coin, aside=each is glossary) for each in pages]
market_header(app, links, page.url_path)
welcome(app)
try:
    page.run()
finally:  # a page may end itself anywhere
    footer(app.settings.disclosure)
