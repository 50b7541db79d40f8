// @ts-check
// The frame's talk with the page around it. The frame speaks first, to the site's origins only, and listens to its
// parent on one of them only; what it hears can change its look and language and find a comment, nothing else.

import { hear, tell as say } from "./kit.js";

const root = document.documentElement;
const body = document.body;
const origins = (body.dataset.origins ?? "").split(" ").filter(Boolean);
const framed = parent !== window;
let spoken = false;
/** @type {unknown} */
let shown;

/** @returns {string[]} the page's origin where the browser tells it, else all that it may have */
function targets() {
  const known = location.ancestorOrigins?.[0] ?? (document.referrer && new URL(document.referrer).origin);
  return known && origins.includes(known) ? [known] : origins;
}

/**
 * @param {"hello" | "ready" | "size" | "scroll" | "loaded" | "submitted"} what
 * @param {Record<string, unknown>} [more]
 */
function tell(what, more = {}) {
  if (framed) for (const origin of targets()) parent.postMessage({ comments: what, ...more }, origin);
}

function tellSize() {
  tell("size", { height: Math.ceil(body.getBoundingClientRect().height) });
}

/**
 * @param {{ scheme?: unknown, lang?: unknown, dir?: unknown, hash?: unknown }} page
 */
function follow(page) {
  if (root.dataset.theme === "auto" && (page.scheme === "dark" || page.scheme === "light")) {
    root.dataset.theme = page.scheme;
  }
  const lang = typeof page.lang === "string" ? page.lang.split("-")[0].toLowerCase() : "";
  if (lang === root.lang && (page.dir === "rtl" || page.dir === "ltr")) root.dir = page.dir;
  else if (speaks(lang)) {
    const address = new URL(location.href);
    address.searchParams.set("lang", lang);
    location.replace(address);
    return;
  }
  tellSize();
  tell("ready");
  if (!spoken && body.dataset.page === "embed") tell("loaded", { count: Number(body.dataset.count) });
  if (typeof page.hash === "string" && page.hash !== shown) say("find", page.hash.slice(1));
  shown = page.hash;
  spoken = true;
}

/**
 * Whether the page's language is another one that we have; not once somebody chose one, and never over a form's answer.
 * @param {string} lang
 */
function speaks(lang) {
  const known = (body.dataset.languages ?? "").split(" ");
  return lang !== root.lang && known.includes(lang) && !("languageAsked" in body.dataset) && "fresh" in body.dataset;
}

/** Says hello until the page around answers, which may never be. */
function connect() {
  addEventListener("message", (event) => {
    if (event.source !== parent || !origins.includes(event.origin)) return;
    if (event.data?.comments === "page") follow(event.data);
  });
  new ResizeObserver(tellSize).observe(body);
  let left = 20;
  const again = setInterval(() => (spoken || !left-- ? clearInterval(again) : tell("hello")), 250);
  tell("hello");
}

/** Whether this page is the answer to a form just sent, and not one that was opened or loaded again. */
function justSent() {
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  return body.dataset.status === "pending" && entry?.type === "navigate" && entry.redirectCount > 0;
}

hear("scroll", (top) => tell("scroll", { top }));
hear("submitted", () => tell("submitted"));
if (framed) connect();
if (justSent()) {
  say("sent", body.dataset.draft);
  tell("submitted");
}
