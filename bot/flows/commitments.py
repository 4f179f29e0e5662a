"""Last time's commitments are carried over: asked at the next run, answered by their owners."""

from bot import ports
from bot.cards import faults
from bot.cards.commitments import NOTHING_OPEN, STATES, kept_form
from bot.cards.model import Card, Form
from bot.flows.house import House
from bot.flows.sender import Sender
from bot.rules.aims import read
from storage import commitments, runs
from storage.database import Session
from storage.runs import Kept


async def kept(house: House, session: Session, sender: Sender, found: Kept) -> Card | Form:
    """The form with what is still open of whoever asks; a word where nothing is."""
    where, person = found.where, sender.person
    mine = await commitments.open_of(
        session, where.organization, where.team, person=person, but=found.run.id
    )
    if not mine:
        return faults.said(house.t, NOTHING_OPEN)
    return kept_form(house.t, found.run, [(one.id, one.what, one.due) for one in mine])


async def answer(session: Session, sender: Sender, arrival: ports.Submitted) -> None:
    """What became of each; nothing said about one leaves it open."""
    found = await runs.load(session, sender.organization, read(arrival.form).run)
    if found is None:
        return
    for id_, state in arrival.values.items():
        if state in STATES:
            await commitments.answer(
                session, sender.organization, id_, person=sender.person, state=state
            )
