"""The method page in words: what Candor does, how each part works, and what it does not know. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass

from core.model.barriers import BARRIER_ATR_MULTIPLE, HORIZON_CANDLES
from core.model.evaluated import Evaluated
from core.model.features import FEATURES
from core.model.promises import RELIABILITY_BINS
from core.signals.trust import WEAK_ACCURACY
from core.wording.style import TYPESET
from pages.components.method.figures import promises_table, skills_table
from pages.components.shared.usual_recipe import usual_recipe_sentence

NOT_MEASURED = "Not measured: no evaluation beside these models can be read."


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page; ``anchor`` is its name in the address, ``body`` Markdown."""

    anchor: str
    title: str
    body: str


def sections(evaluated: Evaluated | None) -> list[Section]:
    """The page from its top to its end; where nothing was evaluated it says so."""
    skills, promises = (
        (skills_table(evaluated), promises_table(evaluated))
        if evaluated and evaluated.timeframes
        else (NOT_MEASURED, NOT_MEASURED)
    )
    return [
        Section("what", "What Candor does", _WHAT),
        Section("labels", "What is learned", _LABELS),
        Section("questions", "Two questions", _QUESTIONS),
        Section("percentages", "Why the percentages are small", f"{_SMALL} {usual_recipe_sentence(evaluated)}"),
        Section("tests", "How models are tested", f"{_TESTS}\n\n{skills}"),
        Section("calibration", "Whether 60 % means 60 %", f"{_CALIBRATION}\n\n{promises}"),
        Section("verdicts", "Verdicts and trust", _VERDICTS),
        Section("ledger", "The ledger", _LEDGER),
        Section("limits", "What it does not know", _LIMITS),
        Section("papers", "Papers", _PAPERS),
    ]


_WHAT = """\
For each coin and timeframe a small model looks at every closed candle and says how likely the price is to touch a level
above first, one below first, or neither. Candor shows that as a signal, with the reasons to believe or doubt it, and keeps
what was said. It trades nothing."""

_LABELS = f"""\
Two levels ([barriers](glossary#barrier)) lie {BARRIER_ATR_MULTIPLE:g} × [ATR](glossary#atr)(14) above and below a candle's close (the triple-barrier method). LONG: the upper
one is touched first within {HORIZON_CANDLES} candles; SHORT: the lower one; NO TRADE: neither, or both in one candle. The three
happen about equally often. Take profit 1 and the stop are those levels, so P(LONG) *is* the probability that the target comes
before the stop. Models read {len(FEATURES)} features of closed candles; nothing said changes when later candles arrive."""

_QUESTIONS = """\
**When?** P(move) is the probability that either level is touched at all; beside it stands how often one was in training.
**Which way?** P(LONG | move) says which one, if one is. P(LONG) is their product. Volatility comes in waves and keeps hours, so
the first can be known a little; the second hardly."""

_SMALL = "Because, over all coins, they come true. Whoever learns much from few candles is sure of himself, and wrong."

_TESTS = """\
A model is tested on weeks after all it learned from, on which nothing was chosen. At most timeframes the same recipe is then
trained on to the present, and the card says so. [*Skill*](glossary#skill) is how much of the surprise
(log loss) goes away against someone who knows only how often each case happens: 0 is no better, 1 is perfect. Neighbouring
candles share their future and coins move together, so intervals (95 %) come from whole blocks of days drawn anew. Mean skill of
the published models over coins:"""

_CALIBRATION = f"""\
Promises ([calibration](glossary#calibration)), in {RELIABILITY_BINS} bins, are compared with what happened: charts stand on *Model quality* and each card. Of some coins P(move) is off at the quiet end, beyond chance: look there first. No test
is long enough to show a perfect model no error, so what chance gives (on average, and up to where 19 times in 20) stands beside:"""

_VERDICTS = f"""\
[Timing](glossary#timing) and [side](glossary#side-skill) are each *proven* where the interval of their skill lies above zero, *worse* below, *unproven* across. *Weak*:
never tested, broken, skill wholly below zero, or right less than {TYPESET.share(WEAK_ACCURACY, 0)} of the time without proven
skill. *Doubtful*: skill that reaches zero, stale candles, an old model, a candle unlike those of training. *Trusted* means that
the model is neither. It never means that the side is known."""

_LEDGER = """\
Each signal is written down when it is shown, and so is each candle without one, with the reason. Every entry carries the
fingerprint of the one before: whoever kept one can prove that nothing earlier was changed. What was said live and what was
replayed later are told apart."""

_LIMITS = """\
- **Which way the price goes**, beyond the little that the table of skills shows.
- **Costs.** *Track record* takes fees off; spreads, funding and slippage are counted nowhere.
- **News**, order books, other markets: models see candles and the clock.
- **Whether tomorrow resembles the test.** Models grow old, and are marked when they do.
- **Your market.** One exchange's figures say little of another's."""

_PAPERS = """\
- Labels: M. López de Prado, [Advances in Financial Machine Learning](https://www.wiley.com/en-us/9781119482086), 2018, chapter 3
- Calibration: Guo et al., [On Calibration of Modern Neural Networks](https://arxiv.org/abs/1706.04599), 2017
- Calibration error: Naeini et al., [Obtaining Well Calibrated Probabilities](https://doi.org/10.1609/aaai.v29i1.9602), 2015
- Bands of luck: Bröcker and Smith, [Increasing the Reliability of Reliability Diagrams](https://doi.org/10.1175/WAF993.1), 2007
- Intervals of shares: E. B. Wilson, [Probable Inference](https://doi.org/10.1080/01621459.1927.10502953), 1927
- Blocks drawn anew: H. R. Künsch, [The Jackknife and the Bootstrap](https://doi.org/10.1214/aos/1176347265), 1989"""
