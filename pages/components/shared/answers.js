// When and which way: a line for each answer of a model, with what its test proves of it.

import { make, makeSilent } from "./dom.js";
import { proofs } from "./looks.js";
import { say } from "./speech.js";

/**
 * `answers` holds texts and proofs: { move, usual, timing, long, short, side }; `skills` what the proofs rest on, where
 * there was a test. Readers of screens get `spokenAnswers`.
 */
export function answerLines({ move, usual, timing, long, short, side }, skills) {
  return makeSilent(
    "div",
    "answers",
    line(
      make("span", "likely", say("Move {move} (usually {usual})", { move, usual })),
      proof(say("Timing"), timing, [skills?.timing]),
    ),
    line(
      make("span", "sides", say("LONG {long}, SHORT {short} if it moves", { long, short })),
      proof(say("Side"), side, [skills?.side]),
    ),
  );
}

export function spokenAnswers({ move, usual, timing, long, short, side }) {
  return say("Move {move}, usually {usual}, timing {timing}; LONG {long}, SHORT {short} if it moves, side {side}", {
    move,
    usual,
    timing: proofs[timing].word,
    long,
    short,
    side: proofs[side].word,
  });
}

function line(answer, proven) {
  return make("div", "answer", answer, proven);
}

/** What a test proves of an answer, in its own or other words, with what that rests on where the pointer stays. */
export function proof(question, name, restsOn, word = proofs[name].word) {
  const { glyph } = proofs[name];
  const asked = question ? `${question} ` : "";
  const made = make("span", `proof ${name}`, asked, makeSilent("span", "glyph", glyph), ` ${word}`);
  made.title = restsOn.filter(Boolean).join("\n");
  return made;
}
