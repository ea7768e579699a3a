import assert from "node:assert/strict";
import { storageIsEmpty, storageWith } from "../storages.js";
import { linesHere } from "../../../pages/components/shared/address_problems.js";

const data = {
  page: "timeframes",
  lines: [{ name: "order", values: ["banana"] }, { name: "watch", values: ["!!", "?"] }],
};

Deno.test("a line is there for as long as the address holds what it tells of", () => {
  const names = (search) => linesHere(data, { here: "timeframes", search }).map(({ name }) => name);
  assert.deepEqual(names("?order=banana&watch=!!&watch=%3F"), ["order", "watch"]);
  assert.deepEqual(names("?order=-coin&watch=!!&watch=%3F"), ["watch"]);
  assert.deepEqual(names("?order=banana&watch=!!"), ["order"]);
  assert.deepEqual(names(""), []);
});

Deno.test("a watchlist that is asked for is told of only where nothing is watched", () => {
  const mine = { page: "", lines: [{ name: "watch", values: ["mine"] }] };
  storageIsEmpty();
  assert.equal(linesHere(mine, { here: "", search: "?watch=mine" }).length, 1);
  storageWith("candor:watchlist", '["BTCUSDT"]');
  assert.equal(linesHere(mine, { here: "", search: "?watch=mine" }).length, 0, "its coins take the place of the word");
});

Deno.test("no line is of a page that the browser has left", () => {
  assert.deepEqual(linesHere(data, { here: "coin", search: "?order=banana" }), []);
});
