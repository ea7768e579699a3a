"""Whoever meets a word on the track record finds the way to what it means."""

from __future__ import annotations

from core.wording.glossary import Term
from pages.components.record.table import TERMS
from pages.components.record.words import WORDS
from pages.components.shared.defined_words import glossary_here, words_here


def test_the_page_leads_to_every_word_of_what_became_of_signals() -> None:
    led_to = {*TERMS.values(), *(term for terms in WORDS.values() for term in terms)}
    assert set(glossary_here()["What became of it"]) - led_to == set()


def test_words_lead_to_where_the_glossary_defines_them() -> None:
    assert words_here(Term.NAT, Term.ECE) == (
        "What these words mean: [Nat](glossary#nat) · [ECE, calibration error](glossary#ece)"
    )
