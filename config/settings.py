"""Settings of the environment: secrets, addresses and the clock. `newsroom` has the published content."""

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from config.values import ConfigError, Problem, leads_to_web, shown

_PREFIX = "DIEMTIN_"
_TOKEN_FILE = "DIEMTIN_BOT_TOKEN_FILE"  # noqa: S105 - the name of a variable
_MOST_TOKEN_BYTES = 1_000
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_NO_PATH = re.compile(r"[0-9]{6,20}:[A-Za-z0-9_-]{30}|://")
_USERNAME = re.compile(r"@?\w{1,32}")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_LISTEN = re.compile(r"(?P<host>\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+):(?P<port>[0-9]{1,5})", re.ASCII)
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_YEARS = range(1970, 2100)  # supported by all parts of the program and by time zone tables
_ASYNC_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def _token(value: str) -> str:
    if not _TOKEN.fullmatch(value.strip()):
        raise ValueError("không giống mã bot; hãy chép nguyên mã mà @BotFather đưa, dạng 123456789:ABC…")
    return value.strip()


def _api_base_url(value: str) -> str:
    address = value.strip()
    if not leads_to_web(address):
        raise ValueError("phải là một địa chỉ http(s), ví dụ https://api.telegram.org")
    if re.search(r"[@?#\s]", address):
        raise ValueError("chỉ gồm giao thức, máy chủ và đường dẫn, ví dụ http://127.0.0.1:8081")
    return address.rstrip("/")


def database_address(value: str) -> str:
    """Return the address with the driver that is used. Raises ValueError, in Vietnamese."""
    try:
        url = make_url(value.strip())
    except (ArgumentError, ValueError):
        url = None
    driver = _ASYNC_DRIVERS.get(url.drivername.lower()) if url else None
    if url is None or driver is None:
        raise ValueError("phải bắt đầu bằng sqlite:/// hoặc postgresql://, ví dụ sqlite:///diemtin.db")
    if driver.startswith("sqlite") and (url.host or not url.database):
        raise ValueError("địa chỉ SQLite cần ba dấu gạch chéo rồi tên tệp, ví dụ sqlite:///diemtin.db")
    if driver.startswith("postgresql") and not url.database:
        raise ValueError("thiếu tên cơ sở dữ liệu, ví dụ postgresql://ten@localhost:5432/diemtin")
    return driver + value.strip().removeprefix(url.drivername)


def _admins(value: str) -> frozenset[int]:
    return frozenset(_admin(word) for word in re.split(r"[,;\s]+", value) if word)


def _admin(word: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,19}", word) or int(word) == 0:
        # Anything but a username may be a token, pasted by mistake.
        named = shown(word) if _USERNAME.fullmatch(word) else "giá trị"
        raise ValueError(
            f"{named} không phải mã số; hãy dùng mã số Telegram thay cho tên người dùng, "
            "ví dụ 123456789, nhiều mã cách nhau bằng dấu phẩy"
        )
    if int(word) < 0:
        raise ValueError(
            f"«{word}» là mã số của một nhóm hay kênh, nơi ai cũng sẽ ra lệnh được cho bot; "
            "hãy dùng mã số Telegram của từng người, ví dụ 123456789"
        )
    return int(word)


def _now(value: str) -> dt.datetime:
    written = value.strip()
    if not _RFC3339.fullmatch(written):
        raise ValueError("phải là ngày giờ kèm độ lệch múi giờ, ví dụ 2026-01-05T06:29:00+07:00")
    try:
        moment = dt.datetime.fromisoformat(written.upper())
    except ValueError:
        raise ValueError("không có ngày giờ này trên lịch; ví dụ 2026-01-05T06:29:00+07:00") from None
    if moment.year not in _YEARS:
        raise ValueError(f"năm phải từ {_YEARS.start} đến {_YEARS.stop - 1}")
    return moment.astimezone(dt.UTC)


def _path(value: str) -> Path:
    if "\0" in value:
        raise ValueError("đường dẫn có ký tự không dùng được")
    if _NO_PATH.search(value):  # perhaps a secret, so the message does not repeat it
        raise ValueError(
            "giá trị này giống mã bot hoặc địa chỉ mạng; hãy đặt đường dẫn tệp cấu hình, ví dụ diemtin.toml"
        )
    return Path(value)


def _webhook_url(value: str) -> str:
    address = value.strip()
    is_usable = leads_to_web(address) and not re.search(r"[@?#\s{}]", address)
    if is_usable and urlsplit(address).scheme == "http":
        is_usable = urlsplit(address).hostname in _THIS_MACHINE
    if not is_usable:
        raise ValueError(
            "phải là địa chỉ https mà Telegram gọi tới được, ví dụ https://tin.example.vn/telegram"
        )
    return address


def _listen(value: str) -> tuple[str, int]:
    match = _LISTEN.fullmatch(value.strip())
    port = int(match["port"]) if match else 0
    if match is None or not 0 < port < 65536:
        raise ValueError("phải là máy:cổng, ví dụ 127.0.0.1:8443")
    return match["host"].strip("[]"), port


def _webhook_secret(value: str) -> str:
    if not _SECRET.fullmatch(value.strip()):
        raise ValueError(
            "phải gồm 16 đến 256 chữ cái không dấu, chữ số, gạch ngang hay gạch dưới; "
            "tạo một chuỗi bằng: openssl rand -hex 32"
        )
    return value.strip()


class Settings(BaseSettings):
    """The settings of the environment. With `webhook_url` Telegram calls the bot; else the bot polls.

    `health_listen` takes the place of the newsroom file's, for several processes on one machine.
    `now` (UTC) and `clock_rate` are for tests and simulation.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True, validate_default=False
    )

    bot_token: Annotated[SecretStr, BeforeValidator(_token)] | None = None
    api_base_url: Annotated[str, BeforeValidator(_api_base_url)] = "https://api.telegram.org"
    database_url: Annotated[SecretStr, BeforeValidator(database_address)] = SecretStr(
        "sqlite+aiosqlite:///diemtin.db"
    )
    config: Annotated[Path, BeforeValidator(_path)] = Path("diemtin.toml")
    index: Annotated[Path, BeforeValidator(_path)] | None = None
    admins: Annotated[frozenset[int], NoDecode, BeforeValidator(_admins)] = frozenset()
    webhook_url: Annotated[str, BeforeValidator(_webhook_url)] | None = None
    webhook_listen: Annotated[tuple[str, int], NoDecode, BeforeValidator(_listen)] = ("127.0.0.1", 8443)
    webhook_secret: Annotated[SecretStr, BeforeValidator(_webhook_secret)] | None = None
    health_listen: Annotated[tuple[str, int] | None, NoDecode, BeforeValidator(_listen)] = None
    now: Annotated[dt.datetime, BeforeValidator(_now)] | None = None
    clock_rate: float = Field(default=1.0, gt=0, le=100_000, allow_inf_nan=False)

    @property
    def uses_postgres(self) -> bool:
        return self.database_url.get_secret_value().startswith("postgresql")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the secrets that no log may contain: token, webhook secret and database password."""
        token = self.bot_token.get_secret_value() if self.bot_token else None
        webhook = self.webhook_secret.get_secret_value() if self.webhook_secret else None
        password = make_url(self.database_url.get_secret_value()).password
        return tuple(secret for secret in (token, webhook, password) if secret)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from the constructor only: `load_settings` says which environment is read."""
        return (init_settings,)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the `DIEMTIN_` variables of `environ`; an empty one counts as absent.

    `DIEMTIN_BOT_TOKEN_FILE` names a file whose only line is the token, as containers hand secrets over.

    Raises:
        ConfigError: every variable that cannot be used, by name.
    """
    given = {name.lower(): value for name, value in environ.items() if value.strip()}
    if problem := _take_token_file(given):
        raise ConfigError([problem])
    source = EnvSettingsSource(Settings)
    source.env_vars = given
    try:
        settings = Settings(**source())
        problems = _unmatched(settings)
    except ValidationError as error:
        problems = [_problem(details) for details in error.errors(include_url=False, include_input=False)]
    if not problems:
        return settings
    raise ConfigError(problems)  # outside `except`: the cause holds the values, secrets too


def _take_token_file(given: dict[str, str]) -> Problem | None:
    """Replace the name of a token file in `given` by its token; return the problem, if any."""
    path = given.pop(_TOKEN_FILE.lower(), None)
    if path is None:
        return None
    if "diemtin_bot_token" in given:
        return Problem(
            _TOKEN_FILE, None, "đặt một trong hai: DIEMTIN_BOT_TOKEN hoặc biến này, đừng đặt cả hai"
        )
    if _NO_PATH.search(path):  # the token itself, say
        return Problem(_TOKEN_FILE, None, "phải là đường dẫn của tệp chứa mã bot, không phải chính mã bot")
    try:
        with Path(path.strip()).open("rb") as file:
            token = file.read(_MOST_TOKEN_BYTES).decode().strip()
    except (OSError, ValueError):
        return Problem(_TOKEN_FILE, None, "không đọc được tệp này; hãy xem đường dẫn và quyền đọc")
    if not _TOKEN.fullmatch(token):
        return Problem(_TOKEN_FILE, None, "trong tệp phải có đúng một dòng là mã bot mà @BotFather đưa")
    given["diemtin_bot_token"] = token
    return None


def _unmatched(settings: Settings) -> list[Problem]:
    """Find settings that lack their counterpart: the bot would silently run without a webhook."""
    if settings.webhook_url is not None and settings.webhook_secret is None:
        message = "cần có khi đặt DIEMTIN_WEBHOOK_URL; tạo một chuỗi bằng: openssl rand -hex 32"
        return [Problem("DIEMTIN_WEBHOOK_SECRET", None, message)]
    given = settings.model_fields_set & {"webhook_listen", "webhook_secret"}
    if settings.webhook_url is None and given:
        message = f"cần có khi đặt {_PREFIX}{min(given).upper()}; muốn bot tự hỏi Telegram thì bỏ biến ấy đi"
        return [Problem("DIEMTIN_WEBHOOK_URL", None, message)]
    return []


def _problem(details: Any) -> Problem:
    variable = _PREFIX + str(details["loc"][0]).upper()
    if variable == "DIEMTIN_CLOCK_RATE":
        return Problem(variable, None, "phải là một số lớn hơn 0 và không quá 100000, ví dụ 60")
    error = details.get("ctx", {}).get("error")
    return Problem(variable, None, str(error) if error else "giá trị không dùng được")
