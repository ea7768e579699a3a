"""What speaks against a signal is said, with its numbers; nothing else is."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain import Timeframe
from core.findings import LateCandles, Severity, TrainModels, Trust, UnfamiliarCandle, Verdict
from core.model.metrics import ModelMetrics
from core.model.registry import ModelRegistry
from core.signals.trust import MODEL_MAX_AGE, Verdicts, accuracy_band, judge, looks_broken, measured_accuracy
from core.wording.sentences import finding_sentence
from tests.hand_made_models import (
    FAIR_CONFUSION,
    FAMOUS_BROKEN,
    FAMOUS_LAZY,
    WEAK_CONFUSION,
    evaluation,
    metrics,
    publish,
)

TRAINED = datetime(2025, 6, 1, tzinfo=UTC)
SOON = TRAINED + timedelta(days=1)


def model(**changes):
    seal = {"sha256": {"cnn_lstm_best.pt": "0" * 64, "scaler.pkl": "0" * 64}}
    return ModelMetrics.model_validate(metrics("BTCUSDT", Timeframe.M15, **changes) | seal)


def said(trust: Trust) -> list[str]:
    """Every finding in a sentence."""
    return [str(finding_sentence(finding)) for finding in trust.findings]


def test_a_model_with_nothing_against_it_is_trusted():
    trust = judge(model(test=evaluation(FAIR_CONFUSION)), SOON)
    assert (trust.verdict, trust.severity, trust.findings) == (Verdict.TRUSTED, None, ())


def test_under_forty_percent_is_weak_in_red_with_the_numbers_and_the_retrain_command():
    trust = judge(model(test=evaluation(WEAK_CONFUSION)), SOON)
    assert (trust.verdict, trust.severity) == (Verdict.WEAK_MODEL, Severity.CRITICAL)
    reason = said(trust)[0]
    assert "33.0% of the time on 1,000 test candles" in reason
    assert "always saying LONG is right 36.0%" in reason
    assert "scripts/train_models.py" in reason
    assert "--symbols BTCUSDT --timeframes 15m --force" in reason


def test_ninety_seven_percent_is_amber_when_always_saying_no_trade_scores_the_same():
    trust = judge(model(test=FAMOUS_LAZY), SOON)
    assert (trust.verdict, trust.severity) == (Verdict.WEAK_MODEL, Severity.WARNING)
    assert "97.8%" in said(trust)[0]
    assert "no better than always NO_TRADE: that alone is right 97.8%" in said(trust)[0]


def test_one_percent_on_ninety_candles_is_red_with_its_interval():
    reason = said(judge(model(test=FAMOUS_BROKEN), SOON))[0]
    assert "Right 1.1% of the time on 90 test candles (95 % interval 0.2% to 6.0%): broken" in reason
    assert "label mix-up" in reason
    assert "--symbols BTCUSDT --timeframes 15m --force" in reason


def confusion(right: int, n: int):
    """A test of ``n`` candles, all LONG, of which ``right`` were called so."""
    return [[0, 0, 0], [0, 0, 0], [n - right, 0, right]]


def test_only_an_interval_wholly_under_half_of_chance_looks_broken():
    assert looks_broken(model(test=evaluation(confusion(right=9, n=100))).test)
    assert not looks_broken(model(test=evaluation(confusion(right=10, n=100))).test)  # interval up to 17.4 %
    assert not looks_broken(model(test=evaluation(confusion(right=0, n=15))).test)  # too few to tell: up to 20.4 %
    assert not looks_broken(model(test=evaluation(WEAK_CONFUSION)).test)


def test_a_broken_model_is_not_called_weak_a_second_time_for_the_same_accuracy():
    findings = judge(model(test=FAMOUS_BROKEN), SOON).findings
    assert [finding.severity for finding in findings].count(Severity.CRITICAL) == 1


def test_a_skill_interval_that_includes_zero_is_no_proven_skill():
    trust = judge(model(test=evaluation(FAIR_CONFUSION, skill_interval=[-0.001, 0.06])), SOON)
    assert (trust.verdict, trust.severity) == (Verdict.NO_SKILL, Severity.WARNING)
    assert "-0.001 to +0.060" in said(trust)[0]


def test_a_model_that_was_never_tested_says_so_and_how_to_train_it_anew():
    trust = judge(model(test=None), SOON)
    assert trust.verdict is Verdict.NO_ACCURACY
    assert trust.findings[0].remedy == TrainModels(("BTCUSDT",), Timeframe.M15, anew=True)
    assert said(trust) == ["This model was never tested on candles it had not seen; its probabilities are unproven."]


def test_a_model_turns_stale_with_age():
    for moment in (TRAINED, TRAINED + MODEL_MAX_AGE, TRAINED + MODEL_MAX_AGE + timedelta(hours=23)):
        assert judge(model(), moment).verdict is Verdict.TRUSTED
    old = judge(model(), TRAINED + MODEL_MAX_AGE + timedelta(days=1))
    assert old.verdict is Verdict.STALE_MODEL
    assert "181 days ago (2025-06-01)" in said(old)[0]


def test_a_candle_unlike_those_of_training_is_out_of_distribution_with_the_feature_that_is_farthest_off():
    trust = judge(
        model(), SOON, UnfamiliarCandle(23.4, limit=5.9, ordinary_share=0.98, feature="vol_rel", deviations=9.2)
    )
    assert (trust.verdict, trust.severity) == (Verdict.OUT_OF_DISTRIBUTION, Severity.WARNING)
    assert "distance 23.4, while 98% of ordinary candles stay within 5.9" in said(trust)[0]
    assert "vol_rel, by +9.2 standard deviations" in said(trust)[0]


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

    def said_after(**age):
        return verdicts.judge(loaded[1], TRAINED + timedelta(**age), None, None)[0]

    young = said_after(days=1)
    assert said_after(days=1, hours=9) is young
    assert said_after(days=170) is young
    old = said_after(days=190)
    assert said_after(days=190, hours=9) is old
    assert said_after(days=191) is not old
