// Storages in the browser's place: one that keeps texts, and a private window's, which may not.

/** Let localStorage and sessionStorage be what `value()` gives. */
export function storageIs(value) {
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(globalThis, name, { configurable: true, get: value });
  }
}

export function fakeStorage(texts = new Map()) {
  return {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => texts.set(key, text),
    removeItem: (key) => texts.delete(key),
    texts,
  };
}

/** Storages in which nothing is kept yet. */
export function storageIsEmpty() {
  const storage = fakeStorage();
  storageIs(() => storage);
}

/** A storage in which one text is kept. */
export function storageWith(key, text) {
  const storage = fakeStorage(new Map(text === null ? [] : [[key, text]]));
  storageIs(() => storage);
  return storage;
}

/** As in a private window. */
export function storageIsForbidden() {
  storageIs(() => {
    throw new DOMException("The operation is insecure.");
  });
}
