import assert from "node:assert/strict";
import { unpacked } from "../../../pages/components/shared/packing.js";

Deno.test("rows come out as they went in, without what says nothing", () => {
  const packed = {
    fields: ["coin", "rising", "trust.word", "trust.stale", "cells.15m.text"],
    rows: [["BTC", true, "Trusted", false, "41 %"], ["XRP", null, null, null, ""]],
  };
  assert.deepEqual(unpacked(packed), [
    { coin: "BTC", rising: true, trust: { word: "Trusted", stale: false }, cells: { "15m": { text: "41 %" } } },
    { coin: "XRP", cells: { "15m": { text: "" } } },
  ]);
  assert.deepEqual(unpacked({ fields: [], rows: [] }), []);
});
