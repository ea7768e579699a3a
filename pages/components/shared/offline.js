// Whether the server answers: Streamlit says so on the page's own element, and tries again by itself.

import { say } from "./speech.js";

const CONNECTED = "CONNECTED";
const PATIENCE = 1200; // milliseconds: a connection that comes back sooner was never away

/** What to say of a server that has been away since a moment. */
export function offlineText(since) {
  const [hours, minutes] = [since.getHours(), since.getMinutes()].map((each) => String(each).padStart(2, "0"));
  return say("Offline since {time}, trying again. What you see is from then.", { time: `${hours}:${minutes}` });
}

/**
 * `onAway(since)` is called once the server has been away for a moment, with the time since when (null: it is back).
 * `state()` says how the connection is, `later(act, milliseconds)` and `now()` are the browser's clock.
 */
export function awayWatch(onAway, state, later, now) {
  let lost = null; // since when it is away
  let told = false;
  return () => {
    if (state() === CONNECTED) {
      lost = null;
      if (told) onAway(null);
      told = false;
    } else if (lost === null) {
      const since = lost = now();
      later(() => {
        if (lost !== since) return;
        told = true;
        onAway(since);
      }, PATIENCE);
    }
  };
}

/** Watch the connection of this page. */
export function watchConnection(onAway) {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app) return;
  const look = awayWatch(onAway, () => app.getAttribute("data-test-connection-state"), setTimeout, () => new Date());
  new MutationObserver(look).observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
}
