// @ts-check
// What the console's scripts say: sentences that the server put into the page in the page's language.

/**
 * The sentence `name` with its places `{place}` filled; what is filled in cannot turn the words around it around.
 * @param {string} name
 * @param {Record<string, string | number>} [values]
 */
export function say(name, values = {}) {
  const found = /** @type {HTMLElement | null} */ (document.querySelector(`#says [data-say="${name}"]`));
  const sentence = found?.dataset.words ?? name;
  return sentence.replace(/\{(\w+)\}/g, (_, place) => `\u2068${values[place] ?? ""}\u2069`);
}

/** Whether there are words of this name: pages need not have all of them. @param {string} name */
export const saying = (name) => document.querySelector(`#says [data-say="${name}"]`) !== null;

/** A time of the day as people here write it, to the second. @param {number} at milliseconds */
export const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { timeStyle: "medium" });
