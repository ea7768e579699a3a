"""What the record is worth: the end of the ledger's chain, when it was verified, what it proves, and the whole of it to take away."""

from __future__ import annotations

import streamlit as st

from core.application import Application
from core.journal.recorder import Opened
from core.journal.verifier import Checked
from core.market.candles import moment_of
from core.wording.replay import parity_text, progress_text
from pages.components.record.reading import Told
from pages.components.record.sentences import PROVES, TIES
from pages.components.shared.plain_text import plain
from pages.components.shared.zone import reader_style

_EXPORT = "api/ledger/export"


def what_this_is_worth(app: Application, opened: Opened, told: Told) -> None:
    st.header("What this record is worth", anchor="ledger")
    st.markdown(PROVES)
    st.markdown(head_text(opened.name, told, opened.checked))
    st.markdown(plain(f"{_parity(app)} {progress_text(app.replayer.progress)}"))
    st.markdown(plain(TIES))
    st.markdown(
        f"The whole ledger: [signals with outcomes, CSV]({_EXPORT}?format=csv) · [Parquet]({_EXPORT}?format=parquet) · "
        f"[candles without a signal]({_EXPORT}?table=missing) · [models]({_EXPORT}?table=models). What each column holds "
        "and in which unit: [the API's documentation](api/docs)."
    )


def head_text(name: str, told: Told, checked: Checked | None) -> str:
    """The end of the chain, and when all of it was last recomputed; Markdown."""
    counts = told.counts
    text = (
        f"Ledger {plain(name)}, entry **{told.head.seq:,}**, hash `{told.head.hash.hex()}`. "
        f"{counts.live:,} live and {counts.replayed:,} replayed signals, {counts.missing:,} candles without one."
    )
    return f"{text} {_verified(checked)}"


def _verified(checked: Checked | None) -> str:
    if checked is None:
        return "The chain is being verified for the first time."
    at = reader_style().minute(moment_of(checked.at_ms))
    if checked.damage is not None:
        return f"**Verified {at}: entry {checked.damage.seq:,} is not what was written.**"
    return f"Verified {at} up to entry {checked.head.seq if checked.head else 0:,}: everything is as it was written."


def _parity(app: Application) -> str:
    parity = app.replayer.parity
    if parity is None:
        return "Live signals have not been compared with their replay yet."
    mark = "✓" if parity.first_different is None and parity.compared else "✕" if parity.compared else "○"
    return f"{mark} {parity_text(parity)}"
