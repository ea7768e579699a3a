"""What speaks against a signal is said, with its numbers; nothing else is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.application import registry_of
from core.domain import Timeframe
from core.findings import (
    Expired,
    Finding,
    LateCandles,
    Severity,
    TrainModels,
    Trust,
    UnfamiliarCandle,
    Verdict,
)
from core.measured import MeasuredSkill, Proof
from core.model.metrics import ModelMetrics
from core.model.registry import ModelRegistry
from core.settings import PROJECT
from core.signals.trust import (
    MODEL_MAX_AGE,
    WEAK_ACCURACY,
    Verdicts,
    accuracy_band,
    judge,
    measured_accuracy,
    seems_broken,
    with_finding,
)
from core.wording.sentences import finding_sentence
from tests.hand_made_models import (
    FAIR_CONFUSION,
    FAMOUS_BROKEN,
    FAMOUS_LAZY,
    WEAK_CONFUSION,
    evaluation,
    metrics,
    publish,
    sealed,
)

TRAINED = datetime(2025, 6, 1, tzinfo=UTC)
SOON = TRAINED + timedelta(days=1)


def model(**changes):
    return ModelMetrics.model_validate(sealed(metrics("BTCUSDT", Timeframe.M15, **changes)))


def sentences_of(trust: Trust) -> list[str]:
    """Every finding in a sentence."""
    return [str(finding_sentence(finding)) for finding in trust.findings]


def test_a_model_with_nothing_against_it_is_trusted():
    trust = judge(model(test=evaluation(FAIR_CONFUSION)), SOON)
    assert (trust.verdict, trust.severity, trust.findings) == (Verdict.TRUSTED, None, ())


def test_under_forty_percent_is_weak_in_red_with_the_numbers_and_the_retrain_command():
    trust = judge(model(test=evaluation(WEAK_CONFUSION)), SOON)
    assert (trust.verdict, trust.severity) == (Verdict.WEAK_MODEL, Severity.CRITICAL)
    reason = sentences_of(trust)[0]
    assert "33.0% of the time on 1,000 test candles" in reason
    assert "always saying LONG is right 36.0%" in reason
    assert "scripts/train_models.py" in reason
    assert "--symbols BTCUSDT --timeframes 15m --force" in reason


@pytest.mark.parametrize(
    ("interval", "severity", "verdict"),
    [
        ([0.001, 0.03], Severity.NOTE, Verdict.TRUSTED),
        ([0.0, 0.03], Severity.CRITICAL, Verdict.WEAK_MODEL),
        ([-0.01, 0.03], Severity.CRITICAL, Verdict.WEAK_MODEL),
        ([-0.03, -0.01], Severity.CRITICAL, Verdict.WEAK_MODEL),
    ],
)
def test_under_forty_percent_is_a_note_where_skill_is_proven_and_red_where_it_is_not(interval, severity, verdict):
    trust = judge(model(test=evaluation(WEAK_CONFUSION, skill=sum(interval) / 2, skill_interval=interval)), SOON)
    assert (trust.severity, trust.verdict, trust.trusted) == (severity, verdict, severity is Severity.NOTE)


def test_a_note_comes_with_its_numbers_and_no_remedy():
    trust = judge(model(test=evaluation(WEAK_CONFUSION, skill=0.021, skill_interval=[0.01, 0.03])), SOON)
    assert sentences_of(trust) == [
        "Right 33.0% of the time on 1,000 test candles (95 % interval 30.2% to 36.0%), under the 40% line, though its "
        "skill is proven: +0.021 over the class frequencies on 1,000 test candles, 95 % interval +0.010 to +0.030. "
        "Always saying LONG is right 36.0%."
    ]
    assert trust.findings[0].remedy is None


def test_what_is_found_beside_a_note_is_graver_than_it():
    skilled = model(test=evaluation(WEAK_CONFUSION, skill=0.021, skill_interval=[0.01, 0.03]))
    trust = judge(skilled, SOON, stale=LateCandles(2, SOON, None))
    assert [finding.severity for finding in trust.findings] == [Severity.WARNING, Severity.NOTE]
    assert (trust.verdict, trust.trusted) == (Verdict.STALE_DATA, False)


@pytest.mark.parametrize(("interval", "severity"), [([0.001, 0.03], Severity.NOTE), ([-0.01, 0.03], Severity.WARNING)])
def test_an_accuracy_not_above_the_baseline_is_a_note_where_skill_is_proven_and_a_doubt_where_it_is_not(
    interval, severity
):
    lazy = evaluation([[0, 1, 0], [0, 88, 0], [0, 1, 0]], skill=0.01, skill_interval=interval)
    trust = judge(model(test=lazy), SOON)
    assert (trust.severity, trust.trusted) == (severity, severity is Severity.NOTE)
    assert "no better than always NO_TRADE: that alone is right 97.8%" in " ".join(sentences_of(trust))


def test_a_skill_wholly_below_zero_is_red_however_accurate_the_model():
    trust = judge(model(test=evaluation(FAIR_CONFUSION, skill=-0.02, skill_interval=[-0.03, -0.001])), SOON)
    assert (trust.verdict, trust.severity) == (Verdict.NO_SKILL, Severity.CRITICAL)
    assert sentences_of(trust)[0].startswith(
        "Worse than knowing only how often each class happens: -0.020 over the class frequencies on 1,000 test candles, "
        "95 % interval -0.030 to -0.001, wholly below 0. Retrain: python scripts/train_models.py"
    )


def test_when_and_which_way_are_proven_apart_each_on_the_candles_it_was_asked_of():
    tested = evaluation(
        FAIR_CONFUSION,
        timing_skill=0.07,
        timing_skill_interval=[0.05, 0.09],
        direction_skill=-0.02,
        direction_skill_interval=[-0.03, -0.01],
    )
    trust = judge(model(test=tested), SOON)
    assert trust.timing == MeasuredSkill(0.07, 0.05, 0.09, 1000)
    assert trust.side == MeasuredSkill(-0.02, -0.03, -0.01, 680)  # 320 candles touched no barrier
    assert (trust.timing_proof, trust.side_proof) == (Proof.PROVEN, Proof.WORSE)
    assert trust.trusted, "a side that is worse than nothing forbids to fill its badge; it is no doubt about the whole"


@pytest.mark.parametrize(
    ("low", "high", "proof"),
    [
        (1e-6, 0.1, Proof.PROVEN),
        (0.0, 0.1, Proof.UNPROVEN),
        (-0.1, 0.1, Proof.UNPROVEN),
        (-0.1, 0.0, Proof.UNPROVEN),
        (-0.1, -1e-6, Proof.WORSE),
    ],
)
def test_an_interval_proves_what_it_lies_wholly_on_one_side_of(low, high, proof):
    assert MeasuredSkill((low + high) / 2, low, high, 100).proof is proof


def test_a_model_that_was_never_tested_proves_nothing():
    trust = judge(model(test=None), SOON)
    assert (trust.timing, trust.side) == (None, None)
    assert trust.timing_proof is trust.side_proof is Proof.UNTESTED


def test_what_is_proven_stays_said_whatever_is_found_later():
    trust = judge(model(), SOON, stale=LateCandles(2, SOON, None))
    expired = with_finding(trust, Finding(Verdict.STALE_DATA, Severity.WARNING, Expired(SOON)))
    assert expired.timing == trust.timing is not None
    assert expired.side == trust.side is not None


rows = st.lists(st.integers(0, 300), min_size=3, max_size=3)
intervals = st.tuples(*[st.floats(-1, 1)] * 2).map(sorted)


@pytest.mark.slow
@given(st.lists(rows, min_size=3, max_size=3).filter(lambda counts: sum(map(sum, counts)) > 0), intervals)
def test_a_tested_model_is_trusted_where_its_skill_is_proven_and_it_is_not_broken_and_only_there(counts, interval):
    tested = model(test=evaluation(counts, skill=sum(interval) / 2, skill_interval=interval))
    trust = judge(tested, SOON)
    assert trust.trusted == (interval[0] > 0 and not seems_broken(tested.test))
    assert trust.trusted == all(finding.severity is Severity.NOTE for finding in trust.findings)
    gravity = [list(Severity).index(finding.severity) for finding in trust.findings]
    assert gravity == sorted(gravity)
    remedies = [finding for finding in trust.findings if finding.remedy is not None]
    assert [finding.severity for finding in remedies] == [Severity.CRITICAL] * (trust.severity is Severity.CRITICAL)
    if tested.test.accuracy < WEAK_ACCURACY:
        assert "Right" in sentences_of(trust)[0], "an accuracy under the line is never left unsaid"


@pytest.mark.slow
def test_of_the_shipped_models_under_the_line_those_with_proven_skill_are_trusted_and_no_other():
    registry = registry_of(PROJECT / "models")
    described = [status.metrics for status in registry.statuses(registry.available()) if status.metrics is not None]
    under = [m for m in described if m.test is not None and m.test.accuracy < WEAK_ACCURACY]
    for each in under:
        skilled = each.test.skill_interval[0] > 0
        assert judge(each, each.trained_at).severity is (Severity.NOTE if skilled else Severity.CRITICAL)


def test_ninety_seven_percent_is_amber_when_always_saying_no_trade_scores_the_same():
    trust = judge(model(test=FAMOUS_LAZY), SOON)
    assert (trust.verdict, trust.severity) == (Verdict.WEAK_MODEL, Severity.WARNING)
    assert "97.8%" in sentences_of(trust)[0]
    assert "no better than always NO_TRADE: that alone is right 97.8%" in sentences_of(trust)[0]


def test_how_many_times_as_often_always_saying_one_class_is_right_is_said():
    """As APT's on 1d was once: right 19 % of the time, where always saying SHORT is right 34 %."""
    bad = evaluation([[13, 0, 29], [8, 2, 30], [26, 7, 9]], skill=0.003, skill_interval=[-0.032, 0.04])
    trust = judge(model(test=bad), SOON)
    assert (trust.verdict, trust.severity) == (Verdict.WEAK_MODEL, Severity.CRITICAL)
    assert sentences_of(trust)[0].startswith(
        "Right 19.4% of the time on 124 test candles (95 % interval 13.4% to 27.2%), under the 40% line; always saying "
        "SHORT is right 33.9%, 1.8 times as often. Retrain: "
    )


def test_a_trusted_model_that_one_class_beats_by_far_says_so_like_a_weak_one():
    """As THETA's on 1d: right 25 % of the time with proven skill, where always saying LONG is right 43.5 %."""
    theta = evaluation([[10, 2, 24], [8, 1, 25], [20, 14, 20]], skill=0.041, skill_interval=[0.012, 0.078])
    trust = judge(model(test=theta), SOON)
    assert trust.trusted
    assert sentences_of(trust)[0].endswith("Always saying LONG is right 43.5%, 1.7 times as often.")
    assert "reliably" not in sentences_of(trust)[0], "an interval of overlapping labels proves nothing of the kind"


def test_one_percent_on_ninety_candles_is_red_with_its_interval():
    reason = sentences_of(judge(model(test=FAMOUS_BROKEN), SOON))[0]
    assert "Right 1.1% of the time on 90 test candles (95 % interval 0.2% to 6.0%): broken" in reason
    assert "label mix-up" in reason
    assert "--symbols BTCUSDT --timeframes 15m --force" in reason


def confusion(right: int, n: int):
    """A test of ``n`` candles, all LONG, of which ``right`` were called so."""
    return [[0, 0, 0], [0, 0, 0], [n - right, 0, right]]


def test_only_an_interval_wholly_under_half_of_chance_looks_broken():
    assert seems_broken(model(test=evaluation(confusion(right=9, n=100))).test)
    assert not seems_broken(model(test=evaluation(confusion(right=10, n=100))).test)  # interval up to 17.4 %
    assert not seems_broken(model(test=evaluation(confusion(right=0, n=15))).test)  # too few to tell: up to 20.4 %
    assert not seems_broken(model(test=evaluation(WEAK_CONFUSION)).test)


def test_a_broken_model_is_not_called_weak_a_second_time_for_the_same_accuracy():
    findings = judge(model(test=FAMOUS_BROKEN), SOON).findings
    assert [finding.severity for finding in findings].count(Severity.CRITICAL) == 1


def test_a_skill_interval_that_includes_zero_is_no_proven_skill():
    trust = judge(model(test=evaluation(FAIR_CONFUSION, skill_interval=[-0.001, 0.06])), SOON)
    assert (trust.verdict, trust.severity) == (Verdict.NO_SKILL, Severity.WARNING)
    assert "-0.001 to +0.060" in sentences_of(trust)[0]


def test_a_model_that_was_never_tested_says_so_and_how_to_train_it_anew():
    trust = judge(model(test=None), SOON)
    assert trust.verdict is Verdict.NO_ACCURACY
    assert trust.findings[0].remedy == TrainModels(("BTCUSDT",), Timeframe.M15, anew=True)
    assert sentences_of(trust) == [
        "This model was never tested on candles it had not seen; its probabilities are unproven."
    ]


def test_a_model_turns_stale_with_age():
    for moment in (TRAINED, TRAINED + MODEL_MAX_AGE, TRAINED + MODEL_MAX_AGE + timedelta(hours=23)):
        assert judge(model(), moment).verdict is Verdict.TRUSTED
    old = judge(model(), TRAINED + MODEL_MAX_AGE + timedelta(days=1))
    assert old.verdict is Verdict.STALE_MODEL
    assert "181 days ago (2025-06-01)" in sentences_of(old)[0]


def test_a_candle_unlike_those_of_training_is_out_of_distribution_with_the_feature_that_is_farthest_off():
    trust = judge(
        model(), SOON, UnfamiliarCandle(23.4, limit=5.9, ordinary_share=0.98, feature="vol_rel", deviations=9.2)
    )
    assert (trust.verdict, trust.severity) == (Verdict.OUT_OF_DISTRIBUTION, Severity.WARNING)
    assert "distance 23.4, while 98% of ordinary candles stay within 5.9" in sentences_of(trust)[0]
    assert "vol_rel, by +9.2 standard deviations" in sentences_of(trust)[0]


def test_several_reasons_hold_at_once_and_the_gravest_gives_the_verdict():
    weak = evaluation(WEAK_CONFUSION, skill_interval=[-0.1, 0.1])
    trust = judge(model(test=weak), SOON, stale=LateCandles(2, SOON, None))
    verdicts = [finding.verdict for finding in trust.findings]
    assert verdicts[0] is Verdict.WEAK_MODEL
    assert {Verdict.NO_SKILL, Verdict.STALE_DATA} <= set(verdicts)
    assert trust.severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("accuracy", "band"), [(0.0111, "weak"), (0.399, "weak"), (0.40, "fair"), (0.70, "good"), (0.9, "excellent")]
)
def test_accuracy_bands_begin_at_their_thresholds(accuracy, band):
    assert accuracy_band(accuracy) == band


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Two models of one series: a fair one, and a weak one that takes its place."""
    registry = ModelRegistry(tmp_path_factory.mktemp("models"))
    models = []
    for confusion in (FAIR_CONFUSION, WEAK_CONFUSION):
        publish(registry.models_dir, "BTCUSDT", Timeframe.M15, test=evaluation(confusion))
        models.append(registry.get("BTCUSDT", "15m"))
    return models


FAR_OFF = UnfamiliarCandle(23.4, limit=5.9, ordinary_share=0.98, feature="vol_rel", deviations=9.2)


@pytest.mark.parametrize("stale", [None, LateCandles(2, SOON, None)])
@pytest.mark.parametrize("unfamiliar", [None, FAR_OFF])
def test_a_remembered_verdict_is_what_judging_anew_gives(loaded, unfamiliar, stale):
    verdicts = Verdicts()
    for days in (1, 1, 180, 181, 181, 182, 1):
        for each in (loaded[0], loaded[0], loaded[1]):
            now = TRAINED + timedelta(days=days, hours=3)
            trust, accuracy = verdicts.judge(each, now, unfamiliar, stale)
            assert trust == judge(each.metrics, now, unfamiliar, stale)
            assert accuracy == measured_accuracy(each.metrics.test)


def test_what_speaks_against_a_model_is_found_once_and_once_a_day_when_it_is_old(loaded):
    verdicts = Verdicts()

    def judged_after(**age):
        return verdicts.judge(loaded[1], TRAINED + timedelta(**age), None, None)[0]

    young = judged_after(days=1)
    assert judged_after(days=1, hours=9) is young
    assert judged_after(days=170) is young
    old = judged_after(days=190)
    assert judged_after(days=190, hours=9) is old
    assert judged_after(days=191) is not old


def test_a_candle_that_the_model_has_learned_from_is_never_trusted_and_one_after_it_is():
    learned = model(test=evaluation(FAIR_CONFUSION))
    until = learned.periods.validation.to
    trust = judge(learned, until)
    assert (trust.verdict, trust.severity, trust.trusted) == (Verdict.SEEN_IN_TRAINING, Severity.WARNING, False)
    assert "has learned from candles until 2024-12-31 00:00 UTC" in sentences_of(trust)[0]
    assert judge(learned, until + timedelta(minutes=15)).trusted
