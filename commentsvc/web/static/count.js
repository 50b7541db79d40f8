// @ts-check
// Fills every <span data-comment-count="URL"> of the page; one request for each site, so mostly one.
const script = [...document.scripts].find((one) => one.src === import.meta.url);
/** @type {Map<string, Map<string, HTMLElement[]>>} */
const sites = new Map();
for (const span of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-comment-count]"))) {
  try {
    const url = new URL(span.dataset.commentCount || "", location.href).href;
    const site = span.dataset.site ?? script?.dataset.site ?? "";
    const spans = sites.get(site) ?? new Map();
    sites.set(site, spans.set(url, [...(spans.get(url) ?? []), span]));
  } catch {
    // No address: this one stays as it is, the others are counted.
  }
}
for (const [site, spans] of sites) {
  const answer = await fetch(new URL("/api/v1/counts", import.meta.url), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ site, urls: [...spans.keys()].slice(0, 200) }),
  });
  const { counts } = answer.ok ? await answer.json() : { counts: {} };
  for (const [url, all] of spans) for (const span of all) if (counts[url] >= 0) span.textContent = counts[url];
}
