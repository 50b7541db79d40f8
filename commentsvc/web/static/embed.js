// @ts-check
// On the article's page: fits each <iframe data-comments> to its content, hands over scheme, language and direction.
for (const f of /** @type {NodeListOf<HTMLIFrameElement>} */ (document.querySelectorAll("iframe[data-comments]"))) {
  const { origin } = new URL(f.src);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => (f.style.visibility = "");
  const page = () => {
    const asked = f.dataset.theme || getComputedStyle(f.parentElement ?? f).colorScheme;
    const scheme = asked.includes("dark") && (dark.matches || !asked.includes("light")) ? "dark" : "light";
    // The frame's scheme and its document's must agree, or the browser paints the frame white.
    f.style.colorScheme = scheme;
    const { lang } = /** @type {HTMLElement} */ (f.closest("[lang]") ?? document.documentElement);
    const { direction } = getComputedStyle(f);
    f.contentWindow?.postMessage({ comments: "page", scheme, lang, dir: direction, hash: location.hash }, origin);
  };
  addEventListener("message", (e) => {
    if (e.source !== f.contentWindow || e.origin !== origin) return;
    const { comments: what, height, top, count } = e.data ?? {};
    if (what === "hello") page();
    if (what === "ready") show();
    if (what === "size" && height > 0) f.style.height = Math.min(+height, 1e5) + "px";
    if (what === "scroll" && top >= 0) scrollTo(0, f.getBoundingClientRect().top + scrollY + +top);
    if (what === "loaded" || what === "submitted")
      f.dispatchEvent(new CustomEvent("comments:" + what, { bubbles: true, detail: { count } }));
  });
  f.style.visibility = "hidden";
  f.addEventListener("load", () => setTimeout(show, 1000));
  setTimeout(show, 4000);
  dark.addEventListener("change", page);
  addEventListener("hashchange", page);
}
