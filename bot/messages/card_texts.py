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
