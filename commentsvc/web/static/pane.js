// @ts-check
// What is beside the rows, and the rows themselves, as the server makes them: documents are taken over piece by piece,
// so that nothing is loaded anew and there is one rendering. Where that fails the browser goes there as without scripts.

const PATIENCE_MS = 15_000;

/**
 * A page of the console.
 * @param {string} address
 * @param {FormData} [sent] a form, where it is sent
 * @returns {Promise<{ page: Document, address: string }>}
 */
export function fetched(address, sent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(sent ? "POST" : "GET", address);
    request.responseType = "document";
    request.timeout = PATIENCE_MS;
    request.onload = () => {
      const main = request.responseXML?.getElementById("main");
      if (main && request.responseXML) resolve({ page: request.responseXML, address: request.responseURL });
      else reject(new Error(String(request.status)));
    };
    request.onerror = request.ontimeout = () => reject(new Error("unreachable"));
    request.send(sent ? new URLSearchParams([...sent].map(([name, value]) => [name, String(value)])) : null);
  });
}

/** Shows another comment beside the rows. @param {Document} page */
export function read(page) {
  const [before, found] = [document.getElementById("reading"), page.getElementById("reading")];
  if (!before || !found) return false;
  before.replaceWith(document.adoptNode(found));
  return true;
}

/** Shows another page in the place of this one. @param {Document} page */
export function become(page) {
  const [before, found] = [document.getElementById("main"), page.getElementById("main")];
  if (!before || !found) return false;
  before.replaceWith(document.adoptNode(found));
  document.title = page.title;
  const counts = [...page.querySelectorAll(".bar nav .count")].map((one) => one.textContent);
  document.querySelectorAll(".bar nav .count").forEach((one, at) => (one.textContent = counts[at] ?? ""));
  return true;
}
