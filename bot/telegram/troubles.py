"""Why the Bot API could not be reached, in words for operators: the host, the cause and the next step."""

import asyncio
from urllib.parse import urlsplit

import aiohttp

from bot.operators import notices


def explain(error: Exception, url: str) -> str:
    """Say what kept a request to `url` from being answered. The words hold the host, never the token.

    >>> explain(TimeoutError(), "https://api.telegram.org/bot42:secret/getMe")
    'Telegram không trả lời (api.telegram.org: quá hạn chờ); hãy xem mạng và tường lửa của máy này'
    """
    address = urlsplit(url)
    host = address.hostname or ""
    if address.port is not None:
        host = f"{host}:{address.port}"
    proxy = (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError)
    if isinstance(error, proxy):
        return notices.telegram_unreachable(host, *notices.PROXY)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return notices.telegram_unreachable(host, *notices.DNS)
    if isinstance(error, aiohttp.ClientSSLError | aiohttp.ClientConnectorCertificateError):
        return notices.telegram_unreachable(host, *notices.TLS)
    if isinstance(error, asyncio.TimeoutError):
        return notices.telegram_unreachable(host, *notices.TIMEOUT)
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, ConnectionRefusedError):
        return notices.telegram_unreachable(host, *notices.REFUSED)
    return notices.telegram_unreachable(host, *notices.CUT)
