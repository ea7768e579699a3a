"""Findings come back from the ledger as they were, and their sentences with them."""

from __future__ import annotations

from typing import get_args

import pytest

from core.findings import Circumstances, Finding, FindingFacts, gravest_first
from core.journal.noted import KINDS, as_noted, circumstances_of, noted, reasons_of
from core.wording.sentences import finding_sentence
from tests.wording.facts import FINDINGS


def test_the_ledger_has_a_name_for_every_kind_of_facts() -> None:
    assert set(KINDS.values()) == set(get_args(FindingFacts))


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: type(finding.facts).__name__)
def test_every_finding_comes_back_as_it_was(finding: Finding) -> None:
    text = as_noted([finding])
    assert text.isascii()
    assert noted(text) == (finding,)


def test_what_is_about_the_model_and_what_is_not_are_together_all_that_was_found_in_its_order() -> None:
    of_model = gravest_first(finding for finding in FINDINGS if not isinstance(finding.facts, Circumstances))
    together = gravest_first([*of_model, *(each for each in FINDINGS if isinstance(each.facts, Circumstances))])
    reasons = reasons_of(as_noted(of_model), circumstances_of(together))
    assert reasons == tuple(str(finding_sentence(finding)) for finding in together)
    assert circumstances_of(of_model) is None


@pytest.mark.parametrize(
    "text",
    ["", "7", "[7]", "[{}]", as_noted(FINDINGS[:1]).replace("never_tested", "no_such_kind"), "[" * 100_000],
)
def test_what_nobody_noted_is_refused_as_what_it_is_not(text: str) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        noted(text)
