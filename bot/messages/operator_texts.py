"""What operators read in chat: state, issues, corrections, announcements, editions and gates.

`texts` has the words that all texts use.
"""

from markupsafe import Markup

from storage.delivery.states import DeliveryStatus, IssueStatus

# State and issues
STATE = Markup(
    "<b>Điểm Tin: tình hình</b> ({now})\n"
    "Người nhận: {active} đang nhận, {paused} tạm dừng, {gone} đã ngừng\n"
    "Tin nhắn đang đợi gửi: {waiting}\n"
    "{delivery}\n"
    "Bài mới trong 24 giờ: {articles}, đang đợi xử lý: {unworked}\n"
    "{sending}"
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
HISTORY_SUBSCRIBERS = "Người nhận"
HISTORY_DELIVERIES = "Lượt gửi mỗi ngày"
HISTORY_SENT, HISTORY_FAILED = "đã gửi", "không gửi nữa, hoặc chưa rõ"
HISTORY = Markup(
    "<b>30 ngày qua</b>: {subscribers} người nhận, {sent} lượt đã gửi, {gone} không gửi nữa, "
    "{unknown} chưa rõ."
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

# Announcements, editions and gates
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
