import assert from "node:assert/strict";
import {
  addressHere,
  addViews,
  deleteView,
  READY_MADE,
  renameView,
  saveView,
  views,
  viewsIn,
} from "../../../pages/components/shared/views.js";
import { storageIsEmpty } from "../storages.js";

function names() {
  return views().map(({ name }) => name);
}

Deno.test("a view is saved under a name, replaced, renamed and deleted", () => {
  storageIsEmpty();
  saveView("Morning", "./?bands=likely");
  saveView(" Weak ", "model_quality?only_weak=true");
  saveView("Morning", "./?bands=quiet");
  assert.deepEqual(views()[0], { name: "Morning", address: "./?bands=quiet" });
  renameView("Morning", "Evening");
  assert.deepEqual(names(), ["Evening", "Weak"]);
  renameView("Evening", "   ");
  renameView("Weak", "Evening"); // a name that is taken: the other view gives way
  assert.deepEqual(views(), [{ name: "Evening", address: "model_quality?only_weak=true" }]);
  deleteView("Evening");
  assert.deepEqual(names(), []);
});

Deno.test("a view leads to a page of this app and nowhere else", () => {
  storageIsEmpty();
  const addresses = ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "../api", "a#b", 7];
  assert.deepEqual(viewsIn(addresses.map((address) => ({ name: "x", address }))), []);
  assert.deepEqual(viewsIn(READY_MADE), READY_MADE);
  assert.deepEqual(viewsIn([null, 3, { name: "  ", address: "./" }, { address: "./" }]), []);
  assert.equal(viewsIn("views"), undefined);
});

Deno.test("views of others are added to one's own", () => {
  storageIsEmpty();
  saveView("Mine", "./?order=move");
  addViews([{ name: "Theirs", address: "timeframes" }, { name: "Mine", address: "./" }]);
  assert.deepEqual(views(), [
    { name: "Mine", address: "./?order=move" },
    { name: "Theirs", address: "timeframes" },
    { name: "Mine (2)", address: "./" },
  ], "and none of one's own is lost to one of the same name");
});

Deno.test("the address of a page is kept without the host and the base path", () => {
  storageIsEmpty();
  assert.equal(addressHere({ pathname: "/candor/", search: "?order=move" }), "./?order=move");
  assert.equal(addressHere({ pathname: "/candor/timeframes", search: "" }), "timeframes");
});
