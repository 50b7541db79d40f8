// @ts-check
// Fills every <span data-comment-count="URL"> of the page; one request for each site, so mostly one.
const script = [...document.scripts].find((one) => one.src === import.meta.url);
/** @type {Map<string, HTMLElement[]>} */
const spans = new Map();
for (const span of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-comment-count]"))) {
  const site = span.dataset.site ?? script?.dataset.site ?? "";
  spans.set(site, [...(spans.get(site) ?? []), span]);
}
for (const [site, all] of spans) {
  const urls = [...new Set(all.map((span) => new URL(span.dataset.commentCount || "", location.href).href))].slice(0, 200);
  const answer = await fetch(new URL("/api/v1/counts", import.meta.url), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ site, urls }),
  });
  const { counts } = answer.ok ? await answer.json() : { counts: {} };
  for (const span of all) {
    const count = counts[new URL(span.dataset.commentCount || "", location.href).href];
    if (count >= 0) span.textContent = count;
  }
}
