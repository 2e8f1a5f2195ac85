"""What readers read in chat about their subscription: start, schedule, topics, pauses, lists, their data.

`texts` has the words that all texts use.
"""

from markupsafe import Markup

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
TOPICS_DONE = {
    "only": "✓ Từ giờ bạn chỉ nhận: {topics}. Muốn nhận thêm, bạn gõ ví dụ: /chude thêm {topics}",
    "add": "✓ Đã thêm: {topics}.",
    "drop": "✓ Đã bỏ: {topics}.",
}
NO_TOPIC_LEFT = "Bỏ nốt thì không còn chủ đề nào. Bạn chọn chủ đề khác trước, hoặc tạm dừng: /tamdung"

# Pausing
PAUSED = Markup("Đã tạm dừng. Điểm Tin không gửi bản tin nữa cho đến khi bạn muốn nhận lại.")
RESUMED = Markup("Bạn lại nhận bản tin. Lần tới: <b>{moment}</b>.")
RECAP_COMES = Markup(" Những chuyện lớn trong lúc bạn nghỉ sẽ đến trước, trong một bản.")
PAUSED_UNTIL = Markup("Đã tạm dừng đến <b>{moment}</b>; sau đó Điểm Tin tự gửi lại{recap}.")
PAUSED_WITH_RECAP = ", kèm những chuyện lớn bạn đã lỡ"
WHEN_IT_RUNS_AGAIN = "phát lại bản tin (đang tạm ngừng)"  # "Lần tới: …", "sẽ đến lúc …"
PAUSED_NOW_UNTIL = Markup("<b>Đang tạm dừng</b> đến {moment}.")

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
ASK_TO_DELETE = Markup(
    "Xóa hết những gì Điểm Tin giữ về {whom}: đăng ký, lựa chọn, câu hỏi, bản tin đã gửi?\n"
    "Xóa rồi không lấy lại được."
)
DELETED = Markup("Đã xóa hết. Điểm Tin không còn giữ gì về {whom}. Khi muốn nhận tin lại: /start")
KEPT = Markup("Mọi thứ vẫn còn nguyên.")

# Limits and refusals
NOT_SUBSCRIBED = Markup("Bạn chưa nhận bản tin nào. Gửi /start để bắt đầu nhé.")
ONLY_ADMINISTRATORS = Markup(
    "Chỉ quản trị viên nhóm đổi được lựa chọn của nhóm. Ai cũng có thể gửi /tin và /tim."
)
ONLY_ADMINISTRATORS_LINE = "Chỉ quản trị viên nhóm đổi được lựa chọn của nhóm."

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
BUTTON_DELETE = "Xóa hết"
BUTTON_KEEP = "Giữ lại"
BUTTON_YES_PAUSE = "Tạm dừng đến {moment}"
BUTTON_PAUSE_DAYS = "{days} ngày"
BUTTON_SET_SCHEDULE = "Đặt {times}, {days}"
BUTTONS_OF_TOPIC_CHANGES = {"only": "Chỉ {topics}", "add": "Thêm {topics}", "drop": "Bỏ {topics}"}

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
LENGTH = Markup("Bạn muốn bản tin dài chừng nào? Đang là: <b>{length}</b>.")
STALE_PROPOSAL = "Lời này đã cũ. Bạn gõ lại nhé."

# Words, papers and the form of digests
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
LENGTHS_EXPLAINED = {
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
FIGURES = Markup(
    "<b>Số liệu trong ngày</b>\n{lines}\n\nChạm một mục để đưa lên đầu bản tin, hoặc bỏ đi; "
    "nhiều nhất {most} mục. Muốn hỏi ngay, bạn gõ ví dụ: <code>{example}</code>"
)
NO_FIGURES = Markup("Tòa soạn này chưa có số liệu trong ngày.")
TOO_MANY_FIGURES = "Đã đủ {most} mục. Bỏ bớt một mục rồi thêm nhé."
FIGURE_GONE = "Số liệu này không còn nữa. Xem lại: /solieu"
BUTTON_WORDS = "Từ"
BUTTON_PAPERS = "Báo"
BUTTON_WORD_OUT = "✕ bỏ: {word}"
BUTTON_WORD_IN = "✕ thêm: {word}"
BUTTON_TASTE_IN = "✕ nhiều hơn: {taste}"
BUTTON_TASTE_OUT = "✕ ít hơn: {taste}"
BUTTON_PAPER_OUT = "✕ {paper}"
BUTTON_PAPER_IN = "★ {paper}"
