import assert from "node:assert/strict";
import {
  applySettings,
  isDark,
  set,
  settings,
  settingsIn,
  themeEntries,
  zoneName,
} from "../../../pages/components/shared/settings.js";
import { storageIsEmpty } from "../storages.js";

const DEFAULTS = {
  theme: "system",
  density: "comfortable",
  colours: "green_red",
  alerts: "page",
  sound: "off",
  zone: "utc",
  language: "system",
};

/** An element's style as far as it is used. */
function style() {
  const found = {};
  return { found, setProperty: (name, value) => found[name] = value, removeProperty: (name) => delete found[name] };
}

Deno.test("what means nothing is as if it was never set", () => {
  storageIsEmpty();
  assert.deepEqual(settingsIn(null), DEFAULTS);
  assert.deepEqual(settingsIn("dark"), DEFAULTS);
  assert.deepEqual(settingsIn({ theme: "pink", density: "compact", zone: "constructor" }), {
    ...DEFAULTS,
    density: "compact",
  });
});

Deno.test("colours follow the pair that was chosen and the theme's brightness", () => {
  storageIsEmpty();
  const dark = style();
  applySettings("#0e131b", { style: dark });
  assert.deepEqual(dark.found, {}, "at first everything is as the theme has it");
  set("colours", "blue_orange");
  set("density", "compact");
  assert.equal(settings().colours, "blue_orange");
  applySettings("#0e131b", { style: dark });
  const light = style();
  applySettings(" #fbfcfd", { style: light });
  assert.notEqual(dark.found["--candor-rise"], light.found["--candor-rise"]);
  assert.ok(Number(dark.found["--candor-space"]) < 1);
  set("colours", "green_red");
  applySettings("#0e131b", { style: dark });
  assert.equal(dark.found["--candor-rise"], undefined);
});

Deno.test("a background is dark or light by how bright it looks", () => {
  storageIsEmpty();
  assert.ok(isDark("#0e131b"));
  assert.ok(!isDark("#fbfcfd"));
});

Deno.test("times are in UTC until somebody asks for their own", () => {
  storageIsEmpty();
  assert.equal(zoneName(), "UTC");
  set("zone", "local");
  assert.equal(zoneName(), Intl.DateTimeFormat().resolvedOptions().timeZone);
});

Deno.test("a theme is told to Streamlit for every page", () => {
  storageIsEmpty();
  assert.deepEqual(themeEntries("dark", ["/candor/", "/candor/coin"]), [
    ["stActiveTheme-/candor/-v2", '"Dark"'],
    ["stActiveTheme-/candor/coin-v2", '"Dark"'],
  ]);
});
