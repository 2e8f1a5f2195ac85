"""Declared charsets are used and never guessed; the content tells the kind of a file."""

import codecs
import gzip

import pytest

from storage.intake.decoding import Kind, charset_of, decode, kind_of
from storage.intake.drafts import UnreadableError

_NEWS = "Mưa lớn ở Hạ Long"


@pytest.mark.parametrize(
    "data",
    [
        _NEWS.encode(),
        codecs.BOM_UTF8 + _NEWS.encode(),
        _NEWS.encode("utf-16"),
        codecs.BOM_UTF16_BE + _NEWS.encode("utf-16-be"),
        _NEWS.encode("utf-32"),
    ],
)
def test_a_byte_order_mark_tells_the_charset(data: bytes) -> None:
    assert decode(data) == _NEWS


@pytest.mark.parametrize("charset", ["utf-8", "UTF-16LE", "utf-16-be"])
def test_an_xml_declaration_tells_the_charset(charset: str) -> None:
    text = f'<?xml version="1.0" encoding="{charset}"?><rss>{_NEWS}</rss>'
    assert decode(text.encode(charset)) == text


def test_declared_windows_1258_is_read() -> None:
    """Its tones are marks of their own: `repair` composes them later."""
    declared = b'<?xml version="1.0" encoding="windows-1258"?>'
    assert decode(declared + "tiê\u0301ng".encode("cp1258")).endswith("tiê\u0301ng")


@pytest.mark.parametrize("charset", ["zlib_codec", "unicode_escape", "idna", "utf-7", "x-vps", "rot13"])
def test_a_charset_that_is_not_a_papers_is_refused_by_name(charset: str) -> None:
    with pytest.raises(UnreadableError, match=f"«{charset}»"):
        charset_of(f'<?xml version="1.0" encoding="{charset}"?>'.encode())


def test_a_pages_own_word_tells_the_charset_before_its_servers() -> None:
    page = '<!doctype html><html><head><meta http-equiv="x" content="text/html; charset=UTF-8">Mưa'
    assert decode(page.encode(), charset="iso-8859-1") == page


def test_a_servers_word_tells_the_charset_of_a_silent_document() -> None:
    assert decode("tiê\u0301ng".encode("cp1258"), charset="Windows-1258") == "tiê\u0301ng"
    with pytest.raises(UnreadableError, match="«x-vps»"):
        decode(b"Mua", charset="x-vps")


def test_bytes_outside_their_charset_are_refused_with_the_place() -> None:
    with pytest.raises(UnreadableError, match=r"UTF-8 .*byte 5"):
        decode(b"Mua \xff to")


def test_one_line_with_a_list_in_it_is_a_document_unless_its_name_says_rows() -> None:
    line = b'{"status": "ok", "totalResults": 1, "articles": [{"title": "M"}]}'
    assert kind_of(line, "tin.json") is kind_of(line, "-") is Kind.DOCUMENT
    assert kind_of(line, "tin.jsonl") is kind_of(line + b"\n" + line, "tin.json") is Kind.ROWS


def test_a_cut_character_is_refused_or_dropped() -> None:
    cut = _NEWS.encode()[:2]
    with pytest.raises(UnreadableError, match="cắt cụt"):
        decode(cut)
    assert decode(cut, may_be_cut=True) == "M"


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (_NEWS, "tin.txt", Kind.TEXT),
        (_NEWS, "tin", Kind.TEXT),
        ("[Video] Mưa lớn", "tin.txt", Kind.TEXT),
        ("Mưa\0 lớn ở Hạ Long, nước ngập sâu", "tin.txt", Kind.TEXT),
        ('{"title": "Mưa"', "tin.txt", Kind.ROWS),
        ('\n\n  {"title": "Mưa"}\n', "-", Kind.ROWS),
        ('hỏng\n{"title": "Mưa"}\n', "-", Kind.ROWS),
        ("hỏng", "tin.JSONL", Kind.ROWS),
        ('[{"title": "Mưa"}]', "-", Kind.DOCUMENT),
        ('[\n{"title": "Mưa"},\n{"title": "Nắng"}\n]', "tin.jsonl", Kind.DOCUMENT),
        ('{\n  "title": "Mưa",\n  "body": "Nước lên"\n}', "tin.txt", Kind.DOCUMENT),
        ('{"title": "Mưa",\n "body": "Nước lên"}', "-", Kind.DOCUMENT),
        ('{"title": "Mưa"', "tin.json", Kind.ROWS),
        ("title,content\nMưa,Nước lên", "tin.txt", Kind.TABLE),
        ("Tiêu đề;Nội dung;Ngày đăng\nMưa;Nước lên;1/2/2021", "-", Kind.TABLE),
        ("headline\tbody\nMưa\tNước lên", "-", Kind.TABLE),
        ("a,b\nMưa,Nước lên", "tin.csv", Kind.TABLE),
        ("Tin, bài, ảnh: Hạ Long mưa lớn", "tin.txt", Kind.TEXT),
        ("Ngày hội, nguồn vui, chủ đề mới của xã", "tin.txt", Kind.TEXT),
        ('<rss version="2.0">', "tin.txt", Kind.FEED),
        ('<?xml version="1.0"?>\n<!-- <html> -->\n<rdf:RDF xmlns="x">', "-", Kind.FEED),
        ('<!DOCTYPE l [<!ENTITY a "b">]><feed>', "-", Kind.FEED),
        ("<3 Hạ Long", "tin.txt", Kind.TEXT),
        ("<!DOCTYPE html>\n<title>x", "tin.rss", Kind.PAGE),
        ("<html lang=vi>", "tin.jsonl", Kind.PAGE),
        ('<?xml version="1.0"?><html>', "tin.xml", Kind.PAGE),
    ],
)
def test_the_kind_is_told_by_content_then_by_name(head: str, name: str, kind: Kind) -> None:
    assert kind_of(head.encode(), name) is kind


@pytest.mark.parametrize(
    ("head", "name", "reason"),
    [
        (b"", "tin.txt", "tệp rỗng"),
        (b"\xef\xbb\xbf \n\t\xe2\x80\x8b", "tin.txt", "tệp rỗng"),
        (bytes(range(256)) * 4, "anh.txt", "nhị phân"),
        (gzip.compress(b"tin" * 99, mtime=0), "tin.jsonl.gz", "gzip, hãy giải nén"),
        (b"PK\x03\x04" + bytes(64), "bang.xlsx", "lưu lại thành CSV"),
        (b"\x7fELF\x02\x01\x01" + bytes(64), "tin.rss", "nhị phân"),
        (b'<?xml version="1.0"?><svg width="1">', "tin.rss", "không phải RSS/Atom"),
        ("Mưa lớn".encode(), "tin.rss", "không phải RSS/Atom"),
    ],
)
def test_what_holds_no_article_is_refused_with_the_reason(head: bytes, name: str, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        kind_of(head, name)
