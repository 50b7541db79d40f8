// @ts-check
// Cards of rows, fetched before they are asked for: of the few that come next, and no others.

export class Ahead {
  /** What is here, or on its way. @type {Map<string, HTMLElement | Promise<HTMLElement>>} */
  #cards = new Map();

  /** @param {(row: HTMLElement) => Promise<HTMLElement>} fetch */
  constructor(fetch) {
    this.fetch = fetch;
  }

  /** These rows come next: what is not here of theirs is fetched, the rest is forgotten. @param {HTMLElement[]} rows */
  wants(rows) {
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this.#cards.keys()) if (!ids.has(id)) this.#cards.delete(id);
    for (const row of rows) if (!this.#cards.has(row.id)) this.#fetch(row);
  }

  /** The card of a row: at once where it is here. @param {HTMLElement} row */
  take(row) {
    const found = this.#cards.get(row.id) ?? this.fetch(row);
    this.#cards.delete(row.id);
    return found;
  }

  /** @param {HTMLElement} row */
  #fetch(row) {
    const coming = this.fetch(row);
    const settled = (/** @type {HTMLElement | undefined} */ card) => {
      if (this.#cards.get(row.id) !== coming) return;
      if (card) this.#cards.set(row.id, card);
      else this.#cards.delete(row.id);
    };
    this.#cards.set(row.id, coming);
    coming.then(settled, () => settled(undefined));
  }
}
