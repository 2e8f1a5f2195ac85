// A phone chat on the emulator's control interface. Texts are hostile: everything becomes text nodes, never HTML.
"use strict";

const $ = (id) => document.getElementById(id);
const state = { chat: 0, version: -1, chats: [], me: {}, shown: "", ids: new Set(), actions: 0, busyUntil: 0 };

async function call(path, body) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`/_control/${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

let toastTimer = 0;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 3500);
}

// Formatting: entities are sorted outermost first and nest; offsets are UTF-16, as JavaScript's are.
function wrapper(entity, text) {
  const toggle = (event) => event.currentTarget.classList.toggle("open");
  switch (entity.type) {
    case "bold": return element("b");
    case "italic": return element("i");
    case "underline": return element("u");
    case "strikethrough": return element("s");
    case "code": return element("code");
    case "pre": return element("pre");
    case "spoiler": return element("span", { class: "spoiler", onclick: toggle });
    case "blockquote": return element("blockquote");
    case "expandable_blockquote": return element("blockquote", { class: "expandable", title: "Bấm để mở hoặc thu lại", onclick: toggle });
    case "text_link": return link(entity.url);
    case "url": return link(/^https?:/i.test(text) ? text : `https://${text}`);
    case "bot_command": return element("button", { type: "button", class: "command", onclick: () => send(text) });
    default: return element("span");
  }
}

function link(url) {
  const safe = /^(https?|tg):/i.test(url) ? url : "#";
  return element("a", { href: safe, target: "_blank", rel: "noopener noreferrer", onclick: (event) => event.stopPropagation() });
}

function format(text, entities, from = 0, to = text.length) {
  const nodes = [];
  let at = from;
  while (entities.length && entities[0].offset < to) {
    const entity = entities.shift();
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at) continue;
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    const outer = wrapper(entity, text.slice(entity.offset, end));
    outer.append(...format(text, entities, entity.offset, end));
    nodes.push(outer);
    at = end;
    if (outer.tagName === "BLOCKQUOTE" && text[at] === "\n") at += 1;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function time(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });
}

function keyboard(message) {
  const rows = message.buttons.map((row, rowNumber) => element("div", {}, ...row.map((button, column) =>
    element("button", { type: "button", onclick: (event) => tap(event.currentTarget, message, [rowNumber, column]) },
      button.url ? `${button.text} ↗` : button.text))));
  return element("div", { class: "keyboard" }, ...rows);
}

function bubble(message) {
  if (message.deleted) return null;
  const extra = message.extra || {};
  if (!message.text && !message.document) {
    return element("p", { class: "note" }, note(extra));
  }
  const inside = [];
  if (message.from === "user" && state.chat < 0) inside.push(element("div", { class: "sender" }, message.sender?.first_name ?? "Kênh"));
  if (message.document) {
    const { file_id: id, file_name: name, file_size: size } = message.document;
    inside.push(element("a", { class: "document", href: `/_control/files/${id}`, download: name }, "📄", `${name} (${(size / 1024).toFixed(1)} kB)`));
  }
  inside.push(element("div", { class: "body" }, ...format(message.text, message.entities.map((row) => ({ ...row })))));
  inside.push(element("span", { class: "meta" }, `${message.edited ? "đã sửa · " : ""}${time(message.date)}`));
  const row = element("div", { class: `row ${message.from}`, "data-id": message.message_id }, element("div", { class: "bubble" }, ...inside));
  if (message.buttons.length) row.append(keyboard(message));
  return row;
}

function note(extra) {
  if (extra.new_chat_members) return `${extra.new_chat_members[0].first_name} đã vào nhóm`;
  if (extra.left_chat_member) return `${extra.left_chat_member.first_name} đã rời nhóm`;
  if (extra.migrate_to_chat_id || extra.migrate_from_chat_id) return "Nhóm đã được nâng cấp";
  return "Tin nhắn không có chữ";
}

function render(view) {
  const list = $("messages");
  const shown = JSON.stringify(view.messages);
  if (shown !== state.shown) {
    const opened = new Set([...list.querySelectorAll("[data-id]:has(.open)")].map((row) => row.dataset.id));
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
    const rows = view.messages.map(bubble).filter(Boolean);
    list.replaceChildren(...(rows.length ? rows : [element("p", { class: "empty" }, "Chưa có tin nhắn nào. Bấm /start để bắt đầu.", element("br"), element("button", { type: "button", class: "menu", onclick: () => send("/start") }, "/start"))]));
    for (const row of list.querySelectorAll("[data-id]")) {
      if (opened.has(row.dataset.id)) row.querySelectorAll(".expandable, .spoiler").forEach((part) => part.classList.add("open"));
    }
    if (state.shown === "") list.scrollTop = list.scrollHeight;
    else if (atEnd) follow(list);
  }
  $("status").textContent = view.bot_status === "kicked" ? "bạn đã chặn bot" : isBusy(view, shown) ? "đang soạn tin…" : "bot";
  Object.assign(state, { shown, ids: new Set(view.messages.map((message) => String(message.message_id))), actions: view.actions.length });
  $("commands").replaceChildren(...(view.commands.length
    ? view.commands.map((row) => element("button", { type: "button", onclick: () => send(`/${row.command}`) }, element("b", {}, `/${row.command}`), element("span", {}, row.description)))
    : [element("p", {}, "Bot chưa đăng ký lệnh nào.")]));
}

// What is new is read from its beginning, however long it is.
function follow(list) {
  const fresh = [...list.querySelectorAll("[data-id]")].find((row) => !state.ids.has(row.dataset.id));
  if (fresh) fresh.scrollIntoView({ block: "start" });
  else list.scrollTop = list.scrollHeight;
}

// A bot says that it is busy for five seconds, or until its message is there.
function isBusy(view, shown) {
  const hasAnswered = shown !== state.shown && view.messages.at(-1)?.from === "bot";
  if (hasAnswered || state.shown === "") state.busyUntil = 0;
  else if (view.actions.length > state.actions) state.busyUntil = Date.now() + 5000;
  return Date.now() < state.busyUntil;
}

async function send(text) {
  openMenu(false);
  try {
    await call("message", { chat: state.chat, text, ...(state.chat < 0 ? { from: state.me[state.chat] } : {}) });
  } catch (error) {
    toast(`Không gửi được: ${error.message}`);
  }
  $("messages").scrollTop = $("messages").scrollHeight;
}

async function tap(button, message, place) {
  button.setAttribute("aria-busy", "true");
  try {
    const from = state.chat < 0 ? { from: state.me[state.chat] } : {};
    const result = await call("tap", { chat: state.chat, message_id: message.message_id, button: place, wait_seconds: 10, ...from });
    if (result.button?.url) window.open(result.button.url, "_blank", "noopener");
    if (result.answer?.show_alert) {
      $("dialog-text").textContent = result.answer.text;
      $("dialog").showModal();
    } else if (result.answer?.text) toast(result.answer.text);
  } catch (error) {
    toast(`Không bấm được: ${error.message}`);
  }
  button.removeAttribute("aria-busy");
}

function openMenu(open) {
  $("commands").hidden = !open;
  $("menu").setAttribute("aria-expanded", String(open));
}

async function makeUser(name) {
  const made = await call("user", { first_name: name });
  await listChats();
  choose(made.chat.id);
}

async function listChats() {
  const { bot, chats } = await call("chats");
  $("name").textContent = bot.first_name;
  const listed = JSON.stringify(chats.map((row) => [row.chat.id, row.chat.first_name ?? row.chat.title]));
  if (listed === JSON.stringify(state.chats)) return;
  state.chats = JSON.parse(listed);
  $("chats").replaceChildren(...state.chats.map(([id, name]) => element("option", { value: id }, id < 0 ? `👥 ${name}` : name)));
  $("chats").value = state.chat;
}

function choose(id) {
  Object.assign(state, { chat: Number(id), version: -1, shown: "" });
  $("chats").value = id;
  sessionStorage.setItem("chat", id);
  openMenu(false);
}

async function watch() {
  for (;;) {
    const chat = state.chat;
    try {
      // Short enough that commands registered meanwhile, and a chosen other chat, show soon.
      const view = await call(`chats/${chat}?version=${state.version}&timeout=${state.version < 0 ? 0 : 2}${state.me[chat] ? `&viewer=${state.me[chat]}` : ""}`);
      if (chat !== state.chat) continue;
      state.version = view.version;
      if (chat < 0) state.me[chat] = view.members.find((row) => !["left", "kicked"].includes(row.status))?.user.id;
      render(view);
      await listChats();
    } catch (error) {
      $("status").textContent = "mất kết nối, đang thử lại…";
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await recover().catch(() => {});
    }
  }
}

// After a reset of the emulator the chat is gone: begin with whoever is there.
async function recover() {
  state.chats = [];
  await listChats();
  if (!state.chats.length) return makeUser("An");
  if (!state.chats.some(([id]) => id === state.chat)) choose(state.chats[0][0]);
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  $("text").value = "";
  $("text").style.height = "";
  if (text) send(text);
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});
$("text").addEventListener("input", () => {
  $("text").style.height = "auto";
  $("text").style.height = `${$("text").scrollHeight + 2}px`;
});
$("menu").addEventListener("click", () => openMenu($("commands").hidden));
$("chats").addEventListener("change", (event) => choose(event.target.value));
$("new-user").addEventListener("click", () => { $("user-name").value = ""; $("user-dialog").showModal(); });
$("user-cancel").addEventListener("click", () => $("user-dialog").close());
$("user-form").addEventListener("submit", () => {
  const name = $("user-name").value.trim();
  if (name) makeUser(name).catch((error) => toast(`Không thêm được: ${error.message}`));
});

state.chat = Number(sessionStorage.getItem("chat"));
recover().catch(() => {}).finally(watch);
