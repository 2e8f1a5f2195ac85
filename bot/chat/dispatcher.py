"""The dispatcher: checks rate limits and rights, and passes a message or a tap to the module for it."""

from markupsafe import Markup

from bot.chat import commands, digest_now, membership
from bot.chat.buttons.callbacks import parse
from bot.chat.buttons.channel_buttons import read_channel, read_channel_button
from bot.chat.channels import answer_post, open_settings, tap_about_channel
from bot.chat.commands import OPERATOR_COMMANDS, Command
from bot.chat.context import ButtonContext, ChatContext, View
from bot.chat.operators.admin import AdminActions
from bot.chat.questions import ask
from bot.chat.rate_limits import Asker, limiter_for, question_limits
from bot.chat.routes import Access, command_handlers, find_route, make_routes
from bot.chat.talk import reply
from bot.chat.talk.wishes import SimpleWish
from bot.messages import subscription_texts, texts
from bot.messages.markup import short_name
from bot.messages.spoken import say_wait
from bot.news.services import Services

_CHEAP_FACTOR = 4  # commands and taps cost little: their limit is that of questions times this
_GROUP_FACTOR = 4  # a whole group's limit is that of one person times this


class Dispatcher:
    """Passes messages and taps on to the module that answers them."""

    def __init__(self, services: Services, actions: AdminActions) -> None:
        self._services = services
        self._questions = limiter_for(services, "questions")
        self._anything = limiter_for(services, "anything")
        self._routes = make_routes(actions)
        self._handlers = command_handlers(actions)

    async def handle(self, context: ChatContext, command: Command) -> None:
        """Handle a command."""
        if command in OPERATOR_COMMANDS and not context.is_operator:
            await self.reject(context, f"/{command.name}")
        elif command.is_setting and context.is_group:
            await self._handle_group_setting(context, command)
        elif command.name == "start" and (wanted := read_channel(context.words)):
            if await self._admits(context, is_work=True):
                await open_settings(context, *wanted, self._handlers)
        elif await self._admits(context, is_work=command.is_work):
            await self._do(context, command)

    async def _do(self, context: ChatContext, command: Command) -> None:
        """Run a command; if it needs words and has none, take the next message as its words."""
        is_bare = not context.words.strip()
        if not is_bare and not command.takes_words:
            unused = short_name(context.words)
            await context.send(View(texts.WORDS_UNUSED.format(command=command.name, words=unused)))
        if command.name == "tim" and not is_bare and await reply.find_wish(context) is SimpleWish.DIGEST:
            context.words = ""
            await digest_now.handle(context)
        else:
            await self._handlers[command.name](context)
        if context.is_private:
            await reply.await_words(context, command.name if is_bare and command.awaits_words else None)

    async def _handle_group_setting(self, context: ChatContext, command: Command) -> None:
        """Handle a settings command of a group or channel, which only administrators may give."""
        if not await self._admits(context, is_setting=True):
            return
        if not await membership.may_set(context):
            await context.send(View(subscription_texts.ONLY_ADMINISTRATORS))
        elif context.is_channel:
            await answer_post(context, command.name, self._handlers[command.name])
        else:
            await self._handlers[command.name](context)

    async def reject(self, context: ChatContext, typed: str) -> None:
        """Answer an unknown command; `typed` is the whole text."""
        if await self._admits(context):
            await commands.suggest(context, typed)

    async def answer(self, context: ChatContext) -> None:
        """Answer plain text: a question, or a wish that the bot itself fulfils."""
        if await self._admits(context, is_work=True):
            wish = await reply.find_wish(context)
            awaited = await reply.take_awaited_command(context)
            if awaited and reply.is_called_off(context.words):
                await context.send(View(texts.CALLED_OFF))
            elif awaited and reply.answers_command(awaited, context, wish):
                await self._handlers[awaited](context)
            elif wish is None or not await reply.reply(context, wish):
                await ask.handle(context)

    async def answer_in_group(self, context: ChatContext, *, is_named: bool) -> None:
        """Answer a group's message that names the bot, or a reply to it that asks for something.

        Other replies to news are mostly talk among the members and are ignored.
        """
        if command := reply.prompted_command(context):
            if await self._admits(context, is_work=True):
                await self._handlers[command](context)
            return
        wish = await reply.find_wish(context)
        if not (is_named or reply.asks_more(context, wish)) or not await self._admits(context, is_work=True):
            return
        if not await reply.reply_in_group(context, wish):
            await ask.handle(context)

    async def say(self, context: ChatContext, view: View) -> None:
        """Send a fixed answer, if the rate limit admits the message."""
        if await self._admits(context):
            await context.send(view)

    async def tap(self, tap: ButtonContext, data: str) -> None:
        """Handle a tap; it is acknowledged in any case."""
        channel_id, data = read_channel_button(data)
        intent = parse(data)
        route = find_route(self._routes, intent) if intent is not None else None
        is_setting = route is not None and route.access is Access.SETTERS
        if await self._admits(tap, is_work=route is not None and route.is_work, is_setting=is_setting):
            about = tap if channel_id is None else await tap_about_channel(tap, channel_id)
            is_there, tap = about is not None and (channel_id is None or is_setting), about or tap
            if route is None or not is_there or not await self._may_tap(tap, route.access):
                await tap.acknowledge(texts.STALE_BUTTON)
            else:
                await route.handler(tap, intent)
        await tap.acknowledge()

    async def _may_tap(self, tap: ButtonContext, access: Access) -> bool:
        match access:
            case Access.OPERATORS:
                return tap.is_operator
            case Access.READERS:
                return True
        if not await membership.may_set(tap):
            await tap.acknowledge(subscription_texts.ONLY_ADMINISTRATORS_LINE)
            return False
        return True

    async def _admits(self, context: ChatContext, *, is_work: bool = False, is_setting: bool = False) -> bool:
        """Tell whether this person may ask now; the first refusal of a burst says when to ask again.

        In a group each person has a limit, and the group a larger one. A request that `is_setting` counts
        only for the person, so that other members cannot keep an administrator from the settings.
        """
        limiter, factor = (self._questions, 1) if is_work else (self._anything, _CHEAP_FACTOR)
        shares: list[tuple[Asker, int, Markup]]
        shares = [((context.chat_id, context.sender_id), factor, texts.TOO_FAST)]
        if context.is_group and not is_setting:
            shares.append(((context.chat_id, None), factor * _GROUP_FACTOR, texts.GROUP_TOO_FAST))
        for asker, times, refusal in shares:
            limits = question_limits(self._services.newsroom, times)
            admission = await limiter.ask(asker, limits, context.now)
            if admission.wait is not None:
                await context.refuse(refusal.format(wait=say_wait(admission.wait)))
            if not admission.is_admitted:
                return False
        return True
