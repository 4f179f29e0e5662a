"""The form about last time: whatever was promised fits, and is asked about."""

from bot.cards.commitments import kept_form
from bot.cards.model import LABEL
from bot.cards.words import english
from protocols.model import Floor
from tests.protocols.factories import begun


def test_a_long_commitment_fits_its_question() -> None:
    form = kept_form(english, begun(Floor.OPEN), [("a", "w" * 3_000, None), ("b", "Read", None)])
    assert [(one.id, len(one.label)) for one in form.inputs] == [("a", LABEL), ("b", 4)]
