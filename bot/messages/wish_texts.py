"""What the chat says about a reader's words and papers, and about how long digests are."""

from markupsafe import Markup

from storage.profiles import Length

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
