import assert from "node:assert/strict";
import { fileText, readFile, takeIn } from "../../../pages/components/shared/browser_file.js";
import { saveView, views } from "../../../pages/components/shared/views.js";
import { watch, watched } from "../../../pages/components/shared/watchlist.js";
import { storageIsEmpty } from "../storages.js";

Deno.test("what one browser exports another one takes in, beside what it has", () => {
  storageIsEmpty();
  watch(["BTCUSDT", "ETHUSDT"]);
  saveView("Mine", "./?order=move");
  const file = fileText();
  watch(["SOLUSDT"]);
  assert.equal(takeIn(file, "candor-browser.json"), "Added: 2 coins and 1 view.");
  assert.deepEqual(watched(), ["SOLUSDT", "BTCUSDT", "ETHUSDT"]);
  assert.deepEqual(views(), [{ name: "Mine", address: "./?order=move" }]);
});

Deno.test("a file of somebody else changes nothing, and is called by its name", () => {
  storageIsEmpty();
  watch(["BTCUSDT"]);
  for (const text of ["", "{", "[]", "null", '{"watchlist": ["ETHUSDT"]}']) {
    assert.equal(readFile(text), null, text);
    assert.match(takeIn(text, "shopping.json"), /shopping\.json is no file that Candor exported/);
  }
  assert.deepEqual(watched(), ["BTCUSDT"]);
  assert.deepEqual(readFile('{"kind": "candor", "views": 7}'), { watchlist: [], views: [] });
});
