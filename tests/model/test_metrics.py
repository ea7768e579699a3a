from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from typing import Any

import orjson
import pytest

from core.domain import Direction, Timeframe
from core.errors import UnusableModel
from core.model.metrics import ModelMetrics, parse_metrics, validate_metrics
from tests.hand_made_models import evaluation, metrics, promises, sealed


@pytest.fixture
def good() -> dict[str, Any]:
    values: dict[str, Any] = json.loads(json.dumps(sealed(metrics("BTCUSDT", Timeframe.M15))))
    return values


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


@pytest.mark.parametrize("taken", ["cnn_lstm_best.pt", "scaler.pkl", "background.npy", "boosted_trees.npz"])
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


def test_a_model_that_was_trained_on_says_which_was_tested(good: dict[str, Any]) -> None:
    own = good["periods"] | {"test": None}
    tested_as = {"model_version": "the twin", "periods": good["periods"]}
    read = validate_metrics(good | {"periods": own, "tested_as": tested_as})
    assert (read.model_version, read.tested_version) == (good["model_version"], "the twin")
    assert read.test_period == validate_metrics(good).test_period
    assert validate_metrics(read.model_dump(mode="json", by_alias=True)) == read
    with pytest.raises(UnusableModel, match="tested_as has no test period"):
        validate_metrics(good | {"tested_as": tested_as | {"periods": own}})


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
        ("season1_days", [7, 14, 28]),
        ("season1_days", ...),
        ("side_share", 0.5),
        ("side_share", 1.5),
        ("periods.test", None),
        ("tested_as", {"model_version": "one\ntwo", "periods": {}}),
        ("test.timing_skill_over_clock", ...),
        ("test.timing_skill_over_clock_interval", [0.2, 0.1]),
        ("climatology", {"SHORT": 0.5, "NO_TRADE": 0.5, "LONG": 0.5}),
        ("climatology.LONG", -0.1),
        ("time_to_target_minutes.LONG.median", -5),
        ("time_to_target_minutes.LONG.median", 1e300),
        ("time_to_target_minutes.LONG", {"q25": 3.0, "median": 2.0, "q75": 4.0}),
        ("barrier_atr_multiple", 1e-300),
        ("barrier_atr_multiple", 0.19),
        ("barrier_atr_multiple", 10.1),
        ("horizon_candles", 0),
        ("horizon_candles", 201),
        ("horizon_candles", 2**70),
        ("novelty.limit", 1e300),
        ("symbol", "BTC\ud800"),
        ("model_version", "\ud800"),
        ("model_version", "one\ntwo"),
        ("market", "\x1b[31mred"),
        ("market", "\u202ereversed"),
        ("market", "x" * 81),
        ("scaling", ...),
        ("scaling.mean", [0.0] * 14),
        ("scaling.scale", [0.0] * 15),
        ("scaling.scale", [10**400] * 15),
        ("novelty.precision", [[-1.0 if i == j else 0.0 for j in range(15)] for i in range(15)]),
        ("novelty.precision", [[1e308 if i == j else 0.0 for j in range(15)] for i in range(15)]),
        ("novelty.precision", [[1.0] * 15] * 15),
        ("sha256.scaler", "c" * 64),
        ("test.n", 0),
        ("test.n", 999_999),
        ("test.n", 2**63),
        ("test.n", 2**70),
        ("test.log_loss", 1e300),
        ("test.uniform_log_loss", 10**400),
        ("test.skill_interval", [-1e300, 0.0]),
        ("test.accuracy_interval", [-5.0, 5.0]),
        ("test.confusion_matrix", [[2**64, 0, 0], [0, 0, 0], [0, 0, 0]]),
        ("test.confusion_matrix", [[-(2**64), 2**64 + 1000, 0], [0, 0, 0], [0, 0, 0]]),
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
    named = key.split(".", maxsplit=1)[0]
    assert any(words in str(refused.value) for words in (named, "features must be", "no test period"))


@pytest.mark.parametrize(
    "changes", [{"n": 2**64}, {"n": 1001}, {"n": 0}, {"mean_confidence": None}, {"accuracy": 1.01}]
)
def test_a_reliability_bin_that_cannot_be_is_refused(good: dict[str, Any], changes: dict[str, Any]) -> None:
    bins = copy.deepcopy(good["test"]["reliability"])
    next(each for each in bins if each["n"]).update(changes)
    with pytest.raises(UnusableModel, match=r"'test(\.reliability\.\d+.*)?'"):
        validate_metrics(changed(good, "test.reliability", bins))


def test_a_model_whose_promises_nobody_measured_is_read_as_before(good: dict[str, Any]) -> None:
    """So was each that was trained before promises were."""
    older = {key: value for key, value in good["test"].items() if key not in ("move", "side")}
    read = validate_metrics(good | {"test": older}).test
    assert read is not None
    assert (read.move, read.side) == (None, None)


@pytest.mark.parametrize("question", ["move", "side"])
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"n": 999}, "reliability counts"),
        ({"n": 0}, "greater than or equal to 1"),
        ({"ece": 0.2}, "but reliability makes it"),
        ({"ece": -0.1}, "ece"),
        ({"ece_by_chance": {"mean": 0.02}}, "p95"),
        ({"reliability": []}, "15 items"),
        (promises((1000, 0.68, 0.60)), "but confusion_matrix counts"),
        (promises((680, 0.53, 0.10)), "but confusion_matrix counts"),
        (promises((1, 0.5, 1.0)), "but confusion_matrix counts"),
    ],
)
def test_promises_that_do_not_follow_from_what_was_counted_are_refused(
    good: dict[str, Any], question: str, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(UnusableModel, match=reason):
        validate_metrics(changed(good, f"test.{question}", good["test"][question] | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"n": 1},
        {"n": 2**64},
        {"promised": None},
        {"promised": 0.2},
        {"came_true": None},
        {"came_true": 1.2},
        {"interval": None},
        {"interval": [0.9, 0.1]},
        {"interval": [0.1]},
    ],
)
def test_a_bin_of_promises_that_cannot_be_is_refused(good: dict[str, Any], changes: dict[str, Any]) -> None:
    bins = copy.deepcopy(good["test"]["move"]["reliability"])
    next(each for each in bins if each["n"]).update(changes)
    with pytest.raises(UnusableModel, match=r"'test\.move"):
        validate_metrics(changed(good, "test.move.reliability", bins))


def numbers_in(values: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where in parsed JSON there is a number."""
    if isinstance(values, int | float):
        yield path
    items = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, value in items:
        yield from numbers_in(value, (*path, key))


HOSTILE_NUMBERS = [2**63, 2**64, -(2**63) - 1, 10**400, 1e308, -1e308, math.inf, -math.inf, math.nan]


@pytest.mark.slow
def test_no_number_of_them_all_may_be_beyond_what_a_chart_or_json_can_take(good: dict[str, Any]) -> None:
    """Each number in turn is a hostile one, and of those in lists the last; none gets through."""
    ensemble: Any = as_ensemble(good)
    paths = list({tuple(at for at in path if isinstance(at, str)): path for path in numbers_in(ensemble)}.values())
    assert len(paths) > 50
    for path in paths:
        values = copy.deepcopy(ensemble)
        place = reduce(getitem, path[:-1], values)
        for number in HOSTILE_NUMBERS:
            place[path[-1]] = number
            with pytest.raises(UnusableModel) as refused:
                validate_metrics(values)
            assert len(str(refused.value)) <= 300


def test_what_is_let_in_goes_through_orjson(good: dict[str, Any]) -> None:
    assert (
        orjson.loads(orjson.dumps(validate_metrics(good).model_dump(mode="json", by_alias=True)))["test"]["n"] == 1000
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"[" * 150_000, "no JSON"),
        (b'{"a":' * 30_000 + b"1" + b"}" * 30_000, "no JSON"),
        (b'{"symbol": ' + b"9" * 100_000 + b"}", "no JSON"),
        (b'{"symbol": "\xed\xa0\x80"}', "no JSON"),
        (b"\xff\xfe{\x00}\x00", "no JSON"),
        (b'{"symbol": 1, "symbol": 2}', "the key 'symbol' stands there twice"),
        (b'{"test": {"n": 1, "n": 2}}', "the key 'n' stands there twice"),
        (b'{"sha256": {"' + b"x" * 100_000 + b'": "y"}}', "symbol"),
        (b'{"symbol": "\\ud800"}', "symbol"),
        (b"[]", "metrics.json"),
        (b"null", "metrics.json"),
    ],
)
def test_a_metrics_json_that_is_none_is_refused_in_a_short_sentence(content: bytes, reason: str) -> None:
    with pytest.raises(UnusableModel) as refused:
        parse_metrics(content)
    assert reason in str(refused.value)
    assert len(str(refused.value)) <= 300
    orjson.dumps(str(refused.value))


@pytest.mark.parametrize("key", ["\ud800", "x" * 1_000_000, "\x1b[31m"])
def test_a_hostile_key_is_quoted_short_and_printable(good: dict[str, Any], key: str) -> None:
    with pytest.raises(UnusableModel) as refused:
        validate_metrics(good | {"sha256": {key: "a" * 64}})
    assert len(str(refused.value)) <= 300
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("values", [None, [], "metrics", 3, {}])
def test_what_is_no_object_at_all_is_refused(values: object) -> None:
    with pytest.raises(UnusableModel):
        validate_metrics(values)


def test_a_hostile_value_is_quoted_short(good: dict[str, Any]) -> None:
    with pytest.raises(UnusableModel) as refused:
        validate_metrics(changed(good, "market", "x" * 100_000 + "\x1b[31m"))
    assert len(str(refused.value)) < 300
