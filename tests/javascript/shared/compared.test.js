import assert from "node:assert/strict";
import {
  choose,
  chosen,
  compareAddress,
  redrawWhenChosen,
  toggleChosen,
} from "../../../pages/components/shared/compared.js";

Deno.test("a coin is chosen until it is chosen once more, and a fifth one is not taken", () => {
  choose([]);
  for (const symbol of ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"]) assert.ok(toggleChosen(symbol));
  assert.equal(toggleChosen("ADAUSDT"), false);
  assert.ok(toggleChosen("ETHUSDT"));
  assert.deepEqual(chosen(), ["BTCUSDT", "SOLUSDT", "XRPUSDT"]);
});

Deno.test("two coins or more can be compared", () => {
  choose(["BTCUSDT"]);
  assert.equal(compareAddress("1h"), null);
  toggleChosen("ETHUSDT");
  assert.equal(compareAddress("1h"), "compare?coins=BTCUSDT%2CETHUSDT&timeframe=1h");
});

Deno.test("what others left in the tab's storage is no choice", () => {
  for (const kept of ["{", "17", '{"a": 1}', '["<b>"]']) {
    sessionStorage.setItem("candor:compared", kept);
    assert.deepEqual(chosen(), []);
  }
});

Deno.test("a page that was left hears of no choice any more", () => {
  const drawn = [];
  const root = { isConnected: true };
  redrawWhenChosen(root, () => drawn.push(chosen()));
  choose(["BTCUSDT"]);
  root.isConnected = false;
  choose([]);
  assert.deepEqual(drawn, [["BTCUSDT"]]);
});
