// The menus at the end of the bar: named views, and settings. The browser closes them by Esc or a click elsewhere.

import { saveFile, takeIn } from "./browser_file.js";
import { make, makeRole, setText } from "./dom.js";
import { goTo } from "./navigation.js";
import { set, SETTINGS, settings } from "./settings.js";
import { addressHere, deleteView, onViews, READY_MADE, renameView, saveView, views } from "./views.js";
import { say } from "./speech.js";
import { isForgetful } from "./storage.js";

/** A button that opens what `fill(menu)` puts into the menu, anew each time. */
function makeMenu(name, content, fill) {
  const menu = make("div", "menu-panel");
  menu.popover = "auto";
  menu.setAttribute("role", "dialog");
  menu.setAttribute("aria-label", name);
  const button = make("button", "tool", ...content);
  button.type = "button";
  button.title = name;
  button.setAttribute("aria-label", name);
  button.popoverTargetElement = menu;
  menu.addEventListener("beforetoggle", ({ newState }) => {
    if (newState === "open") fill(menu);
  });
  menu.addEventListener("toggle", ({ newState }) => {
    button.setAttribute("aria-expanded", String(newState === "open"));
    if (newState === "open") menu.querySelector("input:checked, a, button, input")?.focus();
  });
  button.setAttribute("aria-expanded", "false");
  return { button, menu };
}

function pressed(text, act, label = text) {
  const button = make("button", "small", text);
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.title = label;
  button.onclick = act;
  return button;
}

// ---------------------------------------------------------------- settings

/** `onSet(name, choice)` hears of what is chosen; what it promises to say is said, and otherwise what `standing()` says. */
export function makeSettingsMenu(onSet, standing = () => "") {
  return makeMenu(say("Settings"), ["⚙"], (menu) => {
    const status = makeRole("status", "p", "status");
    const forgetful = forgetfulLine();
    setText(status, standing());
    const groups = Object.entries(SETTINGS).map(([name, setting]) =>
      choices(name, setting, (choice) => {
        set(name, choice);
        setText(forgetful, forgetfulText());
        Promise.resolve(onSet(name, choice)).then((said) => setText(status, said ?? standing()));
      })
    );
    const pick = make("input", "file");
    Object.assign(pick, { type: "file", accept: "application/json,.json" });
    pick.setAttribute("aria-label", say("Import watchlist and views"));
    pick.onchange = async () => {
      const [file] = pick.files;
      if (file) setText(status, takeIn(await file.text(), file.name));
      pick.value = "";
    };
    const files = make(
      "div",
      "row",
      pressed(say("Watchlist and views (JSON)"), saveFile),
      pressed(say("Import…"), () => pick.click()),
      pick,
    );
    menu.replaceChildren(...groups, group(say("Export and import"), files), status, forgetful);
  });
}

/** Of a browser that may not keep anything, as a private window, or is full. */
function forgetfulText() {
  return isForgetful()
    ? say(
      "This browser keeps nothing here: what you set and save is lost when the page is loaded again, and theme and language stay as they are.",
    )
    : "";
}

function forgetfulLine() {
  return makeRole("status", "p", "status", forgetfulText());
}

function group(title, ...content) {
  return make("fieldset", "", make("legend", "", title), ...content);
}

function choices(name, { title, choices }, choose) {
  const chosen = settings()[name];
  const options = Object.entries(choices).map(([choice, word]) => {
    const input = make("input");
    Object.assign(input, { type: "radio", name: `candor-${name}`, value: choice, checked: choice === chosen });
    input.onchange = () => choose(choice);
    return make("label", "", input, ` ${word}`);
  });
  return group(title, make("div", "row", ...options));
}

// ---------------------------------------------------------------- views

export function makeViewsMenu() {
  const { button, menu } = makeMenu(say("Views"), [
    make("span", "glyph", "▤"),
    make("span", "wide", " ", say("Views")),
  ], fillViews);
  onViews(() => menu.matches(":popover-open") && fillViewsAgain(menu));
  return { button, menu };
}

function fillViews(menu) {
  const name = make("input", "named");
  Object.assign(name, { placeholder: say("Save this view as…"), maxLength: 60 });
  name.setAttribute("aria-label", say("Name of this view"));
  const save = make("form", "row saving", name, make("button", "small", say("Save")));
  save.onsubmit = (event) => {
    event.preventDefault();
    const typed = name.value;
    name.value = "";
    if (typed.trim()) saveView(typed, addressHere());
  };
  const own = views().map((view) => row(menu, view, ...changes(menu, view)));
  menu.replaceChildren(
    group(say("Views"), ...READY_MADE.map((view) => row(menu, view))),
    group(say("Your views"), ...(own.length ? own : [make("p", "empty", say("None saved yet."))]), save),
    makeRole("status", "p", "status"),
    forgetfulLine(),
  );
}

/** The same with what is being typed in it: another window may have saved or deleted a view meanwhile. */
function fillViewsAgain(menu) {
  const typed = menu.querySelector(".saving input").value;
  const form = menu.querySelector(".renaming");
  const focused = menu.getRootNode().activeElement;
  const inForm = form?.contains(focused);
  const inSaving = menu.querySelector(".saving input") === focused;
  fillViews(menu);
  const saving = menu.querySelector(".saving input");
  saving.value = typed;
  if (inSaving) saving.focus();
  if (!form) return;
  const row = rowOf(menu, form.dataset.view);
  row?.replaceWith(form);
  if (inForm && row) form.querySelector("input").focus();
  if (!row) {
    setText(
      menu.querySelector(".status"),
      say("{name} is there no more: another window renamed or deleted it.", { name: form.dataset.view }),
    );
  }
}

function rowOf(menu, name) {
  return [...menu.querySelectorAll(".row.own")].find((each) => each.firstChild.textContent === name);
}

function row(menu, { name, address }, ...more) {
  const link = make("a", "view", name);
  link.href = address;
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    menu.hidePopover();
    goTo(address);
  };
  const copy = pressed(say("Copy link"), async () => {
    const link = new URL(address, document.baseURI).href;
    try {
      await navigator.clipboard.writeText(link);
      setText(copy, say("Copied"));
    } catch {
      prompt(say("The link of this view:"), link); // a browser that lets nobody write there, as without https
    }
  }, say("Copy the link of {name}", { name }));
  return make("div", more.length ? "row own" : "row", link, ...more, copy);
}

function changes(menu, { name }) {
  const rename = pressed(say("Rename"), () => renaming(menu, name), say("Rename {name}", { name }));
  return [rename, pressed(say("Delete"), () => deleteView(name), say("Delete {name}", { name }))];
}

function renaming(menu, before) {
  const name = make("input", "named");
  name.value = before;
  name.setAttribute("aria-label", say("New name of {name}", { name: before }));
  const form = make("form", "row renaming", name, make("button", "small", say("Rename")));
  form.dataset.view = before;
  form.onsubmit = (event) => {
    event.preventDefault();
    form.remove();
    renameView(before, name.value);
    fillViews(menu);
  };
  rowOf(menu, before).replaceWith(form);
  name.select();
}
