// From a text and its entities to nodes. Offsets count UTF-16 units, as JavaScript's do.

import { element } from "./dom.js";

let sendText = () => {};
/** Let commands in texts be sent by `send`. */
export function onCommand(send) { sendText = send; }

/** Return the nodes of `text` between `from` and `to`; `entities` are sorted outermost first and used up. */
export function format(text, entities, from = 0, to = text.length) {
  const nodes = [];
  let at = from;
  while (entities.length && entities[0].offset < to) {
    const entity = entities.shift();
    const start = Math.max(entity.offset, at);
    const end = Math.min(entity.offset + entity.length, to);
    if (end < entity.offset + entity.length) putBack(entities, entity, end);
    if (end <= start) continue;
    if (start > at) nodes.push(text.slice(at, start));
    const { outer, inner } = wrap(entity, text.slice(start, end));
    inner.append(...format(text, entities, start, end));
    nodes.push(outer);
    at = end;
    if (outer.tagName === "BLOCKQUOTE" && text[at] === "\n") at += 1; // the quote ends its line itself
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

// An entity that ends after the one around it goes on behind that.
function putBack(entities, entity, offset) {
  const rest = { ...entity, offset, length: entity.offset + entity.length - offset };
  const place = entities.findIndex((other) => other.offset >= offset);
  entities.splice(place < 0 ? entities.length : place, 0, rest);
}

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote" };

function wrap(entity, text) {
  if (entity.type === "expandable_blockquote") return foldedQuote();
  const outer = inline(entity, text);
  return { outer, inner: outer };
}

function inline(entity, text) {
  switch (entity.type) {
    case "text_link": return link(entity.url);
    case "url": return link(/^https?:/i.test(text) ? text : `https://${text}`);
    case "email": return link(`mailto:${text}`);
    case "bot_command": return element("button", { class: "link", onclick: () => sendText(text) });
    case "mention": case "hashtag": case "text_mention": return element("span", { class: "link" });
    case "date_time": return element("time", { title: new Date(entity.unix_time * 1e3).toLocaleString() });
    case "spoiler": return element("button", { class: "spoiler", "aria-expanded": "false", onclick: unveil });
    default: return element(TAGS[entity.type] ?? "span");
  }
}

/** Return an anchor to `url`, or a plain piece of text where that is no address to open. */
export function link(url, attributes = {}) {
  if (!/^(https?|mailto):/i.test(url)) return element("span", { class: "link" });
  return element("a", { href: url, target: "_blank", rel: "noopener noreferrer", ...attributes });
}

function unveil(event) {
  event.currentTarget.setAttribute("aria-expanded", "true");
}

// A folded quote shows three lines. A click opens it; the button is for the keyboard.
function foldedQuote() {
  const inner = element("div", { class: "inside" });
  const button = element("button", { class: "unfold" });
  const turn = (event) => { if (!event.target.closest("a, .link")) fold(outer, !outer.classList.contains("open")); };
  const outer = element("blockquote", { class: "folded", onclick: turn }, inner, button);
  fold(outer, false);
  quoteSizes.observe(inner);
  return { outer, inner };
}

/** Open or fold a quote. */
export function fold(quote, open) {
  if (open && quote.classList.contains("fits")) return;
  quote.classList.toggle("open", open);
  const button = quote.querySelector(".unfold");
  button.setAttribute("aria-expanded", String(open));
  button.setAttribute("aria-label", open ? "Thu trích dẫn lại" : "Mở cả trích dẫn");
}

// What fits into three lines needs no folding.
const quoteSizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const quote = target.parentElement;
    if (quote && !quote.classList.contains("open")) quote.classList.toggle("fits", target.scrollHeight <= target.clientHeight + 2);
  }
});
