// @ts-check
// The ticks of a list: one by one, in a range, or all of the page. The checkboxes are the truth; this only moves them.

/** @returns {HTMLInputElement[]} */
const boxes = () => /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("#lines input[name=pick]:enabled")]);

/** The last one that was ticked or unticked by hand: where a range begins. @type {HTMLInputElement | null} */
let last = null;

/** How many are ticked. */
export const count = () => boxes().filter((box) => box.checked).length;

/** Ticks a row, or unticks it. @param {Element | null} row @param {boolean} [on] */
export function tick(row, on) {
  const box = /** @type {HTMLInputElement | null | undefined} */ (row?.querySelector("input[name=pick]:enabled"));
  if (!box) return false;
  box.checked = on ?? !box.checked;
  last = box;
  told();
  return true;
}

/** Whether a row can be ticked, and at which version of its comment. @param {Element} row @param {boolean} can @param {string | number} [version] */
export function allow(row, can, version) {
  const box = /** @type {HTMLInputElement | null} */ (row.querySelector("input[name=pick]"));
  if (!box) return;
  box.disabled = !can;
  box.checked &&= can;
  if (version) box.value = `${box.value.split(".")[0]}.${version}`;
  told();
}

/** Says how many are ticked, and what the link does. */
export function told() {
  const said = document.getElementById("ticked");
  const many = count();
  if (said) said.textContent = many ? (said.dataset.words ?? "").replace("{count}", String(many)) : "";
  const link = document.getElementById("tick-all");
  if (link) link.textContent = (many && many === boxes().length ? link.dataset.untick : link.dataset.tick) ?? "";
}

/** A click on a tick; with Shift all between the last one and this one become as this one is. @param {MouseEvent} event */
function clicked(event) {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.name !== "pick") return;
  const all = boxes();
  const from = last ? all.indexOf(last) : -1;
  if (event.shiftKey && from >= 0) {
    const [first, end] = [from, all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(first, end + 1)) one.checked = box.checked;
  }
  last = box;
  told();
}

/** Takes over for as long as the page lives. */
export function begin() {
  document.addEventListener("click", (event) => {
    clicked(event);
    const link = event.target instanceof Element ? event.target.closest("#tick-all") : null;
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const all = boxes();
    const on = count() < all.length;
    for (const box of all) box.checked = on;
    told();
  });
  told();
}
