// @ts-check
// The look's page: the sample follows what is typed, and each colour can be picked. Without this, "Show" does it.

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("look"));
const sheet = /** @type {HTMLLinkElement | null} */ (document.getElementById("sample"));
const COLOUR = /^#[0-9a-f]{6}$/i;
let wait = 0;

function show() {
  if (!form || !sheet) return;
  const address = new URL(sheet.href);
  address.search = "";
  for (const [name, value] of new FormData(form)) {
    const said = typeof value === "string" && name !== "version" && name !== "csrf_token" ? value.trim() : "";
    if (said) address.searchParams.set(name, said);
  }
  if (sheet.href !== address.href) sheet.href = address.href;
}

/** @param {HTMLInputElement} typed */
function offer(typed) {
  const picker = document.createElement("input");
  picker.type = "color";
  picker.ariaLabel = typed.ariaLabel;
  const follow = () => (picker.value = [typed.value, typed.placeholder].find((one) => COLOUR.test(one)) ?? "");
  follow();
  typed.addEventListener("input", follow);
  picker.addEventListener("input", () => {
    typed.value = picker.value;
    typed.dispatchEvent(new Event("input", { bubbles: true }));
  });
  typed.parentElement?.querySelector("svg")?.replaceWith(picker);
}

/** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(".shade input")).forEach(offer);
form?.addEventListener("input", () => {
  clearTimeout(wait);
  wait = setTimeout(show, 200);
});
