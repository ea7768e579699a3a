"""Every word of the glossary is defined once, and briefly."""

from __future__ import annotations

from core.wording.glossary import Numbers, Term, glossary

GROUPS = glossary(Numbers(2.2, 16, 0.05, 0.55, 0.4, 0.7, 0.9, 15, 30, 0.2, 30, 5, 16))


def test_every_term_is_defined_once() -> None:
    assert [term for group in GROUPS.values() for term in group] == list(Term)


def test_a_definition_says_it_in_three_sentences_at_most() -> None:
    for group in GROUPS.values():
        for term, definition in group.items():
            assert definition.text.endswith("."), term
            assert len(definition.text) < 320, term


def test_definitions_quote_the_numbers_that_hold() -> None:
    definitions = GROUPS["What a signal says"]
    assert "2.2 × ATR" in definitions[Term.BARRIER].text
    assert "from 5 points above usual" in definitions[Term.BAND].text
    record = GROUPS["What became of it"]
    assert "wider than 20 points" in record[Term.KEPT].text
    assert "needs 30 that are worth 5 independent ones" in record[Term.INDEPENDENT].text
    assert "16 on 1d" in record[Term.BLOCK].text
