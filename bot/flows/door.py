"""Uploads at the door: checked in memory, kept only once nothing is found or somebody answers."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot import ports
from bot.cards import door as cards
from bot.cards.model import Form, Question
from bot.files.cleaning import Cleaned, clean
from bot.flows import asks, students
from bot.flows.house import House
from bot.rules.door import Known
from bot.rules.uploads import FILE, Reason, Unfit, Upload
from storage import people

ATTESTED = "attested"


@dataclass(frozen=True, slots=True)
class Received:
    """A form with its uploads, as it may be taken up: nothing of it is kept yet."""

    arrival: ports.Submitted
    cleaned: Mapping[str, tuple[str, Cleaned]]
    faults: Mapping[str, Reason]
    question: Question | None

    @property
    def fit(self) -> dict[str, Cleaned]:
        """The files that may be kept, by id: none where one is in doubt."""
        return {} if self.faults or self.question else dict(self.cleaned.values())


async def receive(
    house: House, organization: str, arrival: ports.Submitted, given: Mapping[str, Upload]
) -> Received:
    """Check and clean what came with a form."""
    values = dict(arrival.values)
    attested = values.pop(ATTESTED, "")
    known = await _known(house, organization, arrival.place)
    cleaned: dict[str, tuple[str, Cleaned]] = {}
    faults: dict[str, Reason] = {}
    for about, upload in given.items():
        try:
            cleaned[about] = house.new_id(), await asyncio.to_thread(clean, upload, known)
            values[about] = f"{FILE}{cleaned[about][0]}"
        except Unfit as refused:
            faults[about] = refused.reason
    token = _token(given)
    question = None if attested == token else _question(house, token, cleaned)
    return Received(replace(arrival, values=values), cleaned, faults, question)


async def _known(house: House, organization: str, place: ports.Place) -> Known:
    async with house.database.read() as session:
        adults = await people.everyone(session, organization, place.platform)
        team = await people.team_in(session, organization, place.platform, place.channel)
    named = students.known(house, organization, team)
    return Known(named, tuple(person.name for person in adults), house.now().date())


def _token(given: Mapping[str, Upload]) -> str:
    """Names these very files, so that nobody answers for others than they were asked about."""
    digests = (hashlib.sha256(given[about].content).hexdigest() for about in sorted(given))
    return hashlib.sha256("|".join(digests).encode()).hexdigest()


def _question(
    house: House, token: str, cleaned: Mapping[str, tuple[str, Cleaned]]
) -> Question | None:
    asked = {about: file for about, (_, file) in cleaned.items() if not file.is_plain}
    if not asked:
        return None
    shown = [one for file in asked.values() for one in file.shown]
    unseen = any(file.unseen for file in asked.values())
    return cards.question(house.t, next(iter(asked)), token, shown, unseen=unseen)


async def again(
    house: House, organization: str, received: Received, wrong: Form | None
) -> Form | None:
    """The form with what is wrong with its files, or the question; None: it can be taken."""
    if wrong is None and not received.faults and received.question is None:
        return None
    form = wrong or await _form(house, organization, received.arrival)
    if form is None:
        return None
    inputs = tuple(
        replace(one, fault=house.t(cards.FAULTS[received.faults[one.id]]))
        if one.id in received.faults
        else one
        for one in form.inputs
    )
    is_faulty = any(one.fault for one in inputs)
    return replace(form, inputs=inputs, question=None if is_faulty else received.question)


async def _form(house: House, organization: str, arrival: ports.Submitted) -> Form | None:
    pressed = ports.Pressed(
        source=arrival.source,
        event_id=arrival.event_id,
        organization=organization,
        at=arrival.at,
        place=arrival.place,
        person=arrival.person,
        button=arrival.form,
    )
    shown = await asks.ask(house, organization, pressed)
    return shown if isinstance(shown, Form) else None
