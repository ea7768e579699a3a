// Whether a server that holds its connections open has fallen silent: one that is frozen, or behind a line that went dead,
// closes none of them.

const SILENCE = 25_000; // milliseconds without a word; news are told every ten seconds at the latest (news.py)

/**
 * `hear(true)` is called once words stay away, `hear(false)` as soon as one comes again. Nobody is silent who was never
 * heard, or whose connection was `closed`: that is seen by itself.
 */
export function silenceWatch(hear, later = setTimeout, cancel = clearTimeout) {
  let silence;
  let silent = false;
  const turn = (to) => {
    if (silent === to) return;
    silent = to;
    hear(to);
  };
  return {
    isSilent: () => silent,
    heard() {
      cancel(silence);
      silence = later(() => turn(true), SILENCE);
      turn(false);
    },
    closed() {
      cancel(silence);
    },
  };
}
