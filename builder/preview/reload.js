// The preview's side in the browser: reloads the page when what it shows is old, swaps style sheets in place, keeps the
// scroll position, and comes back after the preview was restarted. It is no part of the built site.
(() => {
  "use strict";
  const KEY = "wenzhai-scroll";
  const own = document.currentScript;
  let shows = own.dataset.page; // what the server knows this page by
  let last = ""; // the newest state of the site that this page was told of
  let source = null;
  let timer = 0;

  const place = () => location.pathname + location.search;

  function restoreScroll() {
    let saved = null;
    try {
      saved = JSON.parse(sessionStorage.getItem(KEY));
      sessionStorage.removeItem(KEY);
    } catch {
      return; // no storage, no scroll position
    }
    if (!saved || saved.place !== place()) return;
    const scroll = () => scrollTo({ left: saved.x, top: saved.y, behavior: "instant" });
    scroll();
    // Once more when the pictures have their heights.
    if (document.readyState !== "complete") addEventListener("load", scroll, { once: true });
  }

  function reload() {
    disconnect();
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ place: place(), x: scrollX, y: scrollY }));
    } catch {
      // as above
    }
    location.reload();
  }

  function navigate(path) {
    disconnect();
    location.assign(path);
  }

  const sheets = (page) => [...page.querySelectorAll('link[rel~="stylesheet"][href]')];
  const inline = (page) => [...page.querySelectorAll("style")].map((style) => style.textContent).join("\n");

  // The names of style sheets may have changed with their content, so the page as it is now says which they are.
  async function swapStyles() {
    let next;
    try {
      const response = await fetch(location.href, { cache: "no-store" });
      if (!response.ok) return reload();
      next = new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      return reload();
    }
    const before = sheets(document);
    const after = sheets(next);
    if (!after.length || before.length !== after.length || inline(document) !== inline(next)) return reload();
    before.forEach((old, index) => {
      const url = new URL(after[index].getAttribute("href"), location.href);
      if (url.origin !== location.origin) return;
      url.searchParams.set("wenzhai", Date.now()); // the server ignores it; the browser's memory does not
      const link = old.cloneNode();
      link.href = url.href;
      for (const event of ["load", "error"]) link.addEventListener(event, () => old.remove(), { once: true });
      old.after(link);
    });
    const script = next.querySelector(`script[src="${own.getAttribute("src")}"]`);
    if (script) shows = script.dataset.page;
  }

  function connect() {
    clearTimeout(timer);
    if (source || document.hidden) return;
    const query = new URLSearchParams({ page: location.pathname, shows, last });
    source = new EventSource("/__wenzhai__/events?" + query);
    const on = (name, act) =>
      source.addEventListener(name, (event) => {
        last = event.lastEventId;
        act(event.data);
      });
    on("hello", () => {});
    on("reload", reload);
    on("style", swapStyles);
    on("navigate", navigate);
    source.addEventListener("error", () => {
      // Browsers differ in when they give up; this one never does.
      disconnect();
      timer = setTimeout(connect, 1000);
    });
  }

  function disconnect() {
    clearTimeout(timer);
    if (source) source.close();
    source = null;
  }

  restoreScroll();
  connect();
  // A browser opens at most six connections to one server: a page nobody sees gives its own back, and catches up later.
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
})();
