// Three sentences for the first visit. Once they are dismissed this browser never shows them again.

import { make } from "./dom.js";
import { leadsThere } from "./navigation.js";
import { focusPage } from "./page_focus.js";
import { keep, kept } from "./storage.js";
import { say } from "./speech.js";

const NAME = "welcomed";

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  if (wasWelcomed()) {
    root.replaceChildren();
    return;
  }
  if (root.childElementCount) return; // they stay as they were read
  root.replaceChildren(panel(data.sentences, data.more, () => dismiss(root)));
}

function panel(sentences, more, onDismissed) {
  const link = make("a", "more", say("How it works"));
  link.href = more;
  leadsThere(link);
  const button = make("button", "", say("Got it"));
  button.type = "button";
  button.onclick = onDismissed;
  const element = make(
    "section",
    "welcome",
    make("ol", "", ...sentences.map((sentence) => make("li", "", sentence))),
    make("div", "actions", button, link),
  );
  element.setAttribute("aria-label", say("What Candor is"));
  return element;
}

function dismiss(root) {
  root.replaceChildren();
  focusPage({ preventScroll: true }); // the board is read from its top
  keep(NAME, true);
}

/** Whether somebody has read the sentences in this browser before. */
export function wasWelcomed() {
  return kept(NAME, (found) => found !== null, false);
}
