"""What the record is worth: the end of the ledger's chain, when it was verified, what it proves, and the whole of it to take away."""

from __future__ import annotations

import streamlit as st

from core.application import Application
from core.journal.recorder import Opened
from core.journal.verifier import Checked
from core.market.candles import moment_of
from core.wording.language import in_a_row, say
from core.wording.replay import parity_text, progress_text
from pages.components.record.reading import Told
from pages.components.record.sentences import PROVES, TIES
from pages.components.shared.plain_text import plain
from pages.components.shared.zone import reader_style

_EXPORT = "api/ledger/export"


def what_this_is_worth(app: Application, opened: Opened, told: Told) -> None:
    st.header(say("What this record is worth"), anchor="ledger")
    st.markdown(say(PROVES))
    st.markdown(head_text(opened.name, told, opened.checked))
    st.markdown(plain(in_a_row(_parity(app), progress_text(app.replayer.progress))))
    st.markdown(plain(say(TIES)))
    st.markdown(
        say(
            "The whole ledger: [signals with outcomes, CSV]({export}?format=csv) · "
            "[Parquet]({export}?format=parquet) · [candles without a signal]({export}?table=missing) · "
            "[models]({export}?table=models). What each column holds and in which unit: [the API's "
            "documentation](api/docs).",
            export=_EXPORT,
        )
    )


def head_text(name: str, told: Told, checked: Checked | None) -> str:
    """The end of the chain, up to where and when it was verified, and when all of it was last recomputed; Markdown."""
    counts = told.counts
    text = say(
        "Ledger {name}, entry **{seq:,}**, hash `{hex}`. {live:,} live and {replayed:,} replayed signals, "
        "{missing:,} candles without one.",
        name=plain(name),
        seq=told.head.seq,
        hex=told.head.hash.hex(),
        live=counts.live,
        replayed=counts.replayed,
        missing=counts.missing,
    )
    return in_a_row(text, _verified(checked))


def _verified(checked: Checked | None) -> str:
    if checked is None:
        return say("The chain is being verified for the first time.")
    at, whole_at = (reader_style().minute(moment_of(at_ms)) for at_ms in (checked.at_ms, checked.whole_at_ms))
    if checked.damage is not None:
        return say("**Verified {at}: entry {seq:,} is not what was written.**", at=at, seq=checked.damage.seq)
    return say(
        "Verified {at} up to entry {seq:,}: everything is as it was written. All of it was last recomputed from its first "
        "entry {whole_at}.",
        at=at,
        seq=checked.head.seq if checked.head else 0,
        whole_at=whole_at,
    )


def _parity(app: Application) -> str:
    parity = app.replayer.parity
    if parity is None:
        return say("Live signals have not been compared with their replay yet.")
    mark = "✓" if parity.first_different is None and parity.compared else "✕" if parity.compared else "○"
    what = say(
        "Compared as they come, since {since}, last {at}: direction, levels, barriers, probabilities, verdict and proofs.",
        since=reader_style().minute(parity.since),
        at=reader_style().minute(parity.at),
    )
    return in_a_row(f"{mark} {parity_text(parity)}", what)
