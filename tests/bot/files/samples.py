"""Made-up files that hold what must not come in."""

import io
import zipfile
from collections.abc import Mapping

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    EncodedStreamObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from bot.files.office import MAIN, TYPES
from bot.rules.uploads import Media

NAME = "Xiomara Valdovinos"
NUMBER = "214365870"
PLACE = "Exif place 40.7305N"
AUTHOR = "Soledad Pemberton"


def picture(form: str = "JPEG", *, turned: bool = False) -> bytes:
    """Return a red and blue picture that says where it was taken."""
    image = Image.new("RGB", (60, 40), "red")
    image.paste("blue", (30, 0, 60, 40))
    exif = Image.Exif()
    exif[0x010E] = PLACE
    exif[0x8825] = {1: "N", 2: (40.0, 43.0, 50.0), 29: PLACE}
    if turned:
        exif[0x0112] = 6
    notes = PngInfo()
    notes.add_text("Author", AUTHOR)
    written = io.BytesIO()
    extra = {"pnginfo": notes} if form == "PNG" else {"comment": AUTHOR} if form == "JPEG" else {}
    image.save(written, form, exif=exif, **extra)
    return written.getvalue()


def packed(media: Media, members: Mapping[str, str | bytes]) -> bytes:
    """Return an Office file of these members."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr(
            TYPES, b'<Types><Override ContentType="application/' + MAIN[media] + b'"/></Types>'
        )
        for name, content in members.items():
            file.writestr(name, content)
    return written.getvalue()


def document(*paragraphs: str) -> bytes:
    """Return a Word file with an author, a comment, a picture and these paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    members: dict[str, str | bytes] = {
        "docProps/core.xml": f"<cp:coreProperties><dc:creator>{AUTHOR}</dc:creator></cp:coreProperties>",
        "word/document.xml": f"<w:document><w:body>{body}</w:body></w:document>",
        "word/comments.xml": f'<w:comments><w:comment w:author="{AUTHOR}" w:initials="SP"/></w:comments>',
        "word/media/image1.jpeg": picture(),
    }
    return packed(Media.DOCX, members)


def sheet() -> bytes:
    """Return an Excel file with a shared text, a number and a sheet's name."""
    cells = f'<row><c t="s"><v>100000</v></c><c><v>{NUMBER}</v></c></row>'
    members = {
        "xl/workbook.xml": '<workbook><sheets><sheet name="Scores"/></sheets></workbook>',
        "xl/sharedStrings.xml": f"<sst><si><t>{NAME.replace('V', '&#86;')}</t></si></sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{cells}</sheetData></worksheet>",
        "xl/comments1.xml": f"<comments><authors><author>{AUTHOR}</author></authors></comments>",
    }
    return packed(Media.XLSX, members)


def _named(values: Mapping[str, str | PdfObject]) -> DictionaryObject:
    """Return a PDF dictionary; texts in it are names."""
    made = ((k, v if isinstance(v, PdfObject) else NameObject(v)) for k, v in values.items())
    return DictionaryObject({NameObject(k): v for k, v in made})


def _picture() -> EncodedStreamObject:
    image = EncodedStreamObject()
    StreamObject.set_data(image, picture())
    about = {"/Subtype": "/Image", "/Filter": "/DCTDecode", "/ColorSpace": "/DeviceRGB"}
    sizes = {"/Width": 60, "/Height": 40, "/BitsPerComponent": 8}
    image.update(_named({**about, **{k: NumberObject(v) for k, v in sizes.items()}}))
    return image


def paper(text: str, *, with_picture: bool = False, note: str = "") -> bytes:
    """Return a PDF of one page by an author."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 200)
    font = _named({"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"})
    pictures = {"/Im1": _picture()} if with_picture else {}
    resources = _named({"/Font": _named({"/F1": font}), "/XObject": _named(pictures)})
    remark: dict[str, str | PdfObject] = {
        "/Subtype": "/Text",
        "/Rect": ArrayObject([FloatObject(0)] * 4),
        "/T": TextStringObject(AUTHOR),
        "/Contents": TextStringObject(note),
    }
    notes = ArrayObject([_named(remark)] if note else [])
    drawn = DecodedStreamObject()
    drawn.set_data(f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode())
    page.update(_named({"/Annots": notes, "/Resources": resources, "/Contents": drawn}))
    writer.add_metadata({"/Author": AUTHOR})
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()
