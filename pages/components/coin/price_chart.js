// One coin's candles with the levels of its signal. Redrawn by Plotly.react when the board changes; what the
// reader zoomed to is kept here, so no refresh ever moves it.

import { make, setText } from "../shared/dom.js";
import { loadPlotly, plotlyTheme } from "../shared/plotly.js";
import { figure, priceText } from "./chart_figure.js";
import { newestRange, openTime, panned, showing, utc, zoomed } from "./chart_geometry.js";

const charts = new WeakMap(); // plot element -> its state
const ZOOM_STEP = 0.6;
const PAN_STEP = 0.4; // of what is in sight
const NOT_LOADED =
  "The chart could not be loaded from this server. Reload the page to try again; the levels are in the table below.";

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".price-chart");
  const plot = root.querySelector(".plot");
  const chart = charts.get(plot) ?? begin(root, plot);
  if (chart.data?.key !== data.key) {
    chart.range = null;
    chart.inspected = null;
  }
  chart.data = data;
  plot.setAttribute("aria-label", data.summary);
  setText(root.querySelector(".key"), data.key_line);
  loadPlotly(data.script).then(
    (Plotly) => {
      chart.Plotly = Plotly;
      redraw(chart);
    },
    () => setText(root.querySelector(".message"), NOT_LOADED),
  );
  return () => {
    chart.observer.disconnect();
    charts.delete(plot);
    chart.Plotly?.purge(plot);
  };
}

function begin(root, plot) {
  const chart = { root, plot, data: null, range: null, inspected: null, Plotly: null };
  charts.set(plot, chart);
  let width = plot.clientWidth;
  chart.observer = new ResizeObserver(() => {
    if (plot.clientWidth === width) return;
    width = plot.clientWidth;
    redraw(chart);
  });
  chart.observer.observe(plot);
  const actions = {
    earlier: () => show(chart, panned(chart.data, inSight(chart), -PAN_STEP)),
    later: () => show(chart, panned(chart.data, inSight(chart), PAN_STEP)),
    closer: () => show(chart, zoomed(chart.data, inSight(chart), ZOOM_STEP)),
    wider: () => show(chart, zoomed(chart.data, inSight(chart), 1 / ZOOM_STEP)),
    latest: () => show(chart, null),
    previous: () => inspectNext(chart, -1),
    next: () => inspectNext(chart, 1),
  };
  for (const button of root.querySelectorAll(".tools button")) button.onclick = actions[button.dataset.action];
  plot.onkeydown = (event) => {
    const action = actions[actionOf(event)];
    if (!action) return;
    event.preventDefault();
    action();
  };
  return chart;
}

/** What a key asks the chart to do; undefined where it asks for nothing of it. */
export function actionOf({ key, shiftKey, ctrlKey, metaKey, altKey }) {
  if (ctrlKey || metaKey || altKey) return undefined;
  return {
    ArrowLeft: shiftKey ? "earlier" : "previous",
    ArrowRight: shiftKey ? "later" : "next",
    "+": "closer",
    "=": "closer",
    "-": "wider",
    0: "latest",
    Home: "latest",
  }[key];
}

// ---------------------------------------------------------------- what is shown

function inSight(chart) {
  return chart.range ?? newestRange(chart.data, chart.plot.clientWidth);
}

function show(chart, range) {
  chart.range = range;
  redraw(chart);
}

function redraw(chart) {
  const { Plotly, plot, data, range } = chart;
  if (!Plotly || !data || !plot.clientWidth) return;
  if (plot._dragging) {
    chart.postponed = true; // drawn when the reader lets go
    return;
  }
  const first = !plot.data;
  const { traces, layout } = figure(data, {
    range,
    width: plot.clientWidth,
    height: plot.clientHeight,
    theme: plotlyTheme(plot),
    touch: matchMedia("(pointer: coarse)").matches,
  });
  Plotly.react(plot, traces, layout, { displayModeBar: false, doubleClick: false, scrollZoom: false });
  if (first) listen(chart);
  readOut(chart, chart.inspected ?? data.at.length - 1);
  plot.dataset.drawn = data.key;
}

function listen(chart) {
  const { plot } = chart;
  plot.on("plotly_relayout", (change) => {
    if ("xaxis.range[0]" in change) show(chart, plot.layout.xaxis.range.map(utc));
    else if (chart.postponed) redraw(chart);
    chart.postponed = false;
  });
  plot.on("plotly_doubleclick", () => show(chart, null));
  plot.on("plotly_hover", ({ points }) => readOut(chart, points[0].pointNumber));
  plot.on("plotly_unhover", () => readOut(chart, chart.data.at.length - 1));
}

function inspectNext(chart, step) {
  const newest = chart.data.at.length - 1;
  const i = Math.min(Math.max((chart.inspected ?? newest) + step, 0), newest);
  const before = inSight(chart);
  const after = showing(chart.data, before, i);
  chart.inspected = i;
  if (after[0] !== before[0]) show(chart, after);
  chart.Plotly?.Fx.hover(chart.plot, [{ curveNumber: 0, pointNumber: i }]);
  readOut(chart, i);
}

// ---------------------------------------------------------------- the line of numbers above the plot

function readOut(chart, i) {
  const parts = readings(chart.data, i).map(({ name, text, tone }) =>
    make("span", tone, ...(name ? [make("span", "name", `${name} `)] : []), text)
  );
  chart.root.querySelector(".readout").replaceChildren(...parts);
}

/** What the line says of candle `i`, part by part. */
export function readings(data, i) {
  const time = new Date(openTime(data, i)).toISOString();
  const change = data.close[i] / data.open[i] - 1;
  const price = (values) => priceText(values[i], data.decimals);
  return [
    { text: `${time.slice(0, 10)} ${time.slice(11, 16)} UTC` },
    { name: "O", text: price(data.open) },
    { name: "H", text: price(data.high) },
    { name: "L", text: price(data.low) },
    { name: "C", text: price(data.close) },
    {
      text: `${change < 0 ? "▼ −" : "▲ +"}${Math.abs(change * 100).toFixed(2)} %`,
      tone: change < 0 ? "down" : "up",
    },
    { name: "Vol", text: data.volume[i].toLocaleString("en-GB", { notation: "compact", maximumSignificantDigits: 4 }) },
  ];
}
