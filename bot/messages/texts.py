"""Everything the chat says, in one place so that the words stay the same.

bản tin = digest, chủ đề = topic, giờ nhận = times, giờ yên tĩnh = quiet hours, tạm dừng, câu hỏi, nguồn. The
reader is "bạn", we are "Điểm Tin". A `Markup` is HTML whose `format` escapes what is put in; a `str` is plain
text for buttons, for the line over a tapped button, and for command descriptions.
"""

from markupsafe import Markup

from storage.delivery.states import DeliveryStatus, IssueStatus
from storage.profiles import Length

# Start
WELCOME = Markup(
    "Chào bạn! Điểm Tin đọc báo giúp bạn và gửi bản tin ngắn: trích nguyên văn, có dẫn nguồn.\n"
    "Bạn sẽ nhận <b>{edition}</b> lúc {schedule}. Muốn tìm tin gì, bạn cứ gõ vào đây."
)
WELCOME_GROUP = Markup(
    "Chào cả nhóm! Điểm Tin đọc báo giúp bạn và gửi bản tin ngắn: trích nguyên văn, có dẫn nguồn.\n"
    "Nhóm sẽ nhận <b>{edition}</b> lúc {schedule}. Tìm tin: <code>/tim@{bot} từ cần tìm</code>"
)
WELCOME_CHANNEL = Markup(
    "Kênh sẽ nhận <b>{edition}</b> lúc {schedule}: tin ngắn, trích nguyên văn, có dẫn nguồn."
)
CHANNEL_SETTINGS = Markup("Cài đặt của kênh nằm trong chat riêng với Điểm Tin, chỉ quản trị viên mở được.")
CHANNEL_HEADING = Markup("Kênh <b>{title}</b>")
CHANNEL_GONE = Markup("Không mở được kênh này: Điểm Tin không có trong kênh, hoặc liên kết đã sai.")
ONLY_CHANNEL_ADMINISTRATORS = Markup("Chỉ quản trị viên của kênh mở được cài đặt của kênh.")
BUTTON_CHANNEL_SETTINGS = "Cài đặt của kênh"
CHANNEL_GREETING = Markup(
    "Điểm Tin đã vào kênh <b>{title}</b>. "
    "Muốn kênh nhận bản tin hằng ngày, bạn đăng <code>/start@{bot}</code> trong kênh."
)
WELCOME_BACK = Markup(
    "Chào mừng bạn trở lại! Mọi lựa chọn cũ vẫn còn nguyên.\n"
    "Bạn tiếp tục nhận <b>{edition}</b> lúc {schedule}."
)
FIRST_LATER = Markup("Hiện chưa có tin mới. Bản tin đầu tiên sẽ đến lúc {moment}.")
GROUP_GREETING = Markup(
    "Chào cả nhóm! Điểm Tin đọc báo giúp bạn. Tìm tin: <code>/tim@{bot} từ cần tìm</code> · "
    "tin 24 giờ qua: /tin@{bot}\n"
    "Muốn nhóm nhận bản tin hằng ngày, quản trị viên gửi /start@{bot}"
)

# Digest on demand
LAST_DAY = "Tin 24 giờ qua"
NO_NEWS = Markup("Trong 24 giờ qua chưa có tin mới hợp với lựa chọn của bạn.")
NO_NEWS_NEXT = Markup("Bản tin kế tiếp sẽ đến lúc {moment}.")
NO_NEWS_TOPICS = Markup("Bạn có thể chọn thêm chủ đề: /chude")

# Schedule
SCHEDULE = Markup(
    "<b>Lịch nhận tin</b>\n"
    "Bản tin: {edition}\n"
    "Giờ nhận: {schedule}\n"
    "Múi giờ: {zone}\n"
    "Giờ yên tĩnh: {quiet}\n"
    "Chủ đề: {topics}\n"
    "Độ dài: {length}, {sound}{weekly}{breaking}\n"
    "{next}"
)
NEXT_ARRIVAL = Markup("Lần tới: <b>{moment}</b>")  # "bản tin tới" reads like "Bản tin tối"
PAUSED_NOW = Markup("<b>Đang tạm dừng</b>: Điểm Tin không gửi bản tin.")
SCHEDULE_EXAMPLES = Markup(
    "Muốn giờ khác, bạn gõ: <code>/lich 6h30</code> · <code>/lich 18:00 T2-T6</code> · "
    "<code>/lich 7h và 19h</code> · <code>/lich múi giờ Berlin</code>"
)
SAVED = Markup("✓ Đã lưu.")
UNDONE = Markup("✓ Đã trở lại như trước.")
BREAKING_STOPPED = "Đã tắt tin nóng. Bật lại: /lich tin nóng"
NO_BREAKING_HERE = Markup("Tòa soạn này chưa gửi tin nóng. Các lựa chọn khác: /lich")
UNCHANGED = "Bạn đang chọn như vậy rồi."
ROUNDED = Markup("Giờ nhận theo bước năm phút, nên Điểm Tin lấy {times}.")
TIME_IS_QUIET = Markup("Giờ {times} nằm trong giờ yên tĩnh ({quiet}), nên bản tin đó sẽ đến lúc {release}.")
DAYS = Markup("<b>Ngày nhận</b>: {days}\nNgày khác, bạn gõ ví dụ: <code>/lich 18:00 T2, T4, T6</code>")
EDITIONS = Markup(
    "<b>Chọn bản tin</b>\n{editions}\n\n"
    "Chạm để nhận hay thôi nhận; nhận mấy bản cũng được, bản sau chỉ kể điều mới. "
    "Giờ và ngày nhận theo bản tin đã chọn."
)
LAST_EDITION = "Bạn đang nhận mỗi bản này. Chọn bản khác trước đã, hoặc nghỉ một thời gian: /tamdung"
EDITION_GONE = Markup(
    "{which} không còn phát nữa. Từ nay bạn nhận <b>{edition}</b> lúc {schedule}; "
    "chủ đề và các lựa chọn khác vẫn như cũ."
)
GONE_ONLY, GONE_ONE = "Bản tin bạn đang nhận", "Một bản tin bạn đang nhận"
EDITION_LINE = Markup("• {title}: {times}, {days}")
QUIET = Markup(
    "<b>Giờ yên tĩnh</b>: {quiet}\n"
    "Bản tin rơi vào giờ này sẽ đợi đến khi hết.\n"
    "Giờ khác, bạn gõ ví dụ: <code>/lich yên tĩnh 23:00-6:00</code>"
)
CLOSED = Markup("{edition}: {schedule}\nChủ đề: {topics}\n{next}\nĐổi lại lúc nào cũng được: /lich, /chude")

BAD_SCHEDULE = Markup(
    "Điểm Tin chưa hiểu giờ này. Bạn gõ ví dụ: <code>/lich 6h30</code> hoặc <code>/lich 18:00 T2-T6</code>"
)
IMPOSSIBLE_TIME = Markup(
    "Không có giờ như vậy; giờ đi từ 00:00 đến 23:59. Bạn gõ ví dụ: <code>/lich 6h30</code>"
)
TOO_MANY_TIMES = Markup("Mỗi ngày nhiều nhất bốn giờ nhận. Bạn gõ ví dụ: <code>/lich 7h và 19h</code>")
BAD_ZONE = Markup(
    "Điểm Tin không biết múi giờ này. Bạn gõ tên thành phố, ví dụ: <code>/lich múi giờ {example}</code>"
)
OFFSET_ZONE = Markup(
    "Múi giờ dạng GMT+7 không theo được khi nơi đó đổi giờ theo mùa. "
    "Bạn gõ tên thành phố, ví dụ: <code>/lich múi giờ {example}</code>"
)
BAD_QUIET = Markup(
    "Điểm Tin chưa hiểu giờ yên tĩnh này. Bạn gõ ví dụ: <code>/lich yên tĩnh 22:00-6:30</code> "
    "hoặc <code>/lich yên tĩnh tắt</code>"
)

# Topics
TOPICS = Markup("<b>Chủ đề</b>: {topics}\nChạm để chọn hoặc bỏ; không chọn gì là nhận tất cả.")
ALL_TOPICS = "tất cả"
UNKNOWN_TOPIC = Markup("Không có chủ đề «{name}». Bạn chọn trong các chủ đề dưới đây nhé.")

# Pausing
PAUSED = Markup("Đã tạm dừng. Điểm Tin không gửi bản tin nữa cho đến khi bạn muốn nhận lại.")
RESUMED = Markup("Bạn lại nhận bản tin. Lần tới: <b>{moment}</b>.")
RECAP_COMES = Markup(" Những chuyện lớn trong lúc bạn nghỉ sẽ đến trước, trong một bản.")

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

# A person's data
MY_DATA = Markup(
    "<b>Điểm Tin đang giữ về {whom}</b>\n"
    "• Mã chat: <code>{chat}</code>\n"
    "{subscription}"
    "• Bản tin đã xếp gửi: {deliveries} tin nhắn\n"
    "• Câu hỏi đã lưu: {questions}{last_question}\n"
    "• Đang theo dõi: {watches} mục\n"
    "• Tin để dành: {saved}; sở thích đã học: {tastes}\n"
    "Tất cả nằm trong tệp này. Xóa hết: /xoadulieu"
)
MY_SUBSCRIPTION = Markup(
    "• Đăng ký từ {since}, {status}\n"
    "• {edition}: {schedule}, {zone}\n"
    "• Chủ đề: {topics}\n"
    "• Giờ yên tĩnh: {quiet}\n"
)
LAST_QUESTION = Markup("; mới nhất: «{text}»")
STATUSES = {"active": "đang nhận bản tin", "paused": "đang tạm dừng", "gone": "đã ngừng gửi"}
NOTHING_KEPT = Markup("Điểm Tin không giữ gì về {whom}.")
YOU, THIS_GROUP = "bạn", "nhóm này"
ASK_TO_DELETE = Markup(
    "Xóa hết những gì Điểm Tin giữ về {whom}: đăng ký, lựa chọn, câu hỏi, bản tin đã gửi?\n"
    "Xóa rồi không lấy lại được."
)
DELETED = Markup("Đã xóa hết. Điểm Tin không còn giữ gì về {whom}. Khi muốn nhận tin lại: /start")
KEPT = Markup("Mọi thứ vẫn còn nguyên.")

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

# Limits and refusals
TOO_FAST = Markup("Bạn gửi hơi nhanh. Sau {wait} nữa bạn gửi lại, Điểm Tin sẽ trả lời nhé.")
GROUP_TOO_FAST = Markup(
    "Cả nhóm gửi hơi nhiều. Sau {wait} nữa gửi lại nhé, hoặc nhắn riêng cho Điểm Tin để hỏi ngay."
)
NOT_SUBSCRIBED = Markup("Bạn chưa nhận bản tin nào. Gửi /start để bắt đầu nhé.")
ONLY_ADMINISTRATORS = Markup(
    "Chỉ quản trị viên nhóm đổi được lựa chọn của nhóm. Ai cũng có thể gửi /tin và /tim."
)
STALE_BUTTON = "Nút này đã cũ. Bạn gửi /lich để mở lại nhé."
STALE_PAGE = "Nút này đã cũ. Bạn gửi lại câu hỏi nhé."
NOT_SUBSCRIBED_LINE = "Bạn chưa nhận bản tin nào. Gửi /start để bắt đầu nhé."
ONLY_ADMINISTRATORS_LINE = "Chỉ quản trị viên nhóm đổi được lựa chọn của nhóm."
WAIT_FOR_YOUR_TURN = "Điểm Tin đang trả lời các tin trước. Bạn đợi một chút nhé."
SEARCH_PAUSED = "Kho bài đang được sắp xếp lại nên chưa tra được. Bạn hỏi lại sau vài phút nhé."
FAILED = "Có trục trặc, Điểm Tin chưa làm được việc này. Bạn thử lại sau ít phút nhé."

# Buttons
BUTTON_TIMES = "Giờ nhận"
BUTTON_DAYS = "Ngày nhận"
BUTTON_TOPICS = "Chủ đề"
BUTTON_QUIET = "Giờ yên tĩnh"
BUTTON_EDITIONS = "Bản tin khác"
BUTTON_EDITION_TIMES = "Theo bản tin ({times})"
BUTTON_EVERY_DAY = "Hằng ngày"
BUTTON_WEEKDAYS = "Thứ Hai – thứ Sáu"
BUTTON_WEEKEND = "Cuối tuần"
BUTTON_QUIET_OFF = "Tắt giờ yên tĩnh"
BUTTON_ALL_TOPICS = "Tất cả"
BUTTON_DEFAULTS = "Về mặc định"
BUTTON_PAUSE = "Tạm dừng"
BUTTON_RESUME = "Tiếp tục nhận"
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
BUTTON_DELETE = "Xóa hết"
BUTTON_KEEP = "Giữ lại"
CHOSEN = "✓ "

# Operators
STATE = Markup(
    "<b>Điểm Tin: tình hình</b> ({now})\n"
    "Người nhận: {active} đang nhận, {paused} tạm dừng, {gone} đã ngừng\n"
    "Tin nhắn đang đợi gửi: {waiting}\n"
    "{delivery}\n"
    "Bài mới trong 24 giờ: {articles}, đang đợi xử lý: {unworked}\n"
    "{sending}"
)
PARTS_MISSING = Markup(
    "⚠️ Thiếu phần {parts} của bản tin này vì Telegram không nhận. Muốn đọc tin, bạn gửi vài từ khóa nhé."
)
STATE_DUE = Markup("Đã đến giờ gửi: {due}, lâu nhất {wait}; đang gửi {rate}/giây, xong khoảng {finish}")
STATE_HELD = Markup("Đã đến giờ gửi mà đang giữ lại: {due}, lâu nhất {wait}")
STATE_DAY = Markup("24 giờ qua: {outcomes}")
SENDING_STOPPED = Markup("⏸ <b>Đang dừng gửi toàn bộ.</b>")
SENDING_RUNS = Markup("Đang gửi bình thường.")
SENDING_TROUBLE = Markup("⚠️ {trouble}")
STATE_SLOTS = Markup("\n\n<b>Sắp tới</b>\n{lines}")
STATE_SLOT = Markup("• {moment}: {edition}, {count} người nhận")
STATE_ISSUES = Markup("\n\n<b>Số gần đây</b>\n{lines}")
STATE_ISSUE = Markup("• {moment}: {edition}, {status}")
STATE_REFUSALS = Markup("\n\n<b>Mới bị từ chối</b>\n{lines}")
STATE_REFUSAL = Markup("• {source}: <code>{path}</code>: {reason}")
ISSUE_STATUSES: dict[str, str] = {
    IssueStatus.PREPARED: "chờ duyệt",
    IssueStatus.MADE: "đã soạn",
    IssueStatus.EMPTY: "không có tin",
    IssueStatus.SKIPPED: "bỏ qua",
    IssueStatus.RETRACTED: "đã thu hồi",
}
CORRECTION_QUEUED_STATUS = "đã xếp gửi"
DELIVERY_STATUSES = {
    DeliveryStatus.SENT: "đã gửi",
    DeliveryStatus.PENDING: "đang đợi",
    DeliveryStatus.SENDING: "đang gửi",
    DeliveryStatus.GONE: "không gửi nữa",  # blocked, left, paused, taken back
    DeliveryStatus.UNKNOWN: "chưa rõ đã đến hay chưa",
}
DRAWING = "Đang vẽ…"
HISTORY_TITLE = "Điểm Tin trong 30 ngày"
HISTORY_LISTENERS = "Người nhận"
HISTORY_DELIVERIES = "Lượt gửi mỗi ngày"
HISTORY_SENT, HISTORY_FAILED = "đã gửi", "không gửi nữa, hoặc chưa rõ"
HISTORY = Markup(
    "<b>30 ngày qua</b>: {listeners} người nhận, {sent} lượt đã gửi, {gone} không gửi nữa, {unknown} chưa rõ."
)
HISTORY_NOT_DRAWN = Markup("Chưa vẽ được hình lúc này. Bạn thử lại sau ít phút nhé.")
ISSUE = Markup("<b>{edition}</b>, {moment}: {status}\n{counts}{stories}")
ISSUE_STORIES = Markup("\n\n<b>Tin trong số này</b>, kèm lệnh đính chính\n{lines}")
ISSUE_STORY = Markup("• {headline}\n  <code>/dinhchinh {story}</code>")
NOTHING_QUEUED = "Không có tin nhắn nào được xếp gửi."
ASK_TO_RETRACT = Markup("Thu hồi <b>{edition}</b>, {moment}? {waiting} tin nhắn đang đợi sẽ không được gửi.")
GONE_ALREADY = Markup("\n{got} tin nhắn đã đi rồi thì không lấy lại được; nếu sai, bạn gửi đính chính.")
RETRACTED = Markup(
    "✓ Đã thu hồi <b>{edition}</b>, {moment}: {count} tin nhắn không gửi nữa, {got} đã đi từ trước."
)
NOTHING_TO_RETRACT = "Số này không còn tin nhắn nào đang đợi gửi."
CORRECTION_OF = "đính chính cho {edition}"
CORRECTION_LINE = Markup("<b>Đính chính ({time}):</b> {text}")
CORRECTION_NOTICE = Markup("<b>Đính chính</b>\nVề tin «{headline}» ({edition} lúc {moment}): {text}")
CORRECTION_USE = Markup(
    "Để đính chính một tin đã gửi: <code>/dinhchinh mã-tin nội dung</code>, nội dung dài nhất {most} ký tự.\n"
    "Mã tin: gửi /quantri rồi chạm vào số có tin ấy."
)
CORRECTION_TOO_LONG = Markup("Nội dung đính chính dài nhất {most} ký tự. Bạn viết gọn hơn nhé.")
CORRECTION_UNKNOWN = Markup("Trong bảy ngày qua không số nào có tin mang mã <code>{story}</code>.")
CORRECTION_PREVIEW = Markup(
    "Gửi đính chính này cho {readers} người nhận? Tin nhắn đã gửi được sửa, và mỗi người nhận một lời báo:"
)
CORRECTION_QUEUED = Markup("✓ Đang đính chính: sửa {edits} tin nhắn, báo cho {notices} người nhận.")
CORRECTION_SENT_BEFORE = "Đính chính này đã được gửi rồi."
BUTTON_ISSUE = "{moment}: {edition}"
BUTTON_RETRACT = "Thu hồi"
BUTTON_CORRECT = "Gửi đính chính"
PREVIEW_HEAD = Markup(
    "Xem trước <b>{edition}</b> từ tin 24 giờ qua, chỉ mình bạn thấy. "
    "Ai đã nhận số trước thì chỉ nhận tin mới hơn số ấy:"
)
PREVIEW_EMPTY = Markup("<b>{edition}</b> lúc này chưa có tin nào.")
ASK_TO_SEND = Markup(
    "Gửi <b>{edition}</b> ngay cho {count} người nhận? Mỗi người chỉ nhận tin mới hơn số trước của mình; "
    "ai đang trong giờ yên tĩnh thì nhận khi hết giờ ấy."
)
SENT_NOW = Markup("✓ <b>{edition}</b>: đã xếp {count} tin nhắn để gửi.")
NOT_SENT_BY_A_WRONG_CLOCK = Markup(
    "<b>{edition}</b> chưa được gửi: {problem}\nKhi đồng hồ đúng lại, bạn bấm nút này lần nữa nhé."
)
SENT_NOTHING = Markup(
    "<b>{edition}</b>: không có gì để gửi, vì chưa có tin mới hoặc chưa ai nhận bản tin này."
)
SENT_BEFORE = "Lệnh gửi này đã được nhận rồi."
BUTTON_PREVIEW = "Xem trước: {edition}"
BUTTON_SEND = "Gửi ngay: {edition}"
BUTTON_SEND_NOW = "Gửi ngay"
BUTTON_STOP_SENDING = "Dừng gửi toàn bộ"
BUTTON_START_SENDING = "Gửi tiếp"
BUTTON_REFRESH = "Làm mới"
BUTTON_HISTORY = "30 ngày qua"
BUTTON_EXAMINE = "Khám bot"
EXAMINING = Markup("⏳ Đang khám: Telegram, đồng hồ, đĩa, quyền thư mục, cổng và các nguồn…")
EXAMINED = Markup("<b>Khám bot</b>\n{lines}")
CANNOT_EXAMINE = Markup(
    "Chưa khám được lúc này. Trên máy chạy bot, hãy dùng lệnh <code>diemtin doctor --online</code>."
)
BUTTON_SLOTS = "Giờ phát"
BUTTON_CONSOLE = "Bảng điều khiển"
CONSOLE_LINK = Markup(
    "Mở trong trình duyệt, trong năm phút; liên kết chỉ dùng được một lần và chỉ dành cho bạn:\n"
    '<a href="{link}">Vào bảng điều khiển</a>\n'
    "<code>{link}</code>"
)
NO_CONSOLE = Markup(
    "Bảng điều khiển chưa mở. Trong tệp cấu hình hãy thêm mục <code>[health]</code> rồi chạy lại bot; "
    "xem docs/console.md."
)

# The bot's own page in Telegram
DESCRIPTION = (
    "Điểm Tin đọc báo tiếng Việt giúp bạn: mỗi ngày một bản tin ngắn, trích nguyên văn, có dẫn nguồn. "
    "Muốn tìm tin gì, bạn cứ gõ vài từ, có dấu hay không đều được."
)
SHORT_DESCRIPTION = "Bản tin tiếng Việt ngắn mỗi ngày, trích nguyên văn, có dẫn nguồn; hỏi tin bằng vài từ."


# What the chat says to messages to the bot itself.

# Proposals: nothing is changed before the button is tapped
LEAVE = Markup(
    "Bạn muốn ngừng nhận bản tin? Chạm vào một nút bên dưới nhé; lúc nào cũng nhận lại được.\n"
    "Muốn xóa hết dữ liệu của bạn: /xoadulieu"
)
PROPOSE_PAUSE = Markup("Tạm dừng đến <b>{moment}</b> nhé? Sau đó Điểm Tin tự gửi lại.")
ASK_PAUSE = Markup("Bạn muốn tạm dừng bao lâu?")
UNREAD_PAUSE = Markup(
    "Điểm Tin chưa hiểu «{words}», nên chưa tạm dừng. Bạn chọn bên dưới, hoặc gõ ví dụ: "
    "<code>/tamdung 3 ngày</code>, <code>/tamdung đến thứ hai</code>"
)
PROPOSE_RESUME = Markup("Bạn muốn nhận lại bản tin?")
NOT_PAUSED = Markup("Bạn đang nhận bản tin. Lần tới: <b>{moment}</b>.")
PROPOSE_SCHEDULE = Markup("Nhận bản tin lúc <b>{times}, {days}</b> nhé?")
PROPOSE_TOPICS = {
    "only": Markup("Chỉ nhận tin <b>{topics}</b> nhé?"),
    "add": Markup("Nhận thêm tin <b>{topics}</b> nhé?"),
    "drop": Markup("Không nhận tin <b>{topics}</b> nữa nhé?"),
}
PROPOSE_WATCH = Markup("Theo dõi «<b>{words}</b>»? Có chuyện mới, Điểm Tin sẽ báo {whom}.")
PROPOSE_UNWATCH = Markup("Bạn muốn thôi theo dõi mục nào?")
NOT_WATCHED = Markup("Bạn chưa theo dõi «{words}», nên không có gì để tắt. Xem danh sách: /theodoi")
LENGTH = Markup("Bạn muốn bản tin dài chừng nào? Đang là: <b>{length}</b>.")
STALE_PROPOSAL = "Lời này đã cũ. Bạn gõ lại nhé."

# Topics, once they are changed
TOPICS_DONE = {
    "only": "✓ Từ giờ bạn chỉ nhận: {topics}. Muốn nhận thêm, bạn gõ ví dụ: /chude thêm {topics}",
    "add": "✓ Đã thêm: {topics}.",
    "drop": "✓ Đã bỏ: {topics}.",
}
NO_TOPIC_LEFT = "Bỏ nốt thì không còn chủ đề nào. Bạn chọn chủ đề khác trước, hoặc tạm dừng: /tamdung"

# Pauses
PAUSED_UNTIL = Markup("Đã tạm dừng đến <b>{moment}</b>; sau đó Điểm Tin tự gửi lại{recap}.")
PAUSED_WITH_RECAP = ", kèm những chuyện lớn bạn đã lỡ"
WHEN_IT_RUNS_AGAIN = "phát lại bản tin (đang tạm ngừng)"  # "Lần tới: …", "sẽ đến lúc …"
PAUSED_NOW_UNTIL = Markup("<b>Đang tạm dừng</b> đến {moment}.")

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
AWAIT_WATCH = Markup("Muốn theo dõi thêm gì, bạn gõ luôn vào đây nhé.")
CALLED_OFF = Markup("Vâng, bỏ qua nhé.")
WORDS_UNUSED = Markup("Lệnh /{command} không cần gì đi kèm, nên Điểm Tin bỏ qua «{words}».")
LAST_DAY_OF = "Tin 24 giờ qua: {topics}"
NO_NEWS_OF = Markup("Trong 24 giờ qua chưa có tin {topics}.")

BUTTON_YES_PAUSE = "Tạm dừng đến {moment}"
BUTTON_PAUSE_DAYS = "{days} ngày"
BUTTON_UNTIL_TOLD = "Tạm dừng"
BUTTON_SET_SCHEDULE = "Đặt {times}, {days}"
BUTTONS_OF_TOPIC_CHANGES = {"only": "Chỉ {topics}", "add": "Thêm {topics}", "drop": "Bỏ {topics}"}
BUTTON_WATCH_WORDS = "🔔 Theo dõi «{words}»"


# What the chat says under a digest and on a story's card.
#
# chuyện = story; a card has no name of its own: readers open a "tin".

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
SAVED_PAGE = " · trang {page}/{pages}"
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


# What the chat says about a reader's words and papers, and about how long digests are.

WORDS = Markup("<b>Từ của bạn</b>\nBỏ tin có: {out}\nThêm tin có: {wanted}")
WORDS_EXAMPLE = Markup(
    "Bạn gõ: <code>/tu bỏ: showbiz, chứng khoán; thêm: Hạ Long</code>. Chạm một từ bên dưới để gỡ."
)
PAPERS = Markup("<b>Báo của bạn</b>\nBỏ: {out}\nƯu tiên: {wanted}")
PAPERS_EXAMPLE = Markup(
    "Chạm một báo để bỏ hay nhận lại. Ưu tiên thì bạn gõ: <code>/nguon thêm: {example}</code>"
)
TASTES = Markup("<b>Đã học từ các tin bạn chấm</b>\nNhiều hơn: {more}\nÍt hơn: {less}")
TASTE_FORGOTTEN = Markup("Đã quên: {taste}.")
NOTHING_LISTED = "chưa có"
WORDS_DONE = {
    "out": Markup("Đã bỏ tin có: {words}."),
    "wanted": Markup("Sẽ có thêm tin về: {words}."),
    "gone": Markup("Đã gỡ: {words}."),
}
PAPERS_DONE = {
    "out": Markup("Đã bỏ báo: {words}."),
    "wanted": Markup("Đã ưu tiên báo: {words}."),
    "gone": Markup("Nhận lại như thường: {words}."),
}
UNCLEAR_WORDS = Markup("Bạn muốn bỏ hay thêm «{words}»? Gõ <code>bỏ: …</code> hoặc <code>thêm: …</code> nhé.")
UNREAD_WORDS = Markup("Điểm Tin bỏ qua «{words}»: mỗi từ cần có chữ và không quá {most} ký tự.")
LIST_FULL = Markup("Mỗi danh sách giữ nhiều nhất {most} từ; phần dư chưa được ghi.")
UNKNOWN_PAPERS = Markup("Điểm Tin không có báo «{words}».")
ALL_MUTED = Markup(
    "Với lựa chọn này, 24 giờ qua không còn tin nào, nên Điểm Tin chưa có gì để gửi. "
    "Nếu lỡ bỏ hơi nhiều, bạn chạm «Hoàn tác» nhé."
)
LENGTHS: dict[Length, str] = {"gon": "Gọn", "vua": "Vừa", "daydu": "Đầy đủ"}
LENGTHS_TOLD = {
    "gon": "Gọn (chỉ tiêu đề và tên báo)",
    "vua": "Vừa (mỗi tin một, hai câu)",
    "daydu": "Đầy đủ (mỗi tin tới bốn câu)",
}
SOUNDS = {False: "có tiếng báo", True: "không tiếng"}
BUTTON_SILENT = {False: "🔕 Gửi không tiếng", True: "🔔 Gửi có tiếng"}
WEEKLY = ", tổng kết tuần tối Chủ nhật"
BUTTON_WEEKLY = {False: "🗓 Tổng kết tối Chủ nhật", True: "✓ Tổng kết tối Chủ nhật"}
BREAKING = {0: "", 1: ", có tin nóng", 2: ", có tin nóng cả trong giờ yên tĩnh"}
BUTTON_BREAKING = {False: "⚡ Nhận tin nóng", True: "✓ Tin nóng"}
BUTTON_BREAKING_QUIET = {False: "🌙 Cả giờ yên tĩnh", True: "✓ Cả giờ yên tĩnh"}
BREAKING_WHY = "{papers} báo đăng trong {minutes} phút."
BUTTON_NO_BREAKING = "Tắt tin nóng"
FIGURE = "{label}: {value} ({when}, {source})"
OLD_FIGURE = "số cũ, {when}"
FIGURES = Markup(
    "<b>Số liệu trong ngày</b>\n{lines}\n\nChạm một mục để đưa lên đầu bản tin, hoặc bỏ đi; "
    "nhiều nhất {most} mục. Muốn hỏi ngay, bạn gõ ví dụ: <code>{example}</code>"
)
FIGURES_FOUND = Markup("<b>Số liệu</b>\n{lines}")
NO_FIGURES = Markup("Tòa soạn này chưa có số liệu trong ngày.")
TOO_MANY_FIGURES = "Đã đủ {most} mục. Bỏ bớt một mục rồi thêm nhé."
FIGURE_GONE = "Số liệu này không còn nữa. Xem lại: /solieu"
AWAY_TITLE = "Bạn nghỉ {days} ngày: {{count}} chuyện lớn"
AWAY_LONG_TITLE = "Bạn nghỉ hơn {days} ngày: {{count}} chuyện lớn {days} ngày qua"
WEEKLY_TITLE = "Tuần qua: {count} chuyện lớn"
BUTTON_WORDS = "Từ"
BUTTON_PAPERS = "Báo"
BUTTON_WORD_OUT = "✕ bỏ: {word}"
BUTTON_WORD_IN = "✕ thêm: {word}"
BUTTON_TASTE_IN = "✕ nhiều hơn: {taste}"
BUTTON_TASTE_OUT = "✕ ít hơn: {taste}"
BUTTON_PAPER_OUT = "✕ {paper}"
BUTTON_PAPER_IN = "★ {paper}"


# What the chat says to operators about announcements and the newsroom file.

ANNOUNCE_USE = Markup(
    "Để báo cho mọi người nhận một điều: <code>/thongbao nội dung</code>, dài nhất {most} ký tự. "
    "Bạn xem trước rồi mới gửi."
)
ANNOUNCE_TOO_LONG = Markup("Thông báo cần có chữ, dài nhất {most} ký tự và 60 dòng. Bạn viết gọn hơn nhé.")
ANNOUNCE_PREVIEW = Markup(
    "Gửi thông báo này cho <b>{audience}</b>, {sound}? Có {readers} người nhận, xong sau khoảng {minutes}; "
    "ai đang trong giờ yên tĩnh thì nhận khi hết giờ ấy."
)
ALL_READERS = "mọi người"
READERS_OF = "người nhận {edition}"
WITH_SOUND, WITHOUT_SOUND = "có tiếng", "không tiếng"
ANNOUNCED = Markup("✓ Đã xếp gửi thông báo cho {queued} người nhận.")
ANNOUNCED_BEFORE = "Thông báo này đã được gửi rồi."
ANNOUNCED_TO_NOBODY = "Chưa có ai để gửi."
ANNOUNCEMENT_CALLED_OFF = Markup(
    "✓ Đã thu hồi: {count} người không nhận nữa; ai nhận rồi thì vẫn còn tin ấy."
)
ANNOUNCEMENT_GONE = "Không còn lượt nào đang đợi gửi."
BUTTON_ANNOUNCE = "Gửi cho {readers} người"
BUTTON_SILENTLY = "Không tiếng"
BUTTON_TO_ALL = "Mọi người"
BUTTON_CALL_OFF = "Thu hồi phần chưa gửi"

EDITIONS_TO_CHANGE = Markup(
    "<b>Giờ phát</b>\nChọn một bản tin để đổi giờ, ngày hoặc tạm ngừng; đổi được ghi vào tệp cấu hình."
)
EDITION = Markup("<b>{title}</b>{paused}\n{times}, {days}, {zone}\nChạm một giờ để thêm hoặc bỏ.")
EDITION_IS_PAUSED = " (tạm ngừng)"
CHANGE_PREVIEW = Markup(
    "<b>{title}</b>: {what}?\nTrong bảy ngày tới, trước và sau (người nhận; trong giờ yên tĩnh):\n{lines}"
)
CHANGE_LINE = Markup("• {moment}: {before} → {after}")
CHANGE_MORE = Markup("và {count} giờ phát nữa cũng đổi")
CHANGES_NOTHING = "Không có gì khác với hiện nay."
NO_SLOT = "không phát"
SLOT_READERS = "{readers}"
SLOT_READERS_QUIET = "{readers} ({quiet} yên tĩnh)"
CHANGE_WRITTEN = Markup("✓ Đã ghi vào tệp cấu hình: <b>{title}</b>, {what}.")
CHANGE_UNDONE = Markup("✓ Tệp cấu hình đã về như trước lần sửa vừa rồi.")
CANNOT_CHANGE = Markup("Chưa đổi được: {problem}")
NO_FILE = "Bot đang chạy không có tệp cấu hình."
NOTHING_TO_UNDO = "Không còn lần sửa nào để hoàn tác."
WHAT_TIME_MORE, WHAT_TIME_LESS = "thêm giờ {time}", "bỏ giờ {time}"
WHAT_DAYS, WHAT_PAUSE, WHAT_RUN = "phát {days}", "tạm ngừng", "phát lại"
BUTTON_PAUSE_EDITION, BUTTON_RUN_EDITION = "Tạm ngừng bản tin", "Phát lại bản tin"
BUTTON_WRITE = "Ghi vào tệp"

GATE = Markup("<b>{edition} {slot}: chờ duyệt</b>")
GATE_PAST = Markup("<b>{edition} {slot}</b>")
GATE_READERS = Markup("{readers} người nhận, {issues} bản theo lựa chọn riêng của họ")
GATE_EMPTY = Markup("Chưa có tin nào cho số này.")
GATE_GOES = Markup("Nếu không ai trả lời, số này vẫn gửi lúc {at}.")
GATE_WAITS = Markup("Nếu không ai duyệt, số này đợi, và đến {last} thì bỏ.")
GATE_IS_APPROVED = Markup("✓ Đã duyệt (người quản trị {admin}), gửi lúc {slot}.")
GATE_IS_HELD = Markup("⏸ Đang giữ lại (người quản trị {admin}). Đến {last} mà chưa duyệt thì bỏ số này.")
GATE_SENT = Markup("✓ Đã gửi lúc {at}.")
GATE_NOT_SENT = Markup("Số này không gửi: không được duyệt kịp, hoặc giờ phát hay bản tin đã đổi.")
GATE_STORY = Markup("{number}. {headline}")
GATE_PAGE = Markup("Trang {page}/{pages}")
GATE_DROPPED_STORY = Markup("✗ <s>{headline}</s>")
GATE_APPROVED = "Đã duyệt"
GATE_HELD = "Đã giữ lại"
GATE_DROPPED = "Đã bỏ tin này, số được soạn lại"
GATE_RESTORED = "Đã đưa tin này trở lại"
GATE_ANSWERED = "Người khác đã trả lời như vậy rồi."
GATE_STORY_GONE = "Tin này không còn trong số; danh sách vừa được làm mới."
GATE_CLOSED_SENT = "Số này đã gửi rồi. Muốn rút lại, vào /quantri và chọn Thu hồi."
GATE_CLOSED = "Số này đã khép lại, không gửi nữa."
BUTTON_APPROVE, BUTTON_HOLD = "✓ Duyệt", "⏸ Giữ lại"
BUTTON_READ_ISSUE = "Đọc cả số"
BUTTON_DROP = "✗ {number}"
BUTTON_RESTORE = "↩ {headline}"
BUTTON_GATE_BACK, BUTTON_GATE_ON = "‹ Trước", "Sau ›"
