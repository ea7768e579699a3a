// The bar above every page: its pages, the market, its clock, how long until candles close, and what must not be missed.

import { make, makeRole, setText } from "./dom.js";
import { dayText, marketNow, setMarketClock, spanText, timeText, untilClose } from "./clock.js";
import { listenToKeys } from "./keyboard.js";
import { installNavigation, leadsThere, pageAddress, rememberAddress } from "./navigation.js";
import { drawnByThePage, hearNews, newestNews } from "./news.js";

const RESEARCH = "Research tool, not investment advice";

const headers = new WeakMap(); // root element -> what has been drawn into it
const LONGEST_RUN = 10_000; // milliseconds after which a run of the page's script that was asked for counts as lost

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  const root = parentElement.querySelector(".root");
  const header = headers.get(root) ?? begin(root);
  header.candles = data.candles;
  header.path = data.path;
  header.drawAgain = (of) => setStateValue("drawn_of", of);
  drawPages(header, data.pages, data.path);
  listenToKeys({ links: header.links, timeframes: Object.keys(data.candles), path: data.path });
  header.current = currentTimeframe(data.candles, location.search);
  setText(header.title, data.title);
  header.retry.onclick = () => setTriggerValue("retry", true);
  if (header.data !== data) { // Streamlit calls again with what is old by now
    header.data = data;
    header.asked = null;
    drawMarket(header, data);
    const news = newestNews();
    if (news !== null && news.version > data.version) followNews(header, news);
  }
  return () => clearInterval(header.timer);
}

/** What the page cannot draw by itself, a run of its script does. */
async function followNews(header, news) {
  if (news.drawn_of === header.data.drawn_of || await drawnByThePage(news)) return;
  const now = Date.now();
  if (header.asked !== null && now - header.asked < LONGEST_RUN) return; // what it draws is newer than this
  header.asked = now;
  header.drawAgain(news.drawn_of);
}

function drawMarket(header, data) {
  setMarketClock(data.now, data.speed);
  header.badge.className = `badge ${data.market?.kind ?? "connecting"}${data.behind ? " behind" : ""}`;
  setText(header.badge, data.market ? marketName(data.market, data.behind) : data.connecting ?? "Connecting…");
  header.badge.title = data.behind?.reason ?? "";
  setText(header.behind, data.behind ? behindText(data.behind) : "");
  setText(header.speed, data.speed_text);
  drawNotice(header, data);
  setText(header.ledger, data.ledger);
  tick(header);
}

function begin(root) {
  installNavigation();
  const header = {
    title: make("h1", "heard"),
    menu: make("button", "menu"),
    pages: make("span", "pages"),
    links: new Map(), // path of a page -> its link
    badge: makeRole("status", "span", "badge"),
    behind: make("div", "line behind"),
    speed: make("span", "speed"),
    day: make("span", "day"),
    time: make("span", "time"),
    closes: makeRole("group", "span", "closes"),
    countdowns: new Map(), // timeframe -> what counts down to its close
    notice: make("div", "line notice"),
    retry: make("button", "retry"),
    research: make("span", "research", RESEARCH),
    ledger: make("div", "line ledger"),
  };
  const clock = make("span", "clock", header.day, header.time);
  clock.title = "The market's own time";
  header.closes.setAttribute("aria-label", "Time until the next candle closes");
  header.timer = setInterval(() => tick(header), 250);
  header.menu.type = header.retry.type = "button";
  const nav = makeRole("navigation", "nav", "nav", header.menu, header.pages);
  nav.setAttribute("aria-label", "Pages");
  header.nav = nav;
  header.menu.onclick = () => openMenu(header, !nav.classList.contains("open"));
  nav.onkeydown = (event) => event.key === "Escape" && openMenu(header, false);
  openMenu(header, false);
  const bar = make("div", "bar", nav, header.badge, header.speed, clock, header.closes);
  root.replaceChildren(header.title, bar, header.notice, header.behind, header.ledger);
  hearNews((news) => {
    if (!header.badge.isConnected) return;
    drawMarket(header, news);
    followNews(header, news);
  });
  new ResizeObserver(() => whatScrollsStopsBelow(root)).observe(root);
  headers.set(root, header);
  return header;
}

function whatScrollsStopsBelow(root) {
  document.documentElement.style.setProperty("--candor-sticky-top", `${root.offsetHeight}px`);
}

function openMenu(header, open) {
  header.nav.classList.toggle("open", open);
  header.menu.setAttribute("aria-expanded", String(open));
}

function drawPages(header, pages, path) {
  rememberAddress(path);
  for (const { title, path: of, about_a_coin } of pages) {
    if (!header.links.has(of)) {
      const link = make("a", "page", title);
      leadsThere(link);
      const lead = link.onclick;
      link.onclick = (event) => {
        openMenu(header, false);
        link.href = pageAddress(of, about_a_coin); // the browser may be at another page already than was drawn last
        lead.call(link, event);
      };
      header.links.set(of, link);
      header.pages.append(link);
    }
    const link = header.links.get(of);
    link.href = pageAddress(of, about_a_coin);
    if (of === path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (of === path) setText(header.menu, `☰ ${title}`);
  }
}

function drawNotice(header, { market, notice, retry, asking, answer }) {
  header.notice.className = notice ? `line notice ${market?.kind ?? ""}` : "line none";
  header.notice.replaceChildren(
    ...(notice ? [make("strong", "", notice)] : []),
    ...(notice && retry ? [header.retry] : []),
    ...(notice && answer ? [make("span", "answer", answer)] : []),
    header.research,
  );
  setText(header.retry, retry ?? "");
  header.retry.disabled = Boolean(asking);
}

/** The timeframe that the page is about, which is the only one a narrow bar counts down to. */
export function currentTimeframe(candles, search) {
  const asked = new URLSearchParams(search).get("timeframe");
  return asked in candles ? asked : Object.keys(candles)[0];
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
  setText(header.day, dayText(now));
  setText(header.time, timeText(now));
  for (const [timeframe, duration] of Object.entries(header.candles)) {
    if (!header.countdowns.has(timeframe)) addCountdown(header, timeframe);
    const { element, value } = header.countdowns.get(timeframe);
    element.classList.toggle("current", timeframe === header.current);
    setText(value, spanText(untilClose(duration, now)));
  }
}

function addCountdown(header, timeframe) {
  const value = make("span", "value");
  const element = make("span", "countdown", make("span", "name", timeframe), value);
  header.closes.append(element);
  header.countdowns.set(timeframe, { element, value });
}
