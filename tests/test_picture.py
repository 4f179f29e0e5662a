"""The pictures of the documents show the product as it is."""

import pytest

from tests import picture
from tests.picture import DRAWN, PICTURE, SOURCES, digest, drawings


def test_the_picture_is_no_older_than_what_the_page_is_made_of() -> None:
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
    assert SOURCES.read_text().strip() == digest(), "run: make picture"


async def test_the_drawings_are_those_of_the_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names in another script are other pictures, and not the boxes of a missing font."""
    drawn = await drawings()
    for name, path in DRAWN.items():
        assert path.read_bytes().startswith(b"\x89PNG")
        assert drawn[name].startswith(b"\x89PNG")
    others = {person: name.replace("陈", "师") for person, name in picture.NAMES.items()}
    monkeypatch.setattr(picture, "NAMES", others)
    other = await drawings()
    assert other["talk"] != drawn["talk"]
    assert other["report"] != drawn["report"]
