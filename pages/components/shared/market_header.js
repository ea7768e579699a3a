// The bar above every page: its pages, the market, its clock, how long until candles close, and what must not be missed.

import { chunks, library } from "./ahead.js";
import { askToNotify, hearNotices, noticesOnThePage, playSound, refusedText } from "./alert_notices.js";
import { keepInOneLine } from "./bar_room.js";
import { closesWithTheFocus, make, makeRole, setText } from "./dom.js";
import { dayText, marketNow, setMarketClock, setZone, spanText, stopClock, timeText, untilClose } from "./clock.js";
import { listenToKeys } from "./keyboard.js";
import { loadLibrary, loadModuleAhead, whenIdle } from "./library.js";
import { prepare, whenDrawn } from "./mount.js";
import { makeSettingsMenu, makeViewsMenu } from "./menus.js";
import { installNavigation, keepPlaceOver, leadsThere, pageAddress, pageHere, rememberAddress } from "./navigation.js";
import { drawnByThePage, hearNews, newestNews } from "./news.js";
import { offlineText, watchConnection } from "./offline.js";
import { inARow, language, languageHere, say, sayCount } from "./speech.js";
import { keepInTab, keptInTab } from "./storage.js";
import { guideFocus } from "./page_focus.js";
import { applySettings, loadTheme, onSettings, settings, zoneName } from "./settings.js";
import { makeWatchButton } from "./watch_button.js";

const RESEARCH = say("Research tool, not investment advice");

const DRAWN_ON_CANVAS = ".js-plotly-plot, .st-key-price_chart, .st-key-coin_chart";

const headers = new WeakMap(); // root element -> what has been drawn into it
const RELOADED = "reloaded"; // under which this tab keeps the language that it was loaded anew for
const LONGEST_RUN = 10_000; // milliseconds after which a run of the page's script that was asked for counts as lost

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  const root = parentElement.querySelector(".root");
  const header = headers.get(root) ?? begin(root);
  header.ahead ??= whenDrawn(() => whenIdle(loadAhead)) ?? true;
  header.candles = data.candles;
  header.path = data.path;
  header.told = data.zone;
  header.spoken = data.language;
  header.tellZone = (name) => setStateValue("zone", name);
  hearNews(root, header.hear);
  follow(header);
  header.drawAgain = (of) => setStateValue("drawn_of", of);
  drawPages(header, data);
  listenToKeys({
    links: header.links,
    timeframes: Object.keys(data.candles),
    path: data.path,
    toggleWatchlist: header.watch.toggle,
  });
  header.watch.draw(data.path);
  sayStreamlitsOwn();
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
  if (anotherPageIsEntered(header)) return; // a run of this one, asked for after it, would take its place
  const now = Date.now();
  if (header.asked !== null && now - header.asked < LONGEST_RUN) return; // what it draws is newer than this
  header.asked = now;
  header.drawAgain(news.drawn_of);
}

function anotherPageIsEntered({ links, path }) {
  return path !== pageHere() && links.has(pageHere());
}

function drawMarket(header, data) {
  setMarketClock(data.now, data.speed);
  header.badge.className = `badge ${data.market?.kind ?? "connecting"}${data.behind ? " behind" : ""}`;
  setText(header.badge, data.market ? marketName(data.market, data.behind) : data.connecting ?? say("Connecting…"));
  header.badge.title = data.behind?.reason ?? "";
  setText(header.behind, data.behind ? behindText(data.behind) : "");
  setText(header.speed, data.speed_text);
  drawNotice(header, data);
  setText(header.ledger, data.ledger);
  tick(header);
}

/** A click on a coin leads to its chart: what that needs is there before. So is the font of icons: see first_page.js. */
function loadAhead() {
  loadLibrary(library, "LightweightCharts");
  prepare("coin/price_chart", ["shared/waiting_plot", "coin/price_chart"]);
  for (const chunk of chunks) loadModuleAhead(chunk);
  document.fonts.load('1em "Material Symbols Rounded"');
}

function begin(root) {
  installNavigation();
  guideFocus();
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
    watch: makeWatchButton(),
    views: makeViewsMenu(),
    settings: makeSettingsMenu((name, choice) => whenSet(name, choice, header), () => refusedText()),
    away: make("div", "line away"),
  };
  const clock = make("span", "clock", header.day, header.time);
  clock.title = say("The market's own time");
  header.closes.setAttribute("aria-label", say("Time until the next candle closes"));
  header.timer = setInterval(() => tick(header), 250);
  header.menu.type = header.retry.type = "button";
  const nav = makeRole("navigation", "nav", "nav", header.menu, header.pages);
  nav.setAttribute("aria-label", say("Pages"));
  header.nav = nav;
  const isOpen = () => nav.classList.contains("open");
  header.menu.onclick = () => openMenu(header, !isOpen());
  closesWithTheFocus(nav, header.menu, isOpen, () => openMenu(header, false));
  nav.addEventListener("click", ({ target }) => target === nav && closeMenu(header)); // beside the menu: see the styles
  openMenu(header, false);
  addEventListener("popstate", () => closeMenu(header)); // it was opened on the page that is left
  const tools = [header.watch.button, header.views.button, header.settings.button];
  const bar = make("div", "bar", nav, header.badge, header.speed, clock, header.closes, ...tools);
  const lines = [header.notice, header.watch.hint, header.away, header.behind, header.ledger];
  root.replaceChildren(header.title, bar, ...lines, header.views.menu, header.settings.menu, noticesOnThePage());
  header.away.setAttribute("role", "status");
  watchConnection((since) => showAway(header, since));
  onSettings(() => follow(header));
  header.hear = (news) => {
    hearNotices(news.alerts ?? []);
    drawMarket(header, news);
    followNews(header, news);
  };
  new ResizeObserver(() => whatScrollsStopsBelow(root)).observe(root);
  keepInOneLine(bar);
  headers.set(root, header);
  return header;
}

function whatScrollsStopsBelow(root) {
  document.documentElement.style.setProperty("--candor-sticky-top", `${root.offsetHeight}px`);
}

/** Let page and clock look as they were set; Python, which writes times, hears of another zone. */
function follow(header) {
  applySettings(getComputedStyle(header.nav).getPropertyValue("--st-background-color") || "#000000");
  const zone = zoneName();
  setZone(zone);
  keepCookie("candor_zone", zone);
  speakAsAsked(header);
  if (header.told !== zone) header.tellZone(zone);
  header.told = zone;
  const { theme, colours } = settings();
  const rethemed = header.theme && theme !== header.theme; // in another window, too: Streamlit reads its own once
  const recoloured = header.colours && colours !== header.colours;
  [header.theme, header.colours] = [theme, colours];
  if (rethemed || (recoloured && document.querySelector(DRAWN_ON_CANVAS))) location.reload(); // canvases spell colours out
}

/** Python learns the language from a cookie, as the page is loaded: it is loaded anew where either speaks another one. */
function speakAsAsked(header) {
  const asked = languageHere();
  keepCookie("candor_language", asked);
  if (asked === language && asked === header.spoken) return keepInTab(RELOADED, "");
  if (keptInTab(RELOADED) === asked) return; // a browser without cookies: once is enough
  keepInTab(RELOADED, asked);
  location.reload();
}

/** The link that Streamlit puts before everything, for whoever has only keys, speaks English alone. */
function sayStreamlitsOwn() {
  const skip = document.querySelector('[data-testid="stSkipToContent"]');
  if (skip) setText(skip, say("Skip to main content"));
}

function keepCookie(name, value) {
  const path = new URL(".", document.baseURI).pathname;
  document.cookie = `${name}=${value}; path=${path}; max-age=31536000; samesite=lax`;
}

/** What a setting needs beside being kept; a sentence where there is something to say. */
function whenSet(name, choice, header) {
  if (name === "theme") loadTheme(choice, pathsOf(header));
  if (name === "sound" && choice === "on") playSound();
  if (name === "alerts" && choice === "browser") return askToNotify();
}

/** Where Streamlit keeps a theme for each page. */
function pathsOf(header) {
  return [...header.links.keys()].map((path) => new URL(path || "./", document.baseURI).pathname);
}

/** The server has been away `since`: the page goes grey and its clocks stop; null when it is back. */
function showAway(header, since) {
  keepPlaceOver(since !== null); // before the line that says so moves what is below it
  document.documentElement.classList.toggle("candor-away", since !== null);
  setText(header.away, since ? offlineText(since) : "");
  stopClock(since !== null);
}

function openMenu(header, open) {
  header.nav.classList.toggle("open", open);
  header.menu.setAttribute("aria-expanded", String(open));
}

/** Whatever had the focus in it is gone from sight: the button has it then. */
function closeMenu(header) {
  const had = header.nav.classList.contains("open") && header.nav.contains(document.activeElement);
  openMenu(header, false);
  if (had) header.menu.focus();
}

function drawPages(header, { pages, path, asked, chosen_at }) {
  rememberAddress(path, asked, chosen_at);
  for (const { title, path: of, about_a_coin } of pages) {
    if (!header.links.has(of)) {
      const link = make("a", "page", title);
      leadsThere(link, undefined, { atTop: true }); // this page, too, begins anew
      const lead = link.onclick;
      link.onclick = (event) => {
        closeMenu(header);
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
    ...(notice && answer ? [reason(header, answer)] : []),
    header.research,
  );
  setText(header.retry, retry ?? "");
  header.retry.disabled = Boolean(asking);
}

/** Why there are no real prices; where it is cut, a press shows all of it, and the next one cuts it again. */
function reason(header, text) {
  const made = make("button", "answer", text);
  made.type = "button";
  const open = (is) => made.setAttribute("aria-expanded", String(header.reasonOpen = is));
  open(Boolean(header.reasonOpen));
  made.onclick = () => open(!header.reasonOpen);
  return made;
}

/** The timeframe that the page is about, which is the only one a narrow bar counts down to. */
export function currentTimeframe(candles, search) {
  const asked = new URLSearchParams(search).get("timeframe");
  return asked in candles ? asked : Object.keys(candles)[0];
}

export function marketName({ kind, name }, behind) {
  if (kind === "simulated") return say("Simulated market");
  if (kind === "recorded") return say("Recorded market");
  return behind ? say("Candles behind · {name}", { name }) : say("Live · {name}", { name });
}

export function behindText({ series, of, reason }) {
  return inARow(
    sayCount(
      "{count} of {of} series lacks its newest candles.",
      "{count} of {of} series lack their newest candles.",
      series,
      { of },
    ),
    reason,
  );
}

function tick(header) {
  const now = marketNow();
  setText(header.day, dayText(now));
  setText(header.time, timeText(now));
  for (const [timeframe, duration] of Object.entries(header.candles)) {
    if (!header.countdowns.has(timeframe)) addCountdown(header, timeframe, duration);
    const { element, value } = header.countdowns.get(timeframe);
    element.classList.toggle("current", timeframe === header.current);
    setText(value, spanText(untilClose(duration, now)));
  }
}

function addCountdown(header, timeframe, duration) {
  const value = make("span", "value");
  value.style.minWidth = `${spanText(duration - 1).length}ch`;
  const element = make("span", "countdown", make("span", "name", timeframe), value);
  header.closes.append(element);
  header.countdowns.set(timeframe, { element, value });
}
