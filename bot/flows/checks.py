"""What came back in a form: the form again with what is wrong, or nothing, and it can be taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot import ports
from bot.cards import runs as run_cards
from bot.cards import starts, steps
from bot.cards.door import STUDENTS
from bot.cards.model import Form
from bot.flows import evidence, students
from bot.flows.asks import sender_of, start_form, write_form
from bot.flows.house import House
from bot.rules import answers, offers
from bot.rules import evidence as rules
from bot.rules.aims import Aim, is_ours, read
from bot.rules.inputs import FaultKind
from bot.rules.plans import faults as plan_faults
from protocols.model import Reveal, Step
from storage import runs
from storage.database import Session
from storage.runs import Kept

WRITTEN = ("write", "add", "skip", "cancel", evidence.ATTACH, evidence.SAVE)


@dataclass(frozen=True, slots=True)
class Written:
    """What came in words, by input id; `unnamed`: nothing may link it to who wrote it."""

    texts: Mapping[str, str] = field(default_factory=dict)
    unnamed: bool = False


async def check(house: House, organization: str, arrival: ports.Submitted) -> Form | None:
    """The form again with its faults; None: it can be taken."""
    aim = read(arrival.form) if is_ours(arrival.form) else Aim("", "", 0, 0)
    match aim.act:
        case STUDENTS.act:
            return students.check(house, arrival.values)
        case "start" | "plan":
            return await _unsettled(house, organization, arrival)
        case _:
            return await _unfit(house, organization, arrival)


async def written(house: House, organization: str, arrival: ports.Submitted) -> Written:
    """What came in words in a form of a run, whatever its faults."""
    kept = await _kept(house, organization, arrival)
    if kept is None:
        return Written()
    aim, values = read(arrival.form), arrival.values
    step = kept.run.step(aim.position)
    is_unnamed = aim.act in ("write", "add") and step.reveal is Reveal.UNNAMED
    return Written({k: v for k, v in _texts(step, aim.act, values).items() if v}, is_unnamed)


def _texts(step: Step, act: str, values: Mapping[str, str]) -> dict[str, str]:
    match act:
        case evidence.ATTACH:
            return answers.texts(rules.attaching(step), values)
        case evidence.SAVE:
            title = answers.texts(rules.saving(step), values)
            return {**title, rules.POST: values.get(rules.POST, "")}
        case "skip" | "cancel":
            return {"reason": values.get("reason", "")}
        case _:
            return answers.texts(step, values)


async def form(house: House, organization: str, arrival: ports.Submitted) -> Form | None:
    """The form of a run as it was filled in, whoever may ask for it."""
    kept = await _kept(house, organization, arrival)
    if kept is None:
        return None
    async with house.database.read() as session:
        return await _form(house, session, kept, arrival)


async def _kept(house: House, organization: str, arrival: ports.Submitted) -> Kept | None:
    """The run that a form was written for; None where it is no such form."""
    aim = read(arrival.form) if is_ours(arrival.form) else Aim("", "", 0, 0)
    if aim.act not in WRITTEN:
        return None
    async with house.database.read() as session:
        kept = await runs.load(session, organization, aim.run)
    is_there = kept is not None and aim.position < len(kept.run.definition.steps)
    return kept if is_there else None


async def _unfit(house: House, organization: str, arrival: ports.Submitted) -> Form | None:
    kept = await _kept(house, organization, arrival)
    wrong = _faults(kept, read(arrival.form), arrival) if kept else {}
    again = await form(house, organization, arrival) if wrong else None
    if again is None:
        return None
    return steps.with_faults(house.t, again, {k: steps.FAULTS[v] for k, v in wrong.items()})


def _faults(kept: Kept, aim: Aim, arrival: ports.Submitted) -> dict[str, FaultKind]:
    step, values = kept.run.step(aim.position), arrival.values
    if aim.act in ("write", "add"):
        return answers.faults(step, values)
    if aim.act == evidence.ATTACH:
        return rules.faults(step, values)
    if aim.act == evidence.SAVE:
        return answers.faults(rules.saving(step), values)
    fault = answers.reason_fault(arrival.values.get("reason", ""))
    return {"reason": fault} if fault else {}


async def _form(house: House, session: Session, kept: Kept, arrival: ports.Submitted) -> Form:
    """A form of a run as it was filled in, whoever may ask for it."""
    aim = read(arrival.form)
    if aim.act in (evidence.ATTACH, evidence.SAVE):
        return evidence.form(house, kept, aim)
    if aim.act in ("skip", "cancel"):
        return run_cards.reason_form(house.t, kept.run, aim)
    sender = await sender_of(session, kept.where.organization, arrival)
    return await write_form(house, session, sender, kept.run, aim, values=arrival.values)


async def _unsettled(house: House, organization: str, arrival: ports.Submitted) -> Form | None:
    values, zone = arrival.values, house.calendar.zone
    wrong, is_plan = {}, read(arrival.form).act == "plan"
    if is_plan:
        wrong = plan_faults(values.get("day", ""), values.get("time", ""), zone, house.now())
    protocol = house.library.find(values.get("protocol", ""))
    if protocol and protocol.readiness and values.get("ready") == starts.NOT_YET:
        wrong["protocol"] = starts.not_ready(house.t, house.library)
    days = values.get("absentee_days", "")
    if days and offers.absentee_days(days) is None:
        wrong["absentee_days"] = "Please write a number of school days, from 0 to 10."
    if not wrong:
        return None
    async with house.database.read() as session:
        sender = await sender_of(session, organization, arrival)
        run = read(arrival.form).run
        form = await start_form(house, session, sender, arrival.place, run)
    asked = starts.plan_form(house.t, form, house.now().date(), "") if is_plan else form
    return starts.again(house.t, asked, values, wrong)
