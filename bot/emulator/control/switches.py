"""Routes that set faults, limits and revoked tokens."""

from typing import Any

from pydantic import Field

from bot.emulator.chats.world import World
from bot.emulator.control.routes import Body, InputError, Routes
from bot.emulator.limits import WEBHOOK, Fault, FaultKind
from bot.emulator.methods import METHODS


class FaultBody(Body):
    """A fault for the next `times` calls; see `limits.Fault`."""

    kind: FaultKind
    times: int = Field(default=1, ge=1)
    method: str = ""
    chat: int = 0
    retry_after: int = Field(default=1, ge=0)
    description: str = ""
    seconds: float = Field(default=60, ge=0, le=3600)


class LimitsBody(Body):
    """Limits to change; those not given stay."""

    strict: bool | None = None
    per_second: int | None = Field(default=None, ge=1)
    per_chat_second: int | None = Field(default=None, ge=1)
    per_group_minute: int | None = Field(default=None, ge=1)
    callback_seconds: float | None = Field(default=None, ge=0)


class TokenBody(Body):
    """A token to revoke, or to accept again."""

    token: str
    revoked: bool = True


class Nothing(Body):
    """No input."""


async def order_fault(world: World, body: FaultBody) -> dict[str, Any]:
    """Declare a fault, after those already declared."""
    if body.method and body.method.lower() not in (*METHODS, WEBHOOK):
        raise InputError("method", f"there is no method {body.method}")
    world.faults.waiting.append(
        Fault(body.kind, body.times, body.method, body.chat, body.retry_after, body.description, body.seconds)
    )
    return await list_faults(world, Nothing())


async def list_faults(world: World, body: Nothing) -> dict[str, Any]:
    """Return the declared faults."""
    return {
        "waiting": [
            {"kind": fault.kind, "times": fault.times, "method": fault.method, "chat": fault.chat_id}
            for fault in world.faults.waiting
        ],
        "happened": dict(world.faults.happened),
    }


async def clear_faults(world: World, body: Nothing) -> dict[str, Any]:
    """Remove all declared faults."""
    world.faults.waiting.clear()
    return await list_faults(world, body)


async def set_limits(world: World, body: LimitsBody) -> dict[str, Any]:
    """Change limits and return all of them."""
    for key in ("strict", "per_second", "per_chat_second", "per_group_minute"):
        if (value := getattr(body, key)) is not None:
            setattr(world.rates, key, value)
    if body.callback_seconds is not None:
        world.callback_seconds = body.callback_seconds
    rates = world.rates
    return {
        "strict": rates.strict,
        "per_second": rates.per_second,
        "per_chat_second": rates.per_chat_second,
        "per_group_minute": rates.per_group_minute,
        "callback_seconds": world.callback_seconds,
    }


async def revoke_token(world: World, body: TokenBody) -> dict[str, Any]:
    """Revoke a token: every call with it answers 401."""
    if body.revoked:
        world.revoked.add(body.token)
    else:
        world.revoked.discard(body.token)
    return {"revoked": len(world.revoked)}


ROUTES: Routes = {
    ("POST", "fault"): (FaultBody, order_fault),
    ("GET", "fault"): (Nothing, list_faults),
    ("DELETE", "fault"): (Nothing, clear_faults),
    ("POST", "limits"): (LimitsBody, set_limits),
    ("POST", "token"): (TokenBody, revoke_token),
}
