// The price chart as plotly draws it: candles, volumes, and the levels of the signal. Nothing here touches the page.

import { withOpacity } from "../shared/plotly.js";
import { highestVolume, labelShifts, newestRange, openTime, priceRange } from "./chart_geometry.js";

const NARROW = 560; // pixels; under this the price scale moves into the plot
const PRICES = [0.2, 1]; // the share of the height that prices take,
const VOLUMES = [0, 0.15]; // and volumes
const MARGIN = { top: 8, bottom: 34 };

/** Traces and layout of `data` in a plot of `width` x `height` pixels; `range` null shows the newest candles. */
export function figure(data, { range, width, height, theme, touch }) {
  const shown = range ?? newestRange(data, width);
  const prices = priceRange(data, shown);
  const layout = {
    ...frame(data, theme, width),
    dragmode: touch ? false : "pan", // on touch screens a swipe scrolls the page
    ...axes(data, theme, { shown, prices, narrow: width < NARROW }),
    ...signal(data, theme, { prices, height }),
  };
  const marks = data.past?.length ? [pastCalls(data, theme, prices)] : [];
  return { traces: [candles(data, theme), volumes(data, theme), ...marks], layout };
}

// ---------------------------------------------------------------- candles

/** The middle of each candle: its body lies between open and close time. */
function middles(data) {
  return data.at.map((_, i) => openTime(data, i) + data.step / 2);
}

function candles(data, theme) {
  const { open, high, low, close } = data;
  return {
    type: "candlestick",
    x: middles(data),
    open,
    high,
    low,
    close,
    increasing: { line: { color: theme.green, width: 1 }, fillcolor: theme.green },
    decreasing: { line: { color: theme.red, width: 1 }, fillcolor: theme.background },
    hoverinfo: "none",
    showlegend: false,
  };
}

function volumes(data, theme) {
  const colours = data.close.map((close, i) => (close >= data.open[i] ? theme.green : theme.red));
  return {
    type: "bar",
    x: middles(data),
    y: data.volume,
    yaxis: "y2",
    width: data.step * 0.7,
    marker: { color: colours.map((colour) => withOpacity(colour, 0.45)) },
    hoverinfo: "skip",
    showlegend: false,
  };
}

/** A triangle under the candle of each past LONG, over that of each SHORT: filled where it came, hollow where not. */
function pastCalls(data, theme, prices) {
  const away = (prices[1] - prices[0]) * 0.02;
  const places = new Map(data.at.map((at, i) => [data.start + at * data.step, i]));
  const seen = data.past.filter(({ at }) => places.has(at));
  return {
    type: "scatter",
    mode: "markers",
    x: seen.map(({ at }) => at + data.step / 2),
    y: seen.map(({ at, long }) => {
      const i = places.get(at);
      return long ? data.low[i] - away : data.high[i] + away;
    }),
    marker: {
      size: 7,
      symbol: seen.map(({ long, filled }) => `triangle-${long ? "up" : "down"}${filled ? "" : "-open"}`),
      color: seen.map(({ long }) => long ? theme.green : theme.red),
    },
    hoverinfo: "skip",
    showlegend: false,
  };
}

// ---------------------------------------------------------------- the frame

function frame(data, theme, width) {
  return {
    uirevision: data.key,
    margin: { l: width < NARROW ? 4 : 56, r: labelWidth(data), t: MARGIN.top, b: MARGIN.bottom },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 11, color: theme.text },
    hovermode: "x",
    bargap: 0.2,
    showlegend: false,
  };
}

function axes(data, theme, { shown, prices, narrow }) {
  const axis = {
    gridcolor: withOpacity(theme.text, 0.08),
    zeroline: false,
    tickfont: { color: theme.text },
    showspikes: true,
    spikemode: "across",
    spikesnap: "cursor",
    spikethickness: -1,
    spikecolor: withOpacity(theme.text, 0.35),
    spikedash: "dot",
  };
  return {
    xaxis: {
      ...axis,
      type: "date",
      range: shown,
      rangeslider: { visible: false },
      nticks: narrow ? 3 : 9,
      tickangle: 0,
      anchor: "y2",
    },
    yaxis: {
      ...axis,
      domain: PRICES,
      range: prices,
      fixedrange: true,
      side: "left",
      ticklabelposition: narrow ? "inside top" : "outside",
      tickformat: `,.${data.decimals}~f`,
      nticks: 7,
    },
    yaxis2: {
      domain: VOLUMES,
      range: [0, highestVolume(data, shown) * 1.05],
      fixedrange: true,
      showgrid: false,
      showticklabels: false,
      zeroline: false,
    },
  };
}

// ---------------------------------------------------------------- the signal

function signal(data, theme, { prices, height }) {
  const volume = {
    text: "Volume",
    showarrow: false,
    font: { size: 10, color: theme.text, family: theme.font },
    ...{ x: 0, xref: "paper", xanchor: "left", y: 0.16, yref: "paper", yanchor: "bottom" },
  };
  if (!data.signal) return { shapes: [], annotations: [volume] };
  const { levels, from, valid, horizon } = data.signal;
  const room = (height - MARGIN.top - MARGIN.bottom) * (PRICES[1] - PRICES[0]);
  const shifts = labelShifts(levels.map((level) => level.price), prices, room);
  const drawn = levels.map((level, i) => ({
    ...level,
    shift: shifts[i],
    colour: levelColour(level, data.signal, theme),
  }));
  const inSight = drawn.filter(({ price }) => price >= prices[0] && price <= prices[1]);
  return {
    shapes: [
      band(from, horizon, withOpacity(theme.blue, 0.06)),
      band(from, valid, withOpacity(theme.blue, 0.14)),
      ...drawn.flatMap((level) => levelLines(level, data.signal)),
    ],
    annotations: [volume, ...inSight.map((level) => levelLabel(level, data.decimals, theme))],
  };
}

function levelColour({ kind }, { hypothetical }, theme) {
  return hypothetical
    ? theme.gray
    : { target: theme.green, stop: theme.red, entry: theme.blue, barrier: theme.yellow }[kind];
}

/** A faint line across the plot, and a strong one over the candles in which the level counts. */
function levelLines({ kind, price, colour }, { from, horizon, hypothetical }) {
  const line = { type: "line", xref: "x", yref: "y", y0: price, y1: price };
  const dash = kind === "entry" ? "solid" : hypothetical ? "dot" : "dash";
  return [
    { ...line, xref: "paper", x0: 0, x1: 1, line: { color: withOpacity(colour, 0.3), width: 1, dash: "dot" } },
    { ...line, x0: from, x1: horizon, opacity: hypothetical ? 0.55 : 1, line: { color: colour, width: 2, dash } },
  ];
}

function levelLabel(level, decimals, theme) {
  return {
    x: 1,
    xref: "paper",
    xanchor: "left",
    xshift: 4,
    y: level.price,
    yref: "y",
    yshift: level.shift,
    text: labelText(level, decimals),
    showarrow: false,
    align: "left",
    font: { size: 11, color: theme.background, family: theme.font },
    bgcolor: level.colour,
    borderpad: 2,
  };
}

function labelText({ short, price }, decimals) {
  return `<b>${short}</b> ${priceText(price, decimals)}`;
}

/** Room for the longest label, which hangs out of the plot to the right. */
export function labelWidth({ signal, decimals }) {
  const lengths = (signal?.levels ?? []).map((level) => labelText(level, decimals).length - "<b></b>".length);
  return Math.max(16, ...lengths.map((length) => 14 + 6.6 * length));
}

function band(from, to, fillcolor) {
  const [y0, y1] = PRICES;
  return {
    type: "rect",
    xref: "x",
    yref: "paper",
    x0: from,
    x1: to,
    y0,
    y1,
    fillcolor,
    line: { width: 0 },
    layer: "below",
  };
}

export function priceText(value, decimals) {
  return value.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
