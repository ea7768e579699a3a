// What somebody set for this browser. A setting is a row here: the menu draws it, and its first choice is the default.

import { pairs } from "./looks.js";
import { LANGUAGES, say } from "./speech.js";
import { keep, kept, onKept } from "./storage.js";

const NAME = "settings";

export const SETTINGS = {
  theme: { title: say("Theme"), choices: { system: say("System"), light: say("Light"), dark: say("Dark") } },
  density: { title: say("Density"), choices: { comfortable: say("Comfortable"), compact: say("Compact") } },
  colours: {
    title: say("Rising and falling"),
    choices: { green_red: say("Green, red"), red_green: say("Red, green"), blue_orange: say("Blue, orange") },
  },
  alerts: {
    title: say("Alerts"),
    choices: { page: say("On the page"), browser: say("Notifications"), off: say("Off") },
  },
  sound: { title: say("Sound of alerts"), choices: { off: say("Off"), on: say("On") } },
  zone: { title: say("Times"), choices: { utc: "UTC", local: say("Local") } },
  language: { title: say("Language"), choices: { system: say("Browser's"), ...LANGUAGES } },
};

/** Of what was found, each setting's choice; its default where that is none of them. */
export function settingsIn(found) {
  return Object.fromEntries(
    Object.entries(SETTINGS).map(([name, { choices }]) => {
      const chosen = found?.[name];
      return [name, Object.hasOwn(choices, chosen) ? chosen : Object.keys(choices)[0]];
    }),
  );
}

export function settings() {
  return kept(NAME, settingsIn, settingsIn(null));
}

export function set(name, choice) {
  keep(NAME, { ...settings(), [name]: choice });
}

export function onSettings(hear) {
  return onKept(NAME, hear);
}

// ---------------------------------------------------------------- what they do

const COMPACT = "0.35"; // how much is left of the room around things

/** Let the page look as it was set; `background` is the theme's, as `#rrggbb`. */
export function applySettings(background, { style } = document.documentElement) {
  const { colours, density } = settings();
  const [rise, fall] = pairs[colours]?.[isDark(background) ? "dark" : "light"] ?? [];
  setOrRemove(style, "--candor-rise", rise);
  setOrRemove(style, "--candor-fall", fall);
  setOrRemove(style, "--candor-space", density === "compact" ? COMPACT : undefined);
}

function setOrRemove(style, name, value) {
  if (value === undefined) style.removeProperty(name);
  else style.setProperty(name, value);
}

export function isDark(background) {
  const value = parseInt(background.trim().slice(1, 7), 16);
  return ((value >> 16) * 299 + ((value >> 8) & 255) * 587 + (value & 255) * 114) / 1000 < 128;
}

/** The name of the zone that times are shown in, such as `Europe/Berlin`. */
export function zoneName() {
  return settings().zone === "local" ? Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC" : "UTC";
}

/**
 * What Streamlit keeps for the page at each of `paths`: it reads it once, while it is loaded. Its names for themes are
 * capitals; a page that was never set follows the system.
 */
export function themeEntries(theme, paths) {
  const name = theme[0].toUpperCase() + theme.slice(1);
  return paths.map((path) => [`stActiveTheme-${path}-v2`, JSON.stringify(name)]);
}

/** Streamlit's own theme is taken at the next load of a page. */
export function loadTheme(theme, paths) {
  try {
    for (const [key, value] of themeEntries(theme, paths)) localStorage.setItem(key, value);
    location.reload();
  } catch { /* a browser that keeps nothing follows the system */ }
}
