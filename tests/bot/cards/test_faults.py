"""Everything that is not allowed has its sentence."""

import pytest

from bot.cards.faults import SENTENCES, refused, said
from bot.cards.model import Card, Text
from bot.cards.words import english
from bot.rules import offers, students
from protocols import events


def kinds_of(fault: type[events.NotAllowed]) -> set[type[events.NotAllowed]]:
    found = set(fault.__subclasses__())
    return found.union(*(kinds_of(kind) for kind in found))


def test_everything_that_is_not_allowed_has_a_sentence_and_no_sentence_is_left_over() -> None:
    own = {offers.OnlyMembersStart, students.OnlyMembersName}
    assert own < kinds_of(events.NotAllowed)
    assert kinds_of(events.NotAllowed) == set(SENTENCES)


@pytest.mark.parametrize("fault", SENTENCES)
def test_each_sentence_says_what_is_so_and_ends_well(fault: type[events.NotAllowed]) -> None:
    sentence = SENTENCES[fault]
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert refused(english, fault()) == Card((Text((sentence,)),), sentence)


def test_a_sentence_of_ours_is_translated() -> None:
    assert said(str.upper, "Press Join first.") == Card(
        (Text(("PRESS JOIN FIRST.",)),), "PRESS JOIN FIRST."
    )
