// Making elements. Texts are hostile: they become text nodes, never markup.

export const $ = (id) => document.getElementById(id);

/** Make an element; `on…` attributes are listeners, children are nodes or texts, null attributes are left out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Say `text` to screen readers only. */
export function announce(text) {
  $("announcer").textContent = text;
}

let toastTimer = 0;
/** Show `text` over the chat for a while. */
export function toast(text) {
  $("toast").textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").textContent = ""; }, 4000);
}
