"""What the chat says to operators about announcements and the newsroom file."""

from markupsafe import Markup

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

EDITIONS = Markup(
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
