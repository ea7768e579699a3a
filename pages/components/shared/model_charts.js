// A still figure described by Python, in the page's colours and fonts.

import { loadLibrary, whenIdle } from "./library.js";
import { themeOf, withOpacity } from "./theme.js";
import { inARow, say } from "./speech.js";

export default function ({ data, parentElement }) {
  const plot = parentElement.querySelector(".plot");
  plot.setAttribute("aria-label", data.summary);
  const chart = { library: null, ended: false };
  // What a page tells first comes first: plotly.js is 4.8 MB of script to read.
  whenIdle(() => chart.ended || load(chart, data, parentElement, plot));
  return () => {
    chart.ended = true;
    chart.library?.purge(plot);
  };
}

function load(chart, data, parentElement, plot) {
  loadLibrary(data.script, "Plotly").then(
    (Plotly) => {
      if (chart.ended) return;
      chart.library = Plotly;
      draw(Plotly, plot, data.figure);
    },
    () => {
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
  const { data, layout } = coloured(laidOut(figure, plot.clientWidth), colours);
  plot.style.height = layout.height ? `${layout.height}px` : "";
  const look = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 11, color: theme.text },
    dragmode: false,
  };
  Plotly.react(plot, data, { ...look, ...layout }, { displayModeBar: false, responsive: true });
}

const NARROW = 480;

/** The figure as it is laid out in so many pixels: a figure may have another layout for narrow places. */
export function laidOut({ data, layout, narrow }, width) {
  return { data, layout: narrow && width < NARROW ? narrow : layout };
}

/** "theme:blue" anywhere in the figure becomes the theme's blue. */
export function coloured(value, colours) {
  if (typeof value === "string") return value.startsWith("theme:") ? colours[value.slice(6)] : value;
  if (Array.isArray(value)) return value.map((part) => coloured(part, colours));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, coloured(part, colours)]));
}
