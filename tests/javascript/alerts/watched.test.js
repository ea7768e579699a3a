import assert from "node:assert/strict";
import { tellWatched } from "../../../pages/components/alerts/watched.js";

Deno.test("Python hears of the watchlist once, and again when it is another one", () => {
  const told = [];
  const tell = (symbols) => told.push(symbols);
  assert.equal(tellWatched([], tell, []), false);
  assert.equal(tellWatched([], tell, ["BTCUSDT"]), true);
  assert.equal(tellWatched(["BTCUSDT"], tell, ["BTCUSDT"]), false);
  assert.equal(tellWatched(["BTCUSDT"], tell, []), true);
  assert.deepEqual(told, [["BTCUSDT"], []]);
});
