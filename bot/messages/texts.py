"""What readers read in chat about news: digests, answers, stories, watches; and help, limits and small talk.

The other texts are in `subscription_texts` and `operator_texts`. In all of them: bản tin = digest, chủ đề =
topic, giờ nhận = times, giờ yên tĩnh = quiet hours, chuyện = story (readers open a "tin"), nguồn = source.
The reader is "bạn", the bot is "Điểm Tin". A `Markup` is HTML whose `format` escapes what is put in; a `str`
is plain text for buttons, for the line over a tapped button, and for command descriptions.
"""

from markupsafe import Markup

# Digest on demand
LAST_DAY = "Tin 24 giờ qua"
NO_NEWS = Markup("Trong 24 giờ qua chưa có tin mới hợp với lựa chọn của bạn.")
NO_NEWS_NEXT = Markup("Bản tin kế tiếp sẽ đến lúc {moment}.")
NO_NEWS_TOPICS = Markup("Bạn có thể chọn thêm chủ đề: /chude")
LAST_DAY_OF = "Tin 24 giờ qua: {topics}"
NO_NEWS_OF = Markup("Trong 24 giờ qua chưa có tin {topics}.")

# Questions
EMPTY_QUESTION = Markup(
    "Bạn muốn tìm tin gì? Gõ vài từ, có dấu hay không đều được, ví dụ: <code>/tim giá xăng</code>"
)
ONLY_FIRST_WORDS = Markup("Câu hỏi hơi dài, Điểm Tin chỉ tìm theo những từ đầu.")
FOUND = Markup("{total} bài về «<b>{words}</b>»{page}")
FOUND_MORE = Markup("Hơn {total} bài về «<b>{words}</b>»{page}")
FOUND_AT_LEAST = Markup("Ít nhất {total} bài về «<b>{words}</b>»{page}")
FOUND_NEWEST = Markup("<b>{total} bài</b>, mới nhất trước{page}")
FOUND_NEWS = Markup("<b>{total} bài</b>, mỗi chuyện một lần, chuyện nhiều báo đưa đứng trước{page}")
PAGE_OF = " · trang {page}/{pages}"
LEFT_OUT = Markup("Bỏ các bài có: {what}")
NOT_ANSWERED = Markup("Không thấy bài nào nói đúng về «<b>{words}</b>».")
NEAREST = "Gần nhất:"
NOTHING_FOUND = Markup("Không thấy bài nào về «<b>{words}</b>».")
NOTHING_FOUND_NEXT = Markup("Bạn thử ít từ hơn hoặc từ khác nhé. Tin 24 giờ qua: /tin")
RESPELLED = Markup("Không thấy bài nào về «{typed}». Có phải bạn muốn hỏi «{words}»?")
NOT_THEN = Markup("Không thấy bài nào {when}; đây là những bài lúc khác.")
ONLY_IN = Markup("Chỉ tìm: {what}")
NO_SUCH_SOURCE = Markup("Không có nguồn «{name}». Đang có: {known}.")
NO_SUCH_TOPIC = Markup("Không có chủ đề «{name}». Đang có: {known}.")
AND_OTHERS = " và {count} mục khác"
ON_DAY, BETWEEN_DAYS, SINCE_DAY, UNTIL_DAY = "ngày {day}", "{first}–{last}", "từ {day}", "đến {day}"
LOOKED_THROUGH = "Đã xem {count} bài"
NEWEST_LOOKED_THROUGH = "Đã xem {count} bài mới nhất"
FRESHEST = "mới nhất {when}"
DETAILS = Markup("<b>Chi tiết</b> · «{words}»")
CITED_SOURCES = Markup("<b>Nguồn</b> · «{words}»")
ALSO_REPORTED = Markup("Cũng đưa tin: {papers}")
BY_DAY = Markup("<b>Theo ngày</b> · «{words}»")
DAY_LINE = Markup("{day} {bar} {count} bài{headline}")
NO_ANSWER_VIEW = "Các bài của câu trả lời này không còn được lưu. Bạn hỏi lại nhé."
READ_ON = "Bạn bấm vào tiêu đề để đọc tiếp nhé."
PAGE_GONE = Markup("Các bài này đã cũ và không còn được lưu. Bạn hỏi lại nhé.")
ONLY_TEXT = Markup("Điểm Tin chỉ đọc được chữ. Bạn gõ vài từ cần tìm nhé, ví dụ: <code>giá xăng</code>")

# Trends
EMPTY_TREND = Markup(
    "Bạn muốn xem từ nào được nhắc nhiều hay ít trong 30 ngày qua? Gõ ví dụ: <code>/xuhuong giá xăng</code>"
)
NO_TREND = Markup(
    "Trong 30 ngày qua chưa có bài nào về «{words}».\n"
    "Bạn thử ít từ hơn, hoặc tìm cả bài cũ: <code>/tim {words}</code>"
)
TREND_NO_SUCH_NAME = Markup("Không có nguồn hay chủ đề «{name}», nên chưa đếm được.")
TREND_TITLE = "Xu hướng: {words}"
TREND_PANEL = "Số bài mỗi ngày"
TREND = Markup("<b>{words}</b>: {total} bài trong 30 ngày, {first}–{last}.")
TREND_CUT = Markup("<b>{words}</b>: nhiều bài quá, chỉ tính {total} bài mới nhất, {first}–{last}.")
TREND_PEAK = Markup("{sign} Ngày {day}, {count} bài{headline}")
TREND_MORE = Markup("Xem các bài: <code>/tim {words}</code>")

# Watches
WATCHING = Markup("🔔 Đang theo dõi «{words}». Có chuyện mới, Điểm Tin sẽ báo {whom}.")
WATCHES_PAUSED = Markup("\nHiện đang tạm dừng, nên chỉ báo sau khi tiếp tục: /tieptuc")
WATCHED_ALREADY = Markup("«{words}» đã được theo dõi từ trước rồi.")
TOO_MANY_WATCHES = Markup("Đã đủ {most} mục theo dõi. Bỏ bớt một mục rồi thêm nhé: /theodoi")
EMPTY_WATCH = Markup("Bạn muốn theo dõi gì? Gõ vài từ, ví dụ: <code>/theodoi giá xăng</code>")
WATCH_NEEDS_WORDS = Markup(
    "Theo dõi thì cần ít nhất một từ, ví dụ: <code>/theodoi giá xăng nguon:tên-báo</code>. "
    "Muốn nhận đều tin của một chủ đề: /chude"
)
WATCHES_NO_SUCH_NAME = Markup("Không có nguồn hay chủ đề «{name}», nên chưa theo dõi được.")
WATCH_NEEDS_START = Markup("Để Điểm Tin được nhắn tin trước, gửi /start rồi theo dõi lại nhé.")
WATCHES = Markup(
    "<b>Đang theo dõi</b> ({count}/{most})\n{lines}\n\n"
    "Mỗi chuyện mới báo một lần; trong giờ yên tĩnh thì để dành. "
    "Thêm: <code>/theodoi từ khóa</code>"
)
WATCH_LINE = Markup("• {words}")
NOTHING_WATCHED, NO_WORD_WATCHED = "Chưa theo dõi gì", "Chưa theo dõi từ nào"
NO_WATCHES = Markup("{nothing}. Gõ ví dụ <code>/theodoi giá xăng</code>: có chuyện mới là Điểm Tin báo ngay.")
STOPPED_WATCHING = "Đã thôi theo dõi «{words}»."
STALE_WATCH = "Mục này không còn theo dõi được. Xem danh sách: /theodoi"
PROPOSE_WATCH = Markup("Theo dõi «<b>{words}</b>»? Có chuyện mới, Điểm Tin sẽ báo {whom}.")
PROPOSE_UNWATCH = Markup("Bạn muốn thôi theo dõi mục nào?")
NOT_WATCHED = Markup("Bạn chưa theo dõi «{words}», nên không có gì để tắt. Xem danh sách: /theodoi")
AWAIT_WATCH = Markup("Muốn theo dõi thêm gì, bạn gõ luôn vào đây nhé.")
BUTTON_WATCH_WORDS = "🔔 Theo dõi «{words}»"

# Inline mode
INLINE_NOTHING = "Không thấy bài nào · Hỏi Điểm Tin"
INLINE_NO_SUCH_NAME = "Không có «{name}» · Hỏi Điểm Tin"
INLINE_NO_NEWS = "Chưa có tin mới · Mở Điểm Tin"
GUEST_TITLE = "Điểm Tin trả lời"
GUEST_EMPTY = Markup(
    "Bạn muốn tìm tin gì? Nhắc tên bot kèm vài từ, ví dụ: <code>@{bot} giá xăng hôm nay</code>"
)
BUTTON_GUEST = "Hỏi tiếp Điểm Tin"
INLINE_TOO_FAST = "Bạn gõ hơi nhanh, thử lại sau {wait} nhé"

# Limits and refusals
YOU, THIS_GROUP = "bạn", "nhóm này"
TOO_FAST = Markup("Bạn gửi hơi nhanh. Sau {wait} nữa bạn gửi lại, Điểm Tin sẽ trả lời nhé.")
GROUP_TOO_FAST = Markup(
    "Cả nhóm gửi hơi nhiều. Sau {wait} nữa gửi lại nhé, hoặc nhắn riêng cho Điểm Tin để hỏi ngay."
)
STALE_BUTTON = "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."
STALE_PAGE = "Nút này đã cũ. Bạn gửi lại câu hỏi nhé."
WAIT_FOR_YOUR_TURN = "Điểm Tin đang trả lời các tin trước. Bạn đợi một chút nhé."
SEARCH_PAUSED = "Kho bài đang được sắp xếp lại nên chưa tra được. Bạn hỏi lại sau vài phút nhé."
FAILED = "Có trục trặc, Điểm Tin chưa làm được việc này. Bạn thử lại sau ít phút nhé."

# Help
HELP = Markup(
    "<b>Điểm Tin</b> đọc báo và gửi bản tin ngắn, trích nguyên văn, có dẫn nguồn.\n"
    "Muốn tìm tin, bạn cứ gõ vài từ vào đây, có dấu hay không đều được. Thu hẹp: thêm <code>hôm qua</code>, "
    '<code>nguon:tên-báo</code> hoặc <code>chude:kinh-te</code>. Đúng cụm từ: <code>"giá vàng"</code>; '
    "bỏ bài có từ hay cụm từ, ghi ở cuối: <code>-vàng nhẫn</code>.\n\n{commands}"
)
HELP_GROUP = Markup(
    "<b>Điểm Tin</b> trong nhóm: <code>/tim@{bot} từ cần tìm</code>, hoặc hỏi kèm tên <code>@{bot}</code>, "
    "hoặc trả lời tin của Điểm Tin: <i>thế còn Huế?</i>\n"
    "Quản trị viên đổi được lịch và chủ đề của nhóm.\n\n{commands}"
)
HELP_INLINE = Markup("\n\nTrong bất kỳ cuộc trò chuyện nào: gõ <code>@{bot} từ cần tìm</code>")
HELP_LINE = Markup("/{name} – {description}")
UNKNOWN_COMMAND = Markup("Điểm Tin không có lệnh <code>/{name}</code>. Xem các lệnh: /trogiup")
UNKNOWN_COMMAND_NEAR = Markup("Điểm Tin không có lệnh <code>/{name}</code>. Có phải bạn muốn gửi /{near}?")
FORWARDED_COMMAND = Markup("Điểm Tin không làm theo lệnh được chuyển tiếp. Bạn tự gõ lại lệnh nhé.")

# Buttons
BUTTON_CLOSE = "Xong"
BUTTON_BACK = "‹ Quay lại"
BUTTON_UNDO = "↩ Hoàn tác"
BUTTON_PREVIOUS = "‹ Trước"
BUTTON_NEXT = "Sau ›"
BUTTON_DETAILS = "Chi tiết"
BUTTON_SOURCES = "Nguồn"
BUTTON_BY_DAY = "Theo ngày"
BUTTON_SUGGESTED = "Ý bạn là «{words}»?"
BUTTON_ANY_TIME = "✕ Bỏ thời gian ({when})"
BUTTON_ANY_SOURCE = "✕ Bỏ nguồn ({names})"
BUTTON_ANY_TOPIC = "✕ Bỏ chủ đề ({names})"
BUTTON_ASK = "Tìm «{words}»"
BUTTON_STOP = "✕ {words}"
BUTTON_WATCH = "🔔 Theo dõi"
BUTTON_MORE = "Xem thêm"
BUTTON_MORE_OF = "Xem thêm: {words}"
BUTTON_STOP_WATCHING = "Thôi theo dõi"
BUTTON_WATCH_AGAIN = "↩ Theo dõi lại"
CHOSEN = "✓ "

# Digests
PARTS_MISSING = Markup(
    "⚠️ Thiếu phần {parts} của bản tin này vì Telegram không nhận. Muốn đọc tin, bạn gửi vài từ khóa nhé."
)
CORRECTION_LINE = Markup("<b>Đính chính ({time}):</b> {text}")
CORRECTION_NOTICE = Markup("<b>Đính chính</b>\nVề tin «{headline}» ({edition} lúc {moment}): {text}")
BREAKING_WHY = "{papers} báo đăng trong {minutes} phút."
BUTTON_NO_BREAKING = "Tắt tin nóng"
AWAY_TITLE = "Bạn nghỉ {days} ngày: {{count}} chuyện lớn"
AWAY_LONG_TITLE = "Bạn nghỉ hơn {days} ngày: {{count}} chuyện lớn {days} ngày qua"
WEEKLY_TITLE = "Tuần qua: {count} chuyện lớn"

# The bot's own page in Telegram
DESCRIPTION = (
    "Điểm Tin đọc báo tiếng Việt giúp bạn: mỗi ngày một bản tin ngắn, trích nguyên văn, có dẫn nguồn. "
    "Muốn tìm tin gì, bạn cứ gõ vài từ, có dấu hay không đều được."
)
SHORT_DESCRIPTION = "Bản tin tiếng Việt ngắn mỗi ngày, trích nguyên văn, có dẫn nguồn; hỏi tin bằng vài từ."

# Small talk
THANKS = Markup("Không có gì! Cần tin gì, bạn cứ gõ nhé.")
FINE = Markup("👍")
WHO = Markup(
    "Mình là <b>Điểm Tin</b>, một chương trình đọc báo giúp bạn: gửi bản tin ngắn mỗi ngày "
    "và trả lời bằng câu trích nguyên văn từ các báo. Cách dùng: /trogiup"
)

# Lists and articles
NO_LIST = Markup("Chưa có danh sách nào để mở. Bạn gõ vài từ cần tìm, hoặc xem tin 24 giờ qua: /tin")
NO_SUCH_ITEM = Markup("Danh sách gần nhất chỉ có {count} bài.")
NO_SUCH_PAGE = Markup("Danh sách gần nhất chỉ có {count} trang.")
NO_MORE = Markup("Hết bài về «{words}» rồi. Tin 24 giờ qua: /tin")
ARTICLE_GONE = Markup("Bài này không còn được lưu.")
NOT_STORED = Markup("Điểm Tin chưa lưu bài ở địa chỉ này. Đây là tin gần nhất:")
NO_WORDS_IN_ADDRESS = Markup("Điểm Tin chưa lưu bài ở địa chỉ này. Bạn gõ vài từ trong tiêu đề để tìm nhé.")

# Commands
CALLED_OFF = Markup("Vâng, bỏ qua nhé.")
WORDS_UNUSED = Markup("Lệnh /{command} không cần gì đi kèm, nên Điểm Tin bỏ qua «{words}».")

# A story's card
STEPS = Markup("<b>Diễn biến</b>")
SENT_TO = {True: "Đã gửi nhóm: {moments}", False: "Đã gửi bạn: {moments}"}
OTHER_PAPERS = "và {count} báo khác"
CARD_GONE = "Chuyện này đã cũ, Điểm Tin không còn lưu. Bạn gõ vài từ để tìm nhé."
CARD_HIDDEN = "Báo đăng tin này không cho trích nữa, nên Điểm Tin không mở được."
OPENED_ALREADY = "Điểm Tin vừa mở tin này rồi, bạn xem bên dưới nhé."

# What a digest had no room for
MORE = Markup("<b>Tin khác</b> · trang {page}/{pages}")
MORE_GONE = "Danh sách này đã cũ, Điểm Tin không còn lưu. Tin 24 giờ qua: /tin"
NOTHING_ON_PAGE = Markup("Các tin ở trang này không còn được lưu.")

# Under a card
BUTTON_SAVE = "Để dành"
BUTTON_FOLLOW = "🔔 Theo dõi chuyện này"
BUTTON_UNFOLLOW = "Đang theo dõi chuyện này"
BUTTON_MORE_SUCH = "Nhiều hơn"
BUTTON_LESS_SUCH = "Ít tin thế này"
BUTTON_WHY = "Vì sao tin này?"
BUTTON_MUTE = "Bỏ một từ"
CHOOSE_WORD = "Chạm từ bạn không muốn gặp nữa."
MUTED = "Từ nay Điểm Tin bỏ tin có «{word}». Lấy lại: /tu"
BUTTON_SHARE = "Chia sẻ"
BUTTON_READ_ON = "Đọc kỹ trong Điểm Tin"
NEEDS_START = "Để Điểm Tin nhớ giúp, bạn gửi /start trước nhé."
STORY_SAVED = "Đã để dành. Xem lại lúc nào cũng được: /dedanh"
SAVED_FULL = "Bạn đã để dành {most} tin. Đọc bớt rồi thêm nhé: /dedanh"
NOT_SAVED = "Đã bỏ khỏi danh sách để dành."
TAUGHT = {
    1: "Từ bản tin sau, Điểm Tin ưu tiên hơn: {traits}. Xem lại, gỡ bớt: /tu",
    -1: "Từ bản tin sau, Điểm Tin bớt lại: {traits}. Xem lại, gỡ bớt: /tu",
}
UNTAUGHT = "Đã bỏ. Điểm Tin không tính tin này nữa."
TRAITS = {"topic": "chủ đề {key}", "paper": "báo {key}", "person": "«{key}»", "word": "«{key}»"}

# Why a story was told
WHY = "Vì {reasons}."
WHY_PAPERS = "{count} báo cùng đưa tin"
WHY_ONE_PAPER = "{paper} mới đưa tin"
WHY_TOPIC = "bạn chọn chủ đề {topic}"
WHY_RANK = "chuyện đứng thứ {rank} về độ quan trọng của {edition}"

# Saved stories
SAVED_LIST = Markup(
    "<b>Tin để dành</b> ({count}){page}\n{lines}\n\nChạm số để đọc; đọc rồi thì tin rời danh sách."
)
SAVED_LINE = Markup("{number}. {headline} <i>({day})</i>")
NOTHING_SAVED = Markup("Bạn chưa để dành tin nào. Dưới mỗi tin có nút «Để dành».")
READ_SAVED = "Đã đọc, tin rời danh sách."
STALE_SAVED = "Tin này không còn trong danh sách. Xem lại: /dedanh"

# Followed stories
FOLLOWING = "🔔 Đang theo dõi. Chuyện có gì mới, Điểm Tin báo ngay; một tuần yên ắng thì thôi."
FOLLOWS_FULL = "Bạn đã theo dõi {most} chuyện. Bỏ bớt rồi thêm nhé: /theodoi"
UNFOLLOWED = "Đã thôi theo dõi chuyện này."
STALE_FOLLOW = "Chuyện này không còn theo dõi được. Xem danh sách: /theodoi"
FOLLOWED = Markup("<b>Chuyện đang theo dõi</b> ({count}/{most})\n{lines}")
BUTTON_READ_CARD = "Đọc kỹ"

# Daily figures
FIGURE = "{label}: {value} ({when}, {source})"
OLD_FIGURE = "số cũ, {when}"
FIGURES_FOUND = Markup("<b>Số liệu</b>\n{lines}")
