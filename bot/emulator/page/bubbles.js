// How one message looks: its bubble with what stands in it, the buttons below, or a service line.

import { fileAddress } from "./control.js";
import { element } from "./dom.js";
import { format, link } from "./formatting.js";
import { isPrivate, nameOf, sender, state } from "./state.js";

/** Return the row of `message`; `actions` says what happens on `tap`, `find` and `share`. */
export function bubble(message, { hasTail, isFirst }, actions) {
  if (isService(message)) return element("p", { class: "note" }, serviceLine(message));
  const own = isOwn(message);
  const parts = [...header(message, isFirst && !own), ...quoted(message, actions), ...attachment(message)];
  const above = message.link_preview_options?.show_above_text ? "unshift" : "push";
  if (message.text) parts.push(element("div", { class: "body" }, ...format(message.text, message.entities.map((row) => ({ ...row })))));
  const time = element("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date));
  parts[above](...preview(message));
  parts.push(element("span", { class: "meta" }, message.edited ? "đã sửa " : "", time));
  const classes = ["row", own ? "own" : "other", hasTail && "tail", isFirst && "first", message.photo && "has-photo", message.buttons.length && "has-keys"];
  const row = element("article", { class: classes.filter(Boolean).join(" "), "aria-label": `${senderName(message)}, ${clock(message.date)}`, tabindex: "-1" }, element("div", { class: "bubble" }, ...parts));
  if (message.buttons.length) row.append(keyboard(message, actions));
  return row;
}

/** Whether the one who looks wrote it. */
export function isOwn(message) {
  return message.from === "user" && (isPrivate() || message.sender?.id === sender().from);
}

export const isService = (message) => !message.text && !message.document && !message.photo;
export const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });

/** Who wrote it: a person, the bot, or a channel. */
export function senderName(message) {
  return message.sender?.first_name ?? nameOf(state.view.chat);
}

/** One line of what a message says. */
export function gist(message) {
  if (isService(message)) return serviceLine(message);
  return message.text.replace(/\s+/g, " ").slice(0, 120) || (message.photo ? "Ảnh" : message.document.file_name);
}

function header(message, isNamed) {
  const parts = [];
  if (isNamed && !isPrivate()) parts.push(element("div", { class: `sender c${Math.abs(message.sender?.id ?? state.chat) % 6}` }, senderName(message)));
  const via = message.extra?.via_bot;
  if (via) parts.push(element("div", { class: "forwarded" }, `qua @${via.username}`));
  const origin = message.extra?.forward_origin;
  if (origin) parts.push(element("div", { class: "forwarded" }, `Chuyển tiếp từ ${origin.sender_user_name ?? "nơi khác"}`));
  return parts;
}

function quoted(message, actions) {
  const original = state.view.messages.find((row) => row.message_id === message.reply_to && !row.deleted);
  if (!original) return [];
  return [element("button", { class: "reply", "aria-label": `Trả lời ${senderName(original)}: ${gist(original)}`, onclick: () => actions.find(original.message_id) },
    element("b", {}, senderName(original)), element("span", {}, gist(original)))];
}

function attachment(message) {
  if (message.photo) {
    const { file_id: id, width, height } = message.photo.at(-1);
    const image = element("img", { src: fileAddress(id), width, height, alt: message.text ? `Ảnh: ${gist(message)}` : "Ảnh" });
    const anchor = element("a", { class: "photo", href: fileAddress(id), target: "_blank", "aria-label": "Mở ảnh" }, image);
    anchor.style.setProperty("--width", `${width}px`);
    anchor.style.setProperty("--ratio", width / height);
    return [anchor];
  }
  if (!message.document) return [];
  const { file_id: id, file_name: name, file_size: size } = message.document;
  return [element("a", { class: "document", href: fileAddress(id), download: name },
    element("span", { class: "file-icon", "aria-hidden": "true" }, "↓"),
    element("span", {}, element("b", {}, name), element("span", {}, fileSize(size))))];
}

// The preview of a page. Telegram would fetch its picture; here it is an empty frame.
function preview(message) {
  const { url, is_disabled: isDisabled } = message.link_preview_options ?? {};
  if (!url || isDisabled) return [];
  const anchor = link(url, { class: "preview" });
  anchor.append(element("span", { class: "frame", "aria-hidden": "true" }, "🖼"), element("span", {}, `Ảnh của ${new URL(url).hostname.replace(/^www\./, "")}`));
  return [anchor];
}

function fileSize(bytes) {
  const [amount, unit] = bytes < 1024 ? [bytes, "B"] : bytes < 1048576 ? [bytes / 1024, "kB"] : [bytes / 1048576, "MB"];
  return `${amount.toLocaleString("vi", { maximumFractionDigits: 1 })} ${unit}`;
}

function keyboard(message, actions) {
  const rows = message.buttons.map((row, line) => element("div", {}, ...row.map((button, column) => {
    if (button.switch_inline_query !== undefined) return element("button", { class: "key", onclick: () => actions.share(button.switch_inline_query) }, button.text);
    if (!button.url) return element("button", { class: `key ${button.style ?? ""}`, onclick: (event) => actions.tap(event.currentTarget, message, [line, column]) }, button.text);
    const key = link(button.url, { class: "key out" });
    key.append(button.text);
    return key;
  })));
  return element("div", { class: "keyboard", role: "group", "aria-label": "Các nút của tin" }, ...rows);
}

function serviceLine(message) {
  const extra = message.extra ?? {};
  const who = senderName(message);
  if (extra.new_chat_members) return `${extra.new_chat_members.map((user) => user.first_name).join(", ")} đã vào nhóm`;
  if (extra.left_chat_member) return `${extra.left_chat_member.first_name} đã rời nhóm`;
  if (extra.pinned_message) return `${who} đã ghim «${(extra.pinned_message.text ?? extra.pinned_message.caption ?? "một tin").slice(0, 40)}»`;
  if (extra.forum_topic_created) return `Chủ đề «${extra.forum_topic_created.name}» đã mở`;
  if (extra.forum_topic_closed) return "Chủ đề đã đóng";
  if (extra.forum_topic_reopened) return "Chủ đề đã mở lại";
  if (extra.migrate_to_chat_id || extra.migrate_from_chat_id) return "Nhóm đã được nâng cấp";
  return "Tin không có chữ";
}
