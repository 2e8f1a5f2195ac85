"""Round-ups and bulletins."""

import pytest

from summarizer.stories.roundups import is_roundup


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
