// @ts-check
// One person at work: what each key does to the card that is shown. Every act takes effect here at once and goes into
// the outbox; what the server says to it later changes words, never the card before the person.

import { Buffer } from "./buffer.js";
import { Outbox } from "./outbox.js";
import * as reasons from "./reasons.js";
import { say } from "./says.js";
import { Undo } from "./undo.js";

/** @typedef {import("./outbox.js").Act} Act */
/** @typedef {import("./outbox.js").Result} Result */

/**
 * Nobody reads a comment in this time: a key that comes sooner after its card was painted was meant for the one before,
 * pressed twice or bounced. It does nothing; the card stays, and pressing again works.
 */
const UNSEEN_MS = 150;
/** After a wait nobody knows when the next card comes: it may appear under a finger that is already moving. */
const UNASKED_MS = 500;
const LOW = 5;

/**
 * @typedef {object} Server
 * @property {(acts: Act[]) => Promise<Result[]>} send
 * @property {(wish: { lane?: string, have?: string[], only?: string[] }) => Promise<Document>} cards
 */

export class Desk {
  /** @type {string} */
  #lastReason = "";
  #readyAt = 0;
  #filling = false;
  #dry = false;

  /**
   * @param {object} parts
   * @param {HTMLElement} parts.stack
   * @param {Server} parts.server
   * @param {string} parts.owner a person and a site: whose unsent acts these are
   * @param {Storage | null} parts.storage
   * @param {import("./board.js").Board} parts.board where words go
   */
  constructor({ stack, server, owner, storage, board }) {
    this.board = board;
    this.server = server;
    this.lane = "";
    this.buffer = new Buffer(stack);
    this.undo = new Undo(storage, `console:done:${owner}`);
    this.outbox = new Outbox({
      send: (acts) => server.send(acts),
      storage,
      key: `console:outbox:${owner}`,
      done: (act, result) => this.#answered(act, result),
      changed: () => this.board.saves(this.outbox),
    });
  }

  /** Begins with the cards that the page came with. @param {Iterable<Element>} cards @param {boolean} more */
  start(cards, more) {
    const unsent = this.outbox.ids;
    const free = [...cards].filter((card) => !("held" in /** @type {HTMLElement} */ (card).dataset) && !unsent.has(card.id));
    for (const card of cards) if (!free.includes(card)) card.remove();
    this.#dry = !more;
    this.buffer.add(free);
    this.#show(this.buffer.all[0], 0);
    void this.fill();
  }

  /** Takes in more cards when few are left. */
  async fill() {
    if (this.#filling || this.buffer.size > LOW || (this.#dry && this.buffer.size)) return;
    this.#filling = true;
    const lane = this.lane;
    try {
      const have = [...this.buffer.ids, ...this.outbox.ids];
      const found = await this.server.cards({ lane, have });
      if (lane === this.lane) this.#takeIn(found);
    } catch {
      // What is at hand is at hand; the next decision asks again.
    }
    this.#filling = false;
  }

  /** @param {Document} found */
  #takeIn(found) {
    const unsent = this.outbox.ids;
    const cards = [...found.querySelectorAll("article.card")].filter((card) => !unsent.has(card.id));
    this.#dry = this.buffer.add(cards) === 0;
    if (!this.buffer.shown) this.#show(this.buffer.all[0], UNASKED_MS);
  }

  /** There is more than was known: the next refill looks again. */
  wake() {
    this.#dry = false;
    if (this.buffer.size <= LOW) void this.fill();
  }

  /** Shows a card and gives it the focus. @param {HTMLElement | undefined} card @param {number} [unseen] */
  #show(card, unseen = UNSEEN_MS) {
    this.buffer.show(card);
    this.#faced(unseen);
  }

  /** @param {number} [unseen] for how long deciding keys do nothing after the card was painted */
  #faced(unseen = UNSEEN_MS) {
    const card = this.buffer.shown;
    this.#readyAt = Infinity;
    this.board.faces(this.buffer);
    card?.querySelector("h2")?.focus({ preventScroll: true });
    requestAnimationFrame(() => {
      // A frame's callback runs before its painting; a task made in it runs after.
      setTimeout(() => {
        this.#readyAt = performance.now() + unseen;
        this.buffer.settle();
        if (card) performance.measure("console:shown", { start: this.#pressedAt, end: performance.now() });
        void this.fill();
      });
    });
  }
  #pressedAt = 0;

  /** Whether the card has been seen when this was pressed. @param {Event} [event] */
  #isSeen(event) {
    this.#pressedAt = event?.timeStamp ?? performance.now();
    return this.#pressedAt >= this.#readyAt;
  }

  /**
   * Decides on the card that is shown.
   * @param {string} verb
   * @param {{ reason?: string, event?: Event, chosen?: boolean }} [how] `chosen`: by the panel of this very card
   */
  decide(verb, { reason = "", event, chosen = false } = {}) {
    const card = this.buffer.shown;
    if (!card) return false;
    const seen = this.#isSeen(event);
    if (!seen && !chosen) return true;
    if (this.outbox.stuck) return this.board.pauses(this.outbox), true;
    if (!card.dataset.verbs?.split(" ").includes(verb)) return this.#leave(card, verb);
    const name = nameOf(card);
    const version = Number(card.dataset.version);
    const note = verb === "reject" ? reasons.note(card) : "";
    if (reason) this.#lastReason = reason;
    const n = this.outbox.add({ act: "decide", id: card.id, name, version, verb, reason, note });
    this.board.decided({ id: card.id, verb, reason });
    this.undo.push({ n, id: card.id, name, card });
    reasons.close(card);
    const what = reason ? ` · ${reasons.called(card, reason)}` : "";
    this.buffer.take(card);
    this.board.says(say(`did-${verb}`, { name }) + what, { undo: true });
    this.#faced();
    return true;
  }

  /** Somebody was faster, and what is wanted is no longer possible: the same wish again means: so be it. @param {HTMLElement} card @param {string} verb */
  #leave(card, verb) {
    const same = { approve: "approved", reject: "rejected", spam: "spam" }[verb] === card.dataset.status;
    if (!same) return this.board.says(say("not-now")), true;
    this.buffer.take(card);
    this.board.says(say("left", { name: nameOf(card) }));
    this.#faced();
    return true;
  }

  /** Rejects for the reason that is suggested here, or that was last given. @param {string} reason @param {Event} [event] */
  rejectFor(reason, event) {
    const card = this.buffer.shown;
    if (!card) return false;
    if (reason) return this.decide("reject", { reason, event });
    return this.askReason();
  }

  get lastReason() {
    return this.#lastReason;
  }

  /** Opens the panel of reasons; a second time closes it. */
  askReason() {
    const card = this.buffer.shown;
    if (!card) return false;
    if (reasons.isOpen(card)) return this.leaveReasons(), true;
    if (!card.dataset.verbs?.split(" ").includes("reject")) return this.#leave(card, "reject");
    return reasons.open(card, this.#lastReason);
  }

  leaveReasons() {
    const card = this.buffer.shown;
    if (!card) return;
    reasons.close(card);
    card.querySelector("h2")?.focus({ preventScroll: true });
  }

  /** Goes to the next card without deciding, or back. @param {number} step */
  move(step) {
    const card = this.buffer.shown;
    const beside = card && this.buffer.beside(card, step);
    if (!card || !beside) return false;
    reasons.close(card);
    this.#pressedAt = performance.now();
    this.#show(beside);
    return true;
  }

  /** Takes back what was done last; again for what was done before. */
  takeBack() {
    const last = this.undo.pop();
    if (!last) return this.board.says(say("nothing-to-undo")), true;
    const { n, id, name, decision, card } = last;
    if (!(n && this.outbox.takeOut(n))) {
      this.outbox.add({ act: "undo", id, name, of: n, decision });
      if (card) card.dataset.version = String(Number(card.dataset.version) + 2); // the decision's version, and the undo's
    }
    this.#pressedAt = performance.now();
    if (card) {
      this.buffer.putBack(card);
      this.#faced(0);
    }
    this.board.says(say("undone", { name }));
    return true;
  }

  /** @param {Act} act @param {Result} result */
  #answered(act, result) {
    if (act.act === "decide" && result.result === "ok") {
      this.undo.named(act.n, result.decision ?? "");
    } else if (act.act === "decide") {
      this.undo.forget(act.n);
      this.board.conflict(act, result);
      const wanted = { approve: "approved", reject: "rejected", spam: "spam" }[act.verb ?? ""];
      if (result.status !== wanted && result.status !== "erased" && result.code !== "not_found") void this.#comesBack(act.id, result);
    } else if (result.result === "ok") {
      const card = this.buffer.find(act.id);
      if (card && result.version) card.dataset.version = String(result.version);
      else void this.#comesBack(act.id, undefined, true);
    } else if (result.result !== "dropped") {
      this.board.conflict(act, result);
      void this.#comesBack(act.id, result);
    }
  }

  /**
   * A comment as it stands now: at the end with what happened to it, or at once when an undo brought it back.
   * @param {string} id
   * @param {Result} [result]
   * @param {boolean} [atOnce]
   */
  async #comesBack(id, result, atOnce = false) {
    try {
      const found = (await this.server.cards({ only: [id] })).querySelector("article.card");
      if (!found) return;
      if (result?.said) tell(found, result.said);
      const old = this.buffer.find(id);
      if (old) this.buffer.replace(old, found);
      else if (atOnce) this.buffer.putBack(/** @type {HTMLElement} */ (document.adoptNode(found)));
      else this.buffer.add([found]);
        if (old ? old === this.buffer.shown : atOnce || !this.buffer.shown) this.#show(this.buffer.find(id), UNASKED_MS);
    } catch {
      // It is in the list of what waits, or in the log.
    }
  }

  /** What colleagues hold by now, and what waits no longer. @param {Record<string, string>} others @param {string[]} gone */
  lost(others, gone) {
    for (const id of [...Object.keys(others), ...gone]) this.buffer.drop(id);
    const shown = this.buffer.shown;
    if (shown && others[shown.id]) tell(shown, say("is-looking", { who: others[shown.id] }));
    void this.fill();
  }
}

/** @param {Element} card */
export const nameOf = (card) => card.querySelector("h2")?.textContent?.trim() ?? "";

/** Writes what happened into the card. @param {Element} card @param {string} sentence */
function tell(card, sentence) {
  const line = card.querySelector(".happened") ?? document.createElement("p");
  line.className = "happened";
  line.textContent = sentence;
  card.querySelector(".read")?.prepend(line);
}
