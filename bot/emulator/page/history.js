// The list of messages: only rows that changed are made anew, and the reader's place is kept.

import { bubble, gist, isOwn, isService } from "./bubbles.js";
import { $, announce, element } from "./dom.js";
import { fold } from "./formatting.js";
import { isPrivate, state } from "./state.js";

const STEP = 200; // messages shown at first, and how many more on request
const NEAR = 80; // pixels from the end that count as the end

const list = $("messages");
let shownChat = null;
let most = STEP;
let below = 0;

/** Show the open chat. Returns the bot's messages that are new since the last time. */
export function showHistory(actions) {
  const isFresh = shownChat !== `${state.chat} ${state.topic}`;
  if (isFresh) begin();
  const known = new Set([...list.children].map((row) => row.dataset.key));
  const wasAtEnd = isAtEnd();
  list.setAttribute("aria-busy", String(isFresh));
  const messages = state.view.messages.filter((row) => !row.deleted && (!state.topic || row.thread_id === state.topic));
  const gone = reconcile(plan(messages, actions));
  if (gone && !isFresh) announce("Một tin đã bị xóa.");
  list.setAttribute("aria-busy", "false");
  const arrived = isFresh ? [] : messages.filter((row) => !known.has(`m${row.message_id}`));
  settle(isFresh, wasAtEnd, arrived);
  if (isFresh) readFromStart(messages);
  return arrived.filter((row) => row.from === "bot");
}

/** Go to the end, where the newest message is. */
export function toEnd(behavior = "auto") {
  list.scrollTo({ top: list.scrollHeight, behavior });
}

/** Show the message with this id and let it light up. */
export function find(messageId) {
  const row = rowOf(messageId);
  if (!row) return;
  row.scrollIntoView({ block: "center" });
  row.classList.remove("lit");
  requestAnimationFrame(() => row.classList.add("lit"));
  row.focus({ preventScroll: true });
}

function begin() {
  shownChat = `${state.chat} ${state.topic}`;
  most = STEP;
  below = 0;
  list.replaceChildren();
}

const isAtEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;

// New messages are shown from their beginning; a reader who scrolled up stays there.
function settle(isFresh, wasAtEnd, arrived) {
  const own = arrived.some((row) => isOwn(row));
  const first = arrived[0] && rowOf(arrived[0].message_id);
  if (isFresh || own || wasAtEnd) toEnd();
  else below += arrived.length;
  if (!own && wasAtEnd && first && first.offsetTop < list.scrollTop) list.scrollTop = first.offsetTop - 8;
  showJump();
}

// A page just opened begins at one's own last message and its answer.
function readFromStart(messages) {
  const last = state.isUnread && messages.findLast((row) => isOwn(row));
  if (last) list.scrollTop = rowOf(last.message_id).offsetTop - 8;
  state.isUnread = false;
  showJump();
}

const rowOf = (id) => list.querySelector(`[data-key="m${id}"]`);

function showJump() {
  if (isAtEnd()) below = 0;
  $("jump").hidden = isAtEnd();
  $("jump").textContent = below ? `↓ ${below} tin mới` : "↓";
  $("jump").setAttribute("aria-label", below ? `Đến ${below} tin mới` : "Đến tin mới nhất");
}

// The rows there should be: {key, signature, make}.
function plan(messages, actions) {
  const rows = [];
  const shown = messages.slice(-most);
  if (!messages.length) rows.push(card());
  if (shown.length < messages.length) rows.push({ key: "older", signature: "", make: () => older(actions) });
  let day = "";
  shown.forEach((message, number) => {
    const date = new Date(message.date * 1000);
    if (date.toDateString() !== day) {
      day = date.toDateString();
      rows.push({ key: `d${day}`, signature: dayName(date), make: () => element("p", { class: "note day" }, dayName(date)) });
    }
    const place = { isFirst: !isTogether(shown[number - 1], message), hasTail: !isTogether(message, shown[number + 1]) };
    const signature = JSON.stringify([message, place, state.speakers.get(state.chat)]);
    rows.push({ key: `m${message.message_id}`, signature, text: message.text, make: () => bubble(message, place, actions) });
  });
  return rows;
}

// Messages of one sender, on one day and within minutes, stand closer, the last one with a tail.
function isTogether(before, after) {
  return before && after && !isService(before) && !isService(after) && before.from === after.from
    && before.sender?.id === after.sender?.id && after.date - before.date < 600
    && new Date(before.date * 1000).toDateString() === new Date(after.date * 1000).toDateString();
}

function dayName(date) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  if (days === 0) return "Hôm nay";
  if (days === 1) return "Hôm qua";
  return date.toLocaleDateString("vi", { weekday: "long", day: "numeric", month: "long", year: days > 300 ? "numeric" : undefined });
}

function card() {
  const told = isPrivate() && state.view.description;
  const title = told ? [element("h2", {}, "Bot này làm được gì?")] : [];
  const text = told || "Chưa có tin nhắn nào.";
  return { key: "card", signature: text, make: () => element("div", { class: "card" }, ...title, text) };
}

function older(actions) {
  return element("button", { class: "note older", onclick: () => {
    const height = list.scrollHeight;
    most += STEP;
    showHistory(actions);
    list.scrollTop += list.scrollHeight - height;
  } }, "Tin cũ hơn");
}

// Bring the list to `rows` with few new elements. Returns whether a message went.
function reconcile(rows) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  let next = list.firstElementChild;
  for (const row of rows) {
    let node = old.get(row.key);
    old.delete(row.key);
    if (node?.signature !== row.signature) {
      const fresh = Object.assign(row.make(), { signature: row.signature, text: row.text });
      fresh.dataset.key = row.key;
      if (node) {
        if (node === next) next = fresh;
        replace(node, fresh);
      }
      node = fresh;
    }
    if (node === next) next = next.nextElementSibling;
    else list.insertBefore(node, next);
  }
  for (const node of old.values()) node.remove();
  return [...old.keys()].some((key) => key.startsWith("m"));
}

// Opened quotes stay open while the text is the same, and the keyboard keeps its place among the buttons.
function replace(node, fresh) {
  const buttons = [...node.querySelectorAll("a, button")];
  const focused = buttons.indexOf(document.activeElement);
  const opened = [...node.querySelectorAll(".folded")].map((quote) => quote.classList.contains("open"));
  node.replaceWith(fresh);
  if (node.text === fresh.text) fresh.querySelectorAll(".folded").forEach((quote, number) => fold(quote, opened[number] ?? false));
  if (focused >= 0) ([...fresh.querySelectorAll("a, button")][focused] ?? fresh).focus({ preventScroll: true });
}

list.addEventListener("scroll", showJump, { passive: true });
$("jump").addEventListener("click", () => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  toEnd(calm ? "auto" : "smooth");
  list.focus({ preventScroll: true });
});

/** Show the bar of the pinned message; each click goes one pin further back. */
export function showPin() {
  const pinned = state.view.pinned.map((id) => state.view.messages.find((row) => row.message_id === id)).filter(Boolean);
  const latest = pinned.at(-1);
  $("pin").hidden = !latest;
  if (!latest) return;
  let turn = 0;
  $("pin-text").textContent = gist(latest);
  $("pin").onclick = () => { find(pinned.at(-1 - (turn++ % pinned.length)).message_id); };
}
