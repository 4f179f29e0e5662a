"""Ids of buttons and forms, written and read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.aims import Aim, NoSuchButton, is_id, is_ours, read

RUN = "abcdefgh234567ab"
ACTS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)
NUMBERS = st.integers(0, 9999)
EXTRAS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)


@given(ACTS, NUMBERS, NUMBERS, EXTRAS)
def test_an_aim_comes_back_from_its_id(act: str, position: int, opening: int, extra: str) -> None:
    aim = Aim(act, RUN, position, opening, extra)
    assert read(aim.id) == aim
    assert is_ours(aim.id)


def test_an_id_says_act_run_position_and_opening() -> None:
    assert Aim("next", RUN, 3, 1).id == f"next:{RUN}:3:1"
    assert Aim("use", RUN, 3, 1, "form:abc").id == f"use:{RUN}:3:1:form:abc"
    assert read("help::0:0") == Aim("help", "", 0, 0)


@pytest.mark.parametrize(
    "button",
    [
        "",
        "next",
        f"next:{RUN}:3",
        f"next:{RUN}:three:0",
        f"next:{RUN}:-1:0",
        f"next:{RUN}:{'9' * 5_000}:0",
        f"next:{RUN}:²:0",
        f"NEXT:{RUN}:3:0",
        f"next:{RUN}:3:0:",
        f"next:{RUN}:3:0\n",
        f"next:{RUN};drop:3:0",
    ],
)
def test_what_we_never_made_is_no_button(button: str) -> None:
    assert not is_ours(button)
    with pytest.raises(NoSuchButton):
        read(button)


def test_an_id_of_a_run_is_16_characters_of_base32() -> None:
    assert is_id(RUN)
    assert [
        word for word in (RUN[1:], f"{RUN}a", RUN.upper(), "a" * 15 + "1", "") if is_id(word)
    ] == []
