"""Which words of the glossary each part of the track record leads to, beside those that the heads of its tables do."""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from core.wording.glossary import Term
from pages.components.shared.defined_words import words_here


class Part(StrEnum):
    """A part of the page that says words of its own."""

    SUMMARY = "summary"
    NOT_ENOUGH = "not enough"
    WHEN = "when"
    WORSE = "worse"
    CALLS = "calls"
    LEDGER = "ledger"


WORDS = {
    Part.SUMMARY: (Term.LIVE, Term.OUTCOME, Term.LATE, Term.PRICES),
    Part.NOT_ENOUGH: (Term.INDEPENDENT,),
    Part.WHEN: (Term.KEPT, Term.INDEPENDENT, Term.BLOCK),
    Part.WORSE: (Term.ALARM, Term.NAT),
    Part.CALLS: (Term.BOTH_TOUCHED,),
    Part.LEDGER: (Term.LEDGER, Term.CHAIN, Term.REPEATED),
}


def show_words(part: Part) -> None:
    """Lead to what the words of a part mean."""
    st.markdown(f":small[{words_here(*WORDS[part])}]")  # a caption's links are too faint to read
