import assert from "node:assert/strict";
import {
  countsAt,
  distribution,
  isAmong,
  loweredTo,
  minimumAt,
  reaches,
  spanOf,
} from "../../../pages/components/signals/minimum.js";

function card(confidence, move = 0.7, side = 0.1) {
  return { measures: { confidence, move, side } };
}

Deno.test("a card at the minimum passes, and one without a signal only where nothing is asked", () => {
  assert.ok(reaches(card(0.4), { confidence: 0.4, move: 0, side: 0 }));
  assert.ok(!reaches(card(0.3999), { confidence: 0.4, move: 0, side: 0 }));
  assert.ok(!reaches(card(0.5, 0.6), { confidence: 0.4, move: 0.7, side: 0 }));
  assert.ok(reaches({}, { confidence: 0, move: 0, side: 0 }));
  assert.ok(!reaches({}, { confidence: 0.1, move: 0, side: 0 }));
});

Deno.test("the slider spans what the models say, and what is asked although none says it", () => {
  assert.deepEqual(spanOf([0.331, 0.595], 0), { low: 33, high: 59 }, "at its end the likeliest is left");
  assert.deepEqual(spanOf([0.331, 0.595], 0.95), { low: 33, high: 95 });
  assert.deepEqual(spanOf([0.5], 0), { low: 50, high: 51 });
  assert.deepEqual(spanOf([], 0), { low: 0, high: 100 });
});

Deno.test("the distribution counts every value once, those at the ends too", () => {
  assert.deepEqual(distribution([0.4, 0.41, 0.6], { low: 40, high: 60 }, 4), [1, 0, 0, 0.5]);
  assert.deepEqual(distribution([], { low: 40, high: 60 }, 2), [0, 0]);
});

Deno.test("at its left end the slider asks nothing", () => {
  assert.equal(minimumAt(33, { low: 33 }), 0);
  assert.equal(minimumAt(34, { low: 33 }), 0.34);
});

Deno.test("the empty case knows how far to lower the minimum for something to show", () => {
  const cards = [card(0.443, 0.8), card(0.448, 0.8), card(0.6, 0.5), {}];
  assert.deepEqual(loweredTo(cards, { confidence: 0.95, move: 0.7, side: 0 }, "confidence"), { percent: 44, count: 2 });
  assert.equal(loweredTo(cards, { confidence: 0.95, move: 0.9, side: 0 }, "confidence"), null);
});

Deno.test("what stands on a filter's choices counts what reaches the minimums", () => {
  const of = (card) => card.band;
  const cards = [["likely", 0.8], ["likely", 0.6], ["usual", 0.7]].map(([band, move]) => ({
    band,
    measures: { move },
  }));
  const counts = { likely: 2, usual: 1, quiet: 4 };
  assert.deepEqual(countsAt(counts, cards, { move: 0, side: 0 }, of), counts);
  assert.deepEqual(countsAt(counts, cards, { move: 0.65 }, of), { likely: 1, usual: 1, quiet: 0 });
  assert.deepEqual([isAmong("usual", []), isAmong("usual", ["quiet"]), isAmong("usual", ["usual"])], [
    true,
    false,
    true,
  ]);
});
