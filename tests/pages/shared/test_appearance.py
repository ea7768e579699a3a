from __future__ import annotations

import pytest

from pages.components.shared.appearance import speaker
from tests.pages.model_rows import model_metrics


def test_a_network_alone_is_called_by_its_name() -> None:
    assert speaker(model_metrics()) == "CNN-LSTM"


@pytest.mark.parametrize(("share", "network", "trees"), [(0.58, 58, 42), (0.575, 57, 43), (0.004, 0, 100)])
def test_an_ensemble_names_its_parts_with_weights_that_add_up(share: float, network: int, trees: int) -> None:
    text = speaker(model_metrics(kind="ensemble", network_share=share))
    assert text == f"Ensemble of CNN-LSTM ({network}\u00a0%) and gradient-boosted trees ({trees}\u00a0%)"
