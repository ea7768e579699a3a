// What is said, in the language of whoever reads: an English text is the key to what other languages say instead, as in
// core/wording/language.py. A language's words come once per page, before anything is drawn.

import { kept } from "./storage.js";

/** By their names in catalogues and cookies; each is called what its readers call it. */
export const LANGUAGES = { en: "English", zh: "简体中文" };

const TAGS = { en: "en", zh: "zh-CN" }; // as documents name them

/** The language to speak: the one that was `chosen`, otherwise the browser's own, otherwise English. */
export function languageFor(chosen, own) {
  if (Object.hasOwn(LANGUAGES, chosen)) return chosen;
  const primary = String(own ?? "").split("-")[0].toLowerCase();
  return Object.hasOwn(LANGUAGES, primary) ? primary : "en";
}

/** The one that this browser asks for now. */
export function languageHere() {
  return languageFor(kept("settings", (found) => found?.language, null), globalThis.navigator?.language);
}

/** The one that this page speaks until it is loaded anew. */
export const language = languageHere();

/** How numbers and days are written in it: figures are grouped alike in both. */
export const LOCALE = { en: "en-GB", zh: "zh-CN" }[language];

const words = language === "en" ? {} : await wordsOf(language);

if (globalThis.document) document.documentElement.lang = TAGS[language];

async function wordsOf(language) {
  try {
    return (await import(`../words/${language}.js`)).words;
  } catch {
    return {}; // the server went away: English is better than nothing
  }
}

/** `text` in the reader's language, with `facts` in the places `{name}` that it names. */
export function say(text, facts = {}) {
  return filled(words[text] ?? text, facts);
}

/** `one` of a single thing, `many` of any other number, which stands at `{count}`. */
export function sayCount(one, many, count, facts = {}) {
  return filled(words[one] ?? (count === 1 ? one : many), { count, ...facts });
}

/** What stands after the number of a percentage: a space that no line ends at and its sign, in Chinese the sign alone. */
export const PERCENT = say("\u00a0%");

/** Sentences after each other, those that are empty left out; after a full-width full stop there is no space. */
export function inARow(...sentences) {
  return sentences.filter(Boolean).reduce(
    (told, next) => told + (!told || /[。；：！？]$/.test(told) ? "" : " ") + next,
    "",
  );
}

export function filled(text, facts) {
  return text.replace(/\{(\w+)\}/g, (place, name) => Object.hasOwn(facts, name) ? String(facts[name]) : place);
}
