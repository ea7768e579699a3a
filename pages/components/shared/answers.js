// When and which way: a line for each answer of a model, with what its test proves of it.

import { make, makeSilent } from "./dom.js";
import { proofs, sides } from "./looks.js";
import { say } from "./speech.js";

/** `answers` holds texts and proofs: { move, usual, timing, long, short, side }. Readers of screens get `spokenAnswers`. */
export function answerLines({ move, usual, timing, long, short, side }) {
  const { LONG, SHORT } = sides;
  return makeSilent(
    "div",
    "answers",
    line(say("Move"), say("{move} (usually {usual})", { move, usual }), timing),
    line(say("Side"), `${LONG.glyph} ${long}  ${SHORT.glyph} ${short}`, side),
  );
}

export function spokenAnswers({ move, usual, timing, long, short, side }) {
  return say("Move {move}, usually {usual}, {timing}; side LONG {long}, SHORT {short}, {side}", {
    move,
    usual,
    timing: proofs[timing].word,
    long,
    short,
    side: proofs[side].word,
  });
}

function line(question, answer, proof) {
  const { glyph, word } = proofs[proof];
  return make(
    "div",
    "answer",
    make("span", "question", question),
    make("span", "likely", answer),
    make("span", `proof ${proof}`, make("span", "glyph", glyph), ` ${word}`),
  );
}
