// Inline mode: what the bot offers for words behind its name, to be sent as one's own message.

import { call } from "./control.js";
import { toast } from "./dom.js";
import { isPrivate, sender, state } from "./state.js";

const PAUSE_MS = 250; // of typing, before the bot is asked
let latest = 0;

/** Return what the bot offers for `words`, null when it is not wanted any more; without words only forget.
 *  `openBot` leads to the bot's own chat with what the button of an answer carries. */
export async function askInline(words, openBot) {
  const turn = ++latest;
  if (words === null) return null;
  await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
  if (turn !== latest) return null;
  const { chat, speakers, view } = state;
  const from = sender().from ?? speakers.get(chat) ?? chat;
  const { inline_query_id, answer } = await call("inline", { from, query: words, chat_type: isPrivate() ? "sender" : view.chat.type, wait_seconds: 10 });
  if (turn !== latest || !answer) return null;
  const choose = (result) => call("inline/choose", { inline_query_id, result, chat }).catch((error) => toast(`Không gửi được: ${error.message}`));
  const rows = answer.results.map(({ id, title, description }) => ({ title, description, choose: () => choose(id) }));
  const { text: title, start_parameter: payload } = answer.button ?? {};
  return title ? [{ title, description: "", choose: () => openBot(payload) }, ...rows] : rows;
}
