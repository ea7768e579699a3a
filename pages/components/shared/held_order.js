// In which order things stand while somebody reads them.

/** Whether somebody points at what `element` holds or has the focus in it: then nothing changes its place. */
export function isRead(element) {
  return element.matches(":hover") || element.contains(element.getRootNode().activeElement);
}

/** The order to draw: what stood there stays where it stood while `held`; what is new comes after it. */
export function orderOf(before, wanted, held) {
  if (!held) return wanted;
  const there = new Set(wanted);
  const kept = before.filter((key) => there.has(key));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((key) => !known.has(key))];
}

export function sameOrder(one, other) {
  return one.length === other.length && one.every((key, place) => key === other[place]);
}
