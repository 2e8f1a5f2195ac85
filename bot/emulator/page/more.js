// The menu behind the three dots, and the dialog that makes people, groups and topics.

import { call } from "./control.js";
import { $, element, toast } from "./dom.js";
import { isPrivate, members, sender, state } from "./state.js";

let choose = () => {};
/** Open with `chooseChat` what was made. */
export function onMade(chooseChat) { choose = chooseChat; }

/** Make a user with this name and open the chat. */
export async function makeUser(name) {
  const made = await call("user", { first_name: name });
  choose(made.chat.id);
}

async function makeGroup(kind, name) {
  const users = state.chats.map((row) => row.chat).filter((chat) => chat.type === "private").map((chat) => chat.id);
  const type = kind === "channel" ? "channel" : "supergroup";
  const speaker = isPrivate() ? state.chat : sender().from ?? users[0];
  const made = await call("group", { title: name, type, forum: kind === "forum", members: users, administrators: speaker ? [speaker] : [] });
  state.speakers.set(made.chat.id, speaker);
  choose(made.chat.id);
}

async function makeTopic(name) {
  const made = await call("topic", { chat: state.chat, name, ...sender() });
  choose(state.chat, made.thread);
}

function make(kind, name) {
  if (kind === "user") return makeUser(name);
  return kind === "topic" ? makeTopic(name) : makeGroup(kind, name);
}

/** Show what can be done with the bot in the open chat. */
export function showDeeds() {
  const status = state.view.bot_status;
  const deeds = isPrivate()
    ? [status === "kicked" ? ["Bỏ chặn bot", "unblock"] : ["Chặn bot", "block"]]
    : [status === "administrator" ? ["Thôi cho bot làm quản trị", "demote"] : ["Cho bot làm quản trị", "promote"],
      status === "kicked" || status === "left" ? ["Thêm bot vào lại", "add"] : ["Mời bot ra", "kick"]];
  $("deeds").replaceChildren(...deeds.map(([label, action]) => element("button", { onclick: () => {
    $("more").hidePopover();
    const by = isPrivate() ? {} : { by: sender().from ?? members()[0]?.id ?? null };
    call("member", { chat: state.chat, action, ...by }).catch((error) => toast(`Không làm được: ${error.message}`));
  } }, label)));
}

for (const radio of document.querySelectorAll("[name=theme]")) {
  radio.checked = radio.value === document.documentElement.dataset.theme;
  radio.addEventListener("change", () => {
    document.documentElement.dataset.theme = radio.value;
    localStorage.setItem("theme", radio.value);
  });
}

$("new").addEventListener("click", () => {
  $("make-form").reset();
  $("topic-choice").hidden = !state.view?.chat.is_forum;
  $("make").showModal();
  $("make-name").focus();
});
$("make-cancel").addEventListener("click", () => $("make").close());
$("make-form").addEventListener("submit", () => {
  const name = $("make-name").value.trim();
  if (name) make($("make-form").kind.value, name).catch((error) => toast(`Không thêm được: ${error.message}`));
});
