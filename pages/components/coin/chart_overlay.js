// What lies over and under the candles: the signal's bands and levels, past calls, and the candle that was asked for.

import { withOpacity } from "../shared/theme.js";
import { placeOf } from "./chart_geometry.js";
import { levelColour } from "./chart_series.js";

const AWAY = 9; // pixels between a candle and its triangle
const HALF = 4; // of a triangle's width
const RING = 5; // pixels from its middle
const NEAR = 9; // pixels from its middle in which a triangle is hit

/** A drawing of its own, as the library attaches them to a series. */
export class Overlay {
  #chart = null;
  #series = null;
  #redraw = () => {};
  #shown = null;

  attached({ chart, series, requestUpdate }) {
    this.#chart = chart;
    this.#series = series;
    this.#redraw = requestUpdate;
  }

  show(data, theme) {
    this.#shown = { data, theme };
    this.#redraw();
  }

  paneViews() {
    return [
      this.#layer("bottom", bands),
      this.#layer("normal", (...asked) => [...levels(...asked), ...calls(...asked), ...named(...asked)]),
    ];
  }

  /** The triangle under the pointer; its id is the time its candle opened. */
  hitTest(x, y) {
    const hit = this.#shapes(calls).find((call) => Math.hypot(call.x - x, call.y - y) <= NEAR);
    return hit ? { externalId: hit.at, cursorStyle: "pointer", zOrder: "normal" } : null;
  }

  #layer(zOrder, shapesOf) {
    const draw = (target) =>
      target.useMediaCoordinateSpace(({ context, mediaSize }) => {
        for (const shape of this.#shapes(shapesOf)) drawShape(context, shape, mediaSize.height);
      });
    return { zOrder: () => zOrder, renderer: () => ({ draw }) };
  }

  #shapes(shapesOf) {
    if (!this.#shown) return [];
    const { data, theme } = this.#shown;
    const scale = this.#chart.timeScale();
    const x = (time) => between((place) => scale.logicalToCoordinate(place), placeOf(data, time));
    return shapesOf(data, theme, x, (price) => this.#series.priceToCoordinate(price));
  }
}

/** Where a place between two candles is: the library knows the coordinates of whole places only. */
export function between(coordinateOf, place) {
  const whole = Math.floor(place);
  const [left, right] = [coordinateOf(whole), coordinateOf(whole + 1)];
  return left + (right - left) * (place - whole);
}

// ---------------------------------------------------------------- shapes: `x` and `y` say where a time and a price are

/** Until the next call, until the horizon ends, and the candle that was asked for. */
export function bands({ signal, call, marked, step }, theme, x) {
  const band = (from, to, fill) => ({ kind: "band", x0: x(from), x1: x(to), fill });
  return [
    ...(call ? [band(call.from, call.horizon, withOpacity(theme.yellow, 0.08))] : []),
    ...(signal ? [band(signal.from, signal.horizon, withOpacity(theme.blue, 0.06))] : []),
    ...(signal ? [band(signal.from, signal.valid, withOpacity(theme.blue, 0.14))] : []),
    ...(marked === null ? [] : [band(marked, marked + step, withOpacity(theme.yellow, 0.35))]),
  ];
}

/** A strong line over the candles in which each level counts. */
export function levels({ signal }, theme, x, y) {
  if (!signal) return [];
  const { from, horizon, hypothetical } = signal;
  return signal.levels.map((level) => ({
    kind: "line",
    x0: x(from),
    x1: x(horizon),
    y: y(level.price),
    colour: withOpacity(levelColour(level, signal, theme), hypothetical ? 0.55 : 1),
    dash: level.kind === "entry" ? [] : hypothetical ? [2, 3] : [6, 4],
  }));
}

/** The bracket of the call that an address names, closed where its horizon ends, and a ring where a barrier was touched. */
export function named({ call, step }, theme, x, y) {
  if (!call) return [];
  const [x0, x1] = [x(call.from), x(call.horizon)];
  const prices = call.levels.map(({ price }) => price);
  const ends = [y(Math.max(...prices)), y(Math.min(...prices))];
  const rings = call.touched.map((price) => ({
    kind: "ring",
    x: x(call.touched_at + step / 2),
    y: y(price),
    filled: call.came,
    colour: theme.text,
  }));
  return [
    ...call.levels.map(({ kind, price }) => ({
      kind: "line",
      x0,
      x1,
      y: y(price),
      colour: kind === "entry" ? theme.blue : theme.yellow,
      dash: [],
    })),
    ...[x0, x1].map((at) => ({ kind: "end", x: at, y0: ends[0], y1: ends[1], colour: theme.yellow })),
    ...rings,
  ];
}

/** A triangle under the candle of each past LONG, over that of each SHORT: filled where it came, hollow where not. */
export function calls({ start, step, at, high, low, past }, theme, x, y) {
  const candles = new Map(at.map((n, i) => [start + n * step, i]));
  return past.filter((call) => candles.has(call.at)).map(({ at: opened, long, filled }) => {
    const i = candles.get(opened);
    return {
      kind: "triangle",
      at: opened,
      x: x(opened + step / 2),
      y: long ? y(low[i]) + AWAY : y(high[i]) - AWAY,
      up: long,
      filled,
      colour: long ? theme.green : theme.red,
    };
  });
}

// ---------------------------------------------------------------- drawing

function drawShape(context, shape, height) {
  context.save();
  if (shape.kind === "band") drawBand(context, shape, height);
  else if (shape.kind === "line") drawLine(context, shape);
  else if (shape.kind === "end") drawEnd(context, shape);
  else if (shape.kind === "ring") drawRing(context, shape);
  else drawTriangle(context, shape);
  context.restore();
}

function drawBand(context, { x0, x1, fill }, height) {
  context.fillStyle = fill;
  context.fillRect(x0, 0, x1 - x0, height);
}

function drawLine(context, { x0, x1, y, colour, dash }) {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x0, y);
  context.lineTo(x1, y);
  context.stroke();
}

function drawEnd(context, { x, y0, y1, colour }) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y0);
  context.lineTo(x, y1);
  context.stroke();
}

function drawRing(context, { x, y, filled, colour }) {
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, RING, 0, 2 * Math.PI);
  if (filled) context.fill();
  context.stroke();
}

function drawTriangle(context, { x, y, up, filled, colour }) {
  const tip = up ? -HALF : HALF;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, y + tip);
  context.lineTo(x - HALF, y - tip);
  context.lineTo(x + HALF, y - tip);
  context.closePath();
  if (filled) context.fill();
  context.stroke();
}
