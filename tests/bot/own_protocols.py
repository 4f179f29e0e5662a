"""Runs of a protocol of the test's own: steps that no protocol of the library has."""

from dataclasses import replace

from bot.cards.model import Buttons, Card, Form, Text, Words
from bot.flows.runs import Change, change, put_card
from protocols.events import Started
from protocols.model import FACILITATOR, PRESENTER, Clock, Field, FieldKind, Floor, Reveal, Step
from protocols.run import Held, Member, MemberKind, Options, Run, RunId
from storage import people, runs
from storage.runs import Where
from tests.protocols.factories import protocol, step
from tests.stage import CHANNEL, MEMBERS, Stage

LINK = Field("Link", FieldKind.LINK, optional=True)
PROMISE = Field("My part", FieldKind.COMMITMENT, optional=True)
TEXT = Field("What?", FieldKind.TEXT)
EVERYTHING = {
    "f0": "Two of eight",
    "f1": "https://a.example",
}


def sealed(reveal: Reveal) -> Step:
    """A step that is written alone, with a link in its form."""
    return replace(step(Floor.ALONE, reveal=reveal), collect=(TEXT, LINK))


def asked() -> Step:
    """A step that anybody may answer by a form, with a promise in it."""
    return replace(step(Floor.OPEN), collect=(TEXT, LINK, PROMISE))


async def begin(stage: Stage, *steps: Step | Floor, takes_part: bool = True) -> None:
    """Begin a run of these steps: Ana leads, Ben presents, all four are in."""
    house, now = stage.house, stage.house.now()
    stage.run = house.new_id()
    stage.thread = f"run:{stage.run}:card"
    ids = [await stage.person(user) for user in MEMBERS]
    run = Run(
        id=RunId(stage.run),
        definition=protocol(*steps),
        clock=Clock.FULL,
        options=Options(takes_part=takes_part),
        roster=tuple(Member(person, MemberKind.PARTICIPANT, now) for person in ids),
        roles=(Held(FACILITATOR, ids[0], 0), Held(PRESENTER, ids[1], 0)),
    )
    async with house.database.write() as session:
        team = await people.team_in(session, stage.organization, "web", CHANNEL)
        assert team is not None
        where = Where(stage.organization, team.id, "web", CHANNEL, None)
        await runs.add(session, run, where, house.calendar)
        kept = await runs.load(session, stage.organization, run.id)
        assert kept is not None
        await put_card(house, session, kept)
        await change(house, session, kept, Change(now, [Started(at=now, by=ids[0])], seen=True))
    await stage.settle()


def words(shown: Card | Form | None) -> str:
    """Our words of a card's texts, in one line."""
    assert isinstance(shown, Card)
    texts = [element for element in shown.elements if isinstance(element, Text)]
    return " ".join("".join(p for p in e.parts if isinstance(p, str)) for e in texts)


def typed(card: Card) -> list[str]:
    """What people typed, as a card shows it."""
    texts = [element for element in card.elements if isinstance(element, Text)]
    return [part.text for e in texts for part in e.parts if isinstance(part, Words)]


def buttons(shown: Card | Form | None) -> dict[str, str]:
    """The ids of a card's buttons by their labels."""
    assert isinstance(shown, Card)
    rows = [element for element in shown.elements if isinstance(element, Buttons)]
    return {button.label: button.id for row in rows for button in row.buttons}
