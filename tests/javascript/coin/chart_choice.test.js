import assert from "node:assert/strict";
import { readChoice, withPane } from "../../../pages/components/coin/chart_choice.js";

Deno.test("what a reader chose before is kept, and what makes no sense is forgotten", () => {
  assert.deepEqual(readChoice('{"log":true,"panes":["sides"]}', 900), { log: true, panes: ["sides"] });
  for (const kept of [null, "", "{", "[]", '{"log":1}', '{"panes":"all"}']) {
    assert.deepEqual(readChoice(kept, 900), { log: false, panes: ["volume", "move"] });
  }
});

Deno.test("a pane that is chosen takes its place among the others", () => {
  assert.deepEqual(withPane(["sides", "volume"], "move", true), ["volume", "move", "sides"]);
  assert.deepEqual(withPane(["volume", "move"], "volume", false), ["move"]);
});
