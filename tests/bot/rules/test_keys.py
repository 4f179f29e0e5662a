"""The keys of what is sent."""

import pytest

from bot.rules import keys
from protocols.run import PersonId
from tests.protocols.factories import at

ANA = PersonId("ana")


def test_every_message_of_a_run_has_a_key_that_can_be_read() -> None:
    assert [
        keys.card("abc"),
        keys.step("abc", 3, 0),
        keys.step("abc", 3, 2),
        keys.reveal("abc", 1, 2),
        keys.reveal("abc", 1, "form:x"),
        keys.note("abc", "out-of-turn", 3, ANA),
        keys.report("abc"),
    ] == [
        "run:abc:card",
        "run:abc:step:3:open",
        "run:abc:step:3:open:r2",
        "run:abc:step:1:reveal:2",
        "run:abc:step:1:reveal:form:x",
        "run:abc:note:out-of-turn:3:ana",
        "run:abc:report",
    ]


def test_a_note_that_may_come_again_has_its_time_in_the_key() -> None:
    assert keys.note("abc", "late", 0, ANA, at("3:00")) == "run:abc:note:late:0:ana:1791212400000"


def test_a_card_is_known_by_its_key_and_nothing_else_is() -> None:
    assert keys.run_of_card(keys.card("abc")) == "abc"
    others = [keys.step("abc", 0, 0), keys.report("abc"), "run:abc:card:x", ""]
    assert [keys.run_of_card(key) for key in others] == [None] * 4


@pytest.mark.parametrize(("position", "opening"), [(0, 0), (3, 0), (12, 1)])
def test_a_step_post_is_known_by_its_key(position: int, opening: int) -> None:
    assert keys.step_of(keys.step("abc", position, opening)) == ("abc", position, opening)


def test_no_other_key_is_a_step_post() -> None:
    others = [keys.card("abc"), keys.reveal("abc", 1, 1), "run:abc:step:x:open", ""]
    assert [keys.step_of(key) for key in others] == [None] * 4
