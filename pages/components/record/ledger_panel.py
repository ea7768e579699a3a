"""What the record is worth: the end of the ledger's chain, when it was verified, what it proves, and the whole of it to take away."""

from __future__ import annotations

import streamlit as st

from core.application import Application
from core.journal.recorder import Opened
from core.journal.verifier import Checked
from core.market.candles import moment_of
from core.market.market import MarketIdentity
from core.replay import Parity
from core.wording.language import in_a_row, say, say_count
from core.wording.replay import parity_text, progress_text
from core.wording.sentences import ledger_text
from pages.components.record.reading import ReadRecord
from pages.components.record.sentences import PROVES, TIES
from pages.components.record.words import Part, show_words
from pages.components.shared.plain_text import plain, whole
from pages.components.shared.zone import reader_style

_EXPORT = "api/ledger/export"


def what_this_is_worth(app: Application, opened: Opened, read: ReadRecord) -> None:
    st.header(say("What this record is worth"), anchor="ledger")
    st.markdown(say(PROVES))
    st.markdown(whole(head_text(opened.name, read, opened.checked)))
    st.markdown(
        plain(in_a_row(compared_text(app.replayer.parity, opened.checked), progress_text(app.replayer.progress)))
    )
    st.caption(plain(clock_text(opened.market)))
    st.markdown(plain(say(TIES)))
    show_words(Part.LEDGER)
    show_damage(opened.checked)
    st.markdown(
        say(
            "The whole ledger: [signals with outcomes (CSV)]({export}?format=csv), [the same (Parquet)]({export}?format=parquet) · "
            "[candles without a signal (CSV)]({export}?table=missing) · [models (CSV)]({export}?table=models) · "
            "[comparisons of new models with those in use (CSV)]({export}?table=comparisons). "
            "What each column holds and in which unit: [the API's documentation](api/docs).",
            export=_EXPORT,
        )
    )


def head_text(name: str, read: ReadRecord, checked: Checked | None) -> str:
    """The end of the chain, up to where and when it was verified, and when all of it was last recomputed; Markdown."""
    counts = read.counts
    text = say(
        "Ledger {name}, entry **{seq:,}**, hash `{hex}`. {live:,} live and {replayed:,} replayed signals, "
        "{missing:,} candles without one.",
        name=plain(name),
        seq=read.head.seq,
        hex=read.head.hash.hex(),
        live=counts.live,
        replayed=counts.replayed,
        missing=counts.missing,
    )
    return in_a_row(text, verified_text(checked, read.head.seq))


def clock_text(market: MarketIdentity) -> str:
    """Whose time is told here where the market has a clock of its own; nothing of an exchange's, which is everybody's."""
    if market.kind == "exchange":
        return ""
    return say(
        "When it was verified and compared is told by this machine's clock; everything else on this page by the "
        "market's own, which is another."
    )


def damage_of(opened: Opened) -> str | None:
    """What is known to be wrong with a ledger, as files say it."""
    damage = None if opened.checked is None else opened.checked.damage
    return None if damage is None else ledger_text(damage)


def show_damage(checked: Checked | None) -> None:
    """Say before any figure that the ledger is known not to be as it was written; nothing where it is."""
    if checked is not None and checked.damage is not None:
        text = in_a_row(
            ledger_text(checked.damage, reader_style()),
            say("Figures, tables and files of this page are made of it all the same."),
        )
        st.error(plain(text), title=say("This ledger is damaged"), icon=":material/link_off:")


def verified_text(checked: Checked | None, last: int) -> str:
    """What was verified when: all of it, and what was entered since; ``last`` is the last entry now."""
    if checked is None:
        return say("The chain is being verified for the first time.")
    at, whole_at = (reader_style().minute(moment_of(at_ms)) for at_ms in (checked.at_ms, checked.whole_at_ms))
    if checked.damage is not None or checked.head is None:
        seq = 0 if checked.damage is None else checked.damage.seq
        return say("**Verified {at}: entry {seq:,} is not what was written.**", at=at, seq=seq)
    whole = say(
        "All of it up to entry {seq:,} was recomputed from the first one {whole_at}: as it was written.",
        seq=checked.whole_seq,
        whole_at=whole_at,
    )
    return in_a_row(whole, _since(checked.head.seq - checked.whole_seq, at), _unverified(last - checked.head.seq))


def _since(entries: int, at: str) -> str:
    if entries <= 0:
        return ""
    return say_count(
        "The {count} entry after it was verified as it came, last {at}: as it was written.",
        "The {count} entries after it were verified as they came, last {at}: as they were written.",
        entries,
        at=at,
    )


def _unverified(entries: int) -> str:
    if entries <= 0:
        return ""
    return say_count("The newest one is still to be verified.", "The newest {count} are still to be verified.", entries)


def compared_text(parity: Parity | None, checked: Checked | None) -> str:
    """Whether live signals are what their replay says, marked; no good mark stands beside a ledger that was changed."""
    if parity is None:
        return say("Live signals have not been compared with their replay yet.")
    damaged = checked is not None and checked.damage is not None
    agrees = "✓" if parity.compared and not damaged else "○"
    mark = agrees if parity.first_different is None else "✕"
    what = say(
        "Compared as they come, since {since}, last {at}: direction, levels, barriers, probabilities, verdict and proofs.",
        since=reader_style().minute(parity.since),
        at=reader_style().minute(parity.at),
    )
    return in_a_row(f"{mark} {parity_text(parity, damaged)}", what)
