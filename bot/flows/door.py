"""What comes in at the door: checked in memory, kept once nothing is found or somebody answers."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot import ports
from bot.cards import door as cards
from bot.cards.model import Form, Question
from bot.files.cleaning import SHOWN, Cleaned, clean
from bot.flows import checks, files, students
from bot.flows.checks import Written
from bot.flows.house import House
from bot.rules.aims import read
from bot.rules.door import Finding, Known, find
from bot.rules.evidence import POST
from bot.rules.uploads import FILE, Reason, Unfit, Upload
from protocols.run import PersonId
from storage import audit
from storage.database import Session

ATTESTED = "attested"


@dataclass(frozen=True, slots=True)
class Received:
    """A form with its uploads, as it may be taken up: nothing of it is kept yet.

    `kinds`: what was found in its words, where somebody answered for them by name.
    """

    arrival: ports.Submitted
    cleaned: Mapping[str, tuple[str, Cleaned]]
    faults: Mapping[str, Reason]
    question: Question | None
    kinds: tuple[str, ...] = ()

    @property
    def fit(self) -> dict[str, Cleaned]:
        """The files that may be kept, by id: none where one is in doubt."""
        return {} if self.faults or self.question else dict(self.cleaned.values())


async def receive(
    house: House, organization: str, arrival: ports.Submitted, given: Mapping[str, Upload]
) -> Received:
    """Check what came with a form, and clean its files."""
    values = dict(arrival.values)
    attested = values.pop(ATTESTED, "")
    async with house.database.read() as session:
        known = await students.known_here(house, session, organization, arrival.place)
    cleaned: dict[str, tuple[str, Cleaned]] = {}
    faults: dict[str, Reason] = {}
    for about, upload in given.items():
        try:
            cleaned[about] = house.new_id(), await asyncio.to_thread(clean, upload, known)
            values[about] = f"{FILE}{cleaned[about][0]}"
        except Unfit as refused:
            faults[about] = refused.reason
    written = await checks.written(house, organization, arrival)
    found = _found(written, known)
    token = _token(given, {about: written.texts[about] for about in found})
    if attested == token:
        kinds = {one.kind for every in found.values() for one in every}
        named = () if written.unnamed else tuple(sorted(kinds))
        return Received(replace(arrival, values=values), cleaned, faults, None, named)
    question = _question(house, token, cleaned, written, found)
    return Received(replace(arrival, values=values), cleaned, faults, question)


async def keep(
    house: House, session: Session, organization: str, person: PersonId, received: Received
) -> None:
    """Keep the files that came with a form, and that somebody answered for its words."""
    if received.fit:
        await files.keep(house, session, organization, person, received.fit)
    if received.kinds:
        aim = read(received.arrival.form)
        about = f"run:{aim.run}:{aim.position}:{','.join(received.kinds)}"
        at = house.now()
        await audit.note(session, organization, at=at, person=person, act="attest", about=about)


def _found(written: Written, known: Known) -> dict[str, tuple[Finding, ...]]:
    """What is in the words, by input; where nothing is, no entry."""
    found = {about: find(text, known) for about, text in written.texts.items()}
    return {about: every for about, every in found.items() if every}


def _token(given: Mapping[str, Upload], texts: Mapping[str, str]) -> str:
    """Names these very files and texts: nobody answers for others than they were asked about."""
    named = [given[about].content for about in sorted(given)]
    named += [f"{about}={texts[about]}".encode() for about in sorted(texts)]
    digests = (hashlib.sha256(one).hexdigest() for one in named)
    return hashlib.sha256("|".join(digests).encode()).hexdigest()


def _question(
    house: House,
    token: str,
    cleaned: Mapping[str, tuple[str, Cleaned]],
    written: Written,
    found: Mapping[str, tuple[Finding, ...]],
) -> Question | None:
    asked = {about: file for about, (_, file) in cleaned.items() if not file.is_plain}
    if not asked and not found:
        return None
    shown = [one for file in asked.values() for one in file.shown]
    for about, every in found.items():
        text = written.texts[about]
        shown += [(one.kind, text[one.start : one.end]) for one in every[:SHOWN]]
    unseen = any(file.unseen for file in asked.values())
    question = cards.question(house.t, next(iter(asked), ""), token, shown, unseen=unseen)
    if not found:
        return question
    return cards.text_question(house.t, question, next((one for one in found if one != POST), ""))


async def again(
    house: House, organization: str, received: Received, wrong: Form | None
) -> Form | None:
    """The form with what is wrong with its files, or the question; None: it can be taken."""
    if wrong is None and not received.faults and received.question is None:
        return None
    form = wrong or await checks.form(house, organization, received.arrival)
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
