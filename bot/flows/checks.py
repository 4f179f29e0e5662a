"""What came back in a form: the form again with what is wrong, or nothing, and it can be taken."""

from bot import ports
from bot.cards import runs as run_cards
from bot.cards import starts, steps
from bot.cards.door import STUDENTS
from bot.cards.model import Form
from bot.flows import evidence, students
from bot.flows.asks import sender_of, start_form, write_form
from bot.flows.house import House
from bot.rules import answers
from bot.rules import evidence as rules
from bot.rules.aims import Aim, is_ours, read
from bot.rules.inputs import FaultKind
from bot.rules.plans import faults as plan_faults
from storage import runs
from storage.database import Session
from storage.runs import Kept


async def check(house: House, organization: str, arrival: ports.Submitted) -> Form | None:
    """The form again with its faults; None: it can be taken."""
    aim = read(arrival.form) if is_ours(arrival.form) else Aim("", "", 0, 0)
    match aim.act:
        case STUDENTS.act:
            return students.check(house, arrival.values)
        case "start" | "plan":
            return await _unsettled(house, organization, arrival)
        case "write" | "add" | "skip" | "cancel" | evidence.ATTACH | evidence.SAVE:
            return await _unfit(house, organization, arrival, aim)
        case _:
            return None


async def _unfit(
    house: House, organization: str, arrival: ports.Submitted, aim: Aim
) -> Form | None:
    async with house.database.read() as session:
        kept = await runs.load(session, organization, aim.run)
        if kept is None or aim.position >= len(kept.run.definition.steps):
            return None
        wrong = _faults(kept, aim, arrival)
        if not wrong:
            return None
        again = await _form(house, session, kept, arrival)
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
    if not wrong:
        return None
    async with house.database.read() as session:
        sender = await sender_of(session, organization, arrival)
        run = read(arrival.form).run
        form = await start_form(house, session, sender, arrival.place, run)
    asked = starts.plan_form(house.t, form, house.now().date(), "") if is_plan else form
    return starts.again(house.t, asked, values, wrong)
