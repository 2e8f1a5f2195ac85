"""Methods by which a bot gets updates: long polling, or a webhook, which `api` calls."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from bot.emulator.chats.world import World
from bot.emulator.refusals import bad_request, conflict
from bot.emulator.requests import Methods, Parameters

MAX_UPDATES = 100
MAX_TIMEOUT_SECONDS = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


async def get_updates(world: World, parameters: Parameters) -> list[dict[str, Any]]:
    """Confirm updates below `offset` and return the next ones, after at most `timeout` seconds."""
    if world.webhook.get("url"):
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )
    _remember_allowed(world, parameters)
    world.updates.confirm(parameters.integer("offset"))
    limit = min(max(parameters.integer("limit", MAX_UPDATES), 1), MAX_UPDATES)
    timeout = min(max(parameters.integer("timeout"), 0), MAX_TIMEOUT_SECONDS)
    return await world.updates.poll(limit, timeout)


async def set_webhook(world: World, parameters: Parameters) -> bool:
    """Set a webhook; an empty address removes it. An address on this machine needs no TLS."""
    url = parameters.text("url")
    if url and not url.startswith("https://") and not (url.startswith("http://") and is_loopback(url)):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (secret := parameters.text("secret_token")) and not _SECRET.fullmatch(secret):
        raise bad_request("bad webhook: secret token contains unallowed characters")
    _remember_allowed(world, parameters)
    if parameters.boolean("drop_pending_updates"):
        world.updates.drop_all()
    options = ("secret_token", "ip_address", "max_connections")
    kept = {name: parameters.text(name) for name in options if parameters.text(name)}
    world.webhook = {"url": url, **kept} if url else {}
    world.updates.wake()
    return True


async def delete_webhook(world: World, parameters: Parameters) -> bool:
    """Remove the webhook, and the waiting updates on request."""
    if parameters.boolean("drop_pending_updates"):
        world.updates.drop_all()
    world.webhook = {}
    return True


async def get_webhook_info(world: World, parameters: Parameters) -> dict[str, Any]:
    """Return the webhook, how many updates wait, and why the last call failed, if it did."""
    shown = ("url", "ip_address", "last_error_date", "last_error_message")
    return {
        "url": "",
        **{name: world.webhook[name] for name in shown if name in world.webhook},
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending),
        "allowed_updates": sorted(world.updates.allowed),
    }


def is_loopback(url: str) -> bool:
    """Tell whether `url` leads to this machine; a name such as 127.evil.example does not."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def log_out(world: World, parameters: Parameters) -> bool:
    """Accept `logOut` and `close`, which do nothing here."""
    return True


def _remember_allowed(world: World, parameters: Parameters) -> None:
    """Store the list for later updates; if none is given, keep the last one, as Telegram does."""
    if parameters.text("allowed_updates"):
        world.updates.allowed = frozenset(map(str, parameters.json_array("allowed_updates")))


METHODS: Methods = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "logOut": log_out,
    "close": log_out,
}
