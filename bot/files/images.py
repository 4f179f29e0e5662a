"""Images, written anew from their pixels: no place, device, owner or earlier version is left."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.rules.uploads import Media, Reason, Unfit

PIXELS = 50_000_000
QUALITY = 92
FORMATS = {Media.PNG: "PNG", Media.JPEG: "JPEG", Media.WEBP: "WEBP"}

_START, _SCAN, _ALONE = b"\xff\xd8", 0xDA, range(0xD0, 0xD9)
_DROPPED = (0xE1, 0xED, 0xFE)  # Exif and XMP, Photoshop's, comments


def clean(content: bytes, media: Media) -> bytes:
    """The picture alone, turned as its data said. Raises Unfit."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _written_anew(content, FORMATS[media])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Unfit(Reason.TOO_LARGE) from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as fault:
        raise Unfit(Reason.BROKEN) from fault


def _written_anew(content: bytes, form: str) -> bytes:
    with Image.open(io.BytesIO(content), formats=[form]) as image:
        if image.width * image.height > PIXELS:
            raise Unfit(Reason.TOO_LARGE)
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        transparency = image.info.get("transparency")
        image.info.clear()
        if transparency is not None:
            image.info["transparency"] = transparency
        quality = "keep" if image.format == "JPEG" else QUALITY
        written = io.BytesIO()
        image.save(written, form, quality=quality)
        return written.getvalue()


def without_notes(jpeg: bytes) -> bytes:
    """A JPEG within a PDF: as it was, without its notes. Raises Unfit."""
    if not jpeg.startswith(_START):
        raise Unfit(Reason.BROKEN)
    kept, at = [_START], len(_START)
    while at + 4 <= len(jpeg):
        mark = jpeg[at + 1]
        if jpeg[at] != _START[0] or mark in _ALONE:
            break
        if mark == _SCAN:
            return b"".join([*kept, jpeg[at:]])
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if mark not in _DROPPED:
            kept.append(jpeg[at:end])
        at = end
    raise Unfit(Reason.BROKEN)
