"""Texts at rest: sealed for one row, with one key."""

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.sealing import NotOurs, Vault

VAULT = Vault("a test's secret")
ROW = "org|item|abc"


@given(st.text(), st.text(st.characters(exclude_categories=["Cs"])))
@example("\ud800", ROW)
def test_what_was_sealed_opens_in_its_row(clear: str, row: str) -> None:
    assert VAULT.open(VAULT.seal(clear, row=row), row=row) == clear


def test_the_same_text_is_never_sealed_alike() -> None:
    assert VAULT.seal("x", row=ROW) != VAULT.seal("x", row=ROW)


def test_what_was_sealed_does_not_show_the_text() -> None:
    assert b"secret words" not in base64.b64decode(VAULT.seal("secret words", row=ROW))


def test_moved_to_another_row_it_does_not_open() -> None:
    with pytest.raises(NotOurs):
        VAULT.open(VAULT.seal("x", row=ROW), row="org|item|aqx")


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(NotOurs):
        Vault("another secret").open(VAULT.seal("x", row=ROW), row=ROW)


@pytest.mark.parametrize("sealed", ["", "AAAA", "no base64!", "é", "A" * 64])
def test_what_nobody_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(NotOurs):
        VAULT.open(sealed, row=ROW)


def test_a_row_has_one_key_for_its_digests_and_no_other_row_has_it() -> None:
    assert VAULT.key_for("org|students|7") == VAULT.key_for("org|students|7")
    others = (VAULT.key_for("org|students|8"), Vault("another").key_for("org|students|7"))
    assert VAULT.key_for("org|students|7") not in others
    assert len(VAULT.key_for("org|students|7")) == 32
