// What the price chart's library is told to draw: points, lines and looks. Nothing here touches the page.

import { dayText, isUtc, timeText } from "../shared/clock.js";
import { withOpacity } from "../shared/theme.js";
import { axisTimes, momentOf } from "./chart_geometry.js";
import { LOCALE, PERCENT, say } from "../shared/speech.js";

export const NARROW = 560; // pixels; under this there is room for fewer panes

const SOLID = 0, DOTTED = 1, DASHED = 2; // the library's names of lines
const FREE = 0; // of crosshairs: it follows the pointer, not the candle

/** Every place there is, filled by `valueOf(i)` where there is candle `i`; the rest keep their room. */
function placed(data, valueOf) {
  const points = axisTimes(data).map((time) => ({ time }));
  data.at.forEach((n, i) => Object.assign(points[n], valueOf(i)));
  return points;
}

// ---------------------------------------------------------------- points

export function candlePoints(data, theme) {
  const { open, high, low, close, forming } = data;
  const points = placed(data, (i) => ({ open: open[i], high: high[i], low: low[i], close: close[i] }));
  if (forming) Object.assign(points[forming.at], unfinished(forming, theme));
  return points;
}

/** A candle that has not closed yet: grey and faint, whichever way it goes. */
function unfinished({ open, high, low, close }, theme) {
  const faint = withOpacity(theme.text, 0.45);
  const hollow = withOpacity(theme.gray, 0);
  return { open, high, low, close, color: hollow, borderColor: faint, wickColor: faint };
}

export function volumePoints(data, theme) {
  const colour = (i) => withOpacity(data.close[i] >= data.open[i] ? theme.green : theme.red, 0.45);
  return placed(data, (i) => ({ value: data.volume[i], color: colour(i) }));
}

/** The points of a share that a model gave on each candle, in percent; none where it gave none. */
export function sharePoints(data, shareOf) {
  return placed(data, (i) => {
    const share = shareOf(data.said, i);
    return share === null ? {} : { value: share * 100 };
  });
}

/** The newest of those, which has a tag: one or none. */
export function newestShare({ said, at }, shareOf) {
  const i = said ? at.findLastIndex((_, each) => shareOf(said, each) !== null) : -1;
  return i < 0 ? [] : [shareOf(said, i) * 100];
}

export function moveShare({ long, short }, i) {
  return long[i] === null ? null : long[i] + short[i];
}

export function noTradeShare(said, i) {
  const move = moveShare(said, i);
  return move === null ? null : 1 - move;
}

// ---------------------------------------------------------------- looks

/** What turns a time of the axis back into its moment; undefined for one that the axis does not have. */
export function momentsOf(data) {
  const moments = new Map(axisTimes(data).map((time, n) => [time, momentOf(data, n)]));
  return (time) => moments.get(time);
}

/**
 * What is written at a mark of the axis that is a `time` of its day; null leaves it to the library. An hour that clocks
 * show twice has other times on the axis than clocks show.
 */
export function tickText(moment, isOfADay) {
  return isOfADay && moment !== undefined && !isUtc() ? timeText(moment).slice(0, 5) : null;
}

/** `momentAt` says which moment a time of the axis is. */
export function chartLook(theme, momentAt) {
  const timeFormatter = (time) => momentAt(time) === undefined ? "" : momentText(momentAt(time));
  const line = { color: withOpacity(theme.text, 0.35), labelBackgroundColor: theme.gray, style: DOTTED, width: 1 };
  const grid = { color: withOpacity(theme.text, 0.07) };
  return {
    layout: {
      background: { color: theme.background },
      textColor: theme.text,
      fontFamily: theme.font,
      fontSize: 11,
      attributionLogo: false, // the caption has the link: what has a picture's role may hold none
      panes: { separatorColor: theme.border, separatorHoverColor: withOpacity(theme.text, 0.2), enableResize: true },
    },
    grid: { vertLines: grid, horzLines: grid },
    crosshair: { mode: FREE, vertLine: line, horzLine: line },
    localization: { locale: LOCALE, timeFormatter },
    timeScale: {
      timeVisible: true,
      secondsVisible: false,
      borderColor: theme.border,
      minBarSpacing: 0.5,
    },
    rightPriceScale: { borderColor: theme.border, entireTextOnly: true },
    handleScroll: { mouseWheel: true, pressedMouseMove: true, horzTouchDrag: true, vertTouchDrag: false },
    handleScale: { axisDoubleClickReset: { time: false, price: true } },
    kineticScroll: { touch: false, mouse: false },
  };
}

/** `y(price)` says where a price stands in the plot, in pixels. */
export function candleLook(data, theme, y) {
  const tick = 10 ** -data.decimals;
  return {
    upColor: theme.green,
    borderUpColor: theme.green,
    wickUpColor: theme.green,
    downColor: theme.background,
    borderDownColor: theme.red,
    wickDownColor: theme.red,
    priceFormat: { ...formatOf((price) => priceText(price, data.decimals), tagsOf(data), y), minMove: tick },
    priceLineVisible: false,
    lastValueVisible: false, // it would name the last candle in sight, whichever that is: see newestTag
  };
}

/** A tag beside the scale that names a newest value wherever the plot has been moved. */
export function newestTag(value, colour) {
  return { price: value, color: colour, axisLabelColor: colour, axisLabelVisible: true, lineVisible: false, title: "" };
}

/** That of the newest price; none where a level's tag already says it: twice the same number would be one too many. */
export function priceTags(data, theme) {
  const newest = newestPrice(data);
  if (taggedLevels(data).some(({ price }) => price === newest)) return [];
  const rises = newest >= data.open.at(-1);
  return [newestTag(newest, data.forming ? theme.gray : rises ? theme.green : theme.red)];
}

function newestPrice({ forming, close }) {
  return forming ? forming.close : close.at(-1);
}

/** How a scale writes its values: ticks that a tag would half cover are left out, as nobody can read them. */
function formatOf(formatter, tags, y) {
  return { type: "custom", formatter, tickmarksFormatter: (ticks) => tickTexts(ticks, formatter, tags, y) };
}

const TAG_ROOM = 15; // pixels between the middles of a tick and a tag that do not touch

/** The text of each tick, none where a tag stands on it. */
export function tickTexts(ticks, textOf, tags, y) {
  const taken = tags.map(y).filter((place) => place !== null);
  return ticks.map((tick) => taken.some((place) => Math.abs(place - y(tick)) < TAG_ROOM) ? "" : textOf(tick));
}

/** The prices that have tags beside the scale. */
function tagsOf(data) {
  return [...taggedLevels(data).map(({ price }) => price), newestPrice(data)];
}

/** The levels whose names and prices stand beside the scale: of a call that was asked for, or else of the newest signal. */
function taggedLevels({ signal, call }) {
  return (call ?? signal)?.levels ?? []; // two brackets' names would cover each other
}

export function volumeLook() {
  return { priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false };
}

/** The line of a share; `tags` are the newest values, in percent, of all lines on its scale. */
export function shareLook(colour, tags, y) {
  return {
    color: colour,
    lineWidth: 2,
    lastValueVisible: false,
    priceLineVisible: false,
    crosshairMarkerVisible: false,
    priceFormat: { ...formatOf((percent) => `${percent.toFixed(0)}${PERCENT}`, tags, y), minMove: 1 },
  };
}

/** The line of what is usual. */
export function usualLine({ usual }, theme) {
  const color = withOpacity(theme.text, 0.7);
  return { price: usual * 100, color, lineWidth: 1, lineStyle: DASHED, axisLabelVisible: false, title: "" };
}

/** A faint line across the plot for each level, with its name and price beside the scale. */
export function levelLines(data, theme) {
  return taggedLevels(data).map((level) => {
    const colour = levelColour(level, data.call ?? data.signal, theme);
    return {
      price: level.price,
      title: level.short,
      color: withOpacity(colour, 0.4),
      lineWidth: 1,
      lineStyle: level.kind === "entry" ? SOLID : DOTTED,
      axisLabelVisible: true,
      axisLabelColor: colour,
      axisLabelTextColor: theme.background,
    };
  });
}

export function levelColour({ kind }, { hypothetical }, theme) {
  return hypothetical
    ? theme.gray
    : { target: theme.green, stop: theme.red, entry: theme.blue, barrier: theme.yellow }[kind];
}

// ---------------------------------------------------------------- words

export function priceText(value, decimals) {
  return value.toLocaleString(LOCALE, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** A moment as the crosshair's tag has it: `2025-08-31 14:00 UTC`. */
export function momentText(moment) {
  return `${dayText(moment)} ${timeText(moment)}`;
}

/** What the line above the plot says of candle `i`, part by part; after the last there is the one that is still open. */
export function readings(data, i) {
  const closed = i < data.at.length;
  const { at, open, high, low, close, volume } = closed ? candleOf(data, i) : data.forming;
  const price = (value) => priceText(value, data.decimals);
  const move = closed && data.said ? moveShare(data.said, i) : null;
  return [
    { text: momentText(momentOf(data, at)) },
    ...(closed ? [] : [{ text: say("still open") }]),
    { name: say("O"), text: price(open) },
    { name: say("H"), text: price(high) },
    { name: say("L"), text: price(low) },
    { name: say("C"), text: price(close) },
    changeReading(close / open - 1),
    {
      name: say("Vol"),
      text: volumeText(volume),
    },
    ...(move === null ? [] : [{ name: say("P(move)"), text: `${(move * 100).toFixed(0)}${PERCENT}` }]),
  ];
}

const UNITS = [
  { from: 999_999_995, unit: 1e9, letter: "B" },
  { from: 999_995, unit: 1e6, letter: "M" },
  { from: 995, unit: 1e3, letter: "K" },
];

/** As the library writes it beside the pane: `1.76K`, and the same in every language. */
export function volumeText(volume) {
  const { unit, letter } = UNITS.find(({ from }) => volume >= from) ?? { unit: 1, letter: "" };
  return `${Math.round(volume / unit * 100) / 100}${letter}`;
}

/** What rounds to nothing rises and falls nowhere. */
function changeReading(change) {
  const size = Math.abs(change * 100).toFixed(2);
  if (Number(size) === 0) return { text: `${size}${PERCENT}` };
  return { text: `${change < 0 ? "▼ −" : "▲ +"}${size}${PERCENT}`, tone: change < 0 ? "down" : "up" };
}

function candleOf(data, i) {
  const values = ["at", "open", "high", "low", "close", "volume"].map((name) => [name, data[name][i]]);
  return Object.fromEntries(values);
}
