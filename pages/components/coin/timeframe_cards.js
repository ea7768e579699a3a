// The timeframes of one coin as buttons; a click tells the page which one to show.

import { drawRows, keyedList, make, makeShares, makeSilent } from "../shared/dom.js";

import { answerLines, spokenAnswers } from "../shared/answers.js";
import { ofTheHour, quietened } from "../shared/meter.js";
import { say } from "../shared/speech.js";

const lists = new WeakMap(); // root element -> the cards drawn into it

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const cards = lists.get(root) ?? begin(root);
  cards.choose = (timeframe) => setTriggerValue("chosen", timeframe);
  drawRows(cards, data, {
    keyOf: (card) => card.timeframe,
    begin: emptyCard,
    fill: (drawn, card) => fill(drawn.element, card, () => cards.choose(card.timeframe)),
  });
}

function begin(root) {
  const list = make("div", "cards");
  const cards = keyedList(list);
  root.replaceChildren(list);
  lists.set(root, cards);
  return cards;
}

function emptyCard() {
  const button = make("button", "card");
  button.type = "button";
  return { element: button };
}

function fill(button, card, choose) {
  button.className = `card ${card.trust?.tone ?? ""}`.trim();
  button.replaceChildren(...(card.problem ? withoutSignal(card) : withSignal(card)));
  if (card.shown) button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
  button.onclick = card.shown ? null : choose;
}

function withoutSignal({ timeframe, problem, explanation }) {
  return [
    make("span", "row", make("span", "timeframe", timeframe), make("span", "band", problem)),
    make("span", "small", explanation),
  ];
}

/** What the models know comes first: whether a move is likely. What they call stands with its three shares, below it. */
function withSignal({ timeframe, move, band, call, shares, answers, skills, trust, accuracy }) {
  return [
    make("span", "row", make("span", "timeframe", timeframe), make("span", `band ${quietened(move)}`, band)),
    ...[ofTheHour(move)].filter(Boolean).map((why) => make("span", "small", why)),
    answerLines(answers, skills),
    makeShares("span", "segments", "", shares),
    make("span", "small", say("calls {call}", { call })),
    make("span", "heard", say("{answers}.", { answers: spokenAnswers(answers) })),
    marked(`badge ${trust.tone}`, trust),
    make("span", "small", accuracy),
  ];
}

function marked(className, { glyph, word }) {
  return make("span", className, makeSilent("span", "glyph", glyph), ` ${word}`);
}
