// @ts-check
// Where cards come from: the page's own first, then more from the server before they run out.

import { nearOf } from "./card.js";

const LOW = 5;

export class Supply {
  #filling = false;
  #dry = false;

  /**
   * @param {import("./desk.js").Server} server
   * @param {import("./buffer.js").Buffer} buffer
   * @param {import("./outbox.js").Outbox} outbox
   * @param {() => void} came is told when cards came in
   * @param {(asks: boolean) => void} waits is told when cards are being asked for, and when that is over
   */
  constructor(server, buffer, outbox, came, waits) {
    this.server = server;
    this.buffer = buffer;
    this.outbox = outbox;
    this.came = came;
    this.waits = waits;
    this.lane = "";
  }

  /** Takes in what the page came with, but what colleagues hold, is decided already, or says nearly the same as another. @param {Iterable<Element>} cards @param {boolean} more */
  start(cards, more) {
    const unsent = this.outbox.ids;
    const all = /** @type {HTMLElement[]} */ ([...cards]);
    const near = new Set(all.flatMap((card) => nearOf(card).map(({ id }) => id)));
    const free = all.filter(({ id, dataset }) => dataset.held === undefined && !unsent.has(id) && !near.has(id));
    for (const card of all) if (!free.includes(card)) card.remove();
    this.#dry = !more && !near.size;
    this.buffer.add(free);
  }

  /** Takes in more cards when few are left. */
  async fill() {
    if (this.#filling || this.#dry || this.buffer.size > LOW) return;
    this.#filling = true;
    this.waits(true);
    const lane = this.lane;
    try {
      const found = await this.server.cards({ lane, have: [...this.buffer.ids, ...this.outbox.ids] });
      if (lane === this.lane) this.#takeIn(found);
    } catch {
      // What is at hand is at hand; the next decision asks again.
    }
    this.#filling = false;
    this.waits(false);
  }

  /** @param {Document} found */
  #takeIn(found) {
    const unsent = this.outbox.ids;
    const cards = [...found.querySelectorAll("article.card")].filter((card) => !unsent.has(card.id));
    this.#dry = this.buffer.add(cards) === 0;
    this.came();
  }

  /** There may be more than was known. */
  wake() {
    this.#dry = false;
    if (this.buffer.size <= LOW) void this.fill();
  }
}
