import assert from "node:assert/strict";
import { keepOrTell } from "../../../pages/components/alerts/kept_draft.js";
import { storageIsEmpty } from "../storages.js";

Deno.test("a session that begins hears of the rule that was typed, until it was kept or given up", () => {
  storageIsEmpty();
  const told = [];
  const tell = (draft) => told.push(draft);
  keepOrTell({ draft: null, begins: true }, tell);
  assert.deepEqual(told, []);
  keepOrTell({ draft: { name: "Mine" }, begins: false }, tell);
  keepOrTell({ draft: { name: "Mine too" }, begins: false }, tell);
  assert.deepEqual(told, []);
  keepOrTell({ draft: null, begins: true }, tell);
  assert.deepEqual(told, [{ name: "Mine too" }]);
  keepOrTell({ draft: null, begins: false }, tell);
  keepOrTell({ draft: null, begins: true }, tell);
  assert.equal(told.length, 1);
});

Deno.test("what is no rule of ours is as good as none", () => {
  storageIsEmpty();
  sessionStorage.setItem("candor:alert_draft", "{half");
  const told = [];
  keepOrTell({ draft: null, begins: true }, (draft) => told.push(draft));
  assert.deepEqual(told, []);
});
