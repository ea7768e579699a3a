// The line above every page: title, market, its clock, and how long until candles close.

import { make, makeRole, setText } from "./dom.js";
import { marketNow, minuteText, setMarketClock, spanText, untilClose } from "./clock.js";

const headers = new WeakMap(); // root element -> what has been drawn into it

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const header = headers.get(root) ?? begin(root);
  header.candles = data.candles;
  setMarketClock(data.now, data.speed);

  setText(header.title, data.title);
  header.badge.className = `badge ${data.market?.kind ?? "connecting"}${data.behind ? " behind" : ""}`;
  setText(header.badge, data.market ? marketName(data.market, data.behind) : data.connecting ?? "Connecting…");
  header.badge.title = data.behind?.reason ?? "";
  setText(header.behind, data.behind ? behindText(data.behind) : "");
  setText(header.speed, data.speed_text);
  tick(header);
  return () => clearInterval(header.timer);
}

function begin(root) {
  const header = {
    title: make("h1", "title"),
    badge: makeRole("status", "span", "badge"),
    behind: make("span", "behind"),
    speed: make("span", "speed"),
    clock: make("span", "clock"),
    closes: makeRole("group", "span", "closes"),
    countdowns: new Map(), // timeframe -> the element with its countdown
  };
  header.clock.title = "The market's own time";
  header.closes.setAttribute("aria-label", "Time until the next candle closes");
  header.timer = setInterval(() => tick(header), 250);
  const market = make("span", "market", header.badge, header.behind, header.speed);
  root.replaceChildren(header.title, market, header.clock, header.closes);
  headers.set(root, header);
  return header;
}

export function marketName({ kind, name }, behind) {
  if (kind !== "exchange") return `${kind[0].toUpperCase()}${kind.slice(1)} market`;
  return `${behind ? "Candles behind" : "Live"} · ${name}`;
}

export function behindText({ series, of, reason }) {
  const lack = series === 1 ? "lacks its" : "lack their";
  return `${series} of ${of} series ${lack} newest candles. ${reason}`;
}

function tick(header) {
  const now = marketNow();
  setText(header.clock, minuteText(now));
  for (const [timeframe, duration] of Object.entries(header.candles)) {
    if (!header.countdowns.has(timeframe)) addCountdown(header, timeframe);
    setText(header.countdowns.get(timeframe), spanText(untilClose(duration, now)));
  }
}

function addCountdown(header, timeframe) {
  const value = make("span", "value");
  header.closes.append(make("span", "countdown", make("span", "name", timeframe), value));
  header.countdowns.set(timeframe, value);
}
