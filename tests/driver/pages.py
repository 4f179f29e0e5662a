"""What a reader finds in the local channel's HTML. Only the standard library."""

import re
from dataclasses import dataclass
from html import unescape

_ARTICLE = re.compile(r'<article class="(message[^"]*)" ([^>]*)>(.*?)</article>', re.DOTALL)
_TIME = re.compile(r'<time datetime="([^"]+)" data-when="(\w+)"')
_TEXT = re.compile(r'<p class="text"[^>]*>(.*?)</p>', re.DOTALL)
_NAME = re.compile(r'<span class="name">(.*?)</span>')
_FIELD = re.compile(r'<(textarea|input)\b[^>]*\bname="in-([\w-]+)"([^>]*)>')
_LABEL = re.compile(r'<label for="in-([\w-]+)">(.*?)(?: <span class="must">needed</span>)?</label>')
_SET = re.compile(r'<fieldset [^>]*id="in-([\w-]+)".*?</fieldset>', re.DOTALL)
_LEGEND = re.compile(r"<legend>(.*?)(?: <span.*?)?</legend>", re.DOTALL)
_OPTION = re.compile(r'type="(?:radio|checkbox)" name="in-[\w-]+" value="([^"]*)"([^>]*)>')
_TICK = re.compile(r'name="in-here" value="(\w+)" checked><span>([^<]*)</span>')


@dataclass(frozen=True)
class Seen:
    """One fragment of a log."""

    key: str
    seq: int
    op: str
    into: str
    name: str
    at: str
    text: str
    until: str
    html: str
    is_private: bool


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found.group(1)) if found else ""


def fixed(at: str) -> str:
    """One way to write a time: microseconds and no zone, so that texts sort."""
    plain = at.removesuffix("Z").removesuffix("+00:00")
    return plain if "." in plain else plain + ".000000"


def messages(html: str) -> list[Seen]:
    """All messages of a page or a log, in its order."""
    return [_seen(*found.groups()) for found in _ARTICLE.finditer(html)]


def _seen(classes: str, tag: str, inside: str) -> Seen:
    times = {when: fixed(at) for at, when in reversed(_TIME.findall(inside))}
    text, name = _TEXT.search(inside), _NAME.search(inside)
    return Seen(
        key=_attribute(tag, "data-key") or _attribute(tag, "id"),
        seq=int(_attribute(tag, "data-seq") or 0),
        op=_attribute(tag, "data-op"),
        into=_attribute(tag, "data-into"),
        name=unescape(name.group(1)) if name else "",
        at=times.get("message", ""),
        text=unescape(re.sub(r"<[^>]+>", "", text.group(1))) if text else "",
        until=times.get("time", ""),
        html=inside,
        is_private="private" in classes.split(),
    )


@dataclass(frozen=True)
class Field:
    """One input of a dialog."""

    name: str
    label: str
    kind: str  # text, other, choice
    required: bool
    options: tuple[str, ...] = ()


def fields(html: str) -> list[Field]:
    """The text boxes and choices of a dialog."""
    labels = {name: unescape(label) for name, label in _LABEL.findall(html)}
    found = []
    for tag, name, rest in _FIELD.findall(html):
        if 'type="hidden"' in rest or "radio" in rest or "checkbox" in rest or name not in labels:
            continue
        is_text = tag == "textarea" or ("inputmode" not in rest and 'type="text"' in rest)
        is_part = "-" in name  # of a commitment: its who, what and by when belong together
        kind = "text" if is_text and not is_part else "other"
        found.append(Field(name, labels[name], kind, " required" in rest))
    for one in _SET.finditer(html):
        legend, options = _LEGEND.search(one.group()), _OPTION.findall(one.group())
        values = tuple(value for value, _ in options)
        label = unescape(legend.group(1)) if legend else ""
        found.append(Field(one.group(1), label, "choice", "required" in one.group(), values))
    return found


def ticked(html: str) -> dict[str, str]:
    """The name and the id of everybody who is ticked in a start form."""
    return {unescape(name): person for person, name in _TICK.findall(html)}
