// @ts-check
// Decisions on their way to the server. Whoever decides never waits: an act is written down here and in the tab's
// storage, and sent in the background, in order, one batch at a time, until the server says what became of it. Sent
// twice it is done once (the server knows a retry by what it says), so it may be sent again whenever in doubt.

/**
 * @typedef {object} Act
 * @property {number} n its number in this tab
 * @property {"decide" | "undo" | "ask" | "later" | "back"} act
 * @property {string} id the comment
 * @property {string} name its author, for words
 * @property {number} at when it was done, in milliseconds
 * @property {number} [version] the comment as it was seen
 * @property {string} [verb]
 * @property {string} [reason]
 * @property {string} [note]
 * @property {number} [of] for an undo: the number of the act that it reverses
 * @property {string} [decision] for an undo: the decision's id, as soon as it is known
 * @property {{ id: string, version: number }[]} [near] what is decided with it, because it says nearly the same
 * @property {string} [step] the id of the one step in which many are decided, or undone
 */
/**
 * @typedef {object} Result
 * @property {string} [id] the comment
 * @property {"ok" | "stale" | "refused" | "dropped"} result
 * @property {string} [decision]
 * @property {number} [version]
 * @property {string} [status]
 * @property {string} [verb] what was done by who was faster
 * @property {boolean} [edited] it is published, and waits with other words
 * @property {string} [code]
 * @property {string} [said]
 * @property {Result[]} [near] what became of those near to it
 */

const AT_ONCE = 25;
const ENOUGH = 5;
const GATHER_MS = 200; // so that quick decisions travel together, and a quick undo never leaves
const STUCK_MS = 30_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const KNOWN_MAX = 200;

export class Outbox {
  /** @type {Act[]} */
  #waiting = [];
  /** @type {Set<number>} */
  #onTheWay = new Set();
  /** What became of what was sent. @type {Map<number, Result>} */
  #known = new Map();
  #next = 1;
  #tries = 0;
  #savedAt = 0;
  #trouble = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {object} parts
   * @param {(acts: Act[]) => Promise<Result[]>} parts.send throws a Problem when it is not known what became of them
   * @param {Storage | null} parts.storage
   * @param {string} parts.key under which unsent acts are kept; a person and a site of its own
   * @param {(act: Act, result: Result) => void} parts.done is told what became of each act
   * @param {() => void} parts.changed is told that there is something else to say about what is saved
   */
  constructor({ send, storage, key, done, changed }) {
    this.#send = send;
    this.#storage = storage;
    this.#key = key;
    this.#done = done;
    this.#changed = changed;
    this.#restore();
  }

  #send;
  #storage;
  #key;
  #done;
  #changed;

  /** How many are not known to be saved. */
  get unsent() {
    return this.#waiting.length;
  }

  /** When the last one was saved, 0 before the first. */
  get savedAt() {
    return this.#savedAt;
  }

  /** Why sending failed the last time; empty while all is well. */
  get trouble() {
    return this.#trouble;
  }

  /** Whether saving has failed for so long that deciding on would be reckless. */
  get stuck() {
    return this.#trouble !== "" && this.unsent > 0 && Date.now() - this.#waiting[0].at >= STUCK_MS;
  }

  /** What is not known to be saved, in order. @returns {readonly Act[]} */
  get acts() {
    return this.#waiting;
  }

  /** The comments that something unsent is about. */
  get ids() {
    return new Set(this.#waiting.flatMap((act) => [act.id, ...(act.near ?? []).map(({ id }) => id)]));
  }

  /**
   * Takes an act over and returns its number. It is in the tab's storage before this returns.
   * @param {Omit<Act, "n" | "at">} act
   */
  add(act) {
    const n = this.#next++;
    this.#waiting.push({ ...act, n, at: Date.now() });
    this.#keep();
    if (!this.#trouble) this.#plan(this.#waiting.length >= ENOUGH ? 0 : GATHER_MS);
    this.#changed();
    return n;
  }

  /**
   * Takes an act back that has not been sent; false where it has been, perhaps.
   * @param {number} n
   */
  takeOut(n) {
    const at = this.#waiting.findIndex((act) => act.n === n);
    if (at < 0 || this.#onTheWay.has(n) || this.#triedBefore(n)) return false;
    this.#waiting.splice(at, 1);
    this.#keep();
    this.#changed();
    return true;
  }

  /** Acts that went out once, without an answer: perhaps the server has them. @param {number} n */
  #triedBefore(n) {
    return n <= this.#lastTried;
  }
  #lastTried = 0;

  /** What became of an act, as far as that is known. @param {number} n */
  result(n) {
    return this.#known.get(n);
  }

  /** Sends what waits, now: the person comes back, the network does, or the page is being left. */
  hurry() {
    if (this.unsent) this.#plan(0);
  }

  /** Sends at once, beside what is on the way: the page may be gone before that is answered. */
  flush() {
    clearTimeout(this.#timer);
    void this.#drain(true);
  }

  /** @param {number} ms */
  #plan(ms) {
    if (this.#onTheWay.size) return; // what comes back plans anew
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#drain(), ms);
  }

  async #drain(beside = false) {
    if (this.#onTheWay.size && !beside) return;
    const batch = this.#batch();
    if (!batch.length) return;
    for (const { n } of batch) this.#onTheWay.add(n);
    this.#lastTried = Math.max(this.#lastTried, ...this.#onTheWay);
    this.#keep();
    try {
      const results = await this.#send(batch);
      for (const { n } of batch) this.#onTheWay.delete(n);
      this.#saved(batch, results);
    } catch (problem) {
      for (const { n } of batch) this.#onTheWay.delete(n);
      this.#failed(/** @type {import("./wire.js").Problem} */ (problem));
    }
    this.#changed();
  }

  /** The next acts that can be sent together: an undo waits until its decision is known by name. */
  #batch() {
    /** @type {Act[]} */
    const batch = [];
    for (const act of this.#waiting.filter(({ n }) => !this.#onTheWay.has(n))) {
      if (batch.length === AT_ONCE) break;
      if (act.act === "undo" && !act.decision) {
        const known = this.#known.get(act.of ?? 0);
        if (known?.result === "ok" && known.decision) act.decision = known.decision;
        else if (!known && this.#waiting.some(({ n }) => n === act.of)) break;
        else {
          this.#settle(act, { result: "dropped" }); // there is nothing to undo
          continue;
        }
      }
      batch.push(act);
    }
    return batch;
  }

  /**
   * @param {Act[]} batch
   * @param {Result[]} results
   */
  #saved(batch, results) {
    this.#tries = 0;
    this.#trouble = "";
    this.#savedAt = Date.now();
    batch.forEach((act, at) => this.#settle(act, results[at]));
    if (this.unsent) this.#plan(0);
  }

  /**
   * @param {Act} act
   * @param {Result} result
   */
  #settle(act, result) {
    this.#known.set(act.n, result);
    if (this.#known.size > KNOWN_MAX) this.#known.delete(this.#known.keys().next().value ?? 0);
    this.#waiting = this.#waiting.filter((one) => one !== act);
    this.#keep();
    this.#done(act, result);
  }

  /** @param {import("./wire.js").Problem} problem */
  #failed(problem) {
    this.#trouble = problem.code ?? "fault";
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#tries++) * (0.8 + 0.4 * Math.random());
    this.#plan(Math.max(wait, (problem.retryAfter ?? 0) * 1000));
  }

  #keep() {
    const kept = { next: this.#next, tried: this.#lastTried, acts: this.#waiting };
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(kept));
    } catch {
      // Storage is full or forbidden: the memory of the page is all there is.
    }
  }

  #restore() {
    try {
      const kept = JSON.parse(this.#storage?.getItem(this.#key) ?? "null");
      if (!kept) return;
      this.#waiting = kept.acts;
      this.#next = kept.next;
      this.#lastTried = kept.tried;
    } catch {
      return; // nothing of ours
    }
    this.hurry();
  }
}
