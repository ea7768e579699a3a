import assert from "node:assert/strict";
import { filled, inARow, language, languageFor, say, sayCount } from "../../../pages/components/shared/speech.js";
import { words } from "../../../pages/components/words/zh.js";

Deno.test("the language that was chosen goes before the browser's own, which goes before English", () => {
  assert.equal(languageFor("zh", "en-GB"), "zh");
  assert.equal(languageFor("en", "zh-CN"), "en");
  assert.equal(languageFor("system", "zh-TW"), "zh");
  assert.equal(languageFor(undefined, "ZH"), "zh");
  assert.equal(languageFor(null, "de-DE"), "en");
  assert.equal(languageFor("constructor", undefined), "en");
});

Deno.test("an English text is its own translation into English", () => {
  assert.equal(language, "en");
  assert.equal(say("usually {usual}", { usual: "68 %" }), "usually 68 %");
  assert.equal(sayCount("{count} coin", "{count} coins", 1), "1 coin");
  assert.equal(sayCount("{count} coin", "{count} coins", 0), "0 coins");
});

Deno.test("a place that nobody fills stays as it is", () => {
  assert.equal(filled("{a} of {b}", { a: 0 }), "0 of {b}");
  assert.equal(filled("{toString}", {}), "{toString}");
});

Deno.test("between full-width sentences there is no space", () => {
  assert.equal(inARow("One.", "", "Two."), "One. Two.");
  assert.equal(inARow("一。", "二。"), "一。二。");
});

Deno.test("the words of a language have the places of the English texts they stand for", () => {
  const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
  for (const [text, said] of Object.entries(words)) {
    assert.deepEqual(new Set(places(said)), new Set(places(text)), text);
  }
  assert.equal(words["Move likely"], "可能波动");
});
