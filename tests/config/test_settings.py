"""The environment, with every slip told by variable and no secret repeated."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings, load_settings
from config.values import ConfigError

TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"  # noqa: S105 - invented


def problem_with(variable: str, value: str) -> str:
    with pytest.raises(ConfigError) as refusal:
        load_settings({f"DIEMTIN_{variable}": value})
    (problem,) = refusal.value.problems
    assert (problem.key, problem.line) == (f"DIEMTIN_{variable}", None)
    return problem.message


def database_of(address: str) -> str:
    return load_settings({"DIEMTIN_DATABASE_URL": address}).database_url.get_secret_value()


def test_an_empty_environment_gives_the_defaults() -> None:
    assert load_settings({}) == Settings()
    settings = load_settings({"DIEMTIN_BOT_TOKEN": "", "DIEMTIN_ADMINS": "  ", "HOME": "/"})
    assert settings.bot_token is None
    assert settings.api_base_url == "https://api.telegram.org"
    assert settings.database_url.get_secret_value() == "sqlite+aiosqlite:///diemtin.db"
    assert settings.config == Path("diemtin.toml")
    assert settings.admins == frozenset()
    assert settings.now is None
    assert settings.clock_rate == 1
    assert settings.secrets == ()


def test_only_the_given_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIEMTIN_CLOCK_RATE", "60")
    assert load_settings({}).clock_rate == 1


def test_every_variable_is_read() -> None:
    settings = load_settings(
        {
            "DIEMTIN_BOT_TOKEN": f" {TOKEN}\n",
            "DIEMTIN_API_BASE_URL": "http://127.0.0.1:8081/",
            "DIEMTIN_DATABASE_URL": "postgresql://gio@localhost/tin",
            "DIEMTIN_CONFIG": "/etc/diemtin.toml",
            "DIEMTIN_ADMINS": "11, 22 44;33",
            "DIEMTIN_NOW": "2026-01-05T06:29:30.5+07:00",
            "DIEMTIN_CLOCK_RATE": "604800e-1",
        }
    )
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN
    assert settings.api_base_url == "http://127.0.0.1:8081"
    assert settings.config == Path("/etc/diemtin.toml")
    assert settings.admins == {11, 22, 33, 44}
    assert settings.now is not None
    assert settings.now.isoformat() == "2026-01-04T23:29:30.500000+00:00"
    assert settings.clock_rate == 60480


@pytest.mark.parametrize(
    ("given_address", "used"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("sqlite:////srv/tin/x.db", "sqlite+aiosqlite:////srv/tin/x.db"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite:///x.db"),
        ("sqlite:///:memory:", "sqlite+aiosqlite:///:memory:"),
        ("postgres://a@h/d", "postgresql+asyncpg://a@h/d"),
        ("postgresql://a:p%40w@h:5433/d?ssl=require", "postgresql+asyncpg://a:p%40w@h:5433/d?ssl=require"),
        ("postgresql+asyncpg://h/d", "postgresql+asyncpg://h/d"),
        ("postgresql:///d?host=/run/pg", "postgresql+asyncpg:///d?host=/run/pg"),
    ],
)
def test_a_database_address_gets_the_async_driver(given_address: str, used: str) -> None:
    assert database_of(given_address) == used


@pytest.mark.parametrize(
    ("variable", "value", "part"),
    [
        ("BOT_TOKEN", "my-bot", "@BotFather"),
        ("BOT_TOKEN", "123:abc/def", "@BotFather"),
        ("API_BASE_URL", "api.telegram.org", "http(s)"),
        ("API_BASE_URL", "ftp://127.0.0.1", "http(s)"),
        ("API_BASE_URL", "http://", "http(s)"),
        ("API_BASE_URL", "http://h:99999", "http(s)"),
        ("API_BASE_URL", "http://[::1", "http(s)"),
        ("API_BASE_URL", "https://u:p@h", "chỉ gồm"),
        ("API_BASE_URL", "https://h/?x=1", "chỉ gồm"),
        ("DATABASE_URL", "diemtin.db", "sqlite:///"),
        ("DATABASE_URL", "mysql://a@h/d", "postgresql://"),
        ("DATABASE_URL", "postgresql+psycopg2://a@h/d", "postgresql://"),
        ("DATABASE_URL", "postgresql://a@h:port/d", "postgresql://"),
        ("DATABASE_URL", "postgresql://a@h", "tên cơ sở dữ liệu"),
        ("DATABASE_URL", "sqlite://diemtin.db", "ba dấu gạch chéo"),
        ("CONFIG", "a\0b", "đường dẫn"),
        ("ADMINS", "@minh_bien_tap", "«@minh_bien_tap» không phải mã số; hãy dùng mã số Telegram"),
        ("ADMINS", "12, minh", "«minh»"),
        ("ADMINS", "0", "«0»"),
        ("ADMINS", "1.5", "mã số"),
        ("ADMINS", "11, -1001234567890", "«-1001234567890» là mã số của một nhóm hay kênh"),
        ("ADMINS", "١٢", "mã số"),
        ("WEBHOOK_URL", "http://tin.example.vn/telegram", "https"),
        ("WEBHOOK_URL", "https://", "https"),
        ("WEBHOOK_URL", "https://u:p@tin.example.vn/", "https"),
        ("WEBHOOK_URL", "https://tin.example.vn/{x}", "https"),
        ("WEBHOOK_URL", "https://tin.example.vn:99999/", "https"),
        ("WEBHOOK_LISTEN", "8443", "máy:cổng"),
        ("WEBHOOK_LISTEN", "127.0.0.1:0", "máy:cổng"),
        ("WEBHOOK_LISTEN", "127.0.0.1:65536", "máy:cổng"),
        ("HEALTH_LISTEN", "8080", "máy:cổng"),
        ("WEBHOOK_SECRET", "ngắn", "16 đến 256"),
        ("WEBHOOK_SECRET", "a" * 257, "16 đến 256"),
        ("WEBHOOK_SECRET", "mật khẩu rất dài của tôi", "16 đến 256"),
        ("NOW", "2026-01-05T06:29:00", "độ lệch múi giờ"),
        ("NOW", "2026-01-05", "độ lệch múi giờ"),
        ("NOW", "2026-W02-1T00:00:00Z", "độ lệch múi giờ"),
        ("NOW", "2026-02-30T06:29:00Z", "trên lịch"),
        ("NOW", "2026-01-05T06:29:00+99:00", "trên lịch"),
        ("NOW", "0001-01-01T00:00:00+07:00", "năm phải từ 1970"),
        ("CLOCK_RATE", "0", "lớn hơn 0"),
        ("CLOCK_RATE", "-1", "lớn hơn 0"),
        ("CLOCK_RATE", "100001", "100000"),
        ("CLOCK_RATE", "nan", "một số"),
        ("CLOCK_RATE", "nhanh", "một số"),
    ],
)
def test_a_slip_is_told_by_variable_with_how_to_mend_it(variable: str, value: str, part: str) -> None:
    assert part in problem_with(variable, value)


WEBHOOK = {
    "DIEMTIN_WEBHOOK_URL": "https://tin.example.vn/telegram",
    "DIEMTIN_WEBHOOK_LISTEN": "[::1]:9000",
    "DIEMTIN_WEBHOOK_SECRET": "bi-mat_0123456789",
}


def test_a_webhook_has_an_address_a_secret_and_a_place_to_listen() -> None:
    settings = load_settings(WEBHOOK)
    assert (settings.webhook_url, settings.webhook_listen) == (
        "https://tin.example.vn/telegram",
        ("::1", 9000),
    )
    assert settings.secrets == ("bi-mat_0123456789",)
    assert "bi-mat" not in repr(settings)
    assert load_settings({}).webhook_listen == ("127.0.0.1", 8443)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (("URL",), "DIEMTIN_WEBHOOK_SECRET"),
        (("URL", "LISTEN"), "DIEMTIN_WEBHOOK_SECRET"),
        (("SECRET",), "DIEMTIN_WEBHOOK_URL"),
        (("LISTEN",), "DIEMTIN_WEBHOOK_URL"),
    ],
)
def test_half_a_webhook_is_told_by_the_variable_that_is_missing(given: tuple[str, ...], missing: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        load_settings({f"DIEMTIN_WEBHOOK_{name}": WEBHOOK[f"DIEMTIN_WEBHOOK_{name}"] for name in given})
    (problem,) = refusal.value.problems
    assert problem.key == missing


def test_all_slips_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as refusal:
        load_settings({"DIEMTIN_NOW": "hôm nay", "DIEMTIN_ADMINS": "minh", "DIEMTIN_CLOCK_RATE": "x"})
    keys = [problem.key for problem in refusal.value.problems]
    assert sorted(keys) == ["DIEMTIN_ADMINS", "DIEMTIN_CLOCK_RATE", "DIEMTIN_NOW"]
    assert all(key in str(refusal.value) for key in keys)


def everything_told(variable: str, value: str) -> str:
    """Return all that could be printed after reading the variable, causes of the error too."""
    try:
        return repr(load_settings({variable: value}))
    except ConfigError as refusal:
        return f"{refusal} {refusal!r} {refusal.__cause__!r} {refusal.__context__!r}"


@pytest.mark.parametrize("name", sorted(Settings.model_fields.keys() - {"config"}))
@pytest.mark.parametrize(
    "form", ["{}", "{} x", "@{}", "http://{}@h:x/", "postgresql://{}@h:port/d", "sqlite://{}"]
)
def test_no_message_repeats_a_token_whichever_variable_it_was_pasted_into(name: str, form: str) -> None:
    error = everything_told(f"DIEMTIN_{name.upper()}", form.format(TOKEN))
    assert TOKEN.split(":")[1] not in error


def test_the_token_and_the_password_are_secrets_and_in_no_repr() -> None:
    settings = load_settings(
        {"DIEMTIN_BOT_TOKEN": TOKEN, "DIEMTIN_DATABASE_URL": "postgresql://a:m%40t-kh%E1%BA%A9u@h/d"}
    )
    assert settings.secrets == (TOKEN, "m@t-khẩu")
    assert TOKEN not in f"{settings} {settings!r}"
    assert "kh" not in repr(settings.database_url)


@given(
    st.dates(dt.date(1970, 1, 2), dt.date(2099, 12, 30)), st.times(), st.integers(-24 * 60 + 1, 24 * 60 - 1)
)
def test_any_moment_written_with_its_offset_is_read_back(
    day: dt.date, time: dt.time, offset_minutes: int
) -> None:
    zone = dt.timezone(dt.timedelta(minutes=offset_minutes))
    written = dt.datetime.combine(day, time, zone)
    assert load_settings({"DIEMTIN_NOW": written.isoformat()}).now == written


def test_the_token_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    settings = load_settings({"DIEMTIN_BOT_TOKEN_FILE": str(file)})
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN
    assert settings.secrets == (TOKEN,)


@pytest.mark.parametrize("content", [None, b"", b"mat-khau", b"\xff\xfe", TOKEN.encode() + b"\nthua"])
def test_a_file_that_holds_no_token_is_refused_without_its_content(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    message = problem_with("BOT_TOKEN_FILE", str(file))
    assert "mat-khau" not in message
    assert TOKEN not in message


def test_a_token_in_both_places_or_in_place_of_its_path_is_refused(tmp_path: Path) -> None:
    assert "chính mã bot" in problem_with("BOT_TOKEN_FILE", TOKEN)
    with pytest.raises(ConfigError) as refusal:
        load_settings({"DIEMTIN_BOT_TOKEN": TOKEN, "DIEMTIN_BOT_TOKEN_FILE": str(tmp_path)})
    assert "đừng đặt cả hai" in refusal.value.problems[0].message
