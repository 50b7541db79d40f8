// @ts-check
// The cards at hand. One is shown, the next two are laid out behind it so that showing one is a change of a class, the
// others wait in the document. None of them ever moves by itself.

const BEHIND = 2;

export class Buffer {
  /** @type {HTMLElement[]} */
  #cards = [];
  /** @type {HTMLElement | undefined} */
  #shown;

  /** @param {HTMLElement} stack */
  constructor(stack) {
    this.stack = stack;
  }

  get size() {
    return this.#cards.length;
  }

  get ids() {
    return this.#cards.map((card) => card.id);
  }

  /** Every card, in order. @returns {readonly HTMLElement[]} */
  get all() {
    return this.#cards;
  }

  /** The card before the person, if there is any. */
  get shown() {
    return this.#shown;
  }

  /** @param {string} id */
  find(id) {
    return this.#cards.find((card) => card.id === id);
  }

  /**
   * Takes in what is not here yet, behind everything that is. How many that were.
   * @param {Iterable<Element>} cards
   */
  add(cards) {
    const known = new Set(this.ids);
    let taken = 0;
    for (const found of [...cards]) {
      if (known.has(found.id)) continue;
      const card = /** @type {HTMLElement} */ (document.adoptNode(found));
      card.inert = true;
      this.#cards.push(card);
      if (card.parentNode !== this.stack) this.stack.append(card);
      taken++;
    }
    this.#layOut();
    return taken;
  }

  /** Shows a card. @param {HTMLElement | undefined} card */
  show(card) {
    if (this.#shown && this.#shown !== card) {
      this.#shown.classList.remove("is-shown");
      this.#shown.inert = true;
    }
    this.#shown = card;
    if (card) {
      card.classList.add("is-shown");
      card.classList.remove("is-behind");
      card.inert = false;
    }
  }

  /** The card that comes after a card, or before it: from the end on to the start. @param {HTMLElement} card @param {number} step */
  beside(card, step = 1) {
    const at = this.#cards.indexOf(card);
    const size = this.#cards.length;
    return size > 1 || at < 0 ? this.#cards[(at + step + size) % size] : undefined;
  }

  /** Takes a card away and shows the next in the same turn; the old one fades on top of it. @param {HTMLElement} card */
  take(card) {
    const following = this.beside(card);
    this.#cards = this.#cards.filter((one) => one !== card);
    if (card === this.#shown) this.show(following);
    for (const panel of card.querySelectorAll("details[open]")) panel.removeAttribute("open");
    card.classList.remove("is-shown", "is-behind");
    card.classList.add("is-leaving");
    card.inert = true;
  }

  /** What is left to do when the next card has been painted. */
  settle() {
    for (const card of this.stack.querySelectorAll(".is-leaving")) {
      const gone = () => card.classList.contains("is-leaving") && card.remove();
      const fades = card.getAnimations();
      if (fades.length) void Promise.allSettled(fades.map((fade) => fade.finished)).then(gone);
      else gone();
    }
    this.#layOut();
  }

  /** Puts a card back, before the one that is shown, and shows it. @param {HTMLElement} card */
  putBack(card) {
    const at = this.#shown ? this.#cards.indexOf(this.#shown) : this.#cards.length;
    this.#cards = this.#cards.filter((one) => one !== card);
    this.#cards.splice(at, 0, card);
    card.classList.remove("is-leaving");
    this.stack.insertBefore(card, this.#cards[at + 1] ?? null);
    this.show(card);
    this.#layOut();
  }

  /** Takes a card away that is not shown. @param {string} id */
  drop(id) {
    const card = this.find(id);
    if (!card || card === this.#shown) return;
    this.#cards = this.#cards.filter((one) => one !== card);
    card.remove();
    this.#layOut();
  }

  /** The same comment as it stands now, in its old place. @param {HTMLElement} old @param {Element} found */
  replace(old, found) {
    const card = /** @type {HTMLElement} */ (document.adoptNode(found));
    this.#cards = this.#cards.map((one) => (one === old ? card : one));
    card.inert = true;
    old.replaceWith(card);
    if (this.#shown === old) {
      this.#shown = undefined;
      this.show(card);
    }
    this.#layOut();
    return card;
  }

  /** Empties everything. */
  clear() {
    for (const card of this.#cards) card.remove();
    this.#cards = [];
    this.#shown = undefined;
  }

  #layOut() {
    const at = this.#shown ? this.#cards.indexOf(this.#shown) : -1;
    this.#cards.forEach((card, place) => {
      card.classList.toggle("is-behind", place > at && place <= at + BEHIND);
    });
  }
}
