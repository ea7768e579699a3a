// Alerts that were just told: one of this browser's open tabs shows each, once, as a notification of the browser where
// somebody has allowed that, otherwise on the page. No setting leaves this browser.

import { make, makeRole } from "./dom.js";
import { goTo, leadsThere } from "./navigation.js";
import { settings } from "./settings.js";
import { say } from "./speech.js";
import { keep, kept } from "./storage.js";

const SEEN = "alerts_seen";
const MOST_SEEN = 200;
const MOST_AT_ONCE = 3; // messages that are shown each for itself
const HIDDEN_WAITS = 400; // milliseconds in which a tab that somebody looks at may be faster
const SHOWN_FOR = 20_000; // milliseconds, while somebody looks at the page

const old = new Set(); // ids that this page has heard
let heardBefore = false;

/** Of the `notices` in the news those are new that were not there when the page was opened; `show` those that are this tab's. */
export async function hearNotices(notices, show = showNotices) {
  const fresh = notices.filter(({ id }) => !old.has(id));
  for (const { id } of fresh) old.add(id);
  const opened = !heardBefore;
  heardBefore = true;
  if (opened || !fresh.length) return;
  if (document.hidden) await new Promise((done) => setTimeout(done, HIDDEN_WAITS));
  await alone(() => show(take(fresh)));
}

/** The ids that a list names; undefined where it is none. */
export function idsIn(found) {
  return Array.isArray(found) ? found.filter((each) => typeof each === "string") : undefined;
}

/** Those of `notices` that no tab has shown, which is this one's business from now on. */
export function take(notices) {
  const seen = kept(SEEN, idsIn, []);
  const mine = notices.filter(({ id }) => !seen.includes(id));
  if (mine.length) keep(SEEN, [...seen, ...mine.map(({ id }) => id)].slice(-MOST_SEEN));
  return mine;
}

/** Act while no other tab does. Where a browser has no locks, as without https, what is kept has to do. */
export function alone(act, locks = navigator.locks) {
  return locks ? locks.request("candor:alerts", () => act()) : act();
}

/** What is shown of several messages at once. */
export function together(notices) {
  if (notices.length <= MOST_AT_ONCE) return notices;
  const lines = notices.slice(0, MOST_AT_ONCE).map(({ title }) => title);
  return [{
    id: notices.at(-1).id,
    title: say("{count} messages of alerts", { count: notices.length }),
    lines,
    more: notices.length - lines.length,
    symbol: null,
    timeframe: null,
  }];
}

/** Where a click leads: to the coin, or to the history where there are several. */
export function addressOf({ symbol, timeframe }) {
  if (!symbol) return "alerts";
  return `coin?${new URLSearchParams(timeframe ? { symbol, timeframe } : { symbol })}`;
}

/** The first lines of a message, and how many alerts there are beside them. */
export function shortened({ lines, more = 0 }) {
  return more ? [...lines, say("… {count} more", { count: more })] : lines;
}

function showNotices(notices) {
  const { alerts, sound } = settings();
  if (alerts === "off" || !notices.length) return;
  for (const notice of together(notices)) {
    if (!(alerts === "browser" && notify(notice))) toast(notice);
  }
  if (sound === "on") playSound();
}

// ---------------------------------------------------------------- the browser's

/** Whether the browser shows it. */
export function notify(notice, Notifying = globalThis.Notification) {
  if (Notifying?.permission !== "granted") return false;
  try {
    const shown = new Notifying(notice.title, { body: shortened(notice).join("\n"), tag: notice.id });
    shown.onclick = () => {
      globalThis.focus?.();
      goTo(addressOf(notice));
      shown.close();
    };
    return true;
  } catch {
    return false; // a phone's browser leaves that to service workers
  }
}

/** Ask whether notifications may be shown, upon a click; the answer in a sentence. */
export async function askToNotify(Notifying = globalThis.Notification) {
  if (!Notifying) return say("This browser shows notifications of pages with https alone; alerts appear on the page.");
  const permission = await Notifying.requestPermission();
  if (permission === "granted") return say("Alerts will appear as notifications of this browser while a page is open.");
  return say("This browser does not allow notifications here; alerts appear on the page.");
}

/** That notifications were chosen and this browser shows none; nothing where that is not so. */
export function refusedText(Notifying = globalThis.Notification) {
  if (settings().alerts !== "browser" || Notifying?.permission === "granted") return "";
  return say("This browser does not allow notifications here; alerts appear on the page.");
}

/** Two short tones. A page that nobody has clicked on yet may make no sound, and stays silent. */
export function playSound(Context = globalThis.AudioContext) {
  if (!Context) return;
  const context = new Context();
  for (const [begins, pitch] of [[0, 660], [0.16, 880]]) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.value = 0.08;
    tone.connect(volume).connect(context.destination);
    tone.start(context.currentTime + begins);
    tone.stop(context.currentTime + begins + 0.14);
    if (begins) tone.onended = () => context.close();
  }
}

// ---------------------------------------------------------------- the page's

let toasts = null;

/** Where they appear: put it on the page. */
export function noticesOnThePage() {
  if (toasts === null) {
    toasts = makeRole("log", "div", "alert-toasts"); // what is added is read aloud
    toasts.setAttribute("aria-label", say("Alerts"));
  }
  return toasts;
}

function toast(notice) {
  const link = make("a", "open", notice.symbol ? say("Open the coin") : say("Open Alerts"));
  link.href = addressOf(notice);
  leadsThere(link);
  const close = make("button", "close", "×");
  close.type = "button";
  close.setAttribute("aria-label", say("Dismiss: {title}", { title: notice.title }));
  const lines = shortened(notice).map((line) => make("p", "", line));
  const element = make("div", "alert-toast", make("strong", "", notice.title), close, ...lines, link);
  close.onclick = () => element.remove();
  link.addEventListener("click", () => element.remove());
  const list = noticesOnThePage();
  list.append(element);
  while (list.children.length > MOST_AT_ONCE) list.firstChild.remove();
  leaveLater(element);
}

/** It leaves once it was in sight for a while, and nobody points at it. */
function leaveLater(element, left = SHOWN_FOR) {
  setTimeout(() => {
    if (!element.isConnected) return;
    const looked = !document.hidden && !element.matches(":hover, :focus-within");
    if (looked && left <= 1000) element.remove();
    else leaveLater(element, looked ? left - 1000 : left);
  }, 1000);
}
