// What the model says now, with a countdown to the next call that ticks by the market's own clock.

import { make, makeShares, makeSilent, setText } from "../shared/dom.js";
import { proof } from "../shared/answers.js";
import { meter, quietened, usualText, usualTitle } from "../shared/meter.js";
import { marketNow, spanText } from "../shared/clock.js";
import { say } from "../shared/speech.js";

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
  if (expired) return say("Expired: no newer call has come");
  return left > 0 ? spanText(left) : say("Closed: the next call is on its way");
}

/** How much of the candle's `step` is over, from 0 to 1. */
export function elapsedShare(left, step) {
  return Math.min(Math.max(1 - left / step, 0), 1);
}

function panel(data, countdown, elapsed) {
  return make(
    "div",
    data.weak ? "call weak" : "call",
    ...(data.doubt ? [make("p", "doubt", data.doubt)] : []),
    make("div", "top", move(data), price(data)),
    meter(data.move),
    ...(data.move.hour ? [make("p", "quietly", data.move.hour.told)] : []),
    make("p", "side", ...side(data.side), proof(say("Side"), data.side.proof, [data.skills?.side])),
    make(
      "p",
      "quietly",
      say("Bracket {bracket} · calls {direction} {confidence}", {
        bracket: data.bracket,
        direction: data.direction.word,
        confidence: data.confidence,
      }),
    ),
    makeShares("div", "segments", "", data.probabilities.map(({ name, share }) => [name, share])),
    make("ul", "probabilities", ...data.probabilities.map(probability)),
    make("p", "meaning", data.meaning),
    facts([
      [say("Next call in"), countdown, make("dd", "", makeSilent("div", "elapsed", elapsed))],
      [say("Replaced at"), make("dd", "", data.replaced)],
      [say("Based on the candle"), make("dd", "", data.candle)],
      [say("Model"), make("dd", "", data.speaker)],
    ]),
  );
}

function move({ move, band: word, skills, timing }) {
  const { text, share, proof: proven } = move;
  const usual = make("span", "usual", usualText(move));
  usual.title = usualTitle(move);
  return make(
    "div",
    "move",
    make("span", "text", say("{what}:", { what: text })),
    make("span", "shares", strong(share), usual),
    make(
      "span",
      `verdict ${quietened(move)}`,
      make("span", "", word),
      proof(say("Timing"), proven, [skills?.timing], timing),
    ),
  );
}

function side({ text, strength, name, long, short }) {
  const said = make("strong", strength === "clear" ? `badge ${name}` : "", text);
  return [said, make("span", "usual", say("LONG {long}, SHORT {short} if it moves", { long, short }))];
}

function price({ price, priced, change, falling }) {
  const made = make("div", "price", strong(price));
  if (change) made.append(make("span", falling ? "down" : "up", change), make("span", "small", say(" in 24 h")));
  made.append(make("div", "small", priced));
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
