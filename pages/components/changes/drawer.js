// On the page of signals: one line that says what changed since this browser looked at the changes, and opens to the newest.

import { keyedList, make, setText } from "../shared/dom.js";
import { marketNow } from "../shared/clock.js";
import { leadsThere, pageAddress } from "../shared/navigation.js";
import { drawChanges, isNew } from "./feed.js";
import { lastLook, newSince, newText } from "./last_look.js";
import { say } from "../shared/speech.js";

const drawers = new WeakMap(); // root element -> what has been drawn into it

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const drawer = drawers.get(root) ?? begin(root);
  const look = lastLook(data.market);
  setText(drawer.title, titleText(data.seqs, look, marketNow(), data.most));
  drawChanges(drawer.list, data.rows.map((row) => ({ ...row, isNew: isNew(row, look) })));
}

/** What the closed drawer says; to who never looked, how many changes there are. */
export function titleText(seqs, look, now, most = Infinity) {
  if (look) return say("Changes: {said}", { said: newText(newSince(seqs, look), look, now, most) });
  if (seqs.length >= most) return say("Changes: {most} or more lately", { most });
  return say("Changes: {count} lately", { count: seqs.length });
}

function begin(root) {
  const list = make("ol", "changes body");
  const all = make("a", "all", say("All changes"));
  all.href = pageAddress("changes");
  leadsThere(all);
  const drawer = { title: make("summary", ""), list: keyedList(list) };
  root.replaceChildren(make("details", "drawer", drawer.title, list, all));
  drawers.set(root, drawer);
  return drawer;
}
