// What the model says now, with a countdown to the next call that ticks by the market's own clock.

import { make, makeShares, makeSilent, setText } from "../shared/dom.js";
import { answerLines, spokenAnswers } from "../shared/answers.js";
import { marketNow, spanText } from "../shared/clock.js";

const panels = new WeakMap(); // root element -> the timer of what has been drawn into it

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const countdown = make("dd", "countdown");
  const elapsed = make("span");
  const tick = () => {
    const left = data.valid_until - marketNow();
    setText(countdown, countdownText(left, data.expired));
    elapsed.style.width = `${elapsedShare(left, data.step) * 100}%`;
  };
  root.replaceChildren(panel(data, countdown, elapsed));
  clearInterval(panels.get(root));
  panels.set(root, setInterval(tick, 250));
  tick();
  return () => clearInterval(panels.get(root));
}

export function countdownText(left, expired) {
  if (expired) return "Expired: no newer call has come";
  return left > 0 ? spanText(left) : "Closed: the next call is on its way";
}

/** How much of the candle's `step` is over, from 0 to 1. */
export function elapsedShare(left, step) {
  return Math.min(Math.max(1 - left / step, 0), 1);
}

function panel(data, countdown, elapsed) {
  const { name, glyph, word } = data.direction;
  const direction = make(
    "div",
    `direction ${name}${data.filled ? " filled" : ""}`,
    makeSilent("span", "glyph", glyph),
    word,
  );
  const confidence = make("div", "confidence", strong(data.confidence), make("span", "small", "confidence"));
  return make(
    "div",
    "call",
    make("div", "top", direction, confidence, price(data)),
    makeShares("div", "segments", "", data.probabilities.map(({ name, share }) => [name, share])),
    make("ul", "probabilities", ...data.probabilities.map(probability)),
    answerLines(data.answers),
    make("p", "heard", `${spokenAnswers(data.answers)}.`),
    make("p", "meaning", data.meaning),
    facts([
      ["Next call in", countdown, make("dd", "", makeSilent("div", "elapsed", elapsed))],
      ["Based on the candle", make("dd", "", data.candle)],
      ["Replaced at", make("dd", "", data.replaced)],
      ["Called by", make("dd", "", data.speaker)],
    ]),
  );
}

function price({ price, change, falling }) {
  const made = make("div", "price", strong(price));
  if (change) made.append(make("span", falling ? "down" : "up", change), make("span", "small", " in 24 h"));
  return made;
}

function probability({ name, glyph, word, text }) {
  return make("li", name, makeSilent("span", "glyph", glyph), ` ${word} `, strong(text));
}

function facts(named) {
  const groups = named.map(([name, ...values]) => make("div", "", make("dt", "", name), ...values));
  return make("dl", "facts", ...groups);
}

function strong(text) {
  return make("strong", "", text);
}
