// One coin's candles with the levels of its signal, its past calls, and what its model said along the way. What the
// reader zoomed to is kept here as times, so no new candle, no pane and no other size of the window ever moves it.

import { make, setText } from "../shared/dom.js";
import { arrived, loadLibrary, waiting } from "../shared/library.js";
import { addressWith, endRestoring, entryHere, goTo } from "../shared/navigation.js";
import { themeOf } from "../shared/theme.js";
import { choiceKept, closeOnceUsed, drawChoices, keepChoice } from "./chart_choice.js";
import {
  axisTimes,
  candleAt,
  centred,
  lastOf,
  newestRange,
  openTime,
  panned,
  showing,
  toTimes,
  zoomed,
} from "./chart_geometry.js";
import { drawRanges, fillScreen, sayLatest, sayWords } from "./chart_frame.js";
import { begin as beginView, draw, drawable, drawCandles, place } from "./chart_panes.js";
import { saveCandles } from "./chart_candles.js";
import { followForming, formingText, hideOlderRun, numbered } from "./forming_candle.js";
import { fileName, saveCanvas, titled } from "./chart_picture.js";
import { readings } from "./chart_series.js";
import { say } from "../shared/speech.js";

const charts = new WeakMap(); // plot element -> its state
const SHORTLY = 10_000; // milliseconds in which a chart that went away takes its place again as it was
let left = null; // what the chart that went away last showed: {key, range, at}
const ZOOM_STEP = 0.6;
const PAN_STEP = 0.4; // of what is in sight
const NOT_LOADED = say(
  "The chart could not be loaded from this server. Reload the page to try again; the levels are in the table below.",
);

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".price-chart");
  const plot = root.querySelector(".plot");
  const chart = charts.get(plot) ?? begin(root, plot);
  take(chart, data);
  if (!plot.hasChildNodes()) waiting(plot);
  loadLibrary(data.script, "LightweightCharts").then(
    (library) => {
      arrived(plot);
      chart.library = library;
      setText(root.querySelector(".message"), "");
      redraw(chart);
    },
    () => {
      arrived(plot);
      setText(root.querySelector(".message"), NOT_LOADED);
    },
  );
  return () => {
    left = { key: keyOf(chart.data), range: chart.range, at: performance.now() };
    chart.observer.disconnect();
    charts.delete(plot);
    chart.following.stop();
    chart.view?.api.remove();
  };
}

/** What a chart begins with: as it was, where Streamlit only puts it in place anew; null for the newest candles. */
export function firstRange(key, gone, now) {
  return gone !== null && gone.key === key && now - gone.at < SHORTLY ? gone.range : null;
}

/** Another series, or time gone by, is shown from its newest candle on; a candle that is asked for, in the middle. */
function take(chart, data) {
  const before = chart.data;
  const others = before?.key !== data.key || before.gone_by !== data.gone_by;
  if (others) chart.open = null;
  chart.data = { ...data, forming: numbered(data, chart.open) };
  chart.following.look();
  if (others) {
    if (before === null) chart.range = firstRange(keyOf(data), left, performance.now());
    else if (before.key !== data.key || data.marked !== null && !wasClicked(chart)) chart.range = null;
    chart.inspected = null;
    drawRanges(chart.root, data, (span) => show(chart, lastOf(chart.data, span))); // those there are by then
    sayLatest(chart.root, data.gone_by !== null);
  }
  if (data.marked !== null && (others || before.marked !== data.marked)) bringToSight(chart, before);
  chart.plot.setAttribute("aria-label", data.summary);
  setText(chart.root.querySelector(".title"), data.title);
  setText(chart.root.querySelector(".key"), data.key_line);
}

/** Which candles a chart shows: those of a series, the newest or some of a time gone by. */
function keyOf({ key, gone_by }) {
  return gone_by === null ? key : `${key} ${gone_by}`;
}

/** The candle that is still open moves; `candle` is null where there is none any more. */
function showForming(chart, candle) {
  chart.open = candle;
  const { data, view, plot } = chart;
  data.forming = numbered(data, candle);
  tellForming(chart);
  if (!view) return;
  drawCandles(view, data, themeOf(plot));
  plot.dataset.forming = data.forming?.close ?? "";
}

function tellForming({ root, data }) {
  setText(root.querySelector(".forming"), formingText(data));
  hideOlderRun(data);
}

/** Whether the candle that is marked was clicked in the chart itself, now or before Back and Forward led here again. */
function wasClicked(chart) {
  return chart.clicks.has(entryHere());
}

function bringToSight(chart, before) {
  const { data } = chart;
  const [from, to] = inSight(chart);
  const stays = wasClicked(chart) && from <= data.marked && data.marked < to;
  chart.range = stays ? [from, to] : centred(data, [from, to], data.marked);
  if (!before || stays) return;
  endRestoring();
  const named = document.querySelector(".st-key-coin_named_call"); // what is told of that candle stands above it
  (named ?? chart.root).scrollIntoView({ block: "start" });
}

function begin(root, plot) {
  const chart = {
    root,
    plot,
    data: null,
    range: null,
    inspected: null,
    clicks: new Set(),
    open: null,
    library: null,
    view: null,
  };
  charts.set(plot, chart);
  const followed = () => chart.data.gone_by === null ? chart.data.key : null;
  chart.following = followForming(followed, (candle) => showForming(chart, candle));
  chart.choice = choiceKept(plot.clientWidth);
  chart.observer = new ResizeObserver(() => fit(chart));
  chart.observer.observe(plot);
  const actions = actionsOf(chart);
  for (const button of root.querySelectorAll("[data-action]")) button.onclick = actions[button.dataset.action];
  sayWords(root);
  plot.onkeydown = (event) => {
    const action = actions[actionOf(event)];
    if (!action) return;
    event.preventDefault();
    action();
  };
  root.querySelector('[data-action="screen"]').hidden = !document.fullscreenEnabled;
  drawChoices(root.querySelector(".choices"), chart.choice, (choice) => choose(chart, choice));
  followTheHand(chart);
  closeOnceUsed(root.querySelector("details"));
  return chart;
}

function actionsOf(chart) {
  return {
    earlier: () => show(chart, panned(chart.data, inSight(chart), -PAN_STEP)),
    later: () => show(chart, panned(chart.data, inSight(chart), PAN_STEP)),
    closer: () => show(chart, zoomed(chart.data, inSight(chart), ZOOM_STEP)),
    wider: () => show(chart, zoomed(chart.data, inSight(chart), 1 / ZOOM_STEP)),
    latest: () => chart.data.gone_by === null ? show(chart, null) : goTo(addressWith({ candle: null })),
    previous: () => inspectNext(chart, -1),
    next: () => inspectNext(chart, 1),
    picture: () => takePicture(chart),
    candles: () => takeCandles(chart),
    screen: () => fillScreen(chart.root),
  };
}

/** What a key asks the chart to do; undefined where it asks for nothing of it. */
export function actionOf({ key, shiftKey, ctrlKey, metaKey, altKey }) {
  if (ctrlKey || metaKey || altKey) return undefined;
  return {
    ArrowLeft: shiftKey ? "earlier" : "previous",
    ArrowRight: shiftKey ? "later" : "next",
    ArrowUp: "closer",
    ArrowDown: "wider",
    "+": "closer",
    "=": "closer",
    "-": "wider",
    0: "latest",
    Home: "latest",
  }[key];
}

// ---------------------------------------------------------------- what is in sight

function inSight(chart) {
  return chart.range ?? newestRange(chart.data, chart.plot.clientWidth);
}

function show(chart, range) {
  chart.range = range;
  fit(chart);
}

function redraw(chart) {
  const { plot, data, library } = chart;
  if (!library || !plot.clientWidth) return;
  const panes = drawable(chart.choice.panes, data);
  if (chart.view?.panes.join() !== panes.join()) {
    chart.view?.api.remove();
    chart.view = beginView(library, plot, panes, () => inSight(chart));
    listen(chart);
  }
  draw(chart.view, data, themeOf(plot), chart.choice);
  fit(chart);
  readOut(chart, chart.inspected ?? data.at.length - 1);
  tellForming(chart);
  plot.dataset.drawn = data.key;
  plot.dataset.newest = openTime(data, data.at.length - 1);
}

/** Show what is in sight in the room there is; the plot tells which times that is. */
function fit(chart) {
  const { plot, view } = chart;
  if (!plot.clientWidth) return;
  if (!view) return redraw(chart);
  const range = inSight(chart);
  place(view, range, plot.clientWidth, plot.clientHeight);
  tellRange(chart, range);
}

function tellRange({ plot, data, root, range }, [from, to]) {
  plot.dataset.range = `${Math.round(from)} ${Math.round(to)}`;
  for (const button of root.querySelectorAll(".ranges button")) {
    const [first, last] = lastOf(data, Number(button.dataset.span));
    button.setAttribute("aria-pressed", String(range !== null && first === from && last === to));
  }
}

/** The wheel, a pinch and a drag move the library's own view: what they leave in sight is what the reader chose. */
function followTheHand(chart) {
  const remember = () =>
    requestAnimationFrame(() => {
      const places = chart.view?.api.timeScale().getVisibleLogicalRange();
      if (!places) return;
      chart.range = toTimes(chart.data, places);
      tellRange(chart, chart.range);
    });
  const { plot } = chart;
  plot.addEventListener("wheel", remember, { passive: true, capture: true });
  plot.addEventListener("touchmove", remember, { passive: true, capture: true });
  plot.addEventListener("pointermove", ({ buttons, pointerType }) => buttons && pointerType === "mouse" && remember(), {
    capture: true,
  });
}

function listen(chart) {
  const { view } = chart;
  view.api.subscribeCrosshairMove(({ logical }) => {
    const i = logical === undefined ? -1 : candleAt(chart.data, logical);
    readOut(chart, i < 0 ? chart.data.at.length - 1 : i);
  });
  view.api.subscribeClick(({ hoveredObjectId: at }) => {
    if (at === undefined) return;
    goTo(addressWith({ candle: new Date(at).toISOString().slice(0, 16) }));
    chart.clicks.add(entryHere());
  });
  view.api.subscribeDblClick(() => show(chart, null)); // of a time gone by, its end
}

function inspectNext(chart, step) {
  const { data, view } = chart;
  const newest = data.at.length - 1;
  const i = chart.inspected = Math.min(Math.max((chart.inspected ?? newest) + step, 0), newest);
  const before = inSight(chart);
  const after = showing(data, before, i);
  if (after[0] !== before[0]) show(chart, after);
  view?.api.setCrosshairPosition(data.close[i], axisTimes(data)[data.at[i]], view.candles);
  readOut(chart, i);
}

function readOut({ root, data }, i) {
  const parts = readings(data, i).map(({ name, text, tone }) =>
    make("span", tone, ...(name ? [make("span", "name", `${name} `)] : []), text)
  );
  root.querySelector(".readout").replaceChildren(...parts);
}

// ---------------------------------------------------------------- what the reader chooses

function choose(chart, choice) {
  chart.choice = choice;
  keepChoice(choice, chart.plot.clientWidth);
  redraw(chart);
}

function takePicture({ view, data, plot }) {
  const canvas = view.api.takeScreenshot(true, false);
  const marked = data.forming ? [say("grey outline: still open")] : [];
  const title = [data.title, ...marked].join(" · ");
  const picture = titled(canvas, title, themeOf(plot), canvas.width / plot.clientWidth);
  saveCanvas(picture, fileName(data.key, newestClose(data), "png"));
}

async function takeCandles(chart) {
  const name = fileName(chart.data.key, newestClose(chart.data), "csv");
  setText(chart.root.querySelector(".message"), await saveCandles(chart.data, inSight(chart), name));
}

function newestClose(data) {
  return openTime(data, data.at.length - 1) + data.step;
}
