// On the page of signals: one line that says what changed since this browser looked at the changes, and opens to the newest.

import { keyedList, make, setText } from "../shared/dom.js";
import { marketNow } from "../shared/clock.js";
import { leadsThere, pageAddress } from "../shared/navigation.js";
import { hearNews } from "../shared/news.js";
import { keepInTab, keptInTab } from "../shared/storage.js";
import { drawChanges, isNew } from "./feed.js";
import { lastLook, newSince, newText, timeInText } from "./last_look.js";
import { say } from "../shared/speech.js";

const OPEN = "drawer"; // under which this tab keeps whether it is open

const drawers = new WeakMap(); // root element -> what has been drawn into it

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const drawer = drawers.get(root) ?? begin(root);
  if (drawer.given === data) return; // Streamlit calls again with what is old by now
  drawer.given = data;
  if (mayFollow(data, drawer)) draw(drawer, data);
  hearNews(root, (news) => news.changes !== drawer.heard && fetchNewest(drawer, news));
}

/** Whether `{ timeframe, newest }` may take the place of what is drawn: of another timeframe or market, or not read earlier. */
export function mayFollow({ timeframe, newest }, drawn) {
  if (timeframe !== drawn.timeframe || drawn.newest === null) return true;
  return newest !== null && (newest.market !== drawn.newest.market || newest.seq >= drawn.newest.seq);
}

async function fetchNewest(drawer, { changes }) {
  const { timeframe } = drawer;
  drawer.heard = changes;
  try {
    const answer = await fetch(new URL(`live/changes?timeframe=${timeframe}`, document.baseURI), { cache: "no-cache" });
    const fetched = { timeframe, newest: answer.status === 200 ? await answer.json() : null };
    if (timeframe === drawer.timeframe && mayFollow(fetched, drawer)) draw(drawer, fetched);
  } catch {
    drawer.heard = null; // the server went away: what it tells once it is back is asked for
  }
}

function draw(drawer, { timeframe, newest }) {
  Object.assign(drawer, { timeframe, newest });
  drawer.element.hidden = newest === null;
  if (newest === null) return;
  const look = lastLook(newest.market);
  setText(drawer.title, titleText(timeframe, newest, look, marketNow()));
  drawChanges(drawer.list, newest.rows.map((row) => ({ ...row, isNew: isNew(row, look) })));
}

/** What the closed drawer says; to who never looked, how many changes there are, and when the newest was. */
export function titleText(timeframe, { seqs, rows, most }, look, now) {
  if (look) {
    return say("Changes on {timeframe}: {said}", { timeframe, said: newText(newSince(seqs, look), look, now, most) });
  }
  const [newest] = rows;
  if (!newest) return say("Changes on {timeframe}: none yet", { timeframe });
  const at = timeInText(newest.at, now);
  if (seqs.length >= most) {
    return say("Changes on {timeframe}: {most} or more, the newest at {at}", { timeframe, most, at });
  }
  return say("Changes on {timeframe}: {count}, the newest at {at}", { timeframe, count: seqs.length, at });
}

function begin(root) {
  const list = make("ol", "changes body");
  const all = make("a", "all", say("All changes"));
  all.href = pageAddress("changes");
  leadsThere(all);
  const title = make("summary", "");
  const element = make("details", "drawer", title, list, all);
  element.open = keptInTab(OPEN) === "yes"; // whoever comes back finds it as they left it
  element.addEventListener("toggle", () => keepInTab(OPEN, element.open ? "yes" : "no"));
  const drawer = { element, title, list: keyedList(list), given: null, timeframe: null, newest: null, heard: null };
  root.replaceChildren(element);
  drawers.set(root, drawer);
  return drawer;
}
