"""What a room reads on its wall: the step, who speaks, how long. No names of who is waited for."""

from datetime import datetime, timedelta

from protocols.floors import expected
from protocols.participation import waiting_for
from protocols.run import Phase, Run

from bot.cards.model import Card, Element, Heading, Progress, Text
from bot.cards.steps import heading, said, who_speaks
from bot.cards.words import Translator, cut, parts, step_time, text

MINUTE = timedelta(minutes=1)


def projector_card(t: Translator, run: Run, now: datetime, zone: str) -> Card:
    """A run as it stands at a time, readable from the last row."""
    title = cut(run.definition.title, 150)
    if not run.phase.is_live:
        return Card((Heading(title), text(t, _rest(run.phase))), title)
    position = run.current.position
    elements: list[Element] = [
        heading(t, run, position),
        Text(said(t, run, position)),
        Text(who_speaks(t, run, position)),
        _clock(t, run, now, zone),
    ]
    people = expected(run, position)
    if people:
        done = len(people) - len(waiting_for(run))
        label = t("{done} of {of} in").format(done=done, of=len(people))
        elements.append(Progress(done, len(people), label))
    return Card(tuple(elements), title)


def _rest(phase: Phase) -> str:
    if phase is Phase.WAITING:
        return "We begin soon."
    return "We are done. Thank you."


def _clock(t: Translator, run: Run, now: datetime, zone: str) -> Text:
    """The time at which the step ends; live, in whole minutes how far that is."""
    ends, position = run.step_ends, run.current.position
    if ends is None:
        return text(t, "The clock is paused.")
    time = step_time(run, position, ends, zone)
    if run.in_school_days:
        return text(t, "Until {time}", time=time)
    left = max(timedelta(0), ends - now)
    if left <= MINUTE:
        return text(t, "Until {time}: the last minute", time=time)
    minutes = str(-(-left // MINUTE))
    return Text(parts(t, "Until {time}: {minutes} minutes", time=time, minutes=minutes))
