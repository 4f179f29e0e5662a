"""The private notes: kind, short, with one next step. Nobody else sees them."""

from dataclasses import replace

from protocols.events import Note, Whisper
from protocols.floors import refusal
from protocols.model import FACILITATOR, Floor
from protocols.run import PersonId, Run

from bot.cards.model import Button, Buttons, Card, Element, Part, Person, Style, Text, Words
from bot.cards.steps import heading
from bot.cards.words import (
    Translator,
    cut,
    day_of,
    listed,
    parts,
    plain_text,
    quiet,
    step_time,
    text,
)
from bot.rules.keys import review_of
from bot.rules.offers import REVIEW


def note(t: Translator, run: Run, whisper: Whisper, zone: str, key: str | None) -> Card:
    """A note's card. `key`: the post it is about, where it is about one."""
    elements = {
        Note.OUT_OF_TURN: _out_of_turn,
        Note.LATE: _late,
        Note.UNHEARD: _unheard,
        Note.PREVIEW: _preview,
        Note.RELIEF: _relief,
        Note.REMINDER: _reminder,
        Note.AWAITED: _awaited,
        Note.AWAITED_STILL: _awaited,
        Note.MEASURED: _measured,
    }[whisper.note](t, run, whisper, zone, key)
    words = [plain_text(element) for element in elements if isinstance(element, Text)]
    return Card(tuple(elements), " ".join(words))


def _out_of_turn(
    t: Translator, run: Run, whisper: Whisper, zone: str, key: str | None
) -> list[Element]:
    step = run.step(whisper.position)
    until: tuple[Part, ...] = ()
    if run.current.ends_at is not None:
        time = step_time(run, run.current.position, run.current.ends_at, zone)
        until = parts(t, " until {time}", time=time)
    elements: list[Element] = [Text((*_why(t, run, whisper), *until, "."))]
    elements.append(text(t, "I kept your post and marked it. Nobody else sees this note."))
    buttons = []
    if step.is_sealed and refusal(run, whisper.position, whisper.person) is None:
        buttons.append(_button(t, run, "Hand this in as mine", "use", whisper.position, key))
    else:
        following = next_turn(run, whisper.position, whisper.person)
        if following is not None:
            label = t("Use it in step {number}").format(number=following + 1)
            buttons.append(_button(t, run, label, "use", following, key))
    buttons.append(_button(t, run, "It was only practical", "practical", whisper.position, key))
    return [*elements, Buttons(tuple(buttons))]


def _why(t: Translator, run: Run, whisper: Whisper) -> tuple[Part, ...]:
    position, step = whisper.position, run.step(whisper.position)
    if any(whisper.person == run.holder(role, position) for role in step.silent):
        return parts(t, "This step is for others")
    holder = run.holder(step.held_by, position)
    presenter: Part = Person(holder) if holder else t("the presenter")
    sentence = {
        Floor.GROUP: "This step is for the group; {presenter} listens",
        Floor.PRESENTER: "This step is for {presenter}; we listen",
        Floor.FACILITATOR: "This step is for the facilitator; we listen",
        Floor.ROUND: "This round gives each of us one turn first",
        Floor.ALONE: "This step is written alone; the answers open together",
        Floor.INNER: "This step is for the inner circle; the outer circle listens",
        Floor.OUTER: "This step is for the outer circle; the inner circle listens",
    }.get(step.floor, "This step is for others")
    return parts(t, sentence, presenter=presenter)


def next_turn(run: Run, position: int, person: PersonId) -> int | None:
    """The next step in which a person may speak, None when there is none."""
    later = range(position + 1, len(run.definition.steps))
    return next((p for p in later if refusal(run, p, person) is None), None)


def _late(
    t: Translator, _run: Run, whisper: Whisper, _zone: str, _key: str | None
) -> list[Element]:
    number = t("step {number}").format(number=whisper.position + 1)
    sentence = "Your answer arrived after {step} had closed. I saved it and marked it late."
    return [text(t, sentence, step=number)]


def _unheard(
    t: Translator, _run: Run, whisper: Whisper, _zone: str, _key: str | None
) -> list[Element]:
    people = listed(t, tuple(Person(person) for person in whisper.people))
    return [
        Text((t("Not heard yet in this step: "), *people, ".")),
        text(
            t,
            "Three moves to try: invite one of them privately; ask for one sentence each, "
            "round the table; or offer that they write it to you instead.",
        ),
        quiet(t, "Only you see this."),
    ]


def _preview(
    t: Translator, run: Run, whisper: Whisper, _zone: str, _key: str | None
) -> list[Element]:
    count = len(whisper.people)
    missing = t("1 person is not in yet") if count == 1 else t("{n} are not in yet").format(n=count)
    people: tuple[Part, ...] = (missing,)
    if whisper.person == run.holder(FACILITATOR):  # a timekeeper is told how many, and not who
        people = (f"{missing}: ", *listed(t, tuple(map(Person, whisper.people))))
    close = Button(
        t("Close anyway"),
        "anyway",
        run.id,
        whisper.position,
        run.current.opening,
        style=Style.PRIMARY,
    )
    question = Text((*people, t(". Close anyway?")))
    if not run.in_school_days:
        return [question, Buttons((close,))]
    if not count:
        question, close = (
            text(t, "Everybody is in. Close this step?"),
            replace(close, label=t("Close")),
        )
    longer = _button(t, run, "Give half a day more", "extend", whisper.position, None)
    grace = "Without an answer the clock closes it half a school day after its end."
    if run.waits_to_begin:
        grace = "The sitting begins when somebody presses Begin."
    return [question, quiet(t, grace), Buttons((close, longer))]


def _reminder(
    t: Translator, run: Run, whisper: Whisper, zone: str, _key: str | None
) -> list[Element]:
    position, step = whisper.position, run.step(whisper.position)
    ends = run.current.ends_at or run.current.opened_at
    sentence = text(
        t,
        "{title}: we would like to hear from you. Open until {time}.",
        title=heading(t, run, position).text,
        time=step_time(run, position, ends, zone),
    )
    buttons = [_button(t, run, "Pass", "pass", position, None)]
    if step.is_sealed or step.collect:
        buttons.insert(0, _button(t, run, "Write mine", "write", position, None))
    return [sentence, Buttons(tuple(buttons))]


def _awaited(
    t: Translator, run: Run, whisper: Whisper, zone: str, _key: str | None
) -> list[Element]:
    """Who was not there may still answer; the second note is the reminder."""
    title, until = heading(t, run, whisper.position).text, whisper.until
    sentence = {
        Note.AWAITED: "{title} has closed. Your answer is still welcome until {day}.",
        Note.AWAITED_STILL: "{title}: we would still like your answer. It is welcome until {day}.",
    }[whisper.note]
    day = day_of(until or run.current.opened_at, zone)
    return [
        text(t, sentence, title=title, day=day),
        quiet(t, "It joins the others, marked late. Nobody else sees this note."),
        Buttons((_button(t, run, "Add to this step", "add", whisper.position, None),)),
    ]


def _measured(
    t: Translator, run: Run, _whisper: Whisper, _zone: str, _key: str | None
) -> list[Element]:
    title = Words(cut(run.definition.title, 150))
    begin = Button(t("Start the review"), "begin", review_of(run.id), extra=REVIEW)
    return [
        text(t, "What you measure since {title} ends today. What has it brought?", title=title),
        quiet(t, "A review takes 45 minutes, and its numbers of before are filled in."),
        quiet(t, "Nobody else sees this note. Another day is as good: /plc plan impact."),
        Buttons((begin,)),
    ]


def _relief(
    t: Translator, run: Run, whisper: Whisper, _zone: str, _key: str | None
) -> list[Element]:
    take = _button(t, run, "Take over facilitating", "takeover", whisper.position, None)
    sentence = "Nobody leads this run just now. If you take over, the record will say so."
    return [text(t, sentence), Buttons((take,))]


def beside(t: Translator, run: Run, key: str) -> Card:
    """Something was said in the channel while the run is in its thread."""
    sentence = "The protocol is in the thread. Your post here counts for nothing in it."
    add = _button(t, run, "Add to the run", "use", run.current.position, key)
    return Card((text(t, sentence), Buttons((add,))), t(sentence))


def _button(  # noqa: PLR0917 # label, act and aim, as a button reads
    t: Translator, run: Run, label: str, act: str, position: int, key: str | None
) -> Button:
    is_here = position == run.current.position
    opening = run.current.opening if is_here else 0
    return Button(t(label), act, run.id, position, opening, key or "")
