import assert from "node:assert/strict";
import { fillCell, scaleSpan, strength } from "../../../pages/components/timeframes/map.js";

Deno.test("colour grows with how far P(move) is above usual, and never so strong that text on it is hard to read", () => {
  assert.equal(strength(-0.2), 0);
  assert.equal(strength(0), 0);
  assert.ok(strength(0.2) > strength(0.1));
  assert.equal(strength(0.25), 52);
  assert.equal(strength(0.5), 52);
});

Deno.test("a cell's title says what both verdicts rest on, and readers of screens hear the verdicts alone", () => {
  globalThis.document = { createElement: () => new Element() };
  class Element {
    style = { setProperty() {} };
    attributes = {};
    append() {}
    replaceChildren() {}
    setAttribute(name, value) {
      this.attributes[name] = value;
    }
  }
  const link = new Element();
  const answers = { move: "71 %", usual: "67 %", timing: "proven", long: "55 %", short: "45 %", side: "unproven" };
  const skills = { timing: "Timing skill +0.030.", side: "Side skill −0.001." };
  fillCell(link, "Bitcoin 1h", { band: "likely", severity: "none", above: 0.1, answers, skills });
  assert.deepEqual(link.title.split("\n").slice(1), Object.values(skills));
  assert.match(link.attributes["aria-label"], /67 %, timing proven; .* side not proven$/);
  fillCell(link, "Bitcoin 1h", { band: "likely", severity: "none", above: 0.1, answers });
  assert.equal(link.title.split("\n").length, 1, "there may have been no test");
});

Deno.test("a move that is likely over all hours, but not for this one, has no colour and says why", () => {
  globalThis.document = { createElement: () => new Element() };
  class Element {
    properties = {};
    style = { setProperty: (name, value) => this.properties[name] = value };
    append() {}
    replaceChildren() {}
    setAttribute() {}
  }
  const drawn = (hour) => {
    const link = new Element();
    const answers = { move: "67 %", usual: "58 %", timing: "proven", long: "51 %", short: "49 %", side: "unproven" };
    fillCell(link, "Bitcoin 1h", { band: "likely", hour, filled: true, severity: "none", above: 0.1, answers });
    return link;
  };
  assert.equal(drawn({ band: "likely" }).className, "likely none filled");
  assert.equal(drawn({ band: "likely" }).properties["--strength"], "28%");
  assert.equal(drawn({ band: "usual" }).className, "usual none filled");
  assert.equal(drawn({ band: "usual" }).properties["--strength"], "0%");
  assert.match(drawn({ band: "usual" }).title, /\nLikelier than usual over all hours, but not for this hour$/);
});

Deno.test("a score reaches from the middle to its side", () => {
  assert.deepEqual(scaleSpan(1), { left: "50%", width: "50%" });
  assert.deepEqual(scaleSpan(-0.5), { left: "25%", width: "25%" });
  assert.deepEqual(scaleSpan(-3), { left: "0%", width: "50%" });
  assert.deepEqual(scaleSpan(0), { left: "50%", width: "0%" });
});
