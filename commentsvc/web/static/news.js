// @ts-check
// How much waits by now. News changes numbers and one button; it never moves what somebody is reading.

const EVERY_MS = 15_000;

export class News {
  /**
   * @param {import("./wire.js").Wire} wire
   * @param {(lanes: Record<string, number>) => void} heard
   */
  constructor(wire, heard) {
    this.wire = wire;
    this.heard = heard;
    this.tag = "";
    setInterval(() => !document.hidden && void this.ask(), EVERY_MS);
    document.addEventListener("visibilitychange", () => !document.hidden && void this.ask());
  }

  async ask() {
    try {
      const news = await this.wire.changed("news", this.tag);
      if (!news) return;
      this.tag = news.tag;
      this.heard(news.value.lanes);
    } catch {
      // Numbers may be a little old; what is saved has its own line.
    }
  }
}
