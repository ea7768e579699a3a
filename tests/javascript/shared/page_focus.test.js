import assert from "node:assert/strict";
import { focusPage } from "../../../pages/components/shared/page_focus.js";

Deno.test("the keyboard goes on at the first thing below the bar that is seen", () => {
  const before = globalThis.document;
  const focused = [];
  const part = (name, offsetHeight) => ({ name, offsetHeight, focus: () => focused.push(name) });
  globalThis.document = { querySelectorAll: () => [part("nothing", 0), part("page", 40), part("more", 40)] };
  assert.equal(focusPage(), true);
  assert.deepEqual(focused, ["page"]);
  globalThis.document = { querySelectorAll: () => [] };
  assert.equal(focusPage(), false);
  globalThis.document = before;
});
