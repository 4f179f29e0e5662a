"""The README's picture shows the page as it is."""

from tests.picture import PICTURE, SOURCES, digest


def test_the_picture_is_no_older_than_what_the_page_is_made_of() -> None:
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
    assert SOURCES.read_text().strip() == digest(), "run: make picture"
