import assert from "node:assert/strict";
import { focusPage, goOnOnceGone } from "../../../pages/components/shared/page_focus.js";

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

Deno.test("whoever pressed a button that takes itself away goes on at the page, and nobody else does", () => {
  const before = globalThis.document;
  const focused = [];
  const waiting = [];
  const body = {};
  const page = { offsetHeight: 40, focus: () => focused.push("page") };
  globalThis.document = { body, activeElement: body, querySelectorAll: () => [page] };
  const pressed = { offsetParent: body };
  goOnOnceGone(pressed, (look) => waiting.push(look), 3);
  waiting.shift()(); // it is there still
  assert.deepEqual(focused, []);
  pressed.offsetParent = null;
  waiting.shift()();
  assert.deepEqual([focused, waiting], [["page"], []]);

  globalThis.document.activeElement = {}; // what was pressed gave the focus to something
  goOnOnceGone(pressed, (look) => waiting.push(look), 2);
  while (waiting.length) waiting.shift()();
  assert.deepEqual(focused, ["page"]);
  globalThis.document = before;
});
