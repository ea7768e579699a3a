// What this browser keeps for Candor. What is found there may be anybody's: it is checked, and ignored where it is not
// ours. A browser that keeps nothing (a private window may not) works until it is closed.

const PREFIX = "candor:";

const OF_TAB = "tab:"; // before the names in memory of what only this tab was to keep

const inMemory = new Map(); // what storage refuses to keep, for as long as the browser's page lives
const listeners = new Map(); // name -> who hears of another value
let hearsOtherTabs = false;

/** What is kept under `name`, as `read` makes it of what JSON says; `read` gives undefined for what is not ours. */
export function kept(name, read, otherwise) {
  try {
    return read(JSON.parse(textOf(name))) ?? otherwise;
  } catch {
    return otherwise; // no JSON, or another shape than `read` took for granted
  }
}

/** Keep `value` under `name`, here and for later visits; undefined forgets it. Whoever listens hears of it. */
export function keep(name, value) {
  const text = value === undefined ? null : JSON.stringify(value);
  inMemory.set(name, text);
  try {
    if (text === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
    inMemory.delete(name);
  } catch { /* full, or forbidden: it stays in memory */ }
  tell(name);
}

/** Whether something that was to be kept for later visits is not: it is gone once the page is loaded anew. */
export function isForgetful() {
  return [...inMemory.keys()].some((name) => !name.startsWith(OF_TAB));
}

/** `hear()` is called whenever what is kept under `name` changes, in another tab too. Gives what ends that. */
export function onKept(name, hear) {
  listenToOtherTabs();
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(hear);
  return () => listeners.get(name).delete(hear);
}

function textOf(name) {
  if (inMemory.has(name)) return inMemory.get(name) ?? "null";
  return localStorage.getItem(PREFIX + name) ?? "null";
}

function tell(name) {
  for (const hear of [...listeners.get(name) ?? []]) hear();
}

function listenToOtherTabs() {
  if (hearsOtherTabs) return;
  hearsOtherTabs = true;
  addEventListener("storage", ({ key }) => {
    if (key === null) { for (const name of listeners.keys()) tell(name); // everything was forgotten
     } else if (key.startsWith(PREFIX)) tell(key.slice(PREFIX.length));
  });
}

// ---------------------------------------------------------------- for this tab

/** What this tab keeps until it is closed: a text, or null. */
export function keptInTab(name) {
  if (inMemory.has(OF_TAB + name)) return inMemory.get(OF_TAB + name);
  try {
    return sessionStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function keepInTab(name, text) {
  try {
    sessionStorage.setItem(PREFIX + name, text);
    inMemory.delete(OF_TAB + name);
  } catch {
    inMemory.set(OF_TAB + name, text);
  }
}
