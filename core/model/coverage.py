"""Where a model ships: the one rule, for training and for every place that shows a coin without a model."""

MIN_TRAINING_CANDLES = 200
"""What it takes for a model to ship: so many labelled training candles of its own with a full window.

With fewer, a coin's class frequencies, which are its baseline, are off by more than 7 percentage points (two
standard errors), and neither its skill nor its verdict would mean anything.
"""
