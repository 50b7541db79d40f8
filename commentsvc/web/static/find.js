// @ts-check
// The field in which comments are searched for, on whatever page it is.

/** Goes to the search field; false where there is none. */
export function find() {
  const field = document.querySelector("#question, .find:not([hidden]) input");
  if (!(field instanceof HTMLInputElement)) return false;
  field.focus();
  field.select();
  return true;
}
