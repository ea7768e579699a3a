import assert from "node:assert/strict";
import { drawRows, gridSteps, keyedList } from "../../../pages/components/shared/dom.js";

/** As much of an element as a keyed list asks of one. */
class FakeElement {
  children = [];
  root = { activeElement: null };
  moved = 0;
  getRootNode() {
    return this.root;
  }
  insertBefore(child, before) {
    child.remove?.();
    const place = before === null ? this.children.length : this.children.indexOf(before);
    this.children.splice(place, 0, child);
    child.parent = this;
    this.moved += 1;
  }
  remove() {
    const siblings = this.parent?.children ?? [];
    if (siblings.includes(this)) siblings.splice(siblings.indexOf(this), 1);
  }
}

function listOf() {
  const list = keyedList(new FakeElement());
  const log = { begun: [], filled: [] };
  const draw = (...rows) =>
    drawRows(list, rows, {
      keyOf: (row) => row.name,
      begin: (row) => {
        log.begun.push(row.name);
        return { element: Object.assign(new FakeElement(), { name: row.name }) };
      },
      fill: (_, row) => log.filled.push(row.name),
    });
  return { list, log, draw, names: () => list.element.children.map((child) => child.name) };
}

Deno.test("rows stand in their order, and a row that moves keeps its element", () => {
  const { draw, names, log, list } = listOf();
  draw({ name: "a" }, { name: "b" }, { name: "c" });
  const [a] = list.element.children;
  draw({ name: "c" }, { name: "a" }, { name: "b" });
  assert.deepEqual(names(), ["c", "a", "b"]);
  assert.equal(list.element.children[1], a);
  assert.deepEqual(log.begun, ["a", "b", "c"]);
});

Deno.test("only what changed is filled again, and nothing moves where the order holds", () => {
  const { draw, log, list } = listOf();
  draw({ name: "a", price: 1 }, { name: "b", price: 1 });
  const moved = list.element.moved;
  draw({ name: "a", price: 1 }, { name: "b", price: 2 });
  assert.deepEqual(log.filled, ["a", "b", "b"]);
  assert.equal(list.element.moved, moved);
});

Deno.test("a row that is gone is taken away, and made anew when it returns", () => {
  const { draw, names, log } = listOf();
  draw({ name: "a" }, { name: "b" });
  draw({ name: "b" });
  assert.deepEqual(names(), ["b"]);
  draw({ name: "a" }, { name: "b" });
  assert.deepEqual(names(), ["a", "b"]);
  assert.deepEqual(log.begun, ["a", "b", "a"]);
});

Deno.test("what lost its focus by moving gets it back", () => {
  const { draw, list } = listOf();
  draw({ name: "a" }, { name: "b" });
  const { root } = list.element;
  const link = { isConnected: true, focus: () => root.activeElement = link };
  root.activeElement = link;
  list.element.insertBefore = function (...given) {
    root.activeElement = null;
    FakeElement.prototype.insertBefore.apply(this, given);
  };
  draw({ name: "b" }, { name: "a" });
  assert.equal(root.activeElement, link);
});

Deno.test("keys lead line by line through a grid, and to its ends", () => {
  const steps = gridSteps(4, 5, 34);
  assert.deepEqual([steps.ArrowDown, steps.ArrowUp, steps.ArrowLeft, steps.ArrowRight], [4, -4, -1, 1]);
  assert.deepEqual([steps.Home, steps.End], [-5, 28]);
});
