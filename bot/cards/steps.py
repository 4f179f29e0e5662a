"""A step as people see it: its post, the form it collects, and what was written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from protocols.floors import expected, speaks_alone
from protocols.model import FACILITATOR, Clock, Field, FieldKind, Floor, Reveal, Step
from protocols.participation import waiting_for
from protocols.run import Opening, PersonId, Run

from bot.cards.door import HINT
from bot.cards.model import (
    CARD,
    ELEMENTS,
    Button,
    Buttons,
    Card,
    Element,
    Form,
    Heading,
    Input,
    InputKind,
    Option,
    Part,
    Person,
    Progress,
    Style,
    Text,
    Words,
    element_size,
)
from bot.cards.reports import Answer
from bot.cards.words import Translator, choices, cut, parts, plain_text, quiet, step_time, text
from bot.rules import measures
from bot.rules.aims import Aim
from bot.rules.answers import PRIVATE, fields_of
from bot.rules.inputs import LONGEST, FaultKind, input_id

_ROLE = re.compile(r"\{([^{}]+)\}")
SECONDS = 60
GROUP = "A code such as 7B or Group 2, never a student's name"

FAULTS = {
    FaultKind.MISSING: "Please fill this in.",
    FaultKind.TOO_LONG: "This is longer than 3,000 characters. Please shorten it.",
    FaultKind.NO_LINK: "A link begins with https://. Please paste it whole.",
    FaultKind.NO_FILE: "Please choose a file.",
    FaultKind.NO_NUMBER: "Please write a number here, such as 12.",
    FaultKind.NO_COUNT: "Please write how many they are, as a whole number from 1 to 9999.",
    FaultKind.NO_DATE: "Please choose a day.",
    FaultKind.TOO_EARLY: "This is before the first day. Please choose that day or a later one.",
    FaultKind.NO_CHOICE: "Please choose one of these.",
    FaultKind.NOTHING: "Please give a link, a file or a note.",
}


def heading(t: Translator, run: Run, position: int) -> Heading:
    """ "Step 2 of 6: Share noticings"."""
    numbered = t("Step {number} of {of}: {title}").format(
        number=position + 1, of=len(run.definition.steps), title=run.step(position).title
    )
    return Heading(cut(numbered, 150))


def said(t: Translator, run: Run, position: int) -> tuple[Part, ...]:
    """The step's prompt, with people in the place of roles."""
    pieces = _ROLE.split(run.step(position).say)
    return tuple(
        _holder(t, run, piece, position) if i % 2 else piece
        for i, piece in enumerate(pieces)
        if piece
    )


def _holder(t: Translator, run: Run, role: str, position: int) -> Part:
    person = run.holder(role, position)
    return Person(person) if person else t("the {role}").format(role=role)


def who_speaks(t: Translator, run: Run, position: int) -> tuple[Part, ...]:
    """Who speaks in a step, in one sentence."""
    step = run.step(position)
    presenter = _holder(t, run, step.held_by, position)
    facilitator = _holder(t, run, FACILITATOR, position)
    if step.floor is Floor.ALONE and step.reveal is Reveal.PRIVATE:
        return parts(t, "Everyone looks and writes alone. Your notes stay yours.")
    if step.floor is Floor.ALONE and step.reveal is Reveal.VISIBLE:
        return parts(t, "Everyone writes in the thread, in silence.")
    sentence = {
        Floor.ROUND: "Each of us has one turn before anyone speaks twice.",
        Floor.OPEN: "Anyone may speak.",
        Floor.ALONE: "Everyone writes alone. The answers open together when the step closes.",
        Floor.PRESENTER: "{presenter} speaks, and we listen.",
        Floor.FACILITATOR: "{facilitator} speaks, and we listen.",
        Floor.GROUP: "All of us but {presenter}, who listens.",
        Floor.QUESTIONS: "We ask {presenter} short questions.",
        Floor.INNER: "The inner circle speaks, and the outer circle listens.",
        Floor.OUTER: "The outer circle speaks, and the inner circle listens.",
    }[step.floor]
    return parts(t, sentence, presenter=presenter, facilitator=facilitator)


def step_post(t: Translator, run: Run, opening: Opening, zone: str) -> Card:
    """The one post of a step: what to do, who speaks, until when; closed, it says so."""
    position = opening.position
    elements: list[Element] = [heading(t, run, position), Text(said(t, run, position))]
    is_open = opening is run.openings[-1] and run.phase.is_live
    if not is_open:
        closed = opening.closed_at or opening.opened_at
        time = step_time(run, position, closed, zone)
        elements.append(quiet(t, "Closed at {time}.", time=time))
        elements.append(Buttons((_button(t, "Add to this step", "add", run, opening),)))
        return Card(tuple(elements), _summary(elements))
    elements.append(Text((*who_speaks(t, run, position), " ", *_until(t, run, opening, zone))))
    people = expected(run, position)
    if run.step(position).is_sealed and people:
        count = len(people) - len(waiting_for(run))
        label = t("{done} of {of} in").format(done=count, of=len(people))
        elements.append(Progress(count, len(people), label))
    elements.append(Buttons(_step_buttons(t, run, opening)))
    return Card(tuple(elements), _summary(elements))


def _until(t: Translator, run: Run, opening: Opening, zone: str) -> tuple[Part, ...]:
    if opening.ends_at is None:
        return parts(t, "The clock is paused.")
    time = step_time(run, opening.position, opening.ends_at, zone)
    until = parts(t, "Until {time}.", time=time)
    step, people = run.step(opening.position), expected(run, opening.position)
    if step.floor is not Floor.ROUND or not people or run.in_school_days:
        return until
    planned = 60 * (step.full if run.clock is Clock.FULL else step.short)
    window = (opening.ends_at - opening.opened_at).total_seconds()  # longer where it was paused
    tens = max(10, round(min(planned, window) / len(people) / 10) * 10)
    return (*until, t(" About {seconds} seconds each.").format(seconds=tens))


def _step_buttons(t: Translator, run: Run, opening: Opening) -> tuple[Button, ...]:
    step = run.step(opening.position)
    if step.is_sealed:
        write = _button(t, "Write mine", "write", run, opening)
        first = [replace(write, style=Style.PRIMARY)]
    elif step.collect:
        first = [_button(t, "Add", "write", run, opening)]
    else:
        first = []
    if speaks_alone(step):
        return (*first, _button(t, "Done", "done", run, opening))
    return (*first, _button(t, "Pass", "pass", run, opening))


def _button(t: Translator, label: str, act: str, run: Run, opening: Opening) -> Button:
    return Button(t(label), act, run.id, opening.position, opening.opening)


def _summary(elements: Sequence[Element]) -> str:
    texts = [e.text for e in elements if isinstance(e, Heading)]
    texts += [plain_text(e) for e in elements if isinstance(e, Text)]
    return cut(" ".join(texts), 3_000)


def form(
    t: Translator,
    run: Run,
    aim: Aim,
    people: Mapping[PersonId, str],
    values: Mapping[str, str],
) -> Form:
    """The form of a step. `people`: who may be named; `values`: what was written before."""
    position, step = aim.position, run.step(aim.position)
    inputs = inputs_of(t, step, people)
    if step.is_sealed and step.reveal is not Reveal.PRIVATE:
        inputs.append(Input(PRIVATE, t("Keep this to myself"), InputKind.TICK))
    return Form(
        id=aim.id,
        title=cut(t("Step {number}").format(number=position + 1), 24),
        inputs=tuple(replace(i, value=values.get(i.id, i.value)) for i in inputs),
        submit=t("Hand in"),
        close=t("Not now"),
        intro=(Text(said(t, run, position)), quiet(t, _who_will_see(step))),
    )


def with_earlier(t: Translator, form: Form, earlier: Mapping[int, str]) -> Form:
    """The form with what its writer wrote in earlier steps, by their numbers, to compare with."""
    intro = list(form.intro)
    for number, words in earlier.items():
        label = t("What you wrote in step {number}:").format(number=number)
        intro += [quiet(t, "{label}", label=label), Text((Words(cut(words, LONGEST)),))]
    return replace(form, intro=tuple(intro))


def _who_will_see(step: Step) -> str:
    if step.is_sealed and step.reveal is Reveal.PRIVATE:
        return "Nobody else reads this, and it is erased when the run closes."
    if step.is_sealed:
        return "Nobody reads this until the step closes. You may change it until then."
    return "This is shown in the thread at once."


def inputs_of(t: Translator, step: Step, people: Mapping[PersonId, str]) -> list[Input]:
    """The inputs of the fields that a step asks for."""
    return [
        given
        for index, field in enumerate(fields_of(step))
        for given in _inputs(t, index, field, people)
    ]


def _inputs(
    t: Translator, index: int, field: Field, people: Mapping[PersonId, str]
) -> tuple[Input, ...]:
    label, required = cut(t(field.label), 75), not field.optional
    if field.kind is FieldKind.COMMITMENT:
        return _commitment_inputs(t, index, label, required=required, people=people)
    if field.kind is FieldKind.MEASURE:
        return _measure_inputs(t, index, label, required=required)
    kind = {
        FieldKind.CHOICE: InputKind.CHOICE,
        FieldKind.LINK: InputKind.LINK,
        FieldKind.FILE: InputKind.FILE,
        FieldKind.NUMBER: InputKind.NUMBER,
    }.get(field.kind, InputKind.TEXT)
    options = tuple(Option(option, t(option)) for option in field.options)
    is_long, hint = kind is InputKind.TEXT, t(HINT) if kind is InputKind.FILE else ""
    given = Input(input_id(index), label, kind, required=required, long=is_long, options=options)
    return (replace(given, hint=hint),)


def _commitment_inputs(
    t: Translator, index: int, label: str, *, required: bool, people: Mapping[PersonId, str]
) -> tuple[Input, ...]:
    options = choices(people)
    return (
        Input(input_id(index, "what"), label, InputKind.TEXT, required=required),
        Input(input_id(index, "who"), t("Who"), InputKind.PERSON, options=options),
        Input(input_id(index, "due"), t("By when"), InputKind.DATE),
    )


def with_faults(t: Translator, wrong: Form, faults: Mapping[str, str]) -> Form:
    """The form again, with a sentence beside each input that needs a change."""
    inputs = (replace(i, fault=t(faults[i.id]) if i.id in faults else "") for i in wrong.inputs)
    return replace(wrong, inputs=tuple(inputs))


def _measure_inputs(t: Translator, index: int, label: str, *, required: bool) -> tuple[Input, ...]:
    what = Input(input_id(index, measures.WHAT), label, InputKind.TEXT, required=required)
    kinds = dict.fromkeys(measures.DAYS, InputKind.DATE)
    kinds |= dict.fromkeys(("n", *measures.NUMBERS), InputKind.NUMBER)
    rest = (
        Input(
            input_id(index, part),
            t(name),
            kinds.get(part, InputKind.TEXT),
            hint=t(GROUP) if part == "group" else "",
        )
        for part, name in measures.LABELS.items()
    )
    return (what, *rest)


def reveal(t: Translator, run: Run, position: int, answers: Sequence[Answer]) -> list[Card]:
    """What was written in a step, side by side; cut between answers where a card is full."""
    title = heading(t, run, position)
    return _cards(t, title, [title, quiet(t, "This is what we wrote.")], answers)


def added(t: Translator, run: Run, position: int, answer: Answer) -> list[Card]:
    """One answer, shown as it comes."""
    numbered = t("Added to step {number}").format(number=position + 1)
    title = Heading(cut(f"{numbered}: {run.step(position).title}", 150))
    return _cards(t, title, [title], [answer])


def _cards(
    t: Translator, title: Heading, first: list[Element], answers: Sequence[Answer]
) -> list[Card]:
    """Cards of whole answers; only one that no card could hold is cut between its fields."""
    cards = [first]
    for answer in answers:
        block = _block(t, answer)
        for piece in [block] if _fits([title, *block]) else [[element] for element in block]:
            if not _fits([*cards[-1], *piece]):
                cards.append([title])
            cards[-1].extend(piece)
    return [Card(tuple(elements), title.text) for elements in cards]


def _block(t: Translator, answer: Answer) -> list[Element]:
    who: Part = Person(answer.person) if answer.person else t("Somebody")
    sentence = "{who}, after the step had closed:" if answer.late else "{who}:"
    block: list[Element] = [text(t, sentence, who=who)]
    given = [(label, value) for label, value in answer.fields if value]
    for label, value in given:
        words = Text((Words(cut(value, LONGEST)),))
        block += [words] if len(given) == 1 else [quiet(t, "{label}", label=label), words]
    return block


def _fits(elements: Sequence[Element]) -> bool:
    return len(elements) <= ELEMENTS and sum(map(element_size, elements)) <= CARD
