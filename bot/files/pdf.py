"""PDF: its words for the check; written anew from its pages alone."""

import io
from collections.abc import Iterator

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    NameObject,
    NullObject,
    PdfObject,
    StreamObject,
)
from pypdf.types import AnnotationSubtype

from bot.files import images
from bot.rules.uploads import Reason, Unfit

PAGES = 500
_JPEG = NameObject("/DCTDecode")
_HIDDEN = ("/Metadata", "/PieceInfo", "/Thumb", "/LastModified", "/JS", "/AA", "/OpenAction", "/EF")
_DROPPED: tuple[AnnotationSubtype, ...] = (
    "/FileAttachment",
    "/Popup",
    "/Sound",
    "/Movie",
    "/Screen",
)


def clean(content: bytes) -> tuple[bytes, str, bool]:
    """The pages without their makers, the words, and whether there are pictures. Raises Unfit."""
    try:
        return _clean(PdfReader(io.BytesIO(content)))
    except Unfit:
        raise
    except Exception as fault:  # a file of a stranger fails in more ways than pypdf names
        raise Unfit(Reason.BROKEN) from fault


def _clean(reader: PdfReader) -> tuple[bytes, str, bool]:
    if reader.is_encrypted:
        raise Unfit(Reason.LOCKED)
    if len(reader.pages) > PAGES:
        raise Unfit(Reason.TOO_LARGE)
    text = "\n".join(_words(reader))
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    writer.metadata = None
    writer.remove_annotations(_DROPPED)
    pictures = [found for found in _everything(writer.root_object) if _strip(found)]
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue(), text, bool(pictures) or not text.strip()


def _words(reader: PdfReader) -> Iterator[str]:
    """What is shown, and what stands in notes and in the fields of forms."""
    for page in reader.pages:
        yield page.extract_text()
        for annotation in page.get("/Annots", ArrayObject()).get_object():
            found = annotation.get_object()
            yield from (str(found[key]) for key in ("/Contents", "/V", "/TU") if key in found)


def _everything(root: PdfObject) -> Iterator[DictionaryObject]:
    """Each dictionary and stream that is left."""
    waiting: list[PdfObject] = [root]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop().get_object()
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        if isinstance(found, DictionaryObject):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, ArrayObject):
            waiting.extend(found)


def _strip(found: DictionaryObject) -> bool:
    """Take out what nobody sees; whether it is a picture."""
    for key in _HIDDEN:
        found.pop(key, None)
    if "/Rect" in found and found.get("/Subtype") != "/Widget":
        found.pop("/T", None)  # who wrote a note
    if not isinstance(found, EncodedStreamObject) or found.get("/Subtype") != "/Image":
        return found.get("/Subtype") == "/Image"
    filters = found.get("/Filter", NullObject())
    if filters == _JPEG or (isinstance(filters, ArrayObject) and filters[-1:] == [_JPEG]):
        StreamObject.set_data(found, images.without_notes(found.get_data()))
        found[NameObject("/Filter")] = _JPEG
        found.pop("/DecodeParms", None)
    return True
