"""What stands around a lead's sentences: heads, footers, cut ends, leftovers."""

import pytest

from summarizer.extraction.summaries import summarize
from summarizer.model import Document
from summarizer.text.openings import complete, head_end, is_cut, is_leftover_markup, without_footer
from summarizer.text.sentences import split

_REST = "Sáng nay đoàn xe cứu trợ lên đường."


@pytest.mark.parametrize(
    "head",
    [
        "(Dân trí) - ", "(NLĐO) – ", "(Báo Quảng Ninh)- ", "Hà Nội (TTXVN) - ", "VOV.VN - ",
        "baochinhphu.vn – ", "SKĐS - ", "PLO- ", "QUẢNG NGÃI - ", "TP.HCM – ", "BÀ RỊA - ", "Ảnh: AFP ",
        "Ảnh: Reuters. ", "Nguồn ảnh: TTXVN", "TP.HCM, ngày 20.8.2026 - ", "Hà Nội, 19/8 – ",
        "Bà Rịa, ngày 5 tháng 8 năm 2026 - ",
    ],
)  # fmt: skip
def test_a_head_is_no_part_of_the_sentence_behind_it(head: str) -> None:
    text = head + _REST
    assert [text[start:end] for start, end in split(text)] == [_REST]


@pytest.mark.parametrize(
    "text",
    [
        "V.League - sân chơi cao nhất trong nước - nghỉ một tuần.",
        "EVN - Tập đoàn Điện lực Việt Nam - cho biết giá điện giữ nguyên.",
        "Bà Rịa - Vũng Tàu đón hơn hai triệu khách.",
        "Nga - Ukraine trao đổi tù binh lần thứ ba.",
        "Hà Nội - Bước vào mùa thu, phố đông khách.",
        "(Ông Ba) vừa trở về làng sau 40 năm.",
        "ASEAN đón thành viên thứ mười một.",
        "Ảnh hưởng của bão còn kéo dài.",
        "VN-Index giảm hơn 5 điểm.",
        "S -300 là hệ thống phòng không tầm xa.",
        "ISIS - K đứng sau vụ nổ.",
        "Ở Hà Nội, ngày 19/8 - Cách mạng tháng Tám - là một ngày hội.",
        "Vườn ươm Thung lũng Xanh (TLX) - Đề án của một bộ - mở khóa mới.",
    ],
)
def test_a_first_word_that_belongs_to_the_sentence_stays(text: str) -> None:
    assert head_end(text, 0, len(text)) == 0


@pytest.mark.parametrize(
    "footer",
    [
        "Bài viết Chợ nổi họp lại đã xuất hiện đầu tiên vào ngày Báo Miền Tây.",
        "Bài đăng Chợ nổi họp lại xuất hiện lần đầu tiên trên Báo Miền Tây.",
        "The post Chợ nổi họp lại appeared first on Báo Miền Tây.",
        "The post Chợ nổi họp lại first appeared on Báo Miền Tây.",
        "L’article Chợ nổi họp lại est apparu en premier sur Báo Miền Tây.",
        "Der Beitrag Chợ nổi họp lại erschien zuerst auf Báo Miền Tây.",
        "La entrada Chợ nổi họp lại se publicó primero en Báo Miền Tây.",
        "Đọc tiếp »",
        "[Xem thêm]",
        "Read more...",
    ],
)
@pytest.mark.parametrize("between", ["\n", " "])
def test_the_footer_of_wordpress_goes(footer: str, between: str) -> None:
    assert without_footer(f"Chợ nổi đông khách.{between}{footer}") == "Chợ nổi đông khách."


@pytest.mark.parametrize(
    "text",
    [
        "Người dân ven sông rủ nhau ra xem thêm",
        "Ông nói: “Tôi sẽ xem tiếp”.",
        "Chợ họp từ sáng. Ai cũng muốn đọc thêm nữa.",
    ],
)
def test_a_sentence_that_ends_in_reading_on_stays(text: str) -> None:
    assert without_footer(text) == text


def test_a_sentence_that_tells_of_a_first_appearance_stays() -> None:
    text = "Loài chim này xuất hiện đầu tiên ở đảo Cò."
    assert without_footer(text) == text
    long = f"Bài viết của anh được đăng lần đầu tiên năm 1990. {'Từ đó anh viết đều mỗi tuần một bài. ' * 20}"
    assert without_footer(long) == long


@pytest.mark.parametrize("end", ["…", "...", " ...", " […]", "[...]", " (...)"])
def test_a_cut_sentence_of_a_lead_is_not_shown(end: str) -> None:
    lead = f"Chợ nổi họp lại từ hôm nay. Hơn 200 ghe thuyền từ ba huyện đã về bến từ lúc nửa đê{end}"
    summary = summarize([Document("Tin chợ", lead)])
    assert [sentence.text for sentence in summary] == ["Chợ nổi họp lại từ hôm nay."]


def test_dots_of_the_papers_own_are_no_cut() -> None:
    assert not is_cut("Ông nói: “Tôi chờ mãi…”", "sapo")
    assert not is_cut("Rồi anh lặng đi...", "body")


def test_a_cut_lead_is_completed_from_the_body() -> None:
    body = "Bến sông sáng nay đông.\nHơn 200 ghe thuyền từ ba huyện đã về bến từ lúc nửa đêm. Chợ đông."
    assert complete("Chợ vui. Hơn 200 ghe thuyền từ ba huyện đã về bến từ lú…", body) == (
        "Chợ vui. Hơn 200 ghe thuyền từ ba huyện đã về bến từ lúc nửa đêm."
    )
    assert complete("Bến sông sáng nay đô…", body) == ""
    assert complete("Hơn 300 ghe thuyền từ bốn huyện ch…", body) == "Hơn 300 ghe thuyền từ bốn huyện ch…"


def test_leftover_markup_is_no_lead() -> None:
    assert is_leftover_markup('class="x" data-id="3"> {display:none} </div')
    assert not is_leftover_markup("Kết quả: 3-2; tỷ số [chung cuộc] là {5-4}.")


def test_sentences_whose_blank_was_lost_are_parted() -> None:
    text = "Diện tích tăng gần một nửa.Người trồng vui vì TP.HCM mua hết.Ông đặt tên V.Sen cho giống mới."
    assert [text[start:end] for start, end in split(text)] == [
        "Diện tích tăng gần một nửa.",
        "Người trồng vui vì TP.HCM mua hết.",
        "Ông đặt tên V.Sen cho giống mới.",
    ]
