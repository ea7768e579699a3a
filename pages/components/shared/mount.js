// Draws a component for Streamlit: loads its script and its styles once per page, and hands on what Python sent.

const sheets = new Map(); // name -> the promise of a style sheet
let waiting = 0; // components that are being loaded
const newest = new WeakMap(); // element -> what was drawn into it last

/** Load a component that is likely to be drawn soon: its script, and each style sheet of `styles`. */
export function prepare(script, styles) {
  return Promise.all([import(`../${script}.js`), ...styles.map(styleSheet)]);
}

/** Run `work` once the page has come to rest: no component of it is being loaded, `rest` milliseconds after the last look. */
export function whenDrawn(work, rest = 1000) {
  setTimeout(() => waiting ? whenDrawn(work, rest) : work(), rest);
}

/** Draw with `script` in the styles of `styles`: names of files beside the components' folders. */
export async function mount(mounted, script, styles) {
  const ends = endsWithTheNewest(mounted.parentElement);
  const [component, ...adopted] = await counted(prepare(script, styles));
  const root = mounted.parentElement.getRootNode(); // a shadow root, or the document where styles are not isolated
  root.adoptedStyleSheets = [...new Set([...root.adoptedStyleSheets, ...adopted])];
  for (const unstyled of mounted.parentElement.querySelectorAll(".unstyled")) unstyled.classList.remove("unstyled");
  return ends(component.default(mounted));
}

async function counted(loading) {
  waiting += 1;
  try {
    return await loading;
  } finally {
    waiting -= 1;
  }
}

/**
 * Turns what ends a drawing into what does so only while nothing newer was drawn into `element`. Streamlit ends a
 * drawing that newer data overtook while it was being loaded; the component, its timer and its chart go on.
 */
export function endsWithTheNewest(element) {
  const drawing = {};
  newest.set(element, drawing);
  return (end) => () => {
    if (newest.get(element) === drawing) end?.();
  };
}

function styleSheet(name) {
  if (!sheets.has(name)) {
    const sheet = loadSheet(name);
    sheet.catch(() => sheets.delete(name)); // so that the next refresh asks again
    sheets.set(name, sheet);
  }
  return sheets.get(name);
}

async function loadSheet(name) {
  const answer = await fetch(new URL(`../${name}.css`, import.meta.url));
  if (!answer.ok) throw new Error(`${name}.css did not load: ${answer.status}`);
  return new CSSStyleSheet().replace(await answer.text());
}
