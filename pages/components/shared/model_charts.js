// A still figure described by Python, in the page's colours and fonts.

import { arrived, loadLibrary, waiting, whenIdle } from "./library.js";
import { themeOf, withOpacity } from "./theme.js";
import { inARow, PERCENT, say } from "./speech.js";

export default function ({ data, parentElement }) {
  const plot = parentElement.querySelector(".plot");
  plot.setAttribute("role", "img"); // not before it has words, which are the reader's language
  plot.setAttribute("aria-label", data.summary);
  keepRoom(plot, data.figure);
  const chart = { library: null, ended: false };
  // What a page tells first comes first: plotly.js is 4.8 MB of script to read.
  whenIdle(() => chart.ended || load(chart, data, parentElement, plot));
  return () => {
    chart.ended = true;
    chart.library?.purge(plot);
  };
}

/** The room that the figure will take is its own from the beginning, and whoever cannot see it hears that it is on its way. */
function keepRoom(plot, figure) {
  if (plot.hasChildNodes()) return; // another figure takes the place of one that is drawn
  waiting(plot);
  setHeight(plot, laidOut(figure, plot.clientWidth).layout);
}

function setHeight(plot, { height }) {
  plot.style.height = height ? `${height}px` : "";
}

function load(chart, data, parentElement, plot) {
  loadLibrary(data.script, "Plotly").then(
    (Plotly) => {
      if (chart.ended) return;
      chart.library = Plotly;
      draw(Plotly, plot, data.figure);
      arrived(plot);
    },
    () => {
      arrived(plot);
      parentElement.querySelector(".message").textContent = inARow(
        say("The chart could not be loaded."),
        data.summary,
      );
    },
  );
}

function draw(Plotly, plot, figure) {
  const theme = themeOf(plot);
  const colours = { ...theme, grid: withOpacity(theme.text, 0.1), band: withOpacity(theme.gray, 0.45) };
  const { data, layout } = coloured(withPercentTicks(laidOut(figure, plot.clientWidth)), colours);
  setHeight(plot, layout);
  const look = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 11, color: theme.text },
    dragmode: false,
  };
  Plotly.react(plot, data, { ...look, ...layout }, { displayModeBar: false, responsive: true });
}

const NARROW = 480;

/** The figure as it is laid out in so many pixels: a figure may have another layout for narrow places, its traces other looks. */
export function laidOut({ data, layout, narrow }, width) {
  const isNarrow = width < NARROW;
  const traces = data.map(({ narrow, ...trace }) => isNarrow ? { ...trace, ...narrow } : trace);
  return { data: traces, layout: narrow && isNarrow ? narrow : layout };
}

const OF_SHARES = /^\.\d%$/; // the format of an axis of shares, which plotly.js writes without room before the sign
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5]; // from one tick to the next
const MOST_TICKS = 7;

/** The figure with the ticks of its axes of shares written as all percentages are: `45 %`. Such an axis has a range. */
export function withPercentTicks({ data, layout }) {
  const axes = Object.entries(layout).filter(([, axis]) => OF_SHARES.test(axis?.tickformat) && axis.range);
  const ticked = axes.map(([name, axis]) => [name, { ...axis, ...percentTicks(axis.range) }]);
  return { data, layout: { ...layout, ...Object.fromEntries(ticked) } };
}

/** Round shares within a range, and how they are written. */
export function percentTicks([low, high]) {
  const step = STEPS.find((each) => (high - low) / each <= MOST_TICKS) ?? 1;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  const percents = Array.from({ length: Math.max(count, 0) }, (_, i) => Math.round((first + i) * step * 100));
  return {
    tickmode: "array",
    tickvals: percents.map((percent) => percent / 100),
    ticktext: percents.map((percent) => `${percent}${PERCENT}`),
  };
}

/** "theme:blue" anywhere in the figure becomes the theme's blue. */
export function coloured(value, colours) {
  if (typeof value === "string") return value.startsWith("theme:") ? colours[value.slice(6)] : value;
  if (Array.isArray(value)) return value.map((part) => coloured(part, colours));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, coloured(part, colours)]));
}
