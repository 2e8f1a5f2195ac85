// Writing: the field, and what it offers: commands, which typing "/" opens and narrows, and behind the bot's
// name what the bot finds.

import { $, element } from "./dom.js";
import { askInline } from "./inline.js";
import { isPrivate, state } from "./state.js";

const list = $("commands");
const field = $("text");
let send, openBot;
let commands = [];
let offers = []; // {title, description, choose}, and for commands `text` to complete
let active = 0;
let filter = null; // what was typed behind "/", "" from the menu button, null while these are not offered

/** Send what is written with `sendText`, which resolves to whether it went; `startBot` begins in the bot's own chat. */
export function onSend(sendText, startBot) { [send, openBot] = [sendText, startBot]; }

/** Show the commands that this person has here. */
export function showCommands() {
  commands = state.view.commands;
  if (filter !== null) offerCommands(filter);
}

/** Begin an inline query with `words` in this chat; Telegram would ask for which chat first. */
export function writeInline(words) {
  field.value = `@${state.bot.username} ${words}`;
  field.focus();
  field.dispatchEvent(new Event("input"));
}

/** Keep what was begun in the chat that is left, and bring back what was begun in `chat`. */
export function switchDraft(from, chat) {
  state.drafts.set(from, field.value);
  field.value = state.drafts.get(chat) ?? "";
  grow();
  close();
}

async function submit() {
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  grow();
  close();
  if (!(await send(text)) && !field.value) field.value = text; // nothing typed is lost
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
const written = (command) => `/${command}${isPrivate() ? "" : `@${state.bot.username}`}`;

function offerCommands(words) {
  filter = words;
  open(commands.filter((row) => row.command.startsWith(plain(words))).map(({ command, description }) => (
    { title: `/${command}`, description, text: `${written(command)} `, choose: () => send(written(command)) })), "Các lệnh");
  $("menu").setAttribute("aria-expanded", String(offers.length > 0));
}

async function offerFound(words) {
  const found = await askInline(words, openBot).catch(() => null);
  if (found) open(found, "Tin tìm được");
}

function open(rows, label) {
  offers = rows;
  active = Math.min(active, Math.max(0, rows.length - 1));
  list.setAttribute("aria-label", label);
  list.replaceChildren(...rows.map((row, number) => element("div",
    { id: `command-${number}`, role: "option", "aria-selected": "false", onclick: () => pick(row) },
    element("b", {}, row.title), element("span", {}, row.description))));
  list.className = rows.length && !rows[0].text ? "found" : "";
  list.hidden = !rows.length;
  point();
}

function close() {
  filter = null;
  offers = [];
  active = 0;
  askInline(null);
  list.hidden = true;
  $("menu").setAttribute("aria-expanded", "false");
  for (const box of [field, list]) box.removeAttribute("aria-activedescendant");
}

function point() {
  const options = [...list.children];
  options.forEach((option, number) => option.setAttribute("aria-selected", String(number === active)));
  if (!options.length) return;
  for (const box of [field, list]) box.setAttribute("aria-activedescendant", `command-${active}`);
  options[active].scrollIntoView({ block: "nearest" });
}

function pick(row) {
  field.value = "";
  close();
  field.focus();
  row.choose();
}

function complete(row) {
  field.value = row.text;
  close();
  field.focus();
}

// Keys while something is offered; returns whether one was used.
function navigate(event) {
  if (!offers.length) return false;
  if (event.key === "ArrowDown") active = (active + 1) % offers.length;
  else if (event.key === "ArrowUp") active = (active + offers.length - 1) % offers.length;
  else if (event.key === "Home" && event.currentTarget === list) active = 0;
  else if (event.key === "End" && event.currentTarget === list) active = offers.length - 1;
  else if (event.key === "Enter" && !event.shiftKey) pick(offers[active]);
  else if (event.key === "Tab" && !event.shiftKey && offers[active].text && event.currentTarget === field) complete(offers[active]);
  else if (event.key === "Escape") { close(); field.focus(); } else return false;
  event.preventDefault();
  point();
  return true;
}

$("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
field.addEventListener("keydown", (event) => {
  if (event.isComposing || navigate(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  }
});
field.addEventListener("input", () => {
  grow();
  const [name, ...words] = field.value.split(" ");
  close();
  if (/^\/\S*$/.test(field.value)) offerCommands(field.value.slice(1));
  else if (words.length && name.toLowerCase() === `@${state.bot.username}`.toLowerCase()) offerFound(words.join(" "));
});
list.addEventListener("keydown", navigate);
$("menu").addEventListener("click", () => {
  if (filter !== null) return close();
  offerCommands("");
  if (!list.hidden) list.focus();
});
