import assert from "node:assert/strict";
import { lettersOf } from "../../../pages/components/shared/keyboard.js";

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
