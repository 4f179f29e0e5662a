"""What a page sends: messages, presses, dialogs, edits and deletes; handed to the channel."""

from dataclasses import replace

from aiohttp import web
from aiohttp.helpers import content_disposition_header

from adapters.web import render
from adapters.web.faults import Unfit
from adapters.web.places import key_of, look_of
from adapters.web.render import Look
from adapters.web.site import SITE
from adapters.web.typed import Typed, key, read
from bot.cards.model import Card, Form, Text, size
from bot.flows.channel import NoSuchMessage, NotTheirMessage
from bot.flows.lines import Line

LONGEST = 4_000  # UTF-16 units in a message, as on the other platforms
IN_CHANNEL_ONLY = "Type it in the channel, or use the buttons here."


async def say(request: web.Request) -> web.Response:
    """Take a message, or answer a slash command."""
    look, typed = await look_of(request), await read(request)
    text = _fit(typed["text"])
    if text.startswith("/"):
        return await _command(request, look, typed)
    await request.app[SITE].channel.say(
        user=look.user, channel=look.channel, thread=typed.thread, text=text, once=_once(typed)
    )
    return _taken()


async def _command(request: web.Request, look: Look, typed: Typed) -> web.Response:
    if typed.thread:
        return _show(_hint(IN_CHANNEL_ONLY), look, typed)
    answer = await request.app[SITE].channel.command(
        user=look.user, channel=look.channel, line=typed["text"].strip(), once=_once(typed)
    )
    return _show(answer, look, typed)


async def press(request: web.Request) -> web.Response:
    """Take a press on a button of a card."""
    look, typed = await look_of(request), await read(request)
    answer = await request.app[SITE].channel.press(
        user=look.user,
        channel=look.channel,
        thread=typed.thread,
        button=typed["button"],
        once=_once(typed),
    )
    return _show(answer, look, typed)


async def submit(request: web.Request) -> web.Response:
    """Take a dialog; with faults it comes back, and what was typed stays."""
    look, typed = await look_of(request), await read(request)
    again = await request.app[SITE].channel.submit(
        user=look.user,
        channel=look.channel,
        thread=typed.thread,
        form=typed["form"],
        values=typed.inputs,
        uploads=typed.files,
        once=_once(typed),
    )
    if again is None:
        return _taken()
    return _html(render.dialog(_as_typed(again, typed), look, typed.thread), status=422)


def _as_typed(form: Form, typed: Typed) -> Form:
    values = typed.inputs
    return replace(
        form, inputs=tuple(replace(one, value=values.get(one.id, one.value)) for one in form.inputs)
    )


async def file(request: web.Request) -> web.Response:
    """A file that came in, to be saved: never shown as a page of ours."""
    user, file_id = request.match_info["user"], key(request.match_info["file"])
    found, content = await request.app[SITE].channel.file(user, file_id)
    headers = {"Content-Disposition": content_disposition_header("attachment", filename=found.name)}
    return web.Response(body=content, content_type=found.media, headers=headers)


async def ask_for_edit(request: web.Request) -> web.Response:
    """The dialog in which a person edits their message."""
    look = await look_of(request)
    line = await _own(request, look)
    return _html(render.template("edit.html").render(line=line, look=look))


async def ask_before_delete(request: web.Request) -> web.Response:
    """The question before a message is deleted."""
    look = await look_of(request)
    line = await _own(request, look)
    return _html(render.template("delete.html").render(line=line, look=look))


async def _own(request: web.Request, look: Look) -> Line:
    """One's own message, as it stands. Raises NoSuchMessage, NotTheirMessage."""
    key, ask = key_of(request), request.app[SITE].channel.current
    lines = await ask(look.channel, None, look.user)
    if look.thread is not None:
        lines += await ask(look.channel, look.thread, look.user)
    for line in lines:
        if line.key == key and line.text is not None:
            if line.person != look.me.id:
                raise NotTheirMessage
            return line
    raise NoSuchMessage


async def edit(request: web.Request) -> web.Response:
    """Take the new text of a message."""
    look, typed = await look_of(request), await read(request)
    await request.app[SITE].channel.edit(
        user=look.user,
        channel=look.channel,
        key=key_of(request),
        text=_fit(typed["text"]),
        once=_once(typed),
    )
    return _taken()


async def delete(request: web.Request) -> web.Response:
    """Delete a message."""
    look, typed = await look_of(request), await read(request)
    await request.app[SITE].channel.delete(
        user=look.user, channel=look.channel, key=key_of(request), once=_once(typed)
    )
    return _taken()


async def skip_ahead(request: web.Request) -> web.Response:
    """Move the demo's clock to what is due next."""
    skip = request.app[SITE].skip
    if skip is None:
        raise web.HTTPNotFound
    await skip()
    return _taken()


def _fit(text: str) -> str:
    """Text that can be taken. Raises Unfit."""
    if not text.strip():
        raise Unfit("There is nothing to send yet.")
    if (length := size(text)) > LONGEST:
        raise Unfit(
            f"That is {length:,} characters long, and a message holds {LONGEST:,}. "
            "Please shorten it, or send it in parts."
        )
    return text


def _once(typed: Typed) -> str:
    """The page's one-time key. Raises HTTPBadRequest without one: a retry would then double."""
    if not 1 <= len(once := typed["once"]) <= 64:  # noqa: PLR2004 - a UUID has 36
        raise web.HTTPBadRequest
    return once


def _show(answer: Card | Form | None, look: Look, typed: Typed) -> web.Response:
    match answer:
        case Form():
            return _html(render.dialog(answer, look, typed.thread))
        case Card():
            return _html(render.private(answer, look, typed.thread, _once(typed)))
        case None:
            return _taken()


def _hint(sentence: str) -> Card:
    return Card((Text((sentence,)),), sentence)


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/html", status=status)


def _taken() -> web.Response:
    return web.Response(status=204)
