import io
import zipfile
import zlib
from datetime import date

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from bot.files.cleaning import Cleaned, clean
from bot.files.images import without_notes
from bot.rules.door import Kind, Known
from bot.rules.students import NOBODY
from bot.rules.uploads import LARGEST, Media, Reason, Unfit, Upload
from tests.bot.files import samples
from tests.bot.files.samples import AUTHOR, NAME, NUMBER, PLACE

KNOWN = Known(NOBODY, (), date(2026, 11, 24))


def checked(name: str, content: bytes) -> Cleaned:
    return clean(Upload(name, content), KNOWN)


def refusal(name: str, content: bytes) -> Reason:
    with pytest.raises(Unfit) as refused:
        checked(name, content)
    return refused.value.reason


def holds(content: bytes, *words: str) -> list[str]:
    """Return which of these words are anywhere in a file, packed or not."""
    raw = [content]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            raw += [file.read(name) for name in file.namelist()]
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        raw += [repr(reader.get_object(i)).encode() for i in range(1, len(reader.xref[0]) + 1)]
    return [word for word in words if any(word.encode() in one for one in raw)]


@pytest.mark.parametrize(
    ("form", "media"), [("PNG", Media.PNG), ("JPEG", Media.JPEG), ("WEBP", Media.WEBP)]
)
def test_a_picture_comes_in_without_its_place(form: str, media: Media) -> None:
    raw = samples.picture(form)
    found = checked("IMG_4711.dat", raw)
    assert holds(raw, PLACE) == [PLACE]
    assert holds(found.content, PLACE, AUTHOR) == []
    assert found == Cleaned(f"IMG_4711{media.ending}", media, found.content, (), (), unseen=True)
    assert not Image.open(io.BytesIO(found.content)).getexif()


def test_a_picture_is_turned_as_its_data_said() -> None:
    found = checked("a.jpg", samples.picture(turned=True))
    assert Image.open(io.BytesIO(found.content)).size == (40, 60)


def test_a_transparent_picture_stays_transparent() -> None:
    written = io.BytesIO()
    Image.new("P", (2, 2)).save(written, "PNG", transparency=0)
    with Image.open(io.BytesIO(checked("a.png", written.getvalue()).content)) as image:
        assert image.info == {"transparency": 0}


def test_a_jpeg_with_other_pictures_within_keeps_the_first_alone() -> None:
    written, more = io.BytesIO(), Image.new("RGB", (8, 8))
    Image.new("RGB", (9, 9)).save(written, "MPO", save_all=True, append_images=[more])
    with Image.open(io.BytesIO(checked("a.jpg", written.getvalue()).content)) as image:
        assert (image.format, image.size) == ("JPEG", (9, 9))


@pytest.mark.parametrize("size", [(8_000, 7_000), (20_000, 20_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(
    size: tuple[int, int],
) -> None:
    head = Image.new("1", (1, 1))
    written = io.BytesIO()
    head.save(written, "PNG")
    raw = bytearray(written.getvalue())
    raw[16:24] = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
    raw[29:33] = zlib.crc32(raw[12:29]).to_bytes(4, "big")
    assert refusal("a.png", bytes(raw)) is Reason.TOO_LARGE


def test_a_word_file_is_read_and_loses_its_authors() -> None:
    raw = samples.document(f"By {NAME}.", "It has &lt;5&gt; &amp; more")
    found = checked("essay.docx", raw)
    assert holds(raw, AUTHOR, PLACE) == [AUTHOR, PLACE]
    assert holds(found.content, AUTHOR, PLACE) == []
    assert found == Cleaned(
        "essay.docx", Media.DOCX, found.content, (Kind.NAME,), ((Kind.NAME, NAME),), unseen=True
    )


def test_a_sheet_is_read_with_its_numbers() -> None:
    found = checked("scores.xlsx", samples.sheet())
    assert found.shown == ((Kind.NAME, NAME), (Kind.ID, NUMBER))
    assert (found.kinds, found.unseen) == ((Kind.ID, Kind.NAME), False)
    assert holds(found.content, AUTHOR) == []
    assert checked("scores.xlsx", found.content) == found


def test_a_file_within_a_file_is_read_and_cleaned_too() -> None:
    raw = samples.packed(Media.PPTX, {"ppt/embeddings/sheet1.xlsx": samples.sheet()})
    found = checked("talk.pptx", raw)
    assert found.kinds == (Kind.ID, Kind.NAME)


def test_a_name_in_an_alternative_text_or_a_link_is_found() -> None:
    slide = f'<p:sld><p:cNvPr descr="drawn by {NAME}"/></p:sld>'
    rels = '<Relationships><Relationship Target="mailto:kid@pupils.example"/></Relationships>'
    raw = samples.packed(
        Media.PPTX,
        {
            "ppt/slides/slide1.xml": slide,
            "ppt/slides/_rels/slide1.xml.rels": rels,
            "ppt/a.bin": b"",
        },
    )
    assert checked("talk.pptx", raw).kinds == (Kind.EMAIL, Kind.NAME)


@pytest.mark.parametrize(
    ("member", "content", "reason"),
    [
        ("word/vbaProject.bin", b"", Reason.HOLDS_PROGRAMS),
        ("word/embeddings/oleObject1.bin", b"", Reason.HOLDS_FILES),
        ("word/document.xml", b"\xff\xfe<", Reason.BROKEN),
        ("word/document.xml", b"<!DOCTYPE x>", Reason.BROKEN),
        ("word/media/image1.png", b"no picture", Reason.BROKEN),
    ],
)
def test_an_office_file_with_what_cannot_be_looked_into_is_refused(
    member: str, content: bytes, reason: Reason
) -> None:
    assert refusal("a.docx", samples.packed(Media.DOCX, {member: content})) is reason


def test_an_office_file_of_too_many_members_is_refused() -> None:
    members = {f"word/a{number}.bin": b"" for number in range(5_001)}
    assert refusal("a.docx", samples.packed(Media.DOCX, members)) is Reason.TOO_LARGE


def test_an_office_file_of_another_kind_than_its_name_says_is_refused() -> None:
    assert refusal("a.docx", samples.sheet()) is Reason.KIND
    assert refusal("a.docx", b"PK\x03\x04 and no more") is Reason.BROKEN


def test_a_pdf_is_read_and_written_anew() -> None:
    raw = samples.paper(f"{NAME} {NUMBER}", with_picture=True, note="ask kid@pupils.example")
    found = checked("essay.pdf", raw)
    assert holds(raw, AUTHOR, PLACE) == [AUTHOR, PLACE]
    assert holds(found.content, AUTHOR, PLACE) == []
    assert found.kinds == (Kind.EMAIL, Kind.ID, Kind.NAME)
    assert found.unseen
    assert NAME in PdfReader(io.BytesIO(found.content)).pages[0].extract_text()


def test_a_pdf_of_words_alone_needs_nobody_to_look_at_it() -> None:
    assert checked("a.pdf", samples.paper("We saw equal groups.")).is_plain
    assert not checked("a.pdf", samples.paper("")).is_plain


def test_a_locked_or_broken_pdf_is_refused() -> None:
    writer, written = PdfWriter(io.BytesIO(samples.paper("a"))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(written)
    assert refusal("a.pdf", written.getvalue()) is Reason.LOCKED
    assert refusal("a.pdf", b"%PDF-1.7 and no more") is Reason.BROKEN


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    writer, written = PdfWriter(), io.BytesIO()
    for _ in range(501):
        writer.add_blank_page(9, 9)
    writer.write(written)
    assert refusal("a.pdf", written.getvalue()) is Reason.TOO_LARGE


def test_a_jpeg_that_ends_before_its_picture_is_broken() -> None:
    whole = samples.picture()
    for part in (
        b"",
        b"\xff\xd8\xff",
        whole[:200],
        b"\xff\xd8\xff\xd9\x00\x00",
        b"\xff\xd8\x00\x00\x00\x00",
    ):
        with pytest.raises(Unfit) as refused:
            without_notes(part)
        assert refused.value.reason is Reason.BROKEN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_whichever_program_wrote_it(encoding: str) -> None:
    found = checked("notas.csv", f"nota,Iñaki Valdovinos,{NUMBER}".encode(encoding))
    assert found.shown == ((Kind.NAME, "Iñaki Valdovinos"), (Kind.ID, NUMBER))
    assert found.media is Media.CSV


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", Reason.EMPTY),
        ("a.txt", b"x" * (LARGEST + 1), Reason.TOO_LARGE),
        ("a.txt", b"a\0b", Reason.BROKEN),
        ("a.html", b"<html>", Reason.KIND),
        ("a.exe", b"MZ", Reason.KIND),
        ("a", b"PK\x03\x04", Reason.KIND),
        ("a.png", b"\x89PNG\r\n\x1a\n and no more", Reason.BROKEN),
    ],
)
def test_what_is_no_kind_of_ours_is_refused(name: str, content: bytes, reason: Reason) -> None:
    assert refusal(name, content) is reason


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("exit tickets.txt", "exit tickets.txt"),
        ("C:\\Users\\me\\Exit Ticket.txt", "Exit Ticket.txt"),
        ("Xiomara_Valdovinos.txt", "file.txt"),
        ("XiomaraValdovinos2.txt", "file.txt"),
        ("essay 214365870.txt", "file.txt"),
        ("essay_214-365-870.txt", "file.txt"),
        (".txt", "file.txt"),
        ("a" * 200 + ".txt", "a" * 80 + ".txt"),
    ],
)
def test_a_files_name_that_may_name_a_student_is_replaced(name: str, kept: str) -> None:
    assert checked(name, b"We saw equal groups.").name == kept
