import assert from "node:assert/strict";
import { isQuiet, levelsText, sideText, spoken, targetsText } from "../../../pages/components/signals/card.js";

const CARD = {
  name: "Bitcoin",
  timeframe: "15m",
  direction: "SHORT",
  confidence: "45.9 %",
  accuracy: "41.5 % right",
  move: { text: "Move of ±1.1 % by 15:15", share: "74 %", usual: "68 %", proof: "proven" },
  side: { text: "side unclear", proof: "unproven" },
};

Deno.test("the link says of a card what the eye sees, the move first", () => {
  assert.equal(
    spoken(CARD),
    "Bitcoin 15m: Move of ±1.1 % by 15:15: 74 %, usually\u00a068 %, timing proven. side unclear, side not proven. " +
      "calls SHORT 45.9 %. 41.5 % right",
  );
  assert.match(spoken({ ...CARD, word: "Weak model" }), /calls SHORT 45.9 %. Weak model. 41.5 % right$/);
});

Deno.test("the link of a card without a signal says why", () => {
  const card = { name: "Bitcoin", timeframe: "15m" };
  assert.equal(spoken(card), "Bitcoin 15m: loading");
  assert.equal(spoken({ ...card, problem: { word: "No model" } }), "Bitcoin 15m: No model");
});

Deno.test("weak models and coins without a signal take one line, quiet markets a card", () => {
  assert.ok(isQuiet({ ...CARD, weak: true }));
  assert.ok(isQuiet({ name: "Bitcoin", problem: { word: "No model" } }));
  assert.ok(!isQuiet({ ...CARD, move: { ...CARD.move, band: "quiet" } }));
});

Deno.test("a clear side beside a call of no trade says that it is about what happens if the price moves", () => {
  const side = { text: "SHORT 56 %", strength: "clear" };
  assert.equal(sideText({ direction: "NO_TRADE", side }), "SHORT 56 % if it moves");
  assert.equal(sideText({ direction: "SHORT", side }), "SHORT 56 %");
  assert.equal(
    sideText({ direction: "NO_TRADE", side: { text: "leans SHORT 51 %", strength: "leans" } }),
    "leans SHORT 51 %",
  );
});

Deno.test("three take profits share one percent sign, whichever way a language sets it", () => {
  assert.equal(targetsText(["+1.28\u00a0%", "+2.57\u00a0%", "+3.85\u00a0%"]), "+1.28/+2.57/+3.85\u00a0%");
  assert.equal(targetsText(["−1.28%", "−2.57%", "−3.85%"]), "−1.28/−2.57/−3.85%");
});

Deno.test("a card has stop and take profits of a side that is clear, proven and called alone", () => {
  const levels = { side: "LONG", stop: "−2.70 %", tp1: "+2.70 %", tp2: "+5.41 %", tp3: "+8.11 %", eta: "7 h" };
  assert.match(levelsText({ ...levels, shown: true }), /stop −2.70 %, TP1 \+2.70 %, .*; TP1 in about 7 h/);
  assert.match(levelsText({ ...levels, shown: null }), /both barriers are shown, reached in about 7 h/);
  assert.doesNotMatch(levelsText({ ...levels, shown: null }), /2.70|LONG/);
});
