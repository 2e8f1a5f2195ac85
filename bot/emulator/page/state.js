// What the page knows: the chats there are, the open one as it was last seen, and who speaks in it.

export const state = {
  bot: {}, chats: [], // as the list of chats gave them
  chat: 0, view: null, // the open chat: its id, and what it shows
  topic: 0, // the open topic of a forum, 0 for all
  isUnread: false, // nothing was looked at yet
  speakers: new Map(), // who writes, by chat
  drafts: new Map(), // what was begun and not sent, by chat
  seen: new Map(), // how many messages of a chat were looked at
};

const PRESENT = ["creator", "administrator", "member", "restricted"];

export const isPrivate = () => state.chat > 0;
export const isChannel = () => state.view?.chat.type === "channel";
export const nameOf = (chat) => chat.title ?? chat.first_name;

/** The people who can write in the open chat. */
export function members() {
  return (state.view?.members ?? []).filter((row) => PRESENT.includes(row.status)).map((row) => row.user);
}

/** Who writes and taps in the open chat, as the control interface wants it. */
export function sender() {
  const speaker = state.speakers.get(state.chat);
  return isPrivate() || isChannel() || !speaker ? {} : { from: speaker };
}
