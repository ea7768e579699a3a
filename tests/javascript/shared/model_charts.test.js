import assert from "node:assert/strict";
import {
  coloured,
  drawToWidth,
  laidOut,
  percentTicks,
  withPercentTicks,
} from "../../../pages/components/shared/model_charts.js";

Deno.test("colours of the theme are filled in wherever they stand, and nothing else changes", () => {
  const figure = { data: [{ x: [1, null], line: { color: "theme:blue" } }], title: "theme", on: true };
  const filled = { data: [{ x: [1, null], line: { color: "#00f" } }], title: "theme", on: true };
  assert.deepEqual(coloured(figure, { blue: "#00f" }), filled);
});

Deno.test("a figure takes its narrow layout where there is little room, if it has one", () => {
  const both = { data: [], layout: { height: 440 }, narrow: { height: 820 } };
  assert.deepEqual(laidOut(both, 300), { data: [], layout: { height: 820 } });
  assert.deepEqual(laidOut(both, 800), { data: [], layout: { height: 440 } });
  assert.deepEqual(laidOut({ data: [], layout: { height: 440 } }, 300), { data: [], layout: { height: 440 } });
});

Deno.test("a trace looks otherwise where there is little room, if it says how", () => {
  const figure = { data: [{ textangle: 0, narrow: { textangle: -90 } }, { x: [1] }], layout: {} };
  assert.deepEqual(laidOut(figure, 300).data, [{ textangle: -90 }, { x: [1] }]);
  assert.deepEqual(laidOut(figure, 800).data, [{ textangle: 0 }, { x: [1] }]);
});

Deno.test("axes of shares are written as all percentages are, and other axes are left alone", () => {
  assert.deepEqual(percentTicks([0.33, 0.52]).ticktext, ["35\u00a0%", "40\u00a0%", "45\u00a0%", "50\u00a0%"]);
  assert.deepEqual(percentTicks([0, 1]).tickvals, [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(percentTicks([0.7, 0.7]).ticktext, ["70\u00a0%"]);
  const layout = {
    height: 300,
    xaxis: { tickformat: ".0%", range: [0.6, 0.62] },
    yaxis: { tickformat: ".2f", range: [0, 1] },
  };
  const ticked = withPercentTicks({ data: [1], layout });
  assert.deepEqual(ticked.layout.xaxis.ticktext, ["60\u00a0%", "61\u00a0%", "62\u00a0%"]);
  assert.deepEqual(ticked.layout.yaxis, layout.yaxis);
  assert.equal(ticked.layout.height, 300);
});

Deno.test("a figure is drawn once there is room for it, again in other room, and no more when another took its place", () => {
  const watched = new Set();
  class Observer {
    constructor(told) {
      this.told = told;
    }
    observe = () => watched.add(this);
    disconnect = () => watched.delete(this);
  }
  const turnTo = (width) => {
    plot.clientWidth = width;
    for (const each of watched) each.told();
  };
  const plot = { clientWidth: 0 };
  const drawn = [];
  drawToWidth(plot, () => drawn.push(`first in ${plot.clientWidth}`), Observer);
  assert.deepEqual(drawn, [], "behind another tab");
  for (const width of [400, 400, 0, 400, 300]) turnTo(width);
  assert.deepEqual(drawn, ["first in 400", "first in 300"]);
  drawToWidth(plot, () => drawn.push(`second in ${plot.clientWidth}`), Observer);
  turnTo(500);
  assert.deepEqual(drawn.slice(2), ["second in 300", "second in 500"]);
});
