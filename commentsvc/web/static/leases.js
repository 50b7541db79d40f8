// @ts-check
// Colleagues are told what lies before this person, and told at once when it does so no longer: leases are renewed
// while the page is looked at and somebody is there, and given back when it is hidden or left.

const EVERY_MS = 45_000;
const AWAY_MS = 180_000;

export class Leases {
  /**
   * @param {import("./wire.js").Wire} wire
   * @param {import("./buffer.js").Buffer} buffer
   * @param {(others: Record<string, string>, gone: string[]) => void} lost what others hold by now (comment → who), and
   *   what waits no longer
   */
  constructor(wire, buffer, lost) {
    this.wire = wire;
    this.buffer = buffer;
    this.lost = lost;
    this.lastSeen = Date.now();
    this.renewedAt = Date.now();
    for (const sign of ["keydown", "pointerdown", "wheel", "touchmove"]) {
      addEventListener(sign, () => this.#seen(), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => (document.hidden ? this.release() : void this.renew()));
    addEventListener("pagehide", () => this.release());
    setInterval(() => this.#isThere() && void this.renew(), EVERY_MS);
  }

  #isThere() {
    return !document.hidden && Date.now() - this.lastSeen < AWAY_MS;
  }

  /** Somebody who comes back after a while may have lost what lies there. */
  #seen() {
    const before = this.lastSeen;
    this.lastSeen = Date.now();
    if (this.lastSeen - before > AWAY_MS) void this.renew();
  }

  async renew() {
    const ids = this.buffer.ids;
    if (!ids.length) return;
    try {
      const { mine, others } = await this.wire.json("leases", { ids });
      for (const id of ids) {
        const card = this.buffer.find(id);
        if (card && mine[id]) card.dataset.token = mine[id];
      }
      this.lost(others, ids.filter((id) => !(id in mine) && !(id in others)));
    } catch {
      // The next one will do; a lease only informs.
    }
  }

  release() {
    const held = this.buffer.all.filter((card) => card.dataset.token).map((card) => [card.id, card.dataset.token ?? ""]);
    if (held.length) this.wire.beacon("release", Object.fromEntries(held));
  }
}
