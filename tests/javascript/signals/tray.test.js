import assert from "node:assert/strict";
import { trayText } from "../../../pages/components/signals/tray.js";

Deno.test("the tray says what is missing, and when it is full", () => {
  assert.equal(trayText(1), "Choose 1 more with c to compare");
  assert.equal(trayText(2), "");
  assert.equal(trayText(4), "4 coins at most");
});
