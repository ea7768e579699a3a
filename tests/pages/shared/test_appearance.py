from __future__ import annotations

import pytest

from core.findings import Finding, Severity, Verdict, WorseThanGuessing
from pages.components.shared.appearance import finding_title, finding_word, speaker
from tests.pages.fake_board import NOTE, WEAK
from tests.pages.model_rows import model_metrics
from tests.pages.predictions import measured


def test_a_network_alone_is_called_by_its_name() -> None:
    assert speaker(model_metrics()) == "CNN-LSTM"


@pytest.mark.parametrize(("share", "network", "trees"), [(0.58, 58, 42), (0.575, 57, 43), (0.004, 0, 100)])
def test_an_ensemble_names_its_parts_with_weights_that_add_up(share: float, network: int, trees: int) -> None:
    text = speaker(model_metrics(kind="ensemble", network_share=share))
    assert text == f"Ensemble of CNN-LSTM ({network}\u00a0%) and gradient-boosted trees ({trees}\u00a0%)"


def test_beside_a_signal_the_advice_is_of_that_signal_and_on_a_models_page_of_all_its_signals() -> None:
    broken = Finding(Verdict.WEAK_MODEL, Severity.CRITICAL, WorseThanGuessing(measured(0.1)))
    assert finding_title(WEAK) == "Weak model: do not rely on its signals"
    assert finding_title(broken) == "Broken model: do not rely on its signals"
    assert finding_title(NOTE) == finding_word(NOTE), "what is no reason to doubt needs no advice"
