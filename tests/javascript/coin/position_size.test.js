import assert from "node:assert/strict";
import {
  amount,
  lastTyped,
  money,
  positionOf,
  problemOf,
  short,
  signed,
} from "../../../pages/components/coin/position_size.js";
import { storageIsForbidden, storageWith } from "../storages.js";

const LONG = { entry: 100, stop: 98, target: 102, fee: 0 };

Deno.test("the stop costs what was risked, and without fees the first target brings as much", () => {
  const position = positionOf(10_000, 1, LONG);
  assert.deepEqual([position.size, position.value, position.lost, position.fees], [50, 5000, 100, 0]);
  assert.deepEqual([position.times, position.won, position.reward], [0.5, 100, 1]);
});

Deno.test("fees of both sides make the position smaller, so that the stop still costs what was risked", () => {
  const { size, lost, fees, reward } = positionOf(10_000, 1, { ...LONG, fee: 0.0004 });
  assert.ok(size < 50);
  assert.ok(Math.abs(size * 2 + fees - lost) < 1e-9);
  assert.ok(Math.abs(fees - size * 0.0004 * 198) < 1e-9);
  assert.ok(reward < 1);
});

Deno.test("a SHORT is the mirror of a LONG", () => {
  const { size, won } = positionOf(10_000, 1, { entry: 100, stop: 102, target: 98, fee: 0 });
  assert.deepEqual([size, won], [50, 100]);
});

Deno.test("amounts are read as people write them, and nothing else is one", () => {
  assert.deepEqual(["10,000", "10 000", " 2500.5 ", ".5"].map(amount), [10_000, 10_000, 2500.5, 0.5]);
  for (const text of ["", "ten", "-5", "1e9", "1,5", "0,050", "0 025", "1,50,000", "10,000,00", "1.2.3", "5 %"]) {
    assert.ok(Number.isNaN(amount(text)), text);
  }
});

Deno.test("bad input is named, with what is expected", () => {
  assert.equal(problemOf({ account: "10,000", risk: "1" }), undefined);
  assert.match(problemOf({ account: "", risk: "1" }).text, /how much the account holds/);
  assert.match(problemOf({ account: "0", risk: "1" }).text, /“0” is no account/);
  for (const risk of ["", "0", "101", "two"]) assert.equal(problemOf({ account: "5", risk }).field, "risk");
});

Deno.test("figures are short, and losses have a minus of their own", () => {
  assert.deepEqual([1234567.8, 12.34567, 0.00012345].map(short), ["1,234,568", "12.35", "0.0001235"]);
  assert.deepEqual([2.2919, 2816.4, -3.5, 0, 0.004].map(money), ["2.29", "2,816", "−3.50", "0.00", "<\u00a00.01"]);
  assert.deepEqual([0.96, -0.2, 0.001].map(signed), ["+0.96", "−0.20", "0.00"]);
});

Deno.test("what this browser kept is found again, and whatever else stands there is not", () => {
  const nothing = { account: "", risk: "1" };
  storageWith("candor:position", '{"account":"5000","risk":"2"}');
  assert.deepEqual(lastTyped(), { account: "5000", risk: "2" });
  for (const text of [null, "{", "[]", '{"account":5}', "7"]) {
    storageWith("candor:position", text);
    assert.deepEqual(lastTyped(), nothing);
  }
  storageIsForbidden();
  assert.deepEqual(lastTyped(), nothing);
});
