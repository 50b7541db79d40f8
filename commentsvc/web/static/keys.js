// @ts-check
// The one table of the console's keys, and the ear that hears them. Buttons, help, settings and tests are made from it.

/**
 * @typedef {object} Key
 * @property {string} does what happens; its words are `key-<does>` among the page's sentences
 * @property {string} key as it is printed
 * @property {"decide" | "move" | "look" | "go"} group
 */

/** @type {readonly Key[]} */
export const TABLE = [
  { does: "approve", key: "A", group: "decide" },
  { does: "reject", key: "R", group: "decide" },
  { does: "suggested", key: "Shift+R", group: "decide" },
  { does: "repeat", key: ".", group: "decide" },
  { does: "spam", key: "!", group: "decide" },
  { does: "feature", key: "F", group: "decide" },
  { does: "undo", key: "Z", group: "decide" },
  { does: "later", key: "H", group: "decide" },
  { does: "ask", key: "E", group: "decide" },
  { does: "approve-all", key: "Shift+A", group: "decide" },
  { does: "reject-all", key: "Shift+X", group: "decide" },
  { does: "restrict", key: "B", group: "decide" },
  { does: "next", key: "J", group: "move" },
  { does: "previous", key: "K", group: "move" },
  { does: "select", key: "X", group: "move" },
  { does: "select-next", key: "Shift+J", group: "move" },
  { does: "select-previous", key: "Shift+K", group: "move" },
  { does: "lane-before", key: "[", group: "move" },
  { does: "lane-after", key: "]", group: "move" },
  { does: "expand", key: "Space", group: "look" },
  { does: "thread", key: "O", group: "look" },
  { does: "context", key: "C", group: "look" },
  { does: "why", key: "W", group: "look" },
  { does: "note", key: "N", group: "look" },
  { does: "site", key: "V", group: "look" },
  { does: "search", key: "/", group: "go" },
  { does: "go", key: "G", group: "go" },
  { does: "help", key: "?", group: "go" },
];

/** Other hands: what differs from the table. @type {Record<string, Record<string, string>>} */
export const PRESETS = {
  standard: {},
  left: { approve: "A", reject: "S", spam: "D", undo: "Z", next: "F", previous: "Q", later: "W", repeat: "R", feature: "T", why: "", suggested: "Shift+S" },
  right: { approve: "L", reject: "K", spam: "P", undo: "U", next: "J", previous: "I", later: "H", repeat: "." },
};

const STORED = "console:keys";

/**
 * @typedef {object} Wishes
 * @property {boolean} on whether single keys act at all
 * @property {string} preset
 * @property {Record<string, string>} own what this person changed of it
 */

/** @returns {Wishes} */
export function wishes() {
  try {
    return { on: true, preset: "standard", own: {}, ...JSON.parse(localStorage.getItem(STORED) ?? "{}") };
  } catch {
    return { on: true, preset: "standard", own: {} };
  }
}

/** @param {Wishes} wish */
export function keepWishes(wish) {
  try {
    localStorage.setItem(STORED, JSON.stringify(wish));
  } catch {
    // Storage is forbidden here: they last as long as the page.
  }
  dispatchEvent(new CustomEvent("console:keys", { detail: wish }));
}

/**
 * What each thing is done with, by these wishes; "" where nothing does it.
 * @param {Wishes} wish
 * @returns {Map<string, string>}
 */
export function bindings(wish) {
  const changed = { ...PRESETS[wish.preset], ...wish.own };
  return new Map(TABLE.map(({ does, key }) => [does, wish.on ? (changed[does] ?? key) : ""]));
}

const ON_OTHER_LAYOUTS = new Map([
  ["؟", "?"],
  ["،", ","],
  ["۔", "."],
  [" ", "Space"],
]);

/**
 * What a key is called in the table; "" for one that is none of ours. On a keyboard without Latin letters the key in a
 * letter's place counts as that letter.
 * @param {KeyboardEvent} event
 */
export function nameOf(event) {
  let key = ON_OTHER_LAYOUTS.get(event.key) ?? event.key;
  if (key.length === 1 && key > "~") key = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1] ?? "";
  if (!/^[a-z]$/i.test(key)) return key;
  return event.shiftKey ? `Shift+${key.toUpperCase()}` : key.toUpperCase();
}

/** Whether what is typed there is text. @param {EventTarget | null} target */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input:not([type=radio], [type=checkbox], [type=button], [type=submit])");
}

/** Whether the key belongs to what has the focus. @param {EventTarget | null} target @param {string} key */
function isTheirs(target, key) {
  const pressed = key === "Space" || key === "Enter";
  return pressed && target instanceof Element && target.closest("button, a, summary, input, [role=button]") !== null;
}

/**
 * Hears keys for as long as the page lives. Keys do nothing while somebody types, with a modifier, in a dialog, or held.
 * @param {(does: string, event: KeyboardEvent) => boolean} perform whether there was something to do
 * @param {(key: string, event: KeyboardEvent) => boolean} [first] sees every key before the table does; whether it took it
 */
export function listen(perform, first = () => false) {
  let wish = wishes();
  let keys = inverse(wish);
  addEventListener("console:keys", (event) => {
    wish = /** @type {CustomEvent} */ (event).detail;
    keys = inverse(wish);
  });
  addEventListener("storage", (event) => event.key === STORED && ((wish = wishes()), (keys = inverse(wish))));
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
    const altGraph = event.getModifierState("AltGraph");
    if (event.metaKey || ((event.ctrlKey || event.altKey) && !altGraph)) return;
    const key = nameOf(event);
    if (isTheirs(event.target, key)) return;
    if (isTyping(event.target) && key !== "Escape") return;
    // A held key must not approve twenty: it acts once, and does nothing else the rest of the time.
    const does = keys.get(key);
    if (event.repeat && (does || !isTyping(event.target))) return does ? event.preventDefault() : undefined;
    if ((wish.on && first(key, event)) || (does && perform(does, event))) event.preventDefault();
  });
}

/** @param {Wishes} wish @returns {Map<string, string>} */
function inverse(wish) {
  return new Map([...bindings(wish)].filter(([, key]) => key).map(([does, key]) => [key, does]));
}

/** Prints the keys on what they press, and says them to assistive technology. @param {ParentNode} [under] */
export function print(under = document) {
  const bound = bindings(wishes());
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (under.querySelectorAll("[data-does]"))) {
    const key = bound.get(one.dataset.does ?? "") ?? "";
    one.dataset.key = key;
    if (!key) delete one.dataset.key;
    if (key) one.setAttribute("aria-keyshortcuts", key);
    else one.removeAttribute("aria-keyshortcuts");
  }
}
