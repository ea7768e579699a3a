import assert from "node:assert/strict";
import { fileText, readFile, takeIn } from "../../../pages/components/shared/browser_file.js";
import { deleteView, saveView, views } from "../../../pages/components/shared/views.js";
import { watch, watched } from "../../../pages/components/shared/watchlist.js";
import { storageIsEmpty } from "../storages.js";

Deno.test("what one browser exports another one takes in, beside what it has", () => {
  storageIsEmpty();
  watch(["BTCUSDT", "ETHUSDT"]);
  saveView("Mine", "./?order=move");
  const file = fileText();
  watch(["SOLUSDT"]);
  assert.equal(takeIn(file, "candor-browser.json"), "Added: 2 coins and 0 views.", "the view is here already");
  assert.deepEqual(watched(), ["SOLUSDT", "BTCUSDT", "ETHUSDT"]);
  assert.deepEqual(views(), [{ name: "Mine", address: "./?order=move" }]);
  assert.equal(takeIn(file, "mine.json"), "Nothing new in mine.json: what it holds is here already.");
  deleteView("Mine");
  assert.equal(takeIn(file, "mine.json"), "Added: 0 coins and 1 view.");
});

Deno.test("a file of somebody else changes nothing, and is called by its name", () => {
  storageIsEmpty();
  watch(["BTCUSDT"]);
  for (const text of ["", "{", "[]", "null", '{"watchlist": ["ETHUSDT"]}']) {
    assert.equal(readFile(text), null, text);
    assert.match(takeIn(text, "shopping.json"), /shopping\.json is no file that Candor exported/);
  }
  assert.deepEqual(watched(), ["BTCUSDT"]);
  const wrong = ['{"kind": "candor", "views": 7}', '{"kind": "candor", "watchlist": "BTCUSDT"}'];
  assert.deepEqual(wrong.map(readFile), [null, null], "what is no list is not taken for an empty one");
  assert.deepEqual(readFile('{"kind": "candor"}'), { watchlist: [], views: [], refused: 0 });
});

Deno.test("a view of the same name is kept beside one's own, and what cannot be used is counted", () => {
  storageIsEmpty();
  saveView("Mine", "./?search=bt");
  const file = (views) => JSON.stringify({ kind: "candor", version: 1, watchlist: [], views });
  const other = { name: "Mine", address: "./?search=eth" };
  assert.equal(takeIn(file([other]), "other.json"), "Added: 0 coins and 1 view.");
  assert.deepEqual(views(), [{ name: "Mine", address: "./?search=bt" }, { ...other, name: "Mine (2)" }]);
  assert.match(takeIn(file([other]), "other.json"), /^Nothing new in other.json/, "it is here under its number");
  assert.equal(
    takeIn(file([{ name: "bad", address: "javascript:alert(1)" }]), "bad.json"),
    "Nothing of bad.json was added. 1 entry in it is no coin and no view of Candor, and was left out.",
  );
  assert.equal(views().length, 2);
});
