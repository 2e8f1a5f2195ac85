"""A draft becomes a clean, identified article, or a refusal that says why: one set of rules for all."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from storage.identity import article_key, text_hash
from storage.intake.drafts import MAX_TEXT_CHARACTERS, Draft, Incoming, Origin, Refusal, take

_Make = Callable[..., Draft]


@pytest.fixture
def article(draft: _Make, now: dt.datetime) -> Callable[..., Incoming]:
    """Return a maker of articles from a draft's fields and the origin."""

    def make(origin: Origin | None = None, **fields: Any) -> Incoming:
        taken = take(draft(**fields), origin or Origin(), now)
        assert isinstance(taken, Incoming), taken
        return taken

    return make


@pytest.fixture
def reason(draft: _Make, now: dt.datetime) -> Callable[..., str]:
    """Return a maker of refusals' reasons from a draft's fields."""

    def make(**fields: Any) -> str:
        taken = take(draft(**fields), Origin(), now)
        assert isinstance(taken, Refusal), taken
        assert taken.path == "tep.txt"
        return taken.reason

    return make


_Article = Callable[..., Incoming]
_Reason = Callable[..., str]


def test_text_is_repaired_in_every_field(article: _Article) -> None:
    taken = article(
        title="Ðội cứu hộ\u200b\n Hạ  Long\u202e về nhất",
        sapo="Tiê\u0301ng reo ho\u0300 vang.\r\n\r\n Khắp bến.",
        body="Đội\xa0cứu hộ\0 vượt qua mười hai đội khác để giành giải nhất hội thao toàn tỉnh năm nay.",
        source=" Tin\u00adSáng ",
        topic="Ðời sống\n",
    )
    assert taken.title == "Đội cứu hộ Hạ Long về nhất"
    assert taken.sapo == "Tiếng reo hò vang.\nKhắp bến."
    assert taken.body.startswith("Đội cứu hộ vượt qua")
    assert (taken.source, taken.topic) == ("TinSáng", "Đời sống")


def test_a_lead_longer_than_any_journalists_is_the_articles_text(article: _Article) -> None:
    told = "Nước sông lên nhanh trong đêm qua, người dân ven bờ phải dời đồ đạc lên chỗ cao hơn. "
    taken = article(sapo=told * 60, body="Đến sáng nước rút.")
    assert taken.sapo == ""
    assert taken.body.startswith(told.strip())
    assert taken.body.endswith("Đến sáng nước rút.")
    assert article(sapo=told * 5, body="Đến sáng nước rút.").sapo == (told * 5).strip()


def test_a_letter_with_a_hundred_thousand_marks_is_mended_at_once(article: _Article) -> None:
    taken = article(
        title="Mưa lớn", body="Mưa" + "\u0301" * 50_000 + "\u0316" * 50_000 + " lớn ở Hà Nội chiều nay."
    )
    assert len(taken.body) < 40


def test_stacks_of_marks_are_trimmed(article: _Article) -> None:
    assert len(article(title="Mưa" + "\u0335" * 500 + " lớn ở Hạ Long").title) < 30


def test_markup_in_a_title_is_text(article: _Article) -> None:
    assert article(title="Mưa <b>lớn</b> & <script> ở Hạ Long").title == "Mưa <b>lớn</b> & <script> ở Hạ Long"


def test_identity_hash_and_place_are_those_of_the_cleaned_text(article: _Article) -> None:
    taken = article(url="https://www.bao.example/tin-1.html#a", title="Mưa  lớn ở Hạ Long")
    assert taken.url == "https://www.bao.example/tin-1.html"
    assert taken.key == article_key(taken.url, "", "", "", "")
    assert taken.text_hash == text_hash(taken.title, taken.sapo, taken.body)
    assert taken.place == "tep.txt"


def test_the_external_id_is_the_given_one_then_the_address_then_the_key(article: _Article) -> None:
    assert article(external_id="7", url="https://bao.example/1").external_id == "7"
    assert article(url="https://bao.example/1").external_id == "https://bao.example/1"
    taken = article()
    assert taken.external_id == taken.key


@pytest.mark.parametrize("url", ["javascript:alert(1)", "tg://user?id=1", "không phải", "file:///etc/passwd"])
def test_an_address_that_is_none_is_left_out(article: _Article, url: str) -> None:
    assert article(url=url).url is None


def test_the_source_is_the_drafts_then_the_source_lines_then_the_origins_then_the_host(
    article: _Article,
) -> None:
    body = "Nước sông dâng nhanh trong đêm, nhiều tuyến đường ven bờ ngập sâu nửa mét."
    named = body + "\n\nNguồn Tin Sáng: https://tinsang.example/mua-1.html"
    origin = Origin(source="Hộp tin")
    assert article(origin, body=named, source="Báo Đồi Chè").source == "Báo Đồi Chè"
    assert article(origin, body=named).source == "Tin Sáng"
    assert article(origin, body=body).source == "Hộp tin"
    assert article(body=body, url="https://www.bao.example/1").source == "bao.example"
    assert article(body=body).source == ""


def test_where_papers_are_named_only_these_may_be_borne(article: _Article) -> None:
    origin = Origin(source="Hộp tin", papers=frozenset({"Báo Đồi Chè"}))
    assert article(origin, source="Báo Đồi Chè").source == "Báo Đồi Chè"
    assert article(origin, source="Báo Khác").source == "Hộp tin"
    assert (
        article(origin, source="Báo Khác", external_id="7").key
        == article(source="Báo Khác", external_id="7").key
    )


def test_a_source_line_gives_the_address_that_is_missing(article: _Article) -> None:
    body = "Nước sông dâng nhanh trong đêm.\n\nNguồn Tin Sáng: https://tinsang.example/mua-1.html"
    assert article(body=body).url == "https://tinsang.example/mua-1.html"
    assert article(body=body, url="https://bao.example/1").url == "https://bao.example/1"


def test_a_topic_is_kept_as_it_was_called(article: _Article) -> None:
    assert article(topic=" Kinh  tế").topic == "Kinh tế"
    assert article().topic is None


def test_the_date_is_the_stated_one_then_the_addresss(article: _Article) -> None:
    url = "https://bao.example/201909/tin/"
    stated = article(url=url, published="2019-09-15T06:30:00+07:00").published
    in_path = article(url=url, published="hôm qua").published
    assert stated is not None
    assert stated.at == dt.datetime(2019, 9, 14, 23, 30, tzinfo=dt.UTC)
    assert in_path is not None
    assert in_path.precision == "month"
    assert article(url="https://bao.example/tin/", published="2099-01-01").published is None


def test_a_missing_sapo_and_a_missing_body_are_no_reason_to_refuse(article: _Article) -> None:
    assert article(sapo="").sapo == ""
    assert article(sapo="Nước ngập mười hai tuyến phố.", body="").body == ""
    assert article(body="").title == "Mưa lớn ở Hạ Long"


def test_a_sapo_that_says_the_title_again_is_none(article: _Article) -> None:
    assert article(sapo="Mưa lớn ở Hạ Long.").sapo == ""


@pytest.mark.parametrize("text", ["", " \n", "\u200b\ufeff"])
def test_without_title_and_text_there_is_no_article(reason: _Reason, text: str) -> None:
    assert reason(title=text, sapo=text, body=text) == "không có tiêu đề và nội dung"


def test_text_without_a_title_is_refused(reason: _Reason) -> None:
    assert reason(title=" ") == "thiếu tiêu đề"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (
            "Heavy rain floods the city",
            "The river rose quickly overnight and many roads were under water by dawn.",
        ),
        ("暴雨袭击下龙市", "河水在夜间迅速上涨，许多沿河道路被淹没半米深。当局已疏散居民。"),
        (
            "Lorem ipsum dolor",
            "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.",
        ),
        (
            "M\xad\xcca l\xedn",
            "N\xad\xedc s\xabng d\xa9ng nhanh trong \xae\xaam, nhi\xd2u tuy\xd5n \xae\xad\xeang.",
        ),
        ("Mưa lớn", "a" * 150_000),
        ("2013", "12 34 56 78 90\n11 22 33"),
    ],
    ids=["English", "Chinese", "Lorem ipsum", "TCVN3", "one word", "digits"],
)
def test_what_is_no_vietnamese_prose_is_refused_with_a_reason(reason: _Reason, title: str, body: str) -> None:
    assert reason(title=title, body=body)


def test_fields_past_their_limits_are_refused(reason: _Reason) -> None:
    assert "tiêu đề dài 504 ký tự" in reason(title="mưa " * 125 + "to á")
    assert "nội dung dài" in reason(body="Mưa to. " * (MAX_TEXT_CHARACTERS // 8 + 1))
    assert "dài quá 500" in reason(external_id="7" * 501)


@pytest.mark.parametrize(
    "sentence",
    [
        "Chủ cửa hàng đã hạ giáĐây là lần giảm thứ ba trong tháng này của cửa hàng.",
        "Hội nghị họp tạiđĐồi Vàng từ sáng sớm hôm qua đến tận chiều tối mới xong.",
        "Người dân trong xãÝ kiến nào cũng được ghi lại trong biên bản của cuộc họp.",
        "Tấm biển ghi “QUẠT MÁT GIÁ CỰC ĐÔNG, MÁY LẠNH CỰC ĐÔ”, “MUA NHIỀU LÀ ĐÔ” rồi “ĐÃ”.",
    ],
)
def test_glued_words_and_capitals_in_quotes_are_no_broken_charset(article: _Article, sentence: str) -> None:
    assert article(body=sentence).body == sentence


def test_a_broken_sentence_is_mended_beside_capitals_in_quotes(article: _Article) -> None:
    broken = "Hàng trăm người dân xếp hàng chờ.".encode().decode("latin-1")
    taken = article(body=f"Tấm biển ghi “GIÁ CỰC ĐÃ” treo ngay trước cửa chính.\n{broken}")
    assert taken.body.split("\n") == [
        "Tấm biển ghi “GIÁ CỰC ĐÃ” treo ngay trước cửa chính.",
        "Hàng trăm người dân xếp hàng chờ.",
    ]
