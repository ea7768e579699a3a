// Runs in the page itself, before any other script has come: it looks as it was set, and what is not needed yet waits.

{
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem("candor:settings"))?.theme; // see storage.js and settings.js
    } catch {
      return undefined;
    }
  };
  const theme = kept();
  const light = theme === "light" || theme !== "dark" && matchMedia("(prefers-color-scheme: light)").matches;
  document.documentElement.classList.toggle("candor-light", light);

  // Streamlit would look for its server below the page first, where nothing is; pages stand right below where it is.
  globalThis.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href };

  // Streamlit asks for its font of icons, 375 KB, before anything is drawn. The bar asks for it once the page is there.
  document.fonts.load = () => {
    delete document.fonts.load;
    return Promise.resolve([]);
  };

  // Draws a component (browser_component.py). A script that does not come is asked for again for as long as its place is
  // there and nothing newer is drawn into it; meanwhile a sentence stands in it (page_style.css).
  const newest = new WeakMap(); // part of the page -> what is drawn into it last
  globalThis.candorDraw = async (mounted, mount, script, styles) => {
    const part = mounted.parentElement;
    newest.set(part, mounted);
    const element = (part.getRootNode().host ?? part).closest('[data-testid="stElementContainer"]');
    do {
      try {
        const ends = await (await import(new URL(mount, document.baseURI).href)).mount(mounted, script, styles);
        element?.removeAttribute("data-missing");
        return ends;
      } catch (error) {
        console.error(error);
        if (newest.get(part) === mounted) element?.setAttribute("data-missing", "");
        await new Promise((later) => setTimeout(later, 5000));
      }
    } while (part.isConnected && newest.get(part) === mounted);
  };

  // What is above the page comes with a script of its own and would push down what is there already: the places give way
  // to the page once it is drawn, or has had its time.
  const LONGEST_MS = 3000;
  addEventListener("DOMContentLoaded", () => {
    const first = document.getElementById("candor-first");
    let timer;
    const giveWay = () => {
      observer.disconnect();
      clearTimeout(timer);
      first.remove();
    };
    const observer = new MutationObserver(() => {
      if (document.querySelector(".market-header")?.firstElementChild) giveWay();
      else if (document.querySelector('[data-testid="stElementContainer"]')) {
        timer ??= setTimeout(giveWay, LONGEST_MS);
        first.classList.add("still"); // what breathes is painted anew while the page below it is
      }
    });
    observer.observe(document.getElementById("root"), { childList: true, subtree: true });
  });
}
