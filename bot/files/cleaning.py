"""An upload as it may be kept, with what the check at the door found in it."""

import codecs
from dataclasses import dataclass

from bot.files import images, office, pdf
from bot.rules import door, uploads
from bot.rules.door import Known
from bot.rules.uploads import Media, Reason, Unfit, Upload

SHOWN = 5
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What may be kept once somebody has answered for it.

    `kinds` are what was found, `shown` the first of the words for the person who uploads, never
    kept; `unseen`: it holds pictures, and nobody but a person sees a face or a handwritten name.
    """

    name: str
    media: Media
    content: bytes
    kinds: tuple[door.Kind, ...]
    shown: tuple[tuple[door.Kind, str], ...]
    unseen: bool

    @property
    def is_plain(self) -> bool:
        """Whether nobody has to answer for it."""
        return not self.kinds and not self.unseen


def clean(upload: Upload, known: Known) -> Cleaned:
    """Check and clean an upload; slow for large ones. Raises Unfit."""
    media = uploads.media_of(upload)
    content, text, unseen = _cleaned(upload.content, media)
    found = door.find(text, known)
    return Cleaned(
        name=uploads.name_of(upload, media, known),
        media=media,
        content=content,
        kinds=tuple(sorted({one.kind for one in found})),
        shown=tuple((one.kind, text[one.start : one.end]) for one in found[:SHOWN]),
        unseen=unseen,
    )


def _cleaned(content: bytes, media: Media) -> tuple[bytes, str, bool]:
    match media:
        case Media.PNG | Media.JPEG | Media.WEBP:
            return images.clean(content, media), "", True
        case Media.DOCX | Media.PPTX | Media.XLSX:
            return office.clean(content, media)
        case Media.PDF:
            return pdf.clean(content)
        case Media.TXT | Media.CSV:
            text = _decoded(content)
            return text.encode(), text, False


def _decoded(content: bytes) -> str:
    """The text of a text file, whichever program wrote it. Raises Unfit."""
    marked = (encoding for mark, encoding in _MARKS if content.startswith(mark))
    try:
        text = content.decode(next(marked, "utf-8"))
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\0" in text:
        raise Unfit(Reason.BROKEN)
    return text
