// A phone's chat on the emulator's control interface: a long poll tells of changes.

import { onSend, showCommands, switchDraft, writeInline } from "./composer.js";
import { call } from "./control.js";
import { $, element, toast } from "./dom.js";
import { onCommand } from "./formatting.js";
import { find, showHistory, showPin, toEnd } from "./history.js";
import { makeUser, onMade, showDeeds } from "./more.js";
import { leaveDrawer, markSeen, paintAvatar, showChats } from "./sidebar.js";
import { isChannel, isPrivate, members, nameOf, sender, state } from "./state.js";

const POLL_SECONDS = 25;
const BUSY_MS = 5000; // so long a sign of being busy holds, unless a message ends it
const actions = { tap, find, share: writeInline };
let busy = { actions: -1, until: 0, timer: 0 };
let isLost = false;

async function watch() {
  for (let version = -1; ;) {
    try {
      const list = await call(`chats?version=${version}&timeout=${version < 0 ? 0 : POLL_SECONDS}`);
      version = list.version;
      Object.assign(state, { bot: list.bot, chats: list.chats });
      isLost = false;
      await showAll();
    } catch {
      version = -1;
      isLost = true;
      showStatus();
      await pause(1000);
    }
    await pause(30); // a storm of changes is read in gulps
  }
}

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

// After a reset of the emulator the chat is gone: go on with whoever is there.
async function showAll() {
  if (!state.chats.length) return makeUser("An");
  if (!state.chats.some((row) => row.chat.id === state.chat)) return choose(state.chats[0].chat.id);
  await showChat();
  return null;
}

async function showChat() {
  const chat = state.chat;
  const viewer = sender().from ?? state.speakers.get(chat);
  const view = await call(`chats/${chat}${viewer ? `?viewer=${viewer}` : ""}`);
  if (chat !== state.chat) return;
  state.view = view;
  showSpeakers();
  const answers = showHistory(actions);
  showBusy(answers.length > 0);
  showTitle();
  showTopics();
  showPin();
  showCommands();
  showDeeds();
  showFoot();
  markSeen();
  showChats(choose);
}

function choose(id, topic = 0) {
  const left = state.chat;
  Object.assign(state, { chat: id, topic });
  if (left !== id) switchDraft(left, id);
  busy = { actions: -1, until: 0, timer: 0 };
  sessionStorage.setItem("chat", id);
  return showChat().catch(() => {}); // the poll tells what is wrong
}

function showTitle() {
  const name = isPrivate() ? state.bot.first_name : nameOf(state.view.chat);
  $("name").textContent = name;
  paintAvatar($("avatar"), isPrivate() ? 0 : state.chat, name);
  $("messages").setAttribute("aria-label", `Tin nhắn của ${name}`);
  showStatus();
}

const SIGNS = { upload_photo: "đang gửi ảnh…", upload_document: "đang gửi tệp…" };

function showStatus() {
  const isBusy = Date.now() < busy.until;
  let status = "bot";
  if (isChannel()) status = "kênh";
  else if (!isPrivate()) status = `${members().length + 1} thành viên`;
  if (state.view?.bot_status === "kicked") status = isPrivate() ? "bạn đã chặn bot" : "bot đã bị mời ra";
  if (isBusy) status = SIGNS[state.view.actions.at(-1)] ?? "đang soạn tin…";
  if (isLost) status = "mất kết nối, đang thử lại…";
  $("status").classList.toggle("busy", isBusy && !isLost);
  if ($("status").textContent !== status) $("status").textContent = status;
}

function showBusy(hasAnswered) {
  const count = state.view.actions.length;
  if (hasAnswered || busy.actions < 0) busy.until = 0;
  else if (count > busy.actions) {
    busy.until = Date.now() + BUSY_MS;
    clearTimeout(busy.timer);
    busy.timer = setTimeout(showStatus, BUSY_MS + 50);
  }
  busy.actions = count;
}

function showSpeakers() {
  const people = isPrivate() || isChannel() ? [] : members();
  if (people.length && !people.some((user) => user.id === state.speakers.get(state.chat))) state.speakers.set(state.chat, people[0].id);
  $("speaker").hidden = people.length < 2;
  $("speakers").replaceChildren(...people.map((user) => element("option", { value: user.id }, user.first_name)));
  $("speakers").value = state.speakers.get(state.chat);
}

function showTopics() {
  const topics = state.view.chat.is_forum ? [{ thread: 0, name: "Tất cả" }, ...state.view.topics] : [];
  $("topics").hidden = !topics.length;
  const focused = document.activeElement?.dataset?.topic;
  $("topics").replaceChildren(...topics.map(({ thread, name, closed }) => {
    const attributes = { "data-topic": thread, "aria-pressed": String(thread === state.topic), onclick: () => choose(state.chat, thread) };
    return element("button", attributes, closed ? `🔒 ${name}` : name);
  }));
  if (focused) $("topics").querySelector(`[data-topic="${focused}"]`)?.focus();
}

// In place of the field: how to begin, or to begin again.
function showFoot() {
  const isNew = isPrivate() && !state.view.messages.length;
  const isBlocked = isPrivate() && state.view.bot_status === "kicked";
  const hadFocus = document.activeElement === $("start");
  $("start").hidden = !(isNew || isBlocked);
  $("composer").hidden = !$("start").hidden;
  $("start").textContent = isBlocked ? "Khởi động lại" : "Bắt đầu";
  if (hadFocus && $("start").hidden) $("text").focus();
}

async function send(text) {
  const topic = state.topic ? { thread: state.topic } : {};
  try {
    await call("message", { chat: state.chat, text, ...sender(), ...topic });
  } catch (error) {
    toast(`Không gửi được: ${error.message}`);
    return false;
  }
  toEnd();
  return true;
}

async function tap(button, message, place) {
  button.setAttribute("aria-busy", "true");
  try {
    const result = await call("tap", { chat: state.chat, message_id: message.message_id, button: place, wait_seconds: 15, ...sender() });
    if (result.answer?.show_alert) {
      $("alert-text").textContent = result.answer.text;
      $("alert").showModal();
    } else if (result.answer?.text) toast(result.answer.text);
  } catch (error) {
    toast(`Không bấm được: ${error.message}`);
  }
  button.removeAttribute("aria-busy");
}

onSend(send, startBot);
onCommand(send);
onMade((id, topic) => { leaveDrawer(); return choose(id, topic); });
$("start").addEventListener("click", () => send("/start"));
$("speakers").addEventListener("change", () => { state.speakers.set(state.chat, Number($("speakers").value)); showChat(); });
// A link to the bot itself starts it here, with what the link carries.
$("messages").addEventListener("click", (event) => {
  const address = event.target.closest("a")?.href ?? "";
  const start = new RegExp(`^https://t\\.me/${state.bot.username}\\?start=([\\w-]{1,64})$`).exec(address);
  if (!start) return;
  event.preventDefault();
  startBot(start[1]);
});
function startBot(payload) {
  choose(isPrivate() ? state.chat : sender().from).then(() => send(`/start ${payload}`));
}

state.chat = Number(sessionStorage.getItem("chat"));
state.isUnread = !state.chat;
watch();
