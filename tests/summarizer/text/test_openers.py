"""Which openings lean on a sentence before them, and which only look like it."""

import pytest

from summarizer.text.openings import is_dangling


@pytest.mark.parametrize(
    "text",
    [
        "Ông cho biết sẽ từ chức.",
        "Bà ấy không trả lời.",
        "Họ tiến vào trung tâm lúc rạng sáng.",
        "Số quà này được trao cho trẻ em nghèo.",
        "Số tiền học bổng này trị giá 20 triệu đồng.",
        "Quy định này có hiệu lực từ tháng sau.",
        "Những người trên cho biết họ đi câu.",
        "Dưới đây là lịch thi đấu.",
        "VOV.VN - Theo đó, giá xăng giảm.",
        "(Dân trí) - Ông này bị bắt tối qua.",
        "Còn ông Hải thì im lặng.",
        "Song, dự án vẫn dang dở.",
        "Song Trung Quốc vẫn phản đối.",
        "Bên cạnh, nhiều hộ được tặng giống.",
        "Bên cạnh việc này, xã còn làm đường.",
        "Bà ngồi xe nửa tiếng cùng con gái.",
        "Đôi mắt ấy đã thức trắng nhiều đêm.",
        "Bạn ấy dùng những từ rất khó nghe.",
    ],
)
def test_it_leans_on_the_sentence_before(text: str) -> None:
    assert is_dangling(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ông Trump tuyên bố sẽ tăng thuế.",
        "Ông Đỗ Mười từng là Tổng bí thư.",
        "Bà Rịa - Vũng Tàu đón hai triệu khách.",
        "Họ Nguyễn chiếm gần bốn phần mười dân số.",
        "Song Tử Tây có thêm một trường học.",
        "Song phương hai nước đạt 20 tỷ USD.",
        "Còn 20 ngày nữa là đến Tết.",
        "Còn hơn ba tháng nữa giải mới khởi tranh.",
        "Tuần này, giá vàng giảm hai phiên liền.",
        "Cho đến thời điểm này, 200 người đã đăng ký.",
        "Người trên 60 tuổi được tiêm trước.",
        "Các xe trên cao tốc phải giảm tốc độ.",
        "TTO - Hà Nội mưa lớn sáng nay.",
        "Bên cạnh chiến thắng 3-1 ở lượt đi, đội còn có lợi thế sân nhà.",
        "Bên cạnh lập chín tổ vận động, xã huy động xe giúp dân dời nhà.",
        '"Ông hoàng nhạc vàng" Trần Mẫu mua hai căn nhà.',
        "Ông chủ quán tặng cơm cho sinh viên.",
        "Bà con Hòn Sim được mùa cá.",
        "Họ hàng hai bên đến chia vui.",
        "Bạn gái bảo cô ấy nợ nhiều người.",
    ],
)
def test_it_reads_alone(text: str) -> None:
    assert not is_dangling(text)
