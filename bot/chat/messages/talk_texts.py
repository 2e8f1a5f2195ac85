"""What the chat says to messages to the bot itself; the words of `texts` hold here too."""

from markupsafe import Markup

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
PROPOSE_WATCH = Markup("Theo dõi «<b>{words}</b>»? Có chuyện mới, Điểm Tin sẽ báo bạn.")
PROPOSE_UNWATCH = Markup("Bạn muốn thôi theo dõi mục nào?")
NOT_WATCHED = Markup("Bạn chưa theo dõi «{words}», nên không có gì để tắt. Xem danh sách: /theodoi")
LENGTH = Markup(
    "Độ dài đi theo bản tin bạn chọn. Muốn ít tin hơn, bạn bỏ bớt chủ đề, hoặc chọn bản tin khác nhé."
)
STALE_PROPOSAL = "Lời này đã cũ. Bạn gõ lại nhé."

# Topics, once they are changed
TOPICS_DONE = {
    "only": "✓ Từ giờ bạn chỉ nhận: {topics}. Muốn nhận thêm, bạn gõ ví dụ: /chude thêm {topics}",
    "add": "✓ Đã thêm: {topics}.",
    "drop": "✓ Đã bỏ: {topics}.",
}
NO_TOPIC_LEFT = "Bỏ nốt thì không còn chủ đề nào. Bạn chọn chủ đề khác trước, hoặc tạm dừng: /tamdung"

# Pauses
PAUSED_UNTIL = Markup("Đã tạm dừng đến <b>{moment}</b>; sau đó Điểm Tin tự gửi lại.")
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
BUTTON_DAYS = "{days} ngày"
BUTTON_UNTIL_TOLD = "Tạm dừng"
BUTTON_SET_SCHEDULE = "Đặt {times}, {days}"
BUTTON_TOPICS = {"only": "Chỉ {topics}", "add": "Thêm {topics}", "drop": "Bỏ {topics}"}
BUTTON_WATCH_WORDS = "🔔 Theo dõi «{words}»"
