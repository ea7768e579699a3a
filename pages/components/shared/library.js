// Browser libraries out of Python packages: each is fetched once per page, by whichever component comes first.

import { say } from "./speech.js";

const libraries = new Map(); // name of a script -> the promise of what it puts into the page's global scope

/** The library called `name`, which lies beside the folder of all scripts, wherever a proxy has put the two. */
export function loadLibrary(name, globalName) {
  if (!libraries.has(name)) libraries.set(name, fetched(name, globalName));
  return libraries.get(name);
}

/** Run `work` once the page has nothing more urgent to do, at the latest after two seconds. */
export function whenIdle(work) {
  if (globalThis.requestIdleCallback) requestIdleCallback(work, { timeout: 2000 });
  else setTimeout(work, 500); // Safari
}

/** Fetch a script of Streamlit's, by its path below the app's, that it will import once something is drawn with it. */
export function loadModuleAhead(path) {
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = new URL(path, document.baseURI).href;
  document.head.append(link);
}

/** `plot` is empty until its library has come, which the eye sees by its colour and the ear is told here. */
export function waiting(plot) {
  plot.setAttribute("aria-busy", "true");
  plot.setAttribute("aria-description", say("The chart is loading."));
}

/** It has come, or never will, which is said in words. */
export function arrived(plot) {
  plot.removeAttribute("aria-busy");
  plot.removeAttribute("aria-description");
}

function fetched(name, globalName) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(`../../${name}`, import.meta.url).href;
    script.onload = () => resolve(globalThis[globalName]);
    script.onerror = () => {
      libraries.delete(name); // so that the next refresh asks again
      script.remove();
      reject(new Error(`${globalName} did not load from ${script.src}`));
    };
    document.head.append(script);
  });
}
