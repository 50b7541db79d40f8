// @ts-check
// The line to the server: JSON both ways, or a document of cards. No HTML is ever made from text here: a document
// comes parsed from the browser's own loader, runs no script, and is the server's one rendering.

const PATIENCE_MS = 15_000;
const KEEPALIVE_MAX = 60_000; // browsers refuse more than 64 KiB of bodies that outlive their page

/** Why a request failed: the server's own word in `code`, "unreachable" where none came. */
export class Problem extends Error {
  /**
   * @param {string} code
   * @param {string} [detail] a sentence for people
   * @param {number} [retryAfter] seconds
   */
  constructor(code, detail = "", retryAfter = 0) {
    super(detail || code);
    this.code = code;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}

export class Wire {
  /**
   * @param {string} base the address under which everything lies
   * @param {string} me who is signed in
   * @param {string} token what changes must carry
   */
  constructor(base, me, token) {
    this.base = base;
    this.me = me;
    this.token = token;
  }

  /**
   * The answer to a question or a change.
   * @param {string} path
   * @param {unknown} [body] what is sent; without one it is asked for
   */
  async json(path, body) {
    const answer = await this.#fetch(path, body);
    return answer.status === 204 ? null : answer.json();
  }

  /**
   * What changed since the answer that had the tag; null where nothing did.
   * @param {string} path
   * @param {string} tag
   * @returns {Promise<{ value: any, tag: string } | null>}
   */
  async changed(path, tag) {
    /** @type {Record<string, string>} */
    const headers = tag ? { "If-None-Match": tag } : {};
    const answer = await this.#fetch(path, undefined, headers);
    return answer.status === 304 ? null : { value: await answer.json(), tag: answer.headers.get("ETag") ?? "" };
  }

  /** What became of acts. @param {import("./outbox.js").Act[]} acts @returns {Promise<import("./outbox.js").Result[]>} */
  async send(acts) {
    try {
      return (await this.json("decisions", { acts })).results;
    } catch (problem) {
      if (/** @type {Problem} */ (problem).code !== "form_expired") throw problem;
      await this.renewPass();
      return (await this.json("decisions", { acts })).results;
    }
  }

  /** Cards from the server. @param {{ lane?: string, have?: string[], only?: string[], q?: string }} wish */
  cards(wish) {
    return this.document("buffer", wish);
  }

  /** What was done today, in a sentence. */
  async day() {
    return (await this.json("day")).said;
  }

  /** A document from the server. @param {string} path @param {unknown} body */
  document(path, body) {
    return loaded("POST", this.base + path, JSON.stringify(body), this.token);
  }

  /**
   * Sends a form as its button would; throws where it was refused. It leads to a page that is not fetched: what the form
   * changed is asked for by who needs it.
   * @param {HTMLFormElement} form
   * @param {HTMLButtonElement | null} button
   */
  async form(form, button) {
    const fields = new FormData(form, button);
    fields.set("csrf_token", this.token);
    // @ts-ignore FormData of a form without files is all text
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
    if (answer.type !== "opaqueredirect") throw new Problem("refused");
  }

  /**
   * Sends a form from a page that is being left; whether the browser took it.
   * @param {string} path
   * @param {Record<string, string>} fields
   */
  beacon(path, fields) {
    return navigator.sendBeacon(this.base + path, new URLSearchParams({ ...fields, csrf_token: this.token }));
  }

  /**
   * Gets a new token: after a sign-in in another tab the old one is worth nothing. Whoever signed in as somebody else
   * must not send what was decided here under another name.
   */
  async renewPass() {
    const pass = await this.json("pass");
    if (pass.me !== this.me) throw new Problem("somebody_else");
    this.token = pass.token;
  }

  /**
   * @param {string} path
   * @param {unknown} body
   * @param {Record<string, string>} [headers]
   */
  async #fetch(path, body, headers = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    let answer;
    try {
      answer = await fetch(this.base + path, {
        method: text === undefined ? "GET" : "POST",
        headers: { ...headers, ...(text && { "Content-Type": "application/json", "X-CSRFToken": this.token }) },
        body: text,
        keepalive: text !== undefined && text.length * 3 < KEEPALIVE_MAX,
        redirect: "error",
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch {
      throw new Problem("unreachable");
    }
    if (answer.ok || answer.status === 304) return answer;
    const problem = await answer.json().catch(() => ({}));
    throw new Problem(problem.code ?? "unreachable", problem.detail, Number(answer.headers.get("Retry-After")) || 0);
  }
}

/**
 * A document from the server.
 * @param {string} method
 * @param {string} url
 * @param {string | null} [body] JSON
 * @param {string} [token]
 * @returns {Promise<Document>}
 */
export function loaded(method, url, body = null, token = "") {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = "document";
    request.timeout = PATIENCE_MS;
    if (body) request.setRequestHeader("Content-Type", "application/json");
    if (token) request.setRequestHeader("X-CSRFToken", token);
    request.onload = () => {
      if (request.status === 200 && request.responseXML) resolve(request.responseXML);
      else reject(new Problem(request.status === 403 ? "signed_out" : "unreachable"));
    };
    request.onerror = request.ontimeout = () => reject(new Problem("unreachable"));
    request.send(body);
  });
}
