// Draws nothing: it keeps the rule that is being typed for as long as the tab is open, and tells Python of it after a reload.

import { keepInTab, keptInTab } from "../shared/storage.js";

const NAME = "alert_draft";

export default function ({ data, setTriggerValue }) {
  keepOrTell(data, (draft) => setTriggerValue("kept", draft));
}

/** Of a session that `begins`, `tell` what was kept; otherwise its `draft` is kept, or none where there is none. */
export function keepOrTell({ draft, begins }, tell) {
  if (!begins) return keepInTab(NAME, JSON.stringify(draft));
  const kept = ruleIn(keptInTab(NAME));
  if (kept) tell(kept);
}

function ruleIn(text) {
  try {
    return JSON.parse(text); // null where nothing was kept
  } catch {
    return null; // something else is there
  }
}
