"""Round-ups and bulletins, and what firms write of themselves."""

import pytest

from summarizer.stories.roundups import is_promotion, is_roundup


@pytest.mark.parametrize(
    ("title", "sapo"),
    [
        ("Điểm tin 6h: Cháy chợ Bến Cau | Giá tôm Cà Ná tăng mạnh", ""),
        ("Toàn cảnh 17h: Lời khai của nhóm cho vay | Cầu Lam Khê thông xe", "Bản tin cập nhật tin nóng."),
        ("Tin tức sáng 19-8: Quốc hội họp; Vạn Cát phân nền tái định cư", ""),
        ("Tin tức thế giới 4.10: Hai nước nối lại đàm phán", ""),
        ("Xem nhanh 20h ngày 4-10: Nước sông Lam Khê vượt báo động hai", ""),
        ("ĐỌC NHANH 20-8: Giá dầu tăng; vàng lập đỉnh", ""),
        ("Thế giới 24h: Hội nghị kết thúc không tuyên bố chung", ""),
        ("Nước sông Lam Khê lên | Bốn bị cáo lĩnh án | Xe buýt điện Tân Ấp chạy thử", ""),
        (
            "Lan Sương ra phim; hội sách Vạn Cát mở cửa",
            "Tin tức đáng chú ý: Lan Sương ra phim; hội sách mở cửa.",
        ),
    ],
)
def test_what_strings_events_together_is_a_round_up(title: str, sapo: str) -> None:
    assert is_roundup(title, sapo)


@pytest.mark.parametrize(
    ("title", "sapo"),
    [
        ("Toàn cảnh vụ cháy chợ Bến Cau: 60 sạp bị thiêu rụi", "Ngọn lửa bùng lên lúc 3h."),
        ("Tin bão số 4 lúc 17h: Bão giật cấp 10 trên vịnh", ""),
        ("Giá vàng hôm nay 19-8: Vàng miếng tăng mạnh", ""),
        ("Nga dọa trả đũa; Kiev thay tư lệnh", "Hai bên cáo buộc nhau leo thang xung đột."),
        ("Bản tin thiếu nhi làm nên tên tuổi cô phát thanh viên", ""),
        ("Thế giới ngầm ở Vạn Cát: Công an bắt 8 người", ""),
        ("Cháy lớn ở Đồi Sim | Báo Sông Hậu", ""),
        ("", ""),
    ],
)
def test_a_report_of_one_event_is_none(title: str, sapo: str) -> None:
    assert not is_roundup(title, sapo)


@pytest.mark.parametrize(
    ("title", "sapo"),
    [
        ("Bia Sông Lam đồng hành cùng concert ‘Biển gọi’", "Bia Sông Lam góp phần kết nối cộng đồng dịp lễ."),
        ("Ngân hàng Cửa Lò tung gói ưu đãi mùa tựu trường", "Áp dụng từ nay đến hết tháng."),
        ("Nhà Xanh và buổi diễn tri ân khách hàng", "Hơn 300 chủ nhân dự án có mặt."),
        (
            "Ví Cà Ná bắt tay chuỗi quán Bến Lở",
            "Tiếp tục khẳng định vị thế tiên phong, Ví Cà Ná chính thức hợp tác với chuỗi quán Bến Lở.",
        ),
        (
            "Phòng khám Hòn Sim khai trương cơ sở ở Bến Cau",
            "Phòng khám chính thức đưa vào hoạt động cơ sở có quy mô năm tầng.",
        ),
        ("20 năm phát triển của Sữa Mường Lát", "Công ty xây dựng hệ sinh thái sản phẩm cho mọi nhà."),
    ],
)
def test_a_firm_that_praises_itself_is_promotion(title: str, sapo: str) -> None:
    assert is_promotion(title, sapo)


@pytest.mark.parametrize(
    ("title", "sapo"),
    [
        ("Thủ tướng: Chính phủ đồng hành cùng doanh nghiệp", "Hội nghị bàn cách gỡ khó về thuế."),
        (
            "Việt Nam và Pháp nâng quan hệ",
            "Hai nước lập quan hệ Đối tác chiến lược toàn diện, phát triển bền vững.",
        ),
        ("Người có công được tăng mức trợ cấp ưu đãi", "Mức chuẩn trợ cấp ưu đãi tăng 8%."),
        ("Bắt giám đốc lừa bán căn hộ", "Công ty rao bán căn hộ 'đẳng cấp' cho hơn 200 khách hàng."),
        ("Ca sĩ đồng hành cùng chương trình cho trẻ mồ côi", "Cô góp một phần nhỏ để nối dài yêu thương."),
        ("Dịch vụ 5 sao, giá bình dân: khách sạn bị phạt", "Đoàn kiểm tra phạt khách sạn 40 triệu đồng."),
    ],
)
def test_news_with_such_words_is_none(title: str, sapo: str) -> None:
    assert not is_promotion(title, sapo)
