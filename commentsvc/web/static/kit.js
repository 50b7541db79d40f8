// @ts-check
// What the reader's scripts share. No innerHTML and no parser: the pages' policy forbids them to every script.

/** @param {string} id */
export const byId = (id) => document.getElementById(id);

/**
 * The sentence of the page with a number in its place, written as the page's language writes numbers.
 * @param {string | undefined} sentence
 * @param {number} number
 */
export const counted = (sentence, number) =>
  (sentence ?? "").replace("{num}", new Intl.NumberFormat(document.documentElement.lang).format(number));

/**
 * A page of ours, made by the server as always; it runs no script and is in no document yet.
 * @param {string} address
 * @param {URLSearchParams | null} [form] what is posted, if anything
 * @returns {Promise<{ page: Document, status: number, address: string }>}
 */
export function fetched(address, form = null) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(form ? "POST" : "GET", address);
    request.responseType = "document";
    request.timeout = 20_000;
    request.onload = () => {
      const { responseXML: page, status, responseURL } = request;
      if (page) resolve({ page, status, address: responseURL });
      else reject(new Error(String(status)));
    };
    request.onerror = request.ontimeout = () => reject(new Error("no answer"));
    request.send(form);
  });
}

/**
 * What a browser keeps; a frame may be forbidden to.
 * @template T
 * @param {"localStorage" | "sessionStorage"} where
 * @param {(storage: Storage) => T} use
 * @returns {T | null}
 */
export function stored(where, use) {
  try {
    return use(window[where]);
  } catch {
    return null;
  }
}

/**
 * @param {string} what
 * @param {unknown} [detail]
 */
export const tell = (what, detail) => document.dispatchEvent(new CustomEvent(`comments:${what}`, { detail }));

/**
 * Calls with the detail of an event of ours.
 * @param {string} what
 * @param {(detail: any) => unknown} use
 */
export const hear = (what, use) =>
  document.addEventListener(`comments:${what}`, (event) => void use(/** @type {CustomEvent} */ (event).detail));
