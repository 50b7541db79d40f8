// @ts-check
// How much waits by now. News changes numbers and one button; it never moves what somebody is reading.

const EVERY_MS = 15_000;

/**
 * @typedef {object} Told
 * @property {Record<string, number>} lanes how much waits in each
 * @property {number} fresh how many came since this page first asked, or since they were looked at
 * @property {string} newest the last of them
 */

export class News {
  #tag = "";
  #since = "";
  #newest = "";

  /**
   * @param {import("./wire.js").Wire} wire
   * @param {(told: Told) => void} heard
   */
  constructor(wire, heard) {
    this.wire = wire;
    this.heard = heard;
    setInterval(() => !document.hidden && void this.ask(), EVERY_MS);
    document.addEventListener("visibilitychange", () => !document.hidden && void this.ask());
    void this.ask();
  }

  /** From now on only what comes later is new. */
  seen() {
    this.#since = this.#newest;
    this.#tag = "";
  }

  async ask() {
    try {
      const news = await this.wire.changed(`news?since=${this.#since}`, this.#tag);
      if (!news) return;
      this.#tag = news.tag;
      const first = !this.#newest && !this.#since;
      this.#newest = news.value.newest;
      if (first) this.seen();
      this.heard({ ...news.value, fresh: first ? 0 : news.value.fresh });
    } catch {
      // Numbers may be a little old; what is saved has its own line.
    }
  }
}
