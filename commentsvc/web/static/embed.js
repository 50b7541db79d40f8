// @ts-check
// On the article's page: fits each <iframe data-comments> to its content, hands over scheme, language and direction.
const all = () => /** @type {NodeListOf<HTMLIFrameElement>} */ (document.querySelectorAll("iframe[data-comments]"));
const dark = matchMedia("(prefers-color-scheme: dark)");
const seen = new WeakSet();
/** @param {HTMLIFrameElement} f */
const show = (f) => (f.style.visibility = "");
/** @param {HTMLIFrameElement} f */
const page = (f) => {
  const asked = f.dataset.theme || getComputedStyle(f.parentElement ?? f).colorScheme;
  const scheme = asked.includes("dark") && (dark.matches || !asked.includes("light")) ? "dark" : "light";
  // The frame's scheme and its document's must agree, or the browser paints the frame white.
  f.style.colorScheme = scheme;
  const { lang } = /** @type {HTMLElement} */ (f.closest("[lang]") ?? document.documentElement);
  const { direction: dir } = getComputedStyle(f);
  f.contentWindow?.postMessage({ comments: "page", scheme, lang, dir, hash: location.hash }, new URL(f.src).origin);
};
// Frames come and go on pages that never load again.
const look = () => {
  for (const f of all()) {
    if (seen.has(f)) continue;
    seen.add(f);
    f.style.visibility = "hidden";
    f.addEventListener("load", () => setTimeout(show, 1000, f));
    setTimeout(show, 4000, f);
  }
};
addEventListener("message", (e) => {
  for (const f of all()) {
    if (e.source !== f.contentWindow || e.origin !== new URL(f.src).origin) continue;
    const { comments: what, height, top, count } = e.data ?? {};
    if (what === "hello") page(f);
    if (what === "ready") show(f);
    if (what === "size" && height > 0) f.style.height = Math.min(+height, 1e5) + "px";
    if (what === "scroll" && top >= 0) {
      const under = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
      scrollTo(0, f.getBoundingClientRect().top + scrollY + +top - under);
    }
    if (what === "loaded" || what === "submitted")
      f.dispatchEvent(new CustomEvent("comments:" + what, { bubbles: true, detail: { count } }));
  }
});
dark.addEventListener("change", () => all().forEach(page));
addEventListener("hashchange", () => all().forEach(page));
new MutationObserver(look).observe(document, { childList: true, subtree: true });
look();
