"""What the chat says under a digest and on a story's card; the words of `texts` hold here too.

chuyện = story; a card has no name of its own: readers open a "tin".
"""

from markupsafe import Markup

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
SAVED = "Đã để dành. Xem lại lúc nào cũng được: /dedanh"
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
