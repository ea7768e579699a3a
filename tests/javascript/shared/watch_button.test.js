import assert from "node:assert/strict";
import { watchText } from "../../../pages/components/shared/watch_button.js";

Deno.test("the button says how many coins are watched, and looks empty where there are none", () => {
  assert.equal(watchText(0), "☆ 0");
  assert.equal(watchText(12), "★ 12");
});
