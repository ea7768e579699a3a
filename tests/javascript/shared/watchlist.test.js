import assert from "node:assert/strict";
import {
  asked,
  isWatched,
  listText,
  symbolsIn,
  toggleWatched,
  watch,
  watched,
  watchedFirst,
} from "../../../pages/components/shared/watchlist.js";
import { storageIsEmpty } from "../storages.js";

Deno.test("a coin is watched until its star is pressed again", () => {
  storageIsEmpty();
  watch([]);
  toggleWatched("ETHUSDT");
  toggleWatched("BTCUSDT");
  assert.deepEqual(watched(), ["ETHUSDT", "BTCUSDT"]);
  toggleWatched("ETHUSDT");
  assert.ok(!isWatched("ETHUSDT"));
  assert.ok(isWatched("BTCUSDT"));
});

Deno.test("of a foreign list only symbols are taken, each once", () => {
  storageIsEmpty();
  assert.deepEqual(symbolsIn(["BTCUSDT", "<b>", 7, null, "btc", "BTCUSDT", "1000PEPEUSDT"]), [
    "BTCUSDT",
    "1000PEPEUSDT",
  ]);
  assert.equal(symbolsIn({ 0: "BTCUSDT" }), undefined);
});

Deno.test("one list has one address, whatever the order of its stars", () => {
  storageIsEmpty();
  assert.equal(listText(["SOLUSDT", "BTCUSDT"]), "BTCUSDT,SOLUSDT");
  assert.equal(asked("?watch=BTCUSDT%2CSOLUSDT&order=move"), "BTCUSDT,SOLUSDT");
  assert.equal(asked("?watch="), null);
});

Deno.test("the watched come first, both in the order they had", () => {
  storageIsEmpty();
  const rows = ["A", "B", "C", "D"].map((symbol) => ({ symbol }));
  assert.deepEqual(watchedFirst(rows, ["D", "B", "E"]).map(({ symbol }) => symbol), ["B", "D", "A", "C"]);
});
