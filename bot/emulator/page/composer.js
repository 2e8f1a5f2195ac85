// Writing: the field, and the menu of commands, which typing "/" opens and narrows.

import { $, element } from "./dom.js";
import { isPrivate, state } from "./state.js";

let send = async () => {};
let commands = [];
let active = 0;
let filter = null; // what was typed behind "/", "" from the menu button, null while closed

/** Send what is written with `sendText`, which resolves to whether it went. */
export function onSend(sendText) { send = sendText; }

/** Show the commands that this person has here. */
export function showCommands() {
  commands = state.view.commands;
  if (filter !== null) open(filter);
}

/** Keep what was begun in the chat that is left, and bring back what was begun in `chat`. */
export function switchDraft(from, chat) {
  state.drafts.set(from, $("text").value);
  $("text").value = state.drafts.get(chat) ?? "";
  grow();
  close();
}

async function submit() {
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  grow();
  close();
  if (!(await send(text)) && !$("text").value) $("text").value = text; // nothing typed is lost
}

function grow() {
  $("text").style.height = "auto";
  $("text").style.height = `${$("text").scrollHeight + 2}px`;
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
const matching = () => commands.filter((row) => row.command.startsWith(plain(filter)));
const written = (command) => `/${command}${isPrivate() ? "" : `@${state.bot.username}`}`;

function open(words) {
  const isNew = filter !== words;
  filter = words;
  const rows = matching();
  if (isNew) active = 0;
  active = Math.min(active, Math.max(0, rows.length - 1));
  $("commands").replaceChildren(...rows.map((row, number) => element("div",
    { id: `command-${number}`, role: "option", "aria-selected": "false", onclick: () => pick(row) },
    element("b", {}, `/${row.command}`), element("span", {}, row.description))));
  $("commands").hidden = !rows.length;
  $("menu").setAttribute("aria-expanded", String(rows.length > 0));
  point();
}

function close() {
  filter = null;
  $("commands").hidden = true;
  $("menu").setAttribute("aria-expanded", "false");
  for (const id of ["text", "commands"]) $(id).removeAttribute("aria-activedescendant");
}

function point() {
  const options = [...$("commands").children];
  options.forEach((option, number) => option.setAttribute("aria-selected", String(number === active)));
  if (!options.length) return;
  for (const id of ["text", "commands"]) $(id).setAttribute("aria-activedescendant", `command-${active}`);
  options[active].scrollIntoView({ block: "nearest" });
}

function pick(row) {
  $("text").value = "";
  close();
  $("text").focus();
  send(written(row.command));
}

function complete(row) {
  $("text").value = `${written(row.command)} `;
  close();
  $("text").focus();
}

// Keys while the commands are open; returns whether one was used.
function navigate(event) {
  const rows = filter === null ? [] : matching();
  if (!rows.length) return false;
  if (event.key === "ArrowDown") active = (active + 1) % rows.length;
  else if (event.key === "ArrowUp") active = (active + rows.length - 1) % rows.length;
  else if (event.key === "Home" && event.currentTarget === $("commands")) active = 0;
  else if (event.key === "End" && event.currentTarget === $("commands")) active = rows.length - 1;
  else if (event.key === "Enter" && !event.shiftKey) pick(rows[active]);
  else if (event.key === "Tab" && !event.shiftKey && event.currentTarget === $("text")) complete(rows[active]);
  else if (event.key === "Escape") { close(); $("text").focus(); } else return false;
  event.preventDefault();
  point();
  return true;
}

$("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
$("text").addEventListener("keydown", (event) => {
  if (event.isComposing || navigate(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  }
});
$("text").addEventListener("input", () => {
  grow();
  const command = /^\/(\S*)$/.exec($("text").value);
  if (command) open(command[1]);
  else close();
});
$("commands").addEventListener("keydown", navigate);
$("menu").addEventListener("click", () => {
  if (filter !== null) return close();
  open("");
  if (!$("commands").hidden) $("commands").focus();
});
