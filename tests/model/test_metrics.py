from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest

from core.domain import Direction, Timeframe
from core.errors import UnusableModel
from core.model.metrics import ModelMetrics, validate_metrics
from tests.hand_made_models import evaluation, metrics


@pytest.fixture
def good() -> dict[str, Any]:
    checksums = {"cnn_lstm_best.pt": "a" * 64, "scaler.pkl": "b" * 64}
    return json.loads(json.dumps(metrics("BTCUSDT", Timeframe.M15) | {"sha256": checksums}))


def changed(values: dict[str, Any], key: str, value: object) -> dict[str, Any]:
    """A copy with the value at a dotted key replaced, or the key taken away where ``value`` is ``...``."""
    result = copy.deepcopy(values)
    *path, last = key.split(".")
    place = result
    for part in path:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return result


def test_what_training_writes_can_be_read_and_written_again(good: dict[str, Any]) -> None:
    read = validate_metrics(good)
    assert read.timeframe is Timeframe.M15
    assert validate_metrics(read.model_dump(mode="json", by_alias=True)) == read


def test_keys_that_came_later_do_no_harm(good: dict[str, Any]) -> None:
    assert isinstance(validate_metrics(good | {"loss_of_2031": 0.1}), ModelMetrics)


def test_a_model_that_does_not_say_its_kind_is_a_network_alone(good: dict[str, Any]) -> None:
    read = validate_metrics(good)
    assert (read.kind, read.network_share) == ("cnn_lstm", 1)


def as_ensemble(good: dict[str, Any], **changes: Any) -> dict[str, Any]:
    checksums = good["sha256"] | {"boosted_trees.npz": "c" * 64}
    return good | {"kind": "ensemble", "network_share": 0.4, "sha256": checksums} | changes


@pytest.mark.parametrize("share", [0.0, 0.4, 0.999999])
def test_an_ensemble_has_trees_and_a_share_below_one(good: dict[str, Any], share: float) -> None:
    assert validate_metrics(as_ensemble(good, network_share=share)).network_share == share


@pytest.mark.parametrize("share", [1.0, 1.5, -0.1, math.nan, None, "0.4"])
def test_an_ensemble_whose_share_is_none_is_refused(good: dict[str, Any], share: object) -> None:
    with pytest.raises(UnusableModel, match="network_share"):
        validate_metrics(as_ensemble(good, network_share=share))


def test_a_network_alone_has_all_of_the_share(good: dict[str, Any]) -> None:
    with pytest.raises(UnusableModel, match=r"network_share is 0\.9 and kind cnn_lstm; expected 1"):
        validate_metrics(good | {"network_share": 0.9})


def test_a_kind_that_nobody_knows_is_refused(good: dict[str, Any]) -> None:
    with pytest.raises(UnusableModel, match="kind"):
        validate_metrics(good | {"kind": "oracle"})


@pytest.mark.parametrize("taken", ["cnn_lstm_best.pt", "scaler.pkl", "boosted_trees.npz"])
def test_a_file_without_a_checksum_is_refused(good: dict[str, Any], taken: str) -> None:
    for values in (good, as_ensemble(good)):
        if taken in values["sha256"]:
            left = {name: checksum for name, checksum in values["sha256"].items() if name != taken}
            with pytest.raises(UnusableModel, match="sha256 names"):
                validate_metrics(values | {"sha256": left})


def test_a_network_alone_has_no_trees(good: dict[str, Any]) -> None:
    with pytest.raises(UnusableModel, match=r"sha256 names .* a model of kind cnn_lstm has"):
        validate_metrics(as_ensemble(good, kind="cnn_lstm", network_share=1.0))


def test_a_model_that_was_never_tested_is_allowed(good: dict[str, Any]) -> None:
    assert validate_metrics(changed(good, "test", None)).test is None


def test_calls_count_the_columns_of_the_confusion_matrix(good: dict[str, Any]) -> None:
    read = validate_metrics(changed(good, "test", evaluation([[1, 2, 3], [4, 5, 6], [7, 8, 9]]))).test
    assert read is not None
    assert [read.calls(d) for d in Direction] == [12, 15, 18]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("symbol", ...),
        ("symbol", 7),
        ("timeframe", "2h"),
        ("temperature", math.nan),
        ("temperature", 0),
        ("temperature", "1.0"),
        ("window", 48.5),
        ("window", True),
        ("trained_at", "yesterday"),
        ("trained_at", "2025-09-01T00:00:00"),
        ("trained_at", "0001-01-01T00:00:00+14:00"),
        ("trained_at", "9999-12-31T23:59:59-14:00"),
        ("periods.train", ...),
        ("periods.test", {"from": "2025-02-01T00:00:00Z", "to": "2025-01-01T00:00:00Z"}),
        ("features", ["rsi"]),
        ("climatology", {"SHORT": 0.5, "NO_TRADE": 0.5, "LONG": 0.5}),
        ("climatology.LONG", -0.1),
        ("time_to_target_minutes.LONG.median", -5),
        ("time_to_target_minutes.LONG.median", 1e300),
        ("novelty.precision", [[-1.0 if i == j else 0.0 for j in range(15)] for i in range(15)]),
        ("novelty.precision", [[1e308 if i == j else 0.0 for j in range(15)] for i in range(15)]),
        ("novelty.precision", [[1.0] * 15] * 15),
        ("sha256.scaler", "c" * 64),
        ("test.n", 0),
        ("test.n", 999_999),
        ("test.accuracy", 97.78),
        ("test.accuracy", 0.9778),
        ("test.accuracy", 0.0111),
        ("test.accuracy_interval", [0.97, 0.99]),
        ("test.majority_accuracy", 0.1),
        ("test.skill_interval", [0.05, -0.05]),
        ("test.skill", math.inf),
        ("test.skill_interval", [0.1]),
        ("test.direction_skill", ...),
        ("test.confusion_matrix", [[1, 2], [3, 4]]),
        ("test.reliability", []),
    ],
)
def test_a_wrong_value_is_refused_and_its_key_is_named(good: dict[str, Any], key: str, value: object) -> None:
    with pytest.raises(UnusableModel) as refused:
        validate_metrics(changed(good, key, value))
    assert key.split(".", maxsplit=1)[0] in str(refused.value) or "features must be" in str(refused.value)


@pytest.mark.parametrize("values", [None, [], "metrics", 3, {}])
def test_what_is_no_object_at_all_is_refused(values: object) -> None:
    with pytest.raises(UnusableModel):
        validate_metrics(values)


def test_a_hostile_value_is_quoted_short(good: dict[str, Any]) -> None:
    with pytest.raises(UnusableModel) as refused:
        validate_metrics(changed(good, "market", "x" * 100_000 + "\x1b[31m"))
    assert len(str(refused.value)) < 300
