"""Word, PowerPoint and Excel: their words for the check; authors, properties and notes removed."""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from bot.files import images
from bot.rules.uploads import Media, Reason, Unfit

MEMBERS = 5_000
UNPACKED = 200 * 1024 * 1024
TYPES = "[Content_Types].xml"
MAIN = {
    Media.DOCX: b"wordprocessingml.document.main+xml",
    Media.PPTX: b"presentationml.presentation.main+xml",
    Media.XLSX: b"spreadsheetml.sheet.main+xml",
}
PICTURES = {
    "png": Media.PNG,
    "jpg": Media.JPEG,
    "jpeg": Media.JPEG,
    "jfif": Media.JPEG,
    "webp": Media.WEBP,
}
INNER = {media.ending: media for media in MAIN}

_PROPERTIES = re.compile(r"docProps/(?:core|app|custom)\d*\.xml")
_INSIDE = re.compile(rb">[^<]+<")
_PEOPLE = re.compile(
    r'(?<=[\s:])(?P<what>author|initials|displayName|userId|providerId|lastModifiedBy)="[^"]*"'
)
_AUTHORS = re.compile(r"(<(?:\w+:)?author>)[^<]*(?=</)")
_COMMENTERS = re.compile(r'(<p:cmAuthor\b[^>]*?\bname=)"[^"]*"')
_ENDS = re.compile(
    r"</(?:\w+:)?(?:p|si|is|c|comment|row|tr|tc|sheet)>|<(?:\w+:)?(?:br|tab|cr)\b[^>]*>"
)
_SHARED = re.compile(r'<c\b[^>]*\bt="s"[^>]*>.*?</c>', re.DOTALL)
_TOLD = re.compile(r'(?:\b(?:descr|title|alt|tooltip|Target)|<sheet\b[^>]*?\bname)="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
_TIME = (1980, 1, 1, 0, 0, 0)


def clean(content: bytes, media: Media) -> tuple[bytes, str, bool]:
    """The file without its authors, its words, and whether it holds pictures. Raises Unfit."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _clean(packed, media)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as fault:
        raise Unfit(Reason.BROKEN) from fault


def _clean(packed: zipfile.ZipFile, media: Media) -> tuple[bytes, str, bool]:
    members = [member for member in packed.infolist() if not member.is_dir()]
    if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
        raise Unfit(Reason.TOO_LARGE)
    names = [member.filename for member in members]
    if TYPES not in names or MAIN[media] not in packed.read(TYPES):
        raise Unfit(Reason.KIND)
    texts, written, has_pictures = [], io.BytesIO(), False
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as anew:
        for name in names:
            kept, text = _member(name, packed.read(name))
            has_pictures = has_pictures or "/media/" in name
            texts.append(text)
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            anew.writestr(info, kept)
    return written.getvalue(), "\n".join(filter(None, texts)), has_pictures


def _member(name: str, content: bytes) -> tuple[bytes, str]:
    """A member without what names its makers, and its words. Raises Unfit."""
    ending = name[name.rfind(".") + 1 :].lower()
    if "vbaProject" in name or "/activeX/" in name:
        raise Unfit(Reason.HOLDS_PROGRAMS)
    if ending in PICTURES:
        return images.clean(content, PICTURES[ending]), ""
    if f".{ending}" in INNER:
        inner, text, _ = clean(content, INNER[f".{ending}"])
        return inner, text
    if "/embeddings/" in name:
        raise Unfit(Reason.HOLDS_FILES)
    if ending not in ("xml", "rels", "vml"):
        return content, ""
    return _xml(name, content)


def _xml(name: str, content: bytes) -> tuple[bytes, str]:
    if _PROPERTIES.fullmatch(name):
        return _INSIDE.sub(b"><", content), ""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Unfit(Reason.BROKEN) from fault
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unfit(Reason.BROKEN)
    text = _PEOPLE.sub(r'\g<what>=""', text)
    text = _COMMENTERS.sub(r'\1""', _AUTHORS.sub(r"\1", text))
    return text.encode(), "\n".join(_words(text))


def _words(xml: str) -> Iterator[str]:
    for told in _TOLD.findall(xml):
        if not told.endswith((".xml", ".rels")) and "schemas." not in told:
            yield html.unescape(told)
    shown = _TAG.sub("", _ENDS.sub("\n", _SHARED.sub("", xml)))
    yield from (line for line in html.unescape(shown).splitlines() if line.strip())
