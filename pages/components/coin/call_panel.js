// What the model says now, with a countdown to the next call that ticks by the market's own clock.

import { make, makeShares, makeSilent, setText } from "../shared/dom.js";
import { proofs } from "../shared/looks.js";
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
  return make(
    "div",
    "call",
    make("div", "top", move(data), price(data)),
    meter(data.move),
    make("p", "side", ...side(data.side), proof("Side", data.side.proof)),
    make("p", "quietly", `Bracket ${data.bracket} · calls ${data.direction.word} ${data.confidence}`),
    makeShares("div", "segments", "", data.probabilities.map(({ name, share }) => [name, share])),
    make("ul", "probabilities", ...data.probabilities.map(probability)),
    make("p", "meaning", data.meaning),
    facts([
      ["Next call in", countdown, make("dd", "", makeSilent("div", "elapsed", elapsed))],
      ["Replaced at", make("dd", "", data.replaced)],
      ["Based on the candle", make("dd", "", data.candle)],
      ["Called by", make("dd", "", data.speaker)],
    ]),
  );
}

function move({ move: { text, share, usual, band, proof: proven }, band: word }) {
  return make(
    "div",
    "move",
    make("span", "text", `${text}:`),
    make("span", "shares", strong(share), make("span", "usual", `usually ${usual}`)),
    make("span", `verdict ${band}`, `${word} · `, proof("Timing", proven)),
  );
}

/** How likely a move is, with a mark at what is usual. */
function meter({ at, usually, band }) {
  const fill = make("span", "fill");
  fill.style.width = `${at * 100}%`;
  const usual = make("span", "usually");
  usual.style.left = `${usually * 100}%`;
  return makeSilent("div", `meter ${band}`, fill, usual);
}

function side({ text, strength, name, long, short }) {
  const said = make("strong", strength === "clear" ? `badge ${name}` : "", text);
  return [said, make("span", "usual", `LONG ${long}, SHORT ${short} if it moves`)];
}

function proof(question, name) {
  const { glyph, word } = proofs[name];
  return make("span", `proof ${name}`, `${question} `, makeSilent("span", "glyph", glyph), ` ${word}`);
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
