"""The page of the protocols says what their files say."""

from tests.protocol_pages import PAGE, PICTURES, page, protocols


def test_the_page_is_no_older_than_the_library() -> None:
    assert PAGE.read_text() == page(), "run: make picture"


def test_each_protocol_has_its_picture_and_no_other_lies_there() -> None:
    ids = {protocol.id for protocol in protocols()}
    assert {file.stem for file in PICTURES.glob("*.svg")} == ids
    assert all(f'id="{one}"' in PAGE.read_text() for one in ids)
