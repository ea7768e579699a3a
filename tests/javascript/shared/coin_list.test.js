import assert from "node:assert/strict";
import { listCameFrom, neighbourHere, placeIn, rememberList } from "../../../pages/components/shared/coin_list.js";
import { storageIsEmpty } from "../storages.js";

function shown(symbol, seen = true) {
  return { dataset: { symbol }, offsetParent: seen ? {} : null };
}

Deno.test("a coin has its neighbours in the list that somebody came from, and none beyond its ends", () => {
  const symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];
  assert.deepEqual(placeIn(symbols, "ETHUSDT"), { place: 2, of: 3, previous: "BTCUSDT", next: "SOLUSDT" });
  assert.deepEqual(placeIn(symbols, "BTCUSDT"), { place: 1, of: 3, previous: null, next: "ETHUSDT" });
  assert.equal(placeIn(symbols, "XRPUSDT"), null);
});

Deno.test("the list holds the coins that were seen, in their order, each once", () => {
  storageIsEmpty();
  globalThis.document = { title: "Signals · 15m" };
  const around = [shown("ETHUSDT"), shown("BTCUSDT", false), shown("SOLUSDT"), shown("ETHUSDT")];
  rememberList({ getRootNode: () => ({ querySelectorAll: () => around }) });
  assert.deepEqual(listCameFrom(), { from: "Signals · 15m", symbols: ["ETHUSDT", "SOLUSDT"] });
});

Deno.test("a list that is somebody else's is none", () => {
  storageIsEmpty();
  sessionStorage.setItem("candor:list", "17");
  assert.deepEqual(listCameFrom()?.symbols ?? [], []);
  sessionStorage.setItem("candor:list", "{");
  assert.equal(listCameFrom(), null);
});

Deno.test("a neighbour is that of the coin the browser is at, whatever is drawn; at an end of the list it is that coin", () => {
  storageIsEmpty();
  sessionStorage.setItem("candor:list", JSON.stringify({ from: "Signals", symbols: ["BTCUSDT", "ETHUSDT"] }));
  const from = (search, name) => {
    globalThis.location = { search };
    return neighbourHere(name);
  };
  assert.equal(from("?symbol=BTCUSDT", "next"), "ETHUSDT");
  assert.equal(from("?symbol=ETHUSDT", "next"), "ETHUSDT");
  assert.equal(from("?symbol=XRPUSDT", "next"), null);
  assert.equal(from("", "previous"), null);
  storageIsEmpty();
  assert.equal(from("?symbol=BTCUSDT", "next"), null);
});
