// Put in front of every component that draws a table whose rows Python sorts: heads that ask for another order,
// rows that keep their elements, and with them focus and hover, when they change or move.

// columns: [[name, title], ...]; help: what a head says of its column while the pointer rests on it.
function sortableTable(label, columns, help = {}) {
  const table = { element: make("div", "table"), head: make("div", "row head"), body: make("div", "body"), heads: {}, rows: new Map() }
  table.element.setAttribute("role", "table")
  table.element.setAttribute("aria-label", label)
  table.head.setAttribute("role", "row")
  table.body.setAttribute("role", "rowgroup")
  const group = make("div", "heads", table.head)
  group.setAttribute("role", "rowgroup")
  for (const [column, title] of columns) {
    const button = make("button", "", title, make("span", "arrow"))
    button.type = "button"
    if (help[column]) button.title = help[column]
    button.onclick = () => table.sort(column)
    table.heads[column] = headCell(column, button)
    table.head.append(table.heads[column])
  }
  table.element.append(group, table.body)
  return table
}

function headCell(column, content) {
  const cell = make("span", `column ${column}`, content)
  cell.setAttribute("role", "columnheader")
  return cell
}

function drawOrder(table, order) {
  for (const [column, cell] of Object.entries(table.heads)) {
    const sorted = column === order.column
    cell.setAttribute("aria-sort", sorted ? (order.descending ? "descending" : "ascending") : "none")
    cell.querySelector(".arrow").textContent = sorted ? (order.descending ? "↓" : "↑") : ""
  }
}

// rows: plain data, in their order; begin(row) makes what is drawn of one, with its `element`, and fill(drawn, row)
// shows a row that has changed.
function drawRows(table, rows, keyOf, begin, fill) {
  const focused = table.body.getRootNode().activeElement
  const wanted = rows.map(row => {
    const key = keyOf(row)
    const drawn = table.rows.get(key) ?? begin(row)
    const content = JSON.stringify(row)
    if (drawn.content !== content) {
      drawn.content = content
      fill(drawn, row)
    }
    table.rows.set(key, drawn)
    return drawn
  })
  const keep = new Set(wanted)
  for (const [key, drawn] of table.rows) {
    if (!keep.has(drawn)) {
      drawn.element.remove()
      table.rows.delete(key)
    }
  }
  wanted.forEach((drawn, place) => {
    const there = table.body.children[place] ?? null
    if (there !== drawn.element) table.body.insertBefore(drawn.element, there)
  })
  // A row that moved lost its focus on the way.
  if (focused?.isConnected && focused !== table.body.getRootNode().activeElement) focused.focus({ preventScroll: true })
}

// A link that tells Python where it leads; in a new tab or window it goes there by itself, as any link does.
function opensHere(link, open) {
  link.onclick = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    open()
  }
}

// steps: how many links further each key leads.
function moveFocusByKeys(table, steps) {
  table.body.onkeydown = event => {
    const links = [...table.body.querySelectorAll("a")]
    const place = links.indexOf(event.target)
    if (place < 0 || !(event.key in steps)) return
    links[place + steps[event.key]]?.focus()
    event.preventDefault()
  }
}

function make(tag, className, ...content) {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...content)
  return element
}
