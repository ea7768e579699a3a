// The changes of signals, newest first; those that this browser has not seen before are marked.

import { drawRows, keyedList, make, makeSilent, moveFocusByKeys, setText } from "../shared/dom.js";
import { marketNow } from "../shared/clock.js";
import { leadsThere } from "../shared/navigation.js";
import { lastLook, newSince, newText, rememberLook } from "./last_look.js";
import { say } from "../shared/speech.js";

const feeds = new WeakMap(); // root element -> what has been drawn into it

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const feed = feeds.get(root) ?? begin(root, data.market);
  const count = newSince(data.seqs, feed.look);
  setText(feed.since, newText(count, feed.look, marketNow(), data.most));
  feed.toggle.hidden = !count;
  setText(feed.toggle, feed.onlyNew ? say("Show all") : say("Show new ones only"));
  feed.toggle.onclick = () => {
    feed.onlyNew = !feed.onlyNew;
    feed.draw();
  };
  feed.draw = () => {
    setText(feed.toggle, feed.onlyNew ? say("Show all") : say("Show new ones only"));
    const rows = data.rows.map((row) => ({ ...row, isNew: isNew(row, feed.look) }));
    drawChanges(feed.list, feed.onlyNew ? rows.filter((row) => row.isNew) : rows);
  };
  feed.draw();
  feed.seen = () => rememberLook(data.market, data.seq);
  feed.seen();
}

function begin(root, market) {
  const list = make("ol", "changes body");
  const feed = {
    look: lastLook(market), // as this visit began: what came since stays marked until the next one
    since: make("span", "since"),
    toggle: make("button", "toggle"),
    list: keyedList(list),
    onlyNew: false,
  };
  feed.toggle.type = "button";
  moveFocusByKeys(list, () => ({ ArrowDown: 1, ArrowUp: -1 }));
  list.setAttribute("aria-label", say("Changes, newest first"));
  document.addEventListener("visibilitychange", () => root.isConnected && feed.seen());
  root.replaceChildren(make("div", "told", feed.since, feed.toggle), list);
  feeds.set(root, feed);
  return feed;
}

export function isNew(row, look) {
  return look !== null && row.seq > look.seq;
}

/** Show rows of changes in a list of the page's or the drawer's. */
export function drawChanges(list, rows) {
  drawRows(list, rows, {
    keyOf: (row) => row.seq,
    begin: () => ({ element: make("li", "row") }),
    fill: ({ element }, row) => {
      element.className = ["row", row.band, row.weak && "weak"].filter(Boolean).join(" ");
      element.replaceChildren(...parts(row));
    },
  });
}

function parts(row) {
  const link = make("a", "open", make("strong", "", row.coin), ` ${row.timeframe}`);
  link.href = `coin?${new URLSearchParams(row.link)}`;
  leadsThere(link);
  const changed = row.changed.map(([what, before, now]) =>
    make("span", "change", make("span", "what", say("{what}: ", { what })), before, arrow(), make("strong", "", now))
  );
  changed.push(...row.doubts.map((doubt) => make("span", "doubt", doubt)));
  if (row.gap) changed.push(make("span", "gap", row.gap));
  const mark = row.isNew ? [make("span", "new", say("new"))] : [];
  return [
    make("time", "at", row.at),
    make("span", "coin", link, ...mark),
    make("span", "what-changed", ...changed),
    make("span", "shares", ...row.shares.map((text) => make("span", "", text))),
  ];
}

function arrow() {
  return make("span", "arrow", makeSilent("span", "", " → "), make("span", "heard", say(" to ")));
}
