import assert from "node:assert/strict";
import { actionOf, readChoice } from "../../../pages/components/coin/price_chart.js";

Deno.test("left and right read candle by candle, with shift they pan; up and down zoom", () => {
  assert.equal(actionOf({ key: "ArrowLeft" }), "previous");
  assert.equal(actionOf({ key: "ArrowRight", shiftKey: true }), "later");
  assert.equal(actionOf({ key: "ArrowUp" }), "closer");
  assert.equal(actionOf({ key: "0" }), "latest");
});

Deno.test("keys that belong to the browser are left to it", () => {
  assert.equal(actionOf({ key: "-", ctrlKey: true }), undefined);
  assert.equal(actionOf({ key: "a" }), undefined);
});

Deno.test("what a reader chose before is kept, and what makes no sense is forgotten", () => {
  assert.deepEqual(readChoice('{"log":true,"panes":["sides"]}', 900), { log: true, panes: ["sides"] });
  for (const kept of [null, "", "{", "[]", '{"log":1}', '{"panes":"all"}']) {
    assert.deepEqual(readChoice(kept, 900), { log: false, panes: ["volume", "move"] });
  }
});
