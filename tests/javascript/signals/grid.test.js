import assert from "node:assert/strict";
import { shownText, spoken, validText } from "../../../pages/components/signals/grid.js";

Deno.test("coins are counted, one as one", () => {
  assert.equal(shownText(34, 34), "34 coins");
  assert.equal(shownText(1, 34), "1 of 34 coins");
  assert.equal(shownText(1, 1), "1 coin");
  assert.equal(shownText(0, 1), "0 of 1 coin");
});

Deno.test("a signal is valid until its time is over", () => {
  assert.equal(validText(61_000, false), "valid 01:01");
  assert.equal(validText(0, false), "next due");
  assert.equal(validText(-5, false), "next due");
  assert.equal(validText(-5, true), "expired");
});

Deno.test("the link says of a card what the eye sees: call, confidence and trust", () => {
  const card = { name: "Bitcoin", timeframe: "15m", direction: "NO_TRADE", confidence: "48.0 %" };
  const trust = { word: "Trusted", accuracy: "42.0 % right" };
  assert.equal(spoken({ ...card, trust }), "Bitcoin 15m: NO TRADE, 48.0 % confidence. Trusted, 42.0 % right");
  assert.equal(
    spoken({ ...card, trust: { word: "Never tested" } }),
    "Bitcoin 15m: NO TRADE, 48.0 % confidence. Never tested",
  );
});

Deno.test("the link says what is proven of when and of which way", () => {
  const answers = { move: "71 %", usual: "67 %", timing: "proven", long: "55 %", short: "45 %", side: "unproven" };
  const card = { name: "Bitcoin", timeframe: "15m", direction: "LONG", confidence: "48.0 %", answers };
  assert.equal(
    spoken(card),
    "Bitcoin 15m: LONG, 48.0 % confidence. " +
      "Move 71 %, usually 67 %, proven; side LONG 55 %, SHORT 45 %, not proven",
  );
});

Deno.test("the link of a card without a signal says why", () => {
  const card = { name: "Bitcoin", timeframe: "15m" };
  assert.equal(spoken(card), "Bitcoin 15m: loading");
  assert.equal(spoken({ ...card, problem: { word: "No model" } }), "Bitcoin 15m: No model");
});
