"""The method page in words: what Candor does, how each part works, and what it does not know. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass

from core.model.barriers import BARRIER_ATR_MULTIPLE, HORIZON_CANDLES
from core.model.evaluated import Evaluated
from core.model.features import FEATURES
from core.model.promises import RELIABILITY_BINS
from core.signals.trust import WEAK_ACCURACY
from core.wording.language import in_a_row, phrase, say
from core.wording.style import TYPESET
from pages.components.method.figures import gains_text, promises_table, skills_table
from pages.components.shared.usual_recipe import usual_recipe_sentence

NOT_MEASURED = phrase("Not measured: no evaluation beside these models can be read.")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page; ``anchor`` is its name in the address, ``body`` Markdown."""

    anchor: str
    title: str
    body: str


def sections(evaluated: Evaluated | None) -> list[Section]:
    """The page from its top to its end; where nothing was evaluated it says so."""
    skills, promises = (
        ("\n\n".join(filter(None, (skills_table(evaluated), gains_text(evaluated)))), promises_table(evaluated))
        if evaluated and evaluated.timeframes
        else (say(NOT_MEASURED), say(NOT_MEASURED))
    )
    return [
        Section("what", say("What Candor does"), say(_WHAT)),
        Section("labels", say("What is learned"), _labels()),
        Section("questions", say("Two questions"), say(_QUESTIONS)),
        Section(
            "percentages", say("Why the percentages are small"), in_a_row(say(_SMALL), usual_recipe_sentence(evaluated))
        ),
        Section("tests", say("How models are tested"), f"{say(_TESTS)}\n\n{skills}"),
        Section(
            "calibration",
            say("Whether 60\u00a0% means 60\u00a0%"),
            f"{say(_CALIBRATION, bins=RELIABILITY_BINS)}\n\n{promises}",
        ),
        Section("verdicts", say("Verdicts and trust"), say(_VERDICTS, weak=TYPESET.share(WEAK_ACCURACY, 0))),
        Section("ledger", say("The ledger"), say(_LEDGER)),
        Section("limits", say("What it does not know"), say(_LIMITS)),
        Section("papers", say("Papers"), say(_PAPERS)),
    ]


_WHAT = phrase(
    "For each coin and timeframe a small model looks at every closed candle and says how likely the "
    "price is to touch a barrier\nabove first, one below first, or neither. Candor shows that as a signal, "
    "with the reasons to believe or doubt it, and keeps\nwhat was said. It trades nothing."
)

_LABELS = phrase("""\
Two levels ([barriers](glossary#barrier)) lie {barrier:g} × [ATR](glossary#atr)(14) above and below a candle's close (the triple-barrier method). LONG: the upper
one is touched first within {horizon} candles; SHORT: the lower one; NO\u00a0TRADE: neither, or both in one candle. The three
happen about equally often. Take profit 1 and the stop are those levels, so P(LONG) *is* the probability that the target comes
before the stop. Models read {features} features of closed candles; nothing said changes when later candles arrive.""")


def _labels() -> str:
    return say(_LABELS, barrier=BARRIER_ATR_MULTIPLE, horizon=HORIZON_CANDLES, features=len(FEATURES))


_QUESTIONS = phrase(
    "**When?** P(move) is the probability that either barrier is touched at all; beside it stands how "
    "often one was in training.\n**Which way?** P(LONG | move) says which one, if one is. P(LONG) is "
    "their product. Volatility comes in waves and keeps hours, so\nthe first can be known a little; the "
    "second hardly."
)

_SMALL = phrase(
    "Because, over all coins, they come true. Whoever learns much from few candles is sure of himself, and wrong."
)

_TESTS = phrase(
    "A model is tested on weeks after all it learned from, on which nothing was chosen. At most "
    "timeframes the same recipe is then\ntrained on to the present, and the card says so. "
    "[*Skill*](glossary#skill) is how much of the surprise\n(log loss) goes away against someone who "
    "knows only how often each case happens: 0 is no better, 1 is perfect. Neighbouring\ncandles share "
    "their future and coins move together, so intervals (95\u00a0%) come from whole blocks of days drawn "
    "anew. Mean skill of\nthe published models over coins:"
)

_CALIBRATION = phrase("""\
Promises ([calibration](glossary#calibration)), in {bins} bins, are compared with what happened: charts stand on *Model quality* and each card. Of some coins P(move) is off at the quiet end, beyond chance: look there first. No test
is long enough to show a perfect model no error, so what chance gives (on average, and up to where 19 times in 20) stands beside:""")

_VERDICTS = phrase("""\
[Timing](glossary#timing) and [side](glossary#side-skill) are each *proven* where the interval of their skill lies above zero, *worse* below, *unproven* across. *Weak*:
never tested, broken, skill wholly below zero, or right less than {weak} of the time without proven
skill. *Doubtful*: skill that reaches zero, stale candles, an old model, a candle unlike those of training. *Trusted* means that
the model is neither. It never means that the side is known.""")

_LEDGER = phrase(
    "Each signal is written down when it is shown, and so is each candle without one, with the reason. "
    "Every entry carries the\nfingerprint of the one before: whoever kept one can prove that nothing "
    "earlier was changed. What was said live and what was\nreplayed later are told apart."
)

_LIMITS = phrase(
    "- **Which way the price goes**, beyond the little that the table of skills shows.\n- **Costs.** "
    "*Track record* takes fees off; spreads, funding and slippage are counted nowhere.\n- **News**, order "
    "books, other markets: models see candles and the clock.\n- **Whether tomorrow resembles the test.** "
    "Models grow old, and are marked when they do.\n- **Your market.** One exchange's figures say little "
    "of another's."
)

_PAPERS = phrase(
    "- Labels: M. López de Prado, [Advances in Financial Machine "
    "Learning](https://www.wiley.com/en-us/9781119482086), 2018, chapter 3\n- Calibration: Guo et al., "
    "[On Calibration of Modern Neural Networks](https://arxiv.org/abs/1706.04599), 2017\n- Calibration "
    "error: Naeini et al., [Obtaining Well Calibrated "
    "Probabilities](https://doi.org/10.1609/aaai.v29i1.9602), 2015\n- Bands of luck: Bröcker and Smith, "
    "[Increasing the Reliability of Reliability Diagrams](https://doi.org/10.1175/WAF993.1), 2007\n- "
    "Intervals of shares: E. B. Wilson, [Probable "
    "Inference](https://doi.org/10.1080/01621459.1927.10502953), 1927\n- Blocks drawn anew: H. R. Künsch, "
    "[The Jackknife and the Bootstrap](https://doi.org/10.1214/aos/1176347265), 1989\n- Intervals that hold however "
    "often one looks: Choe and Ramdas, [Comparing Sequential Forecasters](https://arxiv.org/abs/2110.00115), 2024"
)
