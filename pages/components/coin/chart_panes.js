// The library's chart with its panes on one time axis: prices, and below them what the reader asked for.

import { withOpacity } from "../shared/theme.js";
import { toPlaces, withLevels } from "./chart_geometry.js";
import { Overlay } from "./chart_overlay.js";
import {
  candleLook,
  candlePoints,
  chartLook,
  levelLines,
  momentsOf,
  moveShare,
  NARROW,
  newestShare,
  newestTag,
  noTradeShare,
  priceTags,
  shareLook,
  sharePoints,
  tickText,
  usualLine,
  volumeLook,
  volumePoints,
} from "./chart_series.js";
import { say } from "../shared/speech.js";

const LINEAR = 0, LOGARITHMIC = 1; // the library's names of scales
const PRICES = 5; // the share of prices in the height,
const HALF_A_TIME = 17; // pixels
const ROOM = { text: "\u00a0", fontSize: 3 }; // above a pane's title: Chinese letters are higher, and would be cut
const SHARES = { volume: 0.9, move: 1.2, sides: 1.4 }; // and of each pane below

/** The panes below the prices, from top to bottom, as the reader chooses among them. */
export const PANES = { volume: say("Volume"), move: say("P(move)"), sides: say("Three probabilities") };

/** What is shown before anybody chooses: on a phone there is room for one pane, and P(move) is what models know. */
export function firstPanes(width) {
  return width < NARROW ? ["move"] : ["volume", "move"];
}

/** Those of `panes` that there is something to draw in, in their order. */
export function drawable(panes, data) {
  return Object.keys(PANES).filter((name) => panes.includes(name) && (name === "volume" || data.said));
}

/** A chart of `panes` in `plot`. `inSight()` is the range that is shown. */
export function begin(library, plot, panes, inSight) {
  const api = library.createChart(plot, { width: plot.clientWidth, height: plot.clientHeight });
  const view = {
    library,
    api,
    panes,
    candles: null,
    overlay: new Overlay(),
    lines: [],
    tags: [],
    series: {},
    titles: {},
    data: null,
    momentAt: () => undefined,
  };
  view.candles = api.addSeries(library.CandlestickSeries, {
    autoscaleInfoProvider: (original) => {
      const info = original();
      return info && { ...info, priceRange: withLevels(info.priceRange, view.data, inSight()) };
    },
  });
  view.candles.attachPrimitive(view.overlay);
  leaveOutCutTimes(view);
  panes.forEach((name, i) => view.series[name] = seriesOf(view, name, i + 1));
  api.panes()[0].setStretchFactor(PRICES);
  panes.forEach((name, i) => {
    api.panes()[i + 1].setStretchFactor(SHARES[name]);
    view.titles[name] = library.createTextWatermark(api.panes()[i + 1], { horzAlign: "left", vertAlign: "top" });
  });
  return view;
}

/** No time is written at the ends of the axis, where half of it would be cut. */
function leaveOutCutTimes(view) {
  const scale = view.api.timeScale();
  const ofADay = view.library.TickMarkType.Time; // and what is shorter; days, months and years come before it
  const tickMarkFormatter = (time, type) =>
    isWhole(scale.timeToCoordinate(time), scale.width()) ? tickText(view.momentAt(time), type >= ofADay) : "";
  const writeAnew = () => scale.applyOptions({ tickMarkFormatter }); // or it writes what it wrote before
  writeAnew();
  scale.subscribeVisibleLogicalRangeChange(writeAnew);
  scale.subscribeSizeChange(writeAnew);
}

/** Whether a time whose middle stands at `x` of an axis is seen whole. */
export function isWhole(x, width) {
  return x >= HALF_A_TIME && x <= width - HALF_A_TIME;
}

function seriesOf({ library, api }, name, pane) {
  if (name === "volume") return [api.addSeries(library.HistogramSeries, volumeLook(), pane)];
  const count = name === "move" ? 1 : 3;
  return Array.from({ length: count }, () => api.addSeries(library.LineSeries, {}, pane));
}

/** Draw `data`, prices on a logarithmic scale where `log` says so. */
export function draw(view, data, theme, { log, calls }) {
  view.momentAt = momentsOf(data);
  view.api.applyOptions(chartLook(theme, view.momentAt));
  drawCandles(view, data, theme);
  view.candles.priceScale().applyOptions({
    mode: log ? LOGARITHMIC : LINEAR,
    scaleMargins: { top: 0.06, bottom: 0.06 },
  });
  drawLines(view, data, theme);
  view.overlay.show(calls ? data : { ...data, past: [] }, theme);
  for (const name of view.panes) drawPane(view, name, data, theme);
}

/** The candles alone, of which the newest may have moved. */
export function drawCandles(view, data, theme) {
  view.data = data;
  view.candles.applyOptions(candleLook(data, theme, (price) => view.candles.priceToCoordinate(price)));
  view.candles.setData(candlePoints(data, theme));
  view.tags = drawnAnew(view.tags, priceTags(data, theme).map((look) => [view.candles, look]));
}

function drawLines(view, data, theme) {
  const lines = levelLines(data, theme).map((look) => [view.candles, look]);
  if (view.series.move && data.said) lines.push([view.series.move[0], usualLine(data.said, theme)]);
  for (const name of view.panes.filter((each) => each !== "volume")) {
    sharesOf(name, theme).forEach(([shareOf, colour], i) => {
      for (const newest of newestShare(data, shareOf)) lines.push([view.series[name][i], newestTag(newest, colour)]);
    });
  }
  view.lines = drawnAnew(view.lines, lines);
}

/** Lines in the place of those that were drawn before, each with the series that it belongs to. */
function drawnAnew(drawn, lines) {
  for (const { series, line } of drawn) series.removePriceLine(line);
  return lines.map(([series, look]) => ({ series, line: series.createPriceLine(look) }));
}

function drawPane(view, name, data, theme) {
  const title = { text: data.pane_titles[name], color: withOpacity(theme.text, 0.75), fontSize: 11 };
  view.titles[name].applyOptions({ lines: [ROOM, { ...title, fontFamily: theme.font }] });
  const [first] = view.series[name];
  linesOf(name, data, theme, (value) => first.priceToCoordinate(value)).forEach(({ points, look }, i) => {
    view.series[name][i].applyOptions(look);
    view.series[name][i].setData(points);
  });
}

function linesOf(name, data, theme, y) {
  if (name === "volume") return [{ points: volumePoints(data, theme), look: {} }];
  const shares = sharesOf(name, theme);
  const tags = shares.flatMap(([shareOf]) => newestShare(data, shareOf));
  return shares.map(([shareOf, colour]) => ({ points: sharePoints(data, shareOf), look: shareLook(colour, tags, y) }));
}

/** The lines of a pane of shares: what each is of, and its colour. */
function sharesOf(name, theme) {
  if (name === "move") return [[moveShare, theme.blue]];
  return [[({ long }, i) => long[i], theme.green], [({ short }, i) => short[i], theme.red], [noTradeShare, theme.gray]];
}

/** Show `range` of what was drawn, in a plot of this size. */
export function place(view, range, width, height) {
  view.api.resize(width, height);
  view.api.timeScale().setVisibleLogicalRange(toPlaces(view.data, range));
}
