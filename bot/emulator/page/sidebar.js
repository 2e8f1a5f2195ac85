// The list of chats: a column on wide screens, a drawer on narrow ones.

import { clock } from "./bubbles.js";
import { $, element } from "./dom.js";
import { nameOf, state } from "./state.js";

const narrow = matchMedia("(max-width: 759px)");
let shown = "";

/** Show all chats; `choose` opens one. */
export function showChats(choose) {
  const rows = state.chats.map((row) => [row.chat.id, nameOf(row.chat), row.chat.type, row.last, unread(row), row.chat.id === state.chat]);
  showUnread(rows);
  if (JSON.stringify(rows) === shown) return;
  shown = JSON.stringify(rows);
  const focused = document.activeElement?.dataset?.chat;
  $("chats").replaceChildren(...rows.map((row) => element("li", {}, entry(row, choose))));
  if (focused) $("chats").querySelector(`[data-chat="${focused}"]`)?.focus();
}

/** Note that all of the open chat was seen; at first, all that there is anywhere. */
export function markSeen() {
  const rows = state.seen.size ? state.chats.filter((row) => row.chat.id === state.chat) : state.chats;
  for (const row of rows) state.seen.set(row.chat.id, row.messages);
}

/** Dress `avatar` as the one of a chat. */
export function paintAvatar(avatar, id, name) {
  avatar.className = `avatar c${Math.abs(id) % 6}`;
  avatar.textContent = initials(name);
}

/** Open or close the drawer; on wide screens the list is always there. */
export function openSide(open) {
  const isDrawer = narrow.matches;
  $("side").classList.toggle("open", open && isDrawer);
  $("side").inert = isDrawer && !open;
  $("main").inert = isDrawer && open;
  $("shade").hidden = !(isDrawer && open);
  $("open-side").setAttribute("aria-expanded", String(isDrawer && open));
}

const unread = (row) => Math.max(0, row.messages - (state.seen.get(row.chat.id) ?? 0));
const KINDS = { group: "nhóm", supergroup: "nhóm", channel: "kênh" };

function entry([id, name, type, last, news, isOpen], choose) {
  const avatar = element("span", { "aria-hidden": "true" });
  paintAvatar(avatar, id, name);
  const badge = news ? [element("span", { class: "badge", "aria-label": `${news} tin chưa đọc` }, news)] : [];
  const lines = element("span", { class: "entry" },
    element("span", { class: "line" }, element("b", {}, name), element("span", { class: "when" }, last ? clock(last.date) : "")),
    element("span", { class: "line" }, element("span", { class: "gist" }, last?.text.replace(/\s+/g, " ") || KINDS[type] || "người đọc"), ...badge));
  return element("button", { "data-chat": id, "aria-current": isOpen ? "true" : null, onclick: () => { choose(id); leaveDrawer(); } }, avatar, lines);
}

function initials(name) {
  const words = name.trim().split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...word][0] ?? "").join("").toUpperCase();
}

function showUnread(rows) {
  const elsewhere = rows.reduce((sum, row) => sum + row[4], 0);
  $("unread-elsewhere").hidden = !elsewhere;
  document.title = `${elsewhere ? `(${elsewhere}) ` : ""}Điểm Tin · trò chuyện thử`;
}

/** Close the drawer, where there is one, to write in the chat that was chosen. */
export function leaveDrawer() {
  if (!narrow.matches) return;
  openSide(false);
  $("text").focus();
}

$("open-side").addEventListener("click", () => {
  openSide(true);
  ($("chats").querySelector("[aria-current]") ?? $("new")).focus();
});
$("shade").addEventListener("click", () => openSide(false));
$("side").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !narrow.matches) return;
  openSide(false);
  $("open-side").focus();
});
narrow.addEventListener("change", () => openSide(false));
openSide(false);
