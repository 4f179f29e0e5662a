"""How a run begins: the menu by need, the start form, and help."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from protocols.library import Library
from protocols.model import Clock, Need, Protocol
from protocols.run import Options, PersonId

from bot.cards.door import STUDENTS
from bot.cards.model import (
    LABEL,
    OPTIONS,
    Button,
    Buttons,
    Card,
    Element,
    Form,
    Heading,
    Input,
    InputKind,
    List,
    Option,
    Part,
    Person,
    Style,
    Text,
    Words,
)
from bot.cards.words import Translator, choices, cut, day_of, parts, quiet, text
from bot.rules.aims import Aim
from bot.rules.offers import FIRST, by_need
from bot.verbs import VERBS, Verb

NEEDS = {
    Need.PLAN_LESSON: "Plan a lesson",
    Need.STUDENT_WORK: "Look at student work",
    Need.STUDY_DATA: "Study data",
    Need.READ_RESEARCH: "Read research",
    Need.DILEMMA: "A dilemma",
}


NOT_YET = "not-yet"
GENTLE = ("notice-wonder", "success")
CLOCKS = {
    Clock.SHORT: "Within 45 minutes",
    Clock.FULL: "As published",
    Clock.SCHOOL_DAYS: "Over school days, without a meeting",
}


READY = {"yes": "Yes", NOT_YET: "Not yet", "anyway": "Start anyway"}


def needs_card(t: Translator, protocols: Sequence[Protocol], run: str) -> Card:
    """What does the team need? One press begins, with who is here, 45 minutes, you leading.

    `run`: the id that the run will have, so that two presses begin one.
    """
    elements: list[Element] = [Heading(t("What does the team need?"))]
    lines, buttons = [], []
    for need, label in NEEDS.items():
        found = by_need(protocols, need)
        if found:
            line = "{need}: {title}, and {more} more" if found[1:] else "{need}: {title}"
            first, more = found[0].title, str(len(found) - 1)
            lines.append(parts(t, line, need=t(label), title=first, more=more))
            buttons.append(Button(t(label), "begin", run, extra=found[0].id))
    elements.append(List(tuple(lines)))
    elements.append(quiet(t, "One press begins: everyone here, 45 minutes, and you facilitate."))
    elements.append(quiet(t, "More lists every protocol and what it is for."))
    buttons.append(Button(t("More"), "choose"))
    elements.append(Buttons(tuple(buttons)))
    return Card(tuple(elements), t("What does the team need?"))


def menu_card(t: Translator) -> Card:
    """What a bare command shows where nothing runs."""
    start = Button(t("Start a protocol"), "start", style=Style.PRIMARY)
    elements: tuple[Element, ...] = (
        text(t, "Nothing is running here. Shall we start a protocol?"),
        Buttons((start, Button(t("Help"), "help"))),
    )
    return Card(elements, t("Nothing is running here."))


def nearest_card(
    t: Translator, word: str, nearest: Verb | None, aim: tuple[str, int, int] = ("", 0, 0)
) -> Card:
    """An unknown verb, and the one that was probably meant. `aim`: run, position, opening."""
    sentence = text(t, 'I do not know "{word}".', word=Words(cut(word, 40)))
    meant = nearest.name if nearest else "help"
    label = t("Did you mean {verb}?").format(verb=meant) if nearest else t("Help")
    button = Button(label, meant, *aim)
    return Card((sentence, Buttons((button,))), t("I do not know this verb."))


def unknown_protocol(t: Translator, word: str, nearest: Protocol | None, run: str) -> Card:
    """No protocol has that name; perhaps the nearest one was meant."""
    sentence = text(t, 'I know no protocol called "{word}".', word=Words(cut(word, 40)))
    buttons = [Button(t("Choose by need"), "start", style=Style.PRIMARY)]
    if nearest is not None:
        meant = cut(t("Start {title}").format(title=nearest.title), 75)
        buttons.append(Button(meant, "begin", run, extra=nearest.id))
    return Card((sentence, Buttons(tuple(buttons))), t("I know no protocol of that name."))


def choose_run(t: Translator, verb: str, runs: Sequence[tuple[str, str, int, int]]) -> Card:
    """Several runs are live here: which one? Runs are (id, title, position, opening)."""
    buttons = tuple(
        Button(cut(title, 75), verb, run, position, opening)
        for run, title, position, opening in runs[:6]
    )
    question = text(t, "Several protocols are running here. Which one do you mean?")
    return Card((question, Buttons(buttons)), t("Which one do you mean?"))


def welcome_card(t: Translator, run: str, name: str, written: int) -> Card:
    """What a first visit sees: who one is, and the one thing to do."""
    you = t("You are {name}. ").format(name=name)
    sentence = t("{count} colleagues have written what they notice. Write yours.")
    said = you + sentence.format(count=written)
    write = Button(t("Write mine"), "write", run, style=Style.PRIMARY)
    elements: tuple[Element, ...] = (
        text(t, "{said}", said=said),
        quiet(t, "When all are in, press Next: the answers open side by side."),
        Buttons((write,)),
    )
    return Card(elements, said)


def help_card(t: Translator, *, is_team: bool = False) -> Card:
    """The verbs, one line each. `is_team`: the channel has a team, which may name its students."""
    lines = tuple(
        parts(t, "{example}: {help}", example=verb.example, help=t(verb.help)) for verb in VERBS
    )
    elements: tuple[Element, ...] = (
        Heading(t("What you can do here")),
        List(lines),
        quiet(t, "Everything in a run is a button too, or @Colloquy next in its thread."),
    )
    if is_team:
        elements += (Buttons((Button(t("Names to stop at the door"), STUDENTS.act),)),)
    return Card(elements, t("What you can do here"))


def start_form(
    t: Translator,
    library: Library,
    people: Mapping[PersonId, str],
    starter: PersonId,
    run: str,
) -> Form:
    """All that can be settled before a start; everything has a default."""
    everyone = choices(people)
    offered = _offered(t, library)
    clocks = tuple(Option(clock, t(label)) for clock, label in CLOCKS.items())
    ids = [option.value for option in offered]
    first = FIRST if FIRST in ids else next(iter(ids), "")
    others = [person for person in people if person != starter]
    here = ",".join(option.value for option in everyone)
    inputs = (
        Input(
            "protocol", t("Protocol"), InputKind.CHOICE, required=True, value=first, options=offered
        ),
        Input("clock", t("Clock"), InputKind.CHOICE, value=Clock.SHORT, options=clocks),
        Input("here", t("Who is here"), InputKind.TICKS, value=here, options=everyone),
        Input(
            "brings",
            t("Who brings the material"),
            InputKind.PERSON,
            value=others[0] if others else starter,
            options=everyone,
            more=True,
        ),
        Input("timekeeper", t("Timekeeper"), InputKind.PERSON, options=everyone, more=True),
        _ready(t, library),
        Input("takes_part", t("I take part too"), InputKind.TICK, more=True),
        Input("one_room", t("We are in one room"), InputKind.TICK, more=True),
        Input("rehearsal", t("This is a rehearsal"), InputKind.TICK, more=True),
        Input(
            "closes_on_time",
            t("Over school days: close each step on time, without asking me"),
            InputKind.TICK,
            more=True,
        ),
        Input(
            "absentee_days",
            t("Days for who was not there to answer what was written alone"),
            InputKind.NUMBER,
            value=str(Options().absentee_days),
            hint=t("School days, from 0 to 10; with 0 nobody is asked."),
            more=True,
        ),
    )
    return Form(Aim("start", run, 0, 0).id, t("Start a protocol"), inputs, t("Start"), t("Not now"))


def _ready(t: Translator, library: Library) -> Input:
    """The question of the protocols that need trust; never a block, and never kept."""
    titles = ", ".join(p.title for p in library.protocols if p.readiness)
    hint = t("Asked where trust matters, and if you have run a protocol together: {titles}.")
    return Input(
        "ready",
        t("Would someone here show unfinished work without worry?"),
        InputKind.CHOICE,
        options=tuple(Option(value, t(label)) for value, label in READY.items()),
        hint=cut(hint.format(titles=titles), 300),
        more=True,
    )


def not_ready(t: Translator, library: Library) -> str:
    """What a team does first where trust is not there yet."""
    gentle = [p.title for p in map(library.find, GENTLE) if p is not None]
    begin = t(" or ").join(gentle)
    return t('Then begin with {titles}; or answer "Start anyway" below.').format(titles=begin)


def with_rota(
    t: Translator, form: Form, led: Sequence[tuple[PersonId, datetime]], zone: str
) -> Form:
    """The start form with who led lately: it proposes nobody, and assigns nobody."""
    if not led:
        return form
    turns: list[Part] = []
    for person, at in led:
        turns += [", " if turns else t("Led lately: "), Person(person), " (", day_of(at, zone), ")"]
    return replace(form, intro=(Text((*turns, t(". Whose turn is it?")), quiet=True),))


def plan_form(t: Translator, start: Form, day: date, chosen: str) -> Form:
    """The start form for a day and time to come. `chosen`: the protocol that was named."""
    protocol, clock, *others = start.inputs
    if any(option.value == chosen for option in protocol.options):
        protocol = replace(protocol, value=chosen)
    when = (
        Input("day", t("Day"), InputKind.DATE, required=True, value=day.isoformat()),
        Input("time", t("Time"), InputKind.TEXT, required=True, value="3:15 pm"),
    )
    return replace(
        start,
        id=start.id.replace("start:", "plan:", 1),
        title=t("Plan a protocol"),
        inputs=(protocol, *when, clock, *others),
        submit=t("Plan it"),
    )


def again(t: Translator, form: Form, values: Mapping[str, str], faults: Mapping[str, str]) -> Form:
    """A form as it was filled in, with a sentence beside each input that needs a change."""
    return replace(
        form,
        inputs=tuple(
            replace(
                one,
                value=values.get(one.id, ""),
                fault=t(faults[one.id]) if one.id in faults else "",
            )
            for one in form.inputs
        ),
    )


def _offered(t: Translator, library: Library) -> tuple[Option, ...]:
    """Every protocol once, in the order of the needs; as many as a platform lists."""
    needed = (protocol for need in NEEDS for protocol in by_need(library.protocols, need))
    ordered = dict.fromkeys((*needed, *library.protocols))
    return tuple(_offer(t, p, is_own=p.id in library.files) for p in ordered)[:OPTIONS]


def _offer(t: Translator, protocol: Protocol, *, is_own: bool) -> Option:
    needs = ", ".join(t(label) for need, label in NEEDS.items() if need in protocol.needs)
    label = f"{protocol.title} ({needs})" if needs else protocol.title
    return Option(protocol.id, cut(t("Our own: ") + label if is_own else label, LABEL))
