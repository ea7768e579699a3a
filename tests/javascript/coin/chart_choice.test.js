import assert from "node:assert/strict";
import { choiceKept, keepChoice, withPane } from "../../../pages/components/coin/chart_choice.js";
import { storageIsForbidden, storageWith } from "../storages.js";

const UNCHOSEN = { log: false, calls: true, panes: ["volume", "move"] };

Deno.test("what a reader chose before is kept, and what makes no sense is forgotten", () => {
  storageWith("candor:chart:wide", '{"log":true,"calls":false,"panes":["sides"]}');
  assert.deepEqual(choiceKept(900), { log: true, calls: false, panes: ["sides"] });
  for (const text of [null, "", "{", "[]", '{"log":1}', '{"log":true,"panes":[]}', '{"panes":"all"}']) {
    storageWith("candor:chart:wide", text);
    assert.deepEqual(choiceKept(900), UNCHOSEN);
  }
});

Deno.test("a browser that keeps nothing draws the chart, and remembers the choice until it is closed", () => {
  storageIsForbidden();
  assert.deepEqual(choiceKept(900), UNCHOSEN);
  keepChoice({ log: true, calls: false, panes: [] }, 900);
  assert.deepEqual(choiceKept(900), { log: true, calls: false, panes: [] });
});

Deno.test("a pane that is chosen takes its place among the others", () => {
  assert.deepEqual(withPane(["sides", "volume"], "move", true), ["volume", "move", "sides"]);
  assert.deepEqual(withPane(["volume", "move"], "volume", false), ["move"]);
});
