// Whether the server answers: Streamlit says so on the page's own element, and tries again by itself; of one that falls
// silent, whose connections stay open, Streamlit knows nothing.

import { isSilent, onSilence } from "./news.js";
import { say } from "./speech.js";
import { keepInTab, keptInTab } from "./storage.js";

const STATE = "data-test-connection-state";
const CONNECTED = "CONNECTED";
const SILENT = "SILENT";
const GIVEN_UP = "DISCONNECTED_FOREVER"; // Streamlit could not read what came, and does not try again
const PATIENCE = 1200; // milliseconds: a connection that comes back sooner was never away

const LOADED_ANEW = "loaded-anew"; // under which this tab keeps when it last was
const LOADED_APART = 10_000; // milliseconds between two of these: what cannot be read would be sent again

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

/** In how many milliseconds to load the page anew that was loaded anew at `last` (Unix ms), or never was (null). */
export function pauseBeforeLoading(last, now) {
  const since = now - Number(last ?? 0);
  return since >= 0 && since < LOADED_APART ? LOADED_APART - since : 0;
}

function loadAnew() {
  keepInTab(LOADED_ANEW, String(Date.now()));
  location.reload();
}

/** Whether Streamlit has its server: what is asked of one that is away is lost. */
export function isConnected() {
  return stateOf(document.querySelector('[data-testid="stApp"]')) === CONNECTED;
}

function stateOf(app) {
  return app?.getAttribute(STATE);
}

/** Watch the connection of this page; one that was given up begins anew with the page, at the address it is at. */
export function watchConnection(onAway) {
  const app = document.querySelector('[data-testid="stApp"]');
  if (!app) return;
  const state = () => stateOf(app) === CONNECTED && isSilent() ? SILENT : stateOf(app);
  const look = awayWatch(onAway, state, setTimeout, () => new Date());
  const heed = () => {
    look();
    if (state() === GIVEN_UP) setTimeout(loadAnew, pauseBeforeLoading(keptInTab(LOADED_ANEW), Date.now()));
  };
  onSilence(heed);
  new MutationObserver(heed).observe(app, { attributes: true, attributeFilter: [STATE] });
}
