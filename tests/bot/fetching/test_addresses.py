"""Which addresses may be fetched, and which IP addresses are private."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fetching.dialling import Transport, is_public, target_of
from bot.fetching.responses import FetchError

INSIDE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    "0.0.0.0",  # noqa: S104 - nothing listens there
    *("255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1", "192.88.99.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:100.64.0.1", "::ffff:169.254.169.254"),  # mapped
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),  # NAT64
    *("2002:7f00:1::", "2002:c0a8:101::1"),  # 6to4
    *("::127.0.0.1", "2001:0:7f00:1::"),  # compatible; Teredo
    "không phải địa chỉ",
]
OUTSIDE = [
    "203.113.131.2",
    "8.8.8.8",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::",
]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_however_an_ipv4_address_is_written_in_ipv6_it_is_judged_alike(address: object) -> None:
    number = int(address)  # type: ignore[call-overload] - an IPv4Address
    mapped, nat64 = f"::ffff:{address}", f"64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}"
    six_to_four = f"2002:{number >> 16:x}:{number & 0xFFFF:x}::"
    assert {is_public(mapped), is_public(nat64), is_public(six_to_four)} == {is_public(str(address))}


@pytest.mark.parametrize(
    "url",
    [
        *(
            "file:///etc/passwd",
            "gopher://bao.example/",
            "ftp://bao.example/",
            "javascript:alert(1)",
            "data:,x",
        ),
        *("http://ten:mat-khau@bao.example/", "http://ten@bao.example/", "http://@bao.example/"),
        *(
            "http://",
            "http:///rss",
            "http://bao.example:0/",
            "http://bao.example:99999/",
            "http://[::1",
            "rss",
        ),
        *("http://bao.example/a b", "http://bao.example/\r\nHost: x", "http://bao.example/\0", ""),
        "http://bao.example/" + "a" * 3_000,
        f"http://{'a' * 70}.example/",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as refusal:
        target_of(url)
    assert refusal.value.code == "address"


def test_an_address_of_two_thousand_characters_is_the_longest() -> None:
    longest = "http://bao.example/" + "a" * 1_981
    assert target_of(longest).url == longest
    with pytest.raises(FetchError, match="quá dài"):
        target_of(longest + "a")


def test_of_a_scheme_that_is_not_read_twenty_letters_are_named() -> None:
    with pytest.raises(FetchError, match=f"«{'x' * 20}»"):
        target_of("x" * 30 + "://bao.example/")


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("https://Bao.Example", "", "https://bao.example/"),
        ("https://bao.example:443/rss?a=1#b", "", "https://bao.example/rss?a=1"),
        ("http://bao.example:8080/rss", "", "http://bao.example:8080/rss"),
        ("//khac.example/x", "https://bao.example/rss", "https://khac.example/x"),
        ("../x", "https://bao.example/a/b/c", "https://bao.example/a/x"),
        ("https://báo.example/", "", "https://xn--bo-mia.example/"),
        ("http://[::1]:80/", "", "http://[::1]/"),
    ],
)
def test_an_address_is_spelled_one_way(url: str, base: str, expected: str) -> None:
    assert target_of(url, base).url == expected


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_is_an_address_or_is_refused(url: str, base: str) -> None:
    try:
        target = target_of(url, base)
    except FetchError as error:
        assert error.code == "address"  # noqa: PT017 - either outcome is right
    else:
        assert target.url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("url", "port"), [("http://a.example", 80), ("https://a.example", 443), ("http://a.example:81", 81)]
)
def test_a_port_that_an_address_does_not_name_is_its_schemes(url: str, port: int) -> None:
    assert target_of(url).port == port


async def test_closing_does_not_wait_for_a_name_server_that_is_dead() -> None:
    ended, may_end = [], threading.Event()

    def hang(host: str) -> list[str]:
        may_end.wait(10)
        ended.append(host)
        return []

    transport = Transport(resolve=hang)
    target = target_of("http://cham.example/")
    with pytest.raises(FetchError, match="timeout"):
        await transport.get(target, {}, is_private_allowed=False, deadline_seconds=0.05)
    await transport.close()
    assert ended == []
    may_end.set()
