"""The frame of the dashboard: page list, the bar above all pages, and the page that was asked for."""

from pathlib import Path

import streamlit as st

from core.wording.language import say
from pages.addresses import parameters_of
from pages.components.shared.address import whole_address
from pages.components.shared.address_problems import address_problems
from pages.components.shared.application import application
from pages.components.shared.footer import footer
from pages.components.shared.language import speak_to_the_reader
from pages.components.shared.market_header import PageLink, market_header, market_notice
from pages.components.shared.page_style import page_style
from pages.components.shared.welcome import welcome

ICON = Path(__file__).parent / "components" / "shared" / "candor.svg"

speak_to_the_reader()
coin = st.Page("coin.py", title=say("Coin"))
glossary = st.Page("glossary.py", title=say("Glossary"))
pages = [
    st.Page("signals.py", title=say("Signals"), default=True),
    coin,
    st.Page("timeframes.py", title=say("Timeframes")),
    st.Page("model_quality.py", title=say("Model quality")),
    st.Page("track_record.py", title=say("Track record")),
    st.Page("changes.py", title=say("Changes")),
    st.Page("alerts.py", title=say("Alerts")),
    st.Page("compare.py", title=say("Compare")),
    st.Page("method.py", title=say("Method")),
    glossary,
]
page = st.navigation(pages, position="hidden")
st.set_page_config(page_title=f"{page.title} · Candor", page_icon=ICON, layout="wide")
app = application()
page_style(market_notice(app))
links = [PageLink(each.title, each.url_path, about_a_coin=each is coin) for each in pages]
market_header(app, links, page.url_path)
welcome(app)
parameters = parameters_of(page.url_path, whole_address())
address_problems(page.url_path, parameters, app.feed.symbols())
try:
    page.run()
finally:  # a page may end itself anywhere
    footer(app.settings.disclosure)
