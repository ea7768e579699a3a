import assert from "node:assert/strict";
import { lettersOf, placeAfter } from "../../../pages/components/shared/keyboard.js";

Deno.test("every page has a letter of its own: the first of its name that is free", () => {
  assert.deepEqual(lettersOf(["Signals", "Coin", "Timeframes", "Model quality", "Method", "Track record"]), [
    "s",
    "c",
    "t",
    "m",
    "e",
    "r",
  ]);
  assert.deepEqual(lettersOf(["A", "A"]), ["a", ""]);
});

Deno.test("keys scroll a page that nobody has clicked into", () => {
  const main = { scrollTop: 500, scrollHeight: 3000, clientHeight: 840 };
  const places = ["Home", "End", "PageDown", "PageUp", " ", "ArrowDown"].map((key) => placeAfter({ key }, main));
  assert.deepEqual(places, [0, 3000, 1300, -300, 1300, 540]);
  assert.equal(placeAfter({ key: " ", shiftKey: true }, main), -300);
  assert.equal(placeAfter({ key: "j" }, main), undefined);
});
