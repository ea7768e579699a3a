// Rows as packing.py sends them: the names of fields once, then the values of each row.

/** The rows as objects; a field that says nothing is left out, and `a.b` is the field b of the object a. */
export function unpacked({ fields, rows }) {
  const paths = fields.map((field) => field.split("."));
  return rows.map((values) => {
    const row = {};
    values.forEach((value, place) => {
      if (value !== null) put(row, paths[place], value);
    });
    return row;
  });
}

function put(row, path, value) {
  const inside = path.slice(0, -1).reduce((object, name) => object[name] ??= {}, row);
  inside[path.at(-1)] = value;
}
