"""What came in a form: read up to a limit, and made harmless."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from bot.flows.channel import NoSuchMessage
from bot.rules.uploads import LARGEST, Upload

BODY = 64 * 1024
FIELDS = 300
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
KEPT = "\n\t"
INPUT = "in-"
FILE = "file-"
ROOM = LARGEST + 1  # one more byte than may come in, so that what is too large is told apart
KEY = re.compile(r"[A-Za-z0-9:.-]{1,255}")


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form, each with all its values."""

    fields: Mapping[str, tuple[str, ...]]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """The first value of a field, empty where there is none."""
        return next(iter(self.fields.get(name, ())), "")

    @property
    def thread(self) -> str | None:
        """The thread that the form stands in. Raises NoSuchMessage."""
        return key(self["thread"]) if self["thread"] else None

    @property
    def inputs(self) -> dict[str, str]:
        """The values of a dialog's inputs; several ticks are joined by commas."""
        named = ((k, v) for k, v in self.fields.items() if k.startswith(INPUT))
        return {name.removeprefix(INPUT): ",".join(filter(None, values)) for name, values in named}


async def read(request: web.Request) -> Typed:
    """Read a posted form. Raises HTTPRequestEntityTooLarge without reading further."""
    if request.content_type == "multipart/form-data":
        return await _read_parts(request)
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    body = bytearray()
    async for chunk in request.content.iter_chunked(16 * 1024):
        body += chunk
        if len(body) > BODY:
            raise web.HTTPRequestEntityTooLarge(BODY, len(body))
    return parse(bytes(body))


async def _read_parts(request: web.Request) -> Typed:
    """A form with files: each in memory, and nowhere else. Raises HTTPRequestEntityTooLarge."""
    fields: dict[str, tuple[str, ...]] = defaultdict(tuple)
    files: dict[str, Upload] = {}
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or len(fields) + len(files) >= FIELDS:
                raise web.HTTPBadRequest
            name = part.name or ""
            content = await _read_part(part, ROOM if name.startswith(FILE) else BODY)
            if not name.startswith(FILE):
                fields[name] += (clean(content.decode("utf-8", "replace")),)
            elif part.filename:
                files[name.removeprefix(FILE)] = Upload(clean(part.filename), content)
    except ValueError:
        raise web.HTTPBadRequest from None
    return Typed(dict(fields), files)


async def _read_part(part: BodyPartReader, limit: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > limit:
            raise web.HTTPRequestEntityTooLarge(limit, len(content))
    return bytes(content)


def parse(body: bytes) -> Typed:
    """The fields of a urlencoded body."""
    fields: dict[str, tuple[str, ...]] = defaultdict(tuple)
    text = body.decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=FIELDS)
    except ValueError:
        raise web.HTTPBadRequest from None
    for name, value in pairs:
        fields[name] += (clean(value),)
    return Typed(dict(fields))


def clean(text: str) -> str:
    """Text with its line ends as newlines, and a visible mark for what no one can see."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(REPLACEMENT if _is_harmful(char) else char for char in lines)


def _is_harmful(char: str) -> bool:
    return char not in KEPT and unicodedata.category(char) in ("Cc", "Cs")


def key(text: str) -> str:
    """A message's key. Raises NoSuchMessage for what can be none."""
    if not KEY.fullmatch(text):
        raise NoSuchMessage
    return text
