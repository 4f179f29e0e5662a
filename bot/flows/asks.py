"""What only shows something: a form or a private card, answered at once. Nothing is written."""

import difflib
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from bot import ports
from bot.cards import faults as fault_cards
from bot.cards import runs as run_cards
from bot.cards import starts, steps
from bot.cards.door import STUDENTS
from bot.cards.model import Card, Form
from bot.flows import commitments, handed, sealed, students
from bot.flows import evidence as attached
from bot.flows.house import House
from bot.flows.presses import find_run
from bot.flows.sender import Sender
from bot.rules import answers
from bot.rules.acts import opening_at
from bot.rules.aims import Aim, is_ours, read
from bot.rules.inputs import input_id
from bot.rules.measures import next_of
from bot.rules.plans import WEEK
from bot.verbs import VERBS, verb
from protocols.floors import refusal
from protocols.model import FACILITATOR, FieldKind
from protocols.participation import attribute
from protocols.run import MemberKind, PersonId, Run
from storage import evidence, people, runs
from storage.database import Session
from storage.runs import Kept

Shown = ports.Pressed | ports.Commanded
JOIN_FIRST = "Press Join on the run's card first."
LISTENS = "You listen in this step. Your turn comes with a later one."
ERASED = "The run is over, and its private notes are erased."
NOT_OPENED = "That step has not been opened yet."
LOOKS_ON = "You look on in this run. What you say in its thread is kept, and is not counted."
IN_RUN = (
    "more",
    "status",
    "roles",
    "skip",
    "cancel",
    "write",
    "add",
    "kept",
    attached.ATTACH,
    attached.SAVE,
)


async def ask(house: House, organization: str, arrival: Shown) -> Card | Form | None:
    """The form or private card that this asks for; None: it is something to do."""
    async with house.database.read() as session:
        sender = await sender_of(session, organization, arrival)
        if isinstance(arrival, ports.Commanded):
            return await command(house, session, sender, arrival)
        if not is_ours(arrival.button):
            return fault_cards.said(house.t, fault_cards.NOT_OURS)
        return await _press(house, session, sender, arrival.place, read(arrival.button))


async def sender_of(
    session: Session, organization: str, arrival: Shown | ports.Submitted
) -> Sender:
    """Who sent an arrival; nobody, where they are unknown."""
    platform, user = arrival.place.platform, arrival.person
    person = await people.person_of(session, organization, platform, user)
    return Sender(organization, platform, person or PersonId(""))


async def _press(
    house: House, session: Session, sender: Sender, place: ports.Place, aim: Aim
) -> Card | Form | None:
    if aim.act in ("help", "start", "choose"):
        return await _start_or_help(house, session, sender, place, aim.act)
    if aim.act == STUDENTS.act:
        return await students.ask(house, session, sender, place)
    if aim.act in ("begin", "again"):
        return None
    if not aim.run:
        return await _which(house, session, sender, place, aim.act)
    kept = await runs.load(session, sender.organization, aim.run)
    if kept is None:
        return fault_cards.said(house.t, "That run is not here any more.")
    return await _in_run(house, session, sender, kept, aim) if aim.act in IN_RUN else None


async def _start_or_help(
    house: House, session: Session, sender: Sender, place: ports.Place, act: str
) -> Card | Form:
    if act == "help":
        return await _help(house, session, sender, place)
    run = house.new_id()
    if act == "start":
        return starts.needs_card(house.t, house.library.protocols, run)
    return await start_form(house, session, sender, place, run)


async def _help(house: House, session: Session, sender: Sender, place: ports.Place) -> Card:
    team = await people.team_in(session, sender.organization, place.platform, place.channel)
    return starts.help_card(house.t, is_team=team is not None)


async def start_form(
    house: House, session: Session, sender: Sender, place: ports.Place, run: str
) -> Form:
    """The form that starts a run in a channel."""
    team = await people.team_in(session, sender.organization, place.platform, place.channel)
    here = await people.members(session, sender.organization, team.id) if team else {}
    named = await _names(session, sender, [p for p, kind in here.items() if kind == "member"])
    form = starts.start_form(house.t, house.library, named, sender.person, run)
    led = await runs.led_lately(session, sender.organization, team.id) if team else ()
    return starts.with_rota(house.t, form, led, house.calendar.zone)


async def _in_run(
    house: House, session: Session, sender: Sender, kept: Kept, aim: Aim
) -> Card | Form | None:
    match aim.act:
        case "write" | "add":
            return await _write(house, session, sender, kept, aim)
        case "kept":
            return await commitments.kept(house, session, sender, kept)
        case attached.ATTACH | attached.SAVE:
            return attached.ask(house, kept, sender.person, aim)
        case _:
            return await _about_run(house, session, sender, kept, aim)


async def _about_run(
    house: House, session: Session, sender: Sender, kept: Kept, aim: Aim
) -> Card | Form:
    run, person = kept.run, sender.person
    match aim.act:
        case "more" | "status" if not run.openings:
            return run_cards.run_card(house.t, run, house.calendar.zone)
        case "more":
            return run_cards.more_card(house.t, run, person)
        case "status":
            return await _status(house, session, sender, kept)
        case _ if person != run.holder(FACILITATOR) and aim.act != "skip":
            return fault_cards.said(house.t, fault_cards.FACILITATOR_ONLY)
        case "roles":
            people_here = [member.person for member in run.roster]
            return run_cards.roles_form(house.t, run, await _names(session, sender, people_here))
        case _:
            return _why(house, run, aim)


def _why(house: House, run: Run, aim: Aim) -> Card | Form:
    if aim.position >= len(run.definition.steps):
        return fault_cards.said(house.t, NOT_OPENED)
    return run_cards.reason_form(house.t, run, aim)


async def _status(house: House, session: Session, sender: Sender, kept: Kept) -> Card:
    run = kept.run
    asides = [
        a
        for a in attribute(run, run.posts)
        if a.position == run.position and a.out_of_turn and not a.post.aside_by
    ]
    named = await _names(session, sender, [a.post.person for a in asides])
    rows = tuple((a.post.key, a.post.person, named.get(a.post.person, "")) for a in asides)
    return run_cards.status_card(house.t, run, sender.person, rows, house.calendar.zone)


async def _write(
    house: House, session: Session, sender: Sender, kept: Kept, aim: Aim
) -> Card | Form:
    run, person = kept.run, sender.person
    reason = _not_now(run, aim.position, person)
    if reason is not None:
        return fault_cards.said(house.t, reason)
    before = await _written(house, session, sender, run, aim.position)
    if not before:
        before = await _measured_before(session, sender, kept, aim.position)
    return await write_form(house, session, sender, run, aim, values=before)


async def write_form(
    house: House,
    session: Session,
    sender: Sender,
    run: Run,
    aim: Aim,
    *,
    values: Mapping[str, str],
) -> Form:
    """The form of a step, with these values, whoever may ask for it."""
    named = await _names(session, sender, [member.person for member in run.roster])
    form = steps.form(house.t, run, aim, named, values)
    earlier = await handed.earlier(session, sender, run, aim.position)
    return steps.with_earlier(house.t, form, earlier)


def _not_now(run: Run, position: int, person: PersonId) -> str | None:
    """Why somebody cannot write in a step, None when they can."""
    if position >= len(run.definition.steps) or not run.openings_of(position):
        return NOT_OPENED
    stay = run.stay(person)
    if stay is None:
        return JOIN_FIRST
    if stay.kind is MemberKind.OBSERVER:
        return LOOKS_ON
    if run.phase.is_over and run.step(position).reveal.is_private:
        return ERASED
    return None if refusal(run, position, person) is None else LISTENS


async def _written(
    house: House, session: Session, sender: Sender, run: Run, position: int
) -> dict[str, str]:
    """What the writer handed in before, while it may still be changed."""
    if not handed.is_open_and_sealed(run, position):
        return {}
    key = handed.answer_key(run, position, sender.person, "")
    item = await evidence.item_of(session, sender.organization, run.id, key)
    if item is None:
        return {}
    values = answers.written(sealed.opened(house, sender.organization, item))
    keeps = item.private and not run.step(position).reveal.is_private
    return values | ({answers.PRIVATE: "yes"} if keeps else {})


async def _measured_before(
    session: Session, sender: Sender, kept: Kept, position: int
) -> dict[str, str]:
    """What the first measure of a form begins with: the team's last one, of an earlier step."""
    kinds = [field.kind for field in kept.run.step(position).collect]
    if FieldKind.MEASURE not in kinds:
        return {}
    item = await evidence.last_measured(session, sender.organization, kept.where.team)
    if item is None or (item.run == kept.run.id and item.position >= position):
        return {}
    index = kinds.index(FieldKind.MEASURE)
    return {input_id(index, part): value for part, value in next_of(item.fields).items()}


async def command(
    house: House, session: Session, sender: Sender, arrival: ports.Commanded
) -> Card | Form | None:
    """What a command asks to see; None: it is something to do."""
    word = arrival.verb
    if word == "help":
        return await _help(house, session, sender, arrival.place)
    if word in ("start", "plan"):
        return await _start(house, session, sender, arrival)
    kept = await find_run(session, sender, arrival.place)
    if word and verb(word) is None:
        near = difflib.get_close_matches(word, [v.name for v in VERBS], n=1)
        aimed = (kept.run.id, *_aimed(kept.run)) if kept else ("", 0, 0)
        return starts.nearest_card(house.t, word, verb(near[0]) if near else None, aimed)
    if kept is None:
        return await _which(house, session, sender, arrival.place, word or "more")
    opening = opening_at(kept.run, arrival.at)
    position, number = (opening.position, opening.opening) if opening else (0, 0)
    if not word or word in ("status", "roles", attached.ATTACH):
        aim = Aim(word or "more", kept.run.id, position, number)
        return await _in_run(house, session, sender, kept, aim)
    return None


async def _start(
    house: House, session: Session, sender: Sender, arrival: ports.Commanded
) -> Card | Form | None:
    words = arrival.rest.strip()
    protocol = house.library.find(words)
    if arrival.verb == "plan" and (protocol is not None or not words):
        form = await start_form(house, session, sender, arrival.place, house.new_id())
        today = house.now().astimezone(ZoneInfo(house.calendar.zone)).date()
        return starts.plan_form(house.t, form, today + WEEK, protocol.id if protocol else "")
    if not words:
        return await _start_or_help(house, session, sender, arrival.place, "start")
    if protocol is not None:
        return None
    near = house.library.nearest(words)
    return starts.unknown_protocol(house.t, words, near, house.new_id())


async def _which(
    house: House, session: Session, sender: Sender, place: ports.Place, word: str
) -> Card:
    """No run, or several: offer what there is."""
    live = await runs.live_in(session, sender.organization, place.channel)
    kept = [k for run in live if (k := await runs.load(session, sender.organization, run))]
    if not kept:
        return starts.menu_card(house.t)
    rows = [(k.run.id, k.run.definition.title, *_aimed(k.run)) for k in kept]
    return starts.choose_run(house.t, word, rows)


def _aimed(run: Run) -> tuple[int, int]:
    return (run.current.position, run.current.opening) if run.openings else (0, 0)


async def _names(session: Session, sender: Sender, wanted: list[PersonId]) -> dict[PersonId, str]:
    found = await people.names(session, sender.organization, wanted)
    return {person: found[person] for person in dict.fromkeys(wanted) if person in found}
