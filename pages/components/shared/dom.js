// Elements, lists that keep them, and focus: what every component draws with. All text is set as text: nothing that
// is sent can become markup.

export function make(tag, className = "", ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

/** An element with a role of its own, such as a cell of a table made of spans. */
export function makeRole(role, tag, className, ...content) {
  const element = make(tag, className, ...content);
  element.setAttribute("role", role);
  return element;
}

/** An element that readers of screens leave out, since words beside it say the same. */
export function makeSilent(tag, className, ...content) {
  const element = make(tag, className, ...content);
  element.setAttribute("aria-hidden", "true");
  return element;
}

/** A coloured part for each of `[[class name, share], ...]`, as wide as its share. */
export function makeShares(tag, className, partClass, shares) {
  const parts = shares.map(([name, share]) => {
    const part = make("span", `${partClass} ${name}`.trim());
    part.style.flexGrow = share;
    return part;
  });
  return makeSilent(tag, className, ...parts);
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Save `blob` where the browser saves files. */
export function saveBlob(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// ---------------------------------------------------------------- lists

/** A list whose rows keep their elements, and with them focus and hover, when they change or move. */
export function keyedList(element) {
  return { element, drawn: new Map() };
}

/**
 * Show `rows`, plain data in their order. `begin(row)` makes what is drawn of one, with its `element`;
 * `fill(drawn, row)` shows a row that has changed. `keyOf(row)` says which rows are the same one.
 */
export function drawRows(list, rows, { keyOf, begin, fill }) {
  const root = list.element.getRootNode();
  const focused = root.activeElement;
  const wanted = new Map(rows.map((row) => [keyOf(row), row]));
  for (const [key, drawn] of list.drawn) {
    if (wanted.has(key)) continue;
    drawn.element.remove();
    list.drawn.delete(key);
  }
  let place = 0;
  for (const [key, row] of wanted) {
    if (!list.drawn.has(key)) list.drawn.set(key, begin(row));
    const drawn = list.drawn.get(key);
    const content = JSON.stringify(row);
    if (drawn.content !== content) {
      drawn.content = content;
      fill(drawn, row);
    }
    const there = list.element.children[place] ?? null;
    if (there !== drawn.element) list.element.insertBefore(drawn.element, there);
    place += 1;
  }
  // What moved lost its focus on the way.
  if (focused?.isConnected && focused !== root.activeElement) focused.focus({ preventScroll: true });
}

// ---------------------------------------------------------------- keys

/** Arrow keys move the focus among the links of `element`: `stepsOf(links, place)` says how far each key leads. */
export function moveFocusByKeys(element, stepsOf) {
  element.onkeydown = (event) => {
    const links = [...element.querySelectorAll("a")];
    const place = links.indexOf(event.target);
    if (place < 0) return;
    const steps = stepsOf(links, place);
    if (!(event.key in steps)) return;
    links[place + steps[event.key]]?.focus();
    event.preventDefault();
  };
}

/** How far each key leads in a grid that is read line by line. */
export function gridSteps(columns, place, count) {
  return {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
    Home: -place,
    End: count - 1 - place,
  };
}

/** What `isOpen()` covers the page: it is closed by Esc, which gives `button` the focus, and where the focus leaves `element`. */
export function closesWithTheFocus(element, button, isOpen, close) {
  element.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !isOpen()) return;
    close();
    button.focus();
  });
  element.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !element.contains(relatedTarget)) close();
  });
}
