"""What was attached, as people see it."""

from bot.cards.evidence import LINK, added
from bot.cards.model import Card, Link, Person, Text, Words
from bot.cards.words import english
from tests.protocols.factories import ANA

URL = "https://a.example/work"


def test_one_line_says_who_added_what_to_which_step() -> None:
    card = added(english, ANA, "Exit tickets", 2, (("link", URL), ("note", URL)))
    assert card == Card(
        (
            Text((Person(ANA), " added: ", Words("Exit tickets"), ", step ", "3")),
            Text((Link(URL, URL),)),
            Text((Words(URL),)),
        ),
        "Added to step 3",
    )


def test_what_no_platform_would_take_is_cut() -> None:
    long = f"{URL}{'x' * LINK}"
    card = added(english, ANA, "x" * 3_000, 0, (("link", long), ("note", "y" * 3_000)))
    assert card.elements[1] == Text((Words(long),))
    assert card.elements[2] == Text((Words("y" * 3_000),))
