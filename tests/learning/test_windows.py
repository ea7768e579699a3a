from __future__ import annotations

import numpy as np
import pandas as pd

from core.learning.windows import DIRECTIONAL, fit_scaler, scaling_of, windows_of
from core.model.features import FEATURES
from core.model.scaling import FEATURE_CLIP


def test_a_window_is_its_candle_and_the_47_before_it_standardised_and_clipped(datasets: list[pd.DataFrame]) -> None:
    scaler = fit_scaler(datasets)
    test = windows_of(datasets, ["test"], scaling_of(scaler))
    second = np.flatnonzero(datasets[1]["split"] == "test")
    wanted = datasets[1][list(FEATURES)].to_numpy()[second[3] - 47 : second[3] + 1]
    wanted = np.clip((wanted - scaler.mean_) / scaler.scale_, -FEATURE_CLIP, FEATURE_CLIP)
    first_coin = int((datasets[0]["split"] == "test").sum())
    np.testing.assert_allclose(test.take(np.array([first_coin + 3]))[0], wanted, atol=1e-5)
    assert test.labels[first_coin + 3] == datasets[1]["label"].iloc[second[3]]


def test_the_scaler_sees_training_rows_only_and_leaves_directional_features_centred_on_zero(
    datasets: list[pd.DataFrame],
) -> None:
    scaler = fit_scaler(datasets)
    assert (scaler.mean_[DIRECTIONAL] == 0).all()
    later = [d.copy() for d in datasets]
    for dataset in later:
        dataset.loc[dataset["split"] != "train", list(FEATURES)] = 1e6
    np.testing.assert_array_equal(fit_scaler(later).scale_, scaler.scale_)
    train = np.concatenate([d.loc[d["split"] == "train", list(FEATURES)].to_numpy(np.float64) for d in datasets])
    np.testing.assert_allclose(scaler.mean_[~DIRECTIONAL], train.mean(axis=0)[~DIRECTIONAL], rtol=1e-6)
    np.testing.assert_allclose(scaler.scale_[DIRECTIONAL], np.sqrt((train**2).mean(axis=0))[DIRECTIONAL], rtol=1e-6)


def test_a_constant_feature_is_left_alone_by_the_scaler(datasets: list[pd.DataFrame]) -> None:
    flat = [d.assign(wk_ahead=np.float32(0.25)) for d in datasets]
    scaler = fit_scaler(flat)
    assert scaler.scale_[FEATURES.index("wk_ahead")] == 1.0
