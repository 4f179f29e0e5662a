"""How a run begins, and help."""

from dataclasses import replace

from inline_snapshot import snapshot

from bot.cards.model import (
    Button,
    Buttons,
    Card,
    Form,
    Heading,
    Input,
    InputKind,
    List,
    Option,
    Style,
    Text,
    Words,
)
from bot.cards.starts import (
    NEEDS,
    choose_run,
    help_card,
    menu_card,
    nearest_card,
    needs_card,
    start_form,
    unknown_protocol,
    welcome_card,
)
from bot.cards.words import english
from bot.verbs import VERBS, verb
from protocols.library import Library
from protocols.model import Clock, Need, Protocol
from protocols.run import PersonId
from tests.protocols.factories import ANA, BEN, CY, LIBRARY, protocol

RUN = "abcdefgh234567ab"
PEOPLE = {ANA: "Ana", BEN: "Ben", CY: "C" * 90}


def test_a_team_begins_by_what_it_needs() -> None:
    assert needs_card(english, LIBRARY.protocols, RUN) == snapshot(
        Card(
            elements=(
                Heading(text="What does the team need?"),
                List(
                    items=(
                        ("Plan a lesson", ": ", "Plan a Socratic circle", ", and ", "5", " more"),
                        ("Look at student work", ": ", "Notice and Wonder", ", and ", "4", " more"),
                        ("Study data", ": ", "Notice and Wonder", ", and ", "4", " more"),
                        (
                            "Read research",
                            ": ",
                            "Article study to classroom trial",
                            ", and ",
                            "4",
                            " more",
                        ),
                        ("A dilemma", ": ", "Chalk Talk", ", and ", "5", " more"),
                    )
                ),
                Text(
                    parts=("One press begins: everyone here, 45 minutes, and you facilitate.",),
                    quiet=True,
                ),
                Text(parts=("More lists every protocol and what it is for.",), quiet=True),
                Buttons(
                    buttons=(
                        Button(
                            label="Plan a lesson",
                            act="begin",
                            run="abcdefgh234567ab",
                            extra="socratic-plan",
                        ),
                        Button(
                            label="Look at student work",
                            act="begin",
                            run="abcdefgh234567ab",
                            extra="notice-wonder",
                        ),
                        Button(
                            label="Study data",
                            act="begin",
                            run="abcdefgh234567ab",
                            extra="notice-wonder",
                        ),
                        Button(
                            label="Read research",
                            act="begin",
                            run="abcdefgh234567ab",
                            extra="article-trial",
                        ),
                        Button(
                            label="A dilemma",
                            act="begin",
                            run="abcdefgh234567ab",
                            extra="chalk-talk",
                        ),
                        Button(label="More", act="choose"),
                    )
                ),
            ),
            summary="What does the team need?",
        )
    )


def test_every_need_has_its_words() -> None:
    assert set(NEEDS) == set(Need)


def test_where_nothing_runs_a_bare_command_offers_to_start() -> None:
    assert menu_card(english) == snapshot(
        Card(
            elements=(
                Text(parts=("Nothing is running here. Shall we start a protocol?",)),
                Buttons(
                    buttons=(
                        Button(label="Start a protocol", act="start", style=Style.PRIMARY),
                        Button(label="Help", act="help"),
                    )
                ),
            ),
            summary="Nothing is running here.",
        )
    )


def test_a_verb_that_was_nearly_right_is_offered() -> None:
    assert nearest_card(english, "nxt", verb("next")) == snapshot(
        Card(
            elements=(
                Text(parts=('I do not know "', Words(text="nxt"), '".')),
                Buttons(buttons=(Button(label="Did you mean next?", act="next"),)),
            ),
            summary="I do not know this verb.",
        )
    )


def test_a_verb_like_no_other_leads_to_help() -> None:
    assert nearest_card(english, "*x*" * 40, None) == snapshot(
        Card(
            elements=(
                Text(
                    parts=(
                        'I do not know "',
                        Words(text="*x**x**x**x**x**x**x**x**x**x**x**x**x*…"),
                        '".',
                    )
                ),
                Buttons(buttons=(Button(label="Help", act="help"),)),
            ),
            summary="I do not know this verb.",
        )
    )


def test_a_protocol_that_was_nearly_right_is_offered() -> None:
    found = next(p for p in LIBRARY.protocols if p.id == "atlas-work")
    assert unknown_protocol(english, "atlass", found, RUN) == snapshot(
        Card(
            elements=(
                Text(parts=('I know no protocol called "', Words(text="atlass"), '".')),
                Buttons(
                    buttons=(
                        Button(label="Choose by need", act="start", style=Style.PRIMARY),
                        Button(
                            label="Start ATLAS: learning from student work",
                            act="begin",
                            run="abcdefgh234567ab",
                            extra="atlas-work",
                        ),
                    )
                ),
            ),
            summary="I know no protocol of that name.",
        )
    )


def test_a_protocol_like_no_other_leads_to_the_needs() -> None:
    assert unknown_protocol(english, "karaoke", None, RUN).elements[-1] == Buttons(
        (Button("Choose by need", "start", style=Style.PRIMARY),)
    )


def test_of_several_runs_one_is_chosen() -> None:
    runs = [(f"run{number}", f"Run {number}", number, 0) for number in range(8)]
    assert choose_run(english, "next", runs) == snapshot(
        Card(
            elements=(
                Text(parts=("Several protocols are running here. Which one do you mean?",)),
                Buttons(
                    buttons=(
                        Button(label="Run 0", act="next", run="run0"),
                        Button(label="Run 1", act="next", run="run1", position=1),
                        Button(label="Run 2", act="next", run="run2", position=2),
                        Button(label="Run 3", act="next", run="run3", position=3),
                        Button(label="Run 4", act="next", run="run4", position=4),
                        Button(label="Run 5", act="next", run="run5", position=5),
                    )
                ),
            ),
            summary="Which one do you mean?",
        )
    )


def test_help_has_one_line_for_each_verb() -> None:
    card = help_card(english)
    assert card.elements[1] == List(tuple((v.example, ": ", v.help) for v in VERBS))
    assert (card.elements[0], card.elements[2], card.summary) == snapshot(
        (
            Heading(text="What you can do here"),
            Text(
                parts=("Everything in a run is a button too, or @Colloquy next in its thread.",),
                quiet=True,
            ),
            "What you can do here",
        )
    )


def test_the_start_form_has_a_default_for_everything() -> None:
    assert start_form(english, LIBRARY, PEOPLE, ANA, RUN) == snapshot(
        Form(
            id="start:abcdefgh234567ab:0:0",
            title="Start a protocol",
            inputs=(
                Input(
                    id="protocol",
                    label="Protocol",
                    kind=InputKind.CHOICE,
                    required=True,
                    value="notice-wonder",
                    options=(
                        Option(
                            value="socratic-plan", label="Plan a Socratic circle (Plan a lesson)"
                        ),
                        Option(
                            value="socratic-run",
                            label="Run a Socratic circle (Plan a lesson)",
                        ),
                        Option(
                            value="tuning",
                            label="Tuning (Plan a lesson)",
                        ),
                        Option(value="charrette", label="Charrette (Plan a lesson, A dilemma)"),
                        Option(
                            value="goal-set",
                            label="Goal setting and monitoring (Plan a lesson, Study data)",
                        ),
                        Option(
                            value="success", label="Success analysis (Plan a lesson, A dilemma)"
                        ),
                        Option(
                            value="notice-wonder",
                            label="Notice and Wonder (Look at student work, Study data)",
                        ),
                        Option(
                            value="assessment",
                            label="Common assessment review (Look at student work)",
                        ),
                        Option(value="slice", label="The Slice (Look at student work)"),
                        Option(
                            value="atlas-work",
                            label="ATLAS: learning from student work (Look at student work)",
                        ),
                        Option(
                            value="cac",
                            label="Collaborative Assessment Conference (Look at student work)",
                        ),
                        Option(value="atlas-data", label="ATLAS: looking at data (Study data)"),
                        Option(value="ddd", label="Data-driven dialogue (Study data)"),
                        Option(value="impact", label="Impact review (Study data)"),
                        Option(
                            value="article-trial",
                            label="Article study to classroom trial (Read research)",
                        ),
                        Option(value="four-as", label="Four A's text (Read research)"),
                        Option(value="last-word", label="Save the Last Word (Read research)"),
                        Option(value="text-rendering", label="Text rendering (Read research)"),
                        Option(value="final-word", label="The Final Word (Read research)"),
                        Option(value="chalk-talk", label="Chalk Talk (A dilemma)"),
                        Option(value="fishbowl", label="Fishbowl (A dilemma)"),
                        Option(value="norms", label="Norms and process check (A dilemma)"),
                        Option(value="consultancy", label="Consultancy (A dilemma)"),
                    ),
                ),
                Input(
                    id="clock",
                    label="Clock",
                    kind=InputKind.CHOICE,
                    value=Clock.SHORT,
                    options=(
                        Option(value=Clock.SHORT, label="Within 45 minutes"),
                        Option(value=Clock.FULL, label="As published"),
                        Option(
                            value=Clock.SCHOOL_DAYS, label="Over school days, without a meeting"
                        ),
                    ),
                ),
                Input(
                    id="here",
                    label="Who is here",
                    kind=InputKind.TICKS,
                    value="ANA,BEN,CY",
                    options=(
                        Option(value="ANA", label="Ana"),
                        Option(value="BEN", label="Ben"),
                        Option(
                            value="CY",
                            label="CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC…",
                        ),
                    ),
                ),
                Input(
                    id="brings",
                    label="Who brings the material",
                    kind=InputKind.PERSON,
                    value="BEN",
                    options=(
                        Option(value="ANA", label="Ana"),
                        Option(value="BEN", label="Ben"),
                        Option(
                            value="CY",
                            label="CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC…",
                        ),
                    ),
                    more=True,
                ),
                Input(
                    id="timekeeper",
                    label="Timekeeper",
                    kind=InputKind.PERSON,
                    options=(
                        Option(value="ANA", label="Ana"),
                        Option(value="BEN", label="Ben"),
                        Option(
                            value="CY",
                            label="CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC…",
                        ),
                    ),
                    more=True,
                ),
                Input(
                    id="ready",
                    label="Would someone here show unfinished work without worry?",
                    kind=InputKind.CHOICE,
                    hint="Asked where trust matters, and if you have run a protocol together: ATLAS: learning from student work, Collaborative Assessment Conference, Consultancy.",
                    options=(
                        Option(value="yes", label="Yes"),
                        Option(value="not-yet", label="Not yet"),
                        Option(value="anyway", label="Start anyway"),
                    ),
                    more=True,
                ),
                Input(id="takes_part", label="I take part too", kind=InputKind.TICK, more=True),
                Input(id="one_room", label="We are in one room", kind=InputKind.TICK, more=True),
                Input(
                    id="rehearsal",
                    label="This is a rehearsal",
                    kind=InputKind.TICK,
                    more=True,
                ),
                Input(
                    id="closes_on_time",
                    label="Over school days: close each step on time, without asking me",
                    kind=InputKind.TICK,
                    more=True,
                ),
                Input(
                    id="absentee_days",
                    label="Days for who was not there to answer what was written alone",
                    kind=InputKind.NUMBER,
                    value="2",
                    hint="School days, from 0 to 10; with 0 nobody is asked.",
                    more=True,
                ),
            ),
            submit="Start",
            close="Not now",
        )
    )


def test_alone_the_starter_brings_the_material() -> None:
    form = start_form(english, LIBRARY, {ANA: "Ana"}, ANA, RUN)
    assert [i.value for i in form.inputs if i.id == "brings"] == [ANA]


def test_of_a_large_team_as_many_are_listed_as_a_platform_takes() -> None:
    team = {PersonId(f"p{number}"): f"Person {number}" for number in range(150)}
    here = next(i for i in start_form(english, LIBRARY, team, ANA, RUN).inputs if i.id == "here")
    assert here.options == tuple(Option(p, name) for p, name in team.items())[:100]
    assert here.value == ",".join(option.value for option in here.options)


def offered(library: Library) -> list[tuple[str, str]]:
    """The protocols that the form offers, as values and labels."""
    form = start_form(english, library, {}, ANA, RUN)
    return [(option.value, option.label) for option in form.inputs[0].options]


def named(name: str, *needs: Need) -> Protocol:
    """A protocol of this name."""
    return replace(protocol(), id=name, title=name, needs=needs)


def test_the_form_offers_every_protocol_once_by_its_needs_and_the_school_s_own_as_such() -> None:
    ours = (named("a"), named("b", Need.STUDY_DATA, Need.DILEMMA), named("c", Need.PLAN_LESSON))
    school = (named("d", Need.STUDY_DATA), named("e" * 75, Need.STUDY_DATA), named("f"))
    assert offered(Library(ours + school, {one.id: "file" for one in school})) == [
        ("c", "c (Plan a lesson)"),
        ("b", "b (Study data, A dilemma)"),
        ("d", "Our own: d (Study data)"),
        ("e" * 75, "Our own: " + "e" * 65 + "…"),
        ("a", "a"),
        ("f", "Our own: f"),
    ]


def test_the_form_offers_as_many_protocols_as_a_platform_lists() -> None:
    many = Library(tuple(named(f"p{number:03}") for number in range(120)))
    assert offered(many) == [(f"p{number:03}", f"p{number:03}") for number in range(100)]


def test_without_protocols_there_is_nothing_to_choose() -> None:
    assert start_form(english, Library(()), {}, ANA, RUN).inputs[0].value == ""


def test_a_first_visit_is_told_who_one_is_and_what_to_do() -> None:
    assert welcome_card(english, RUN, "Rosa {count}", written=2) == snapshot(
        Card(
            elements=(
                Text(
                    parts=(
                        "You are Rosa {count}. 2 colleagues have written what they notice. Write yours.",
                    )
                ),
                Text(
                    parts=("When all are in, press Next: the answers open side by side.",),
                    quiet=True,
                ),
                Buttons(
                    buttons=(
                        Button(
                            label="Write mine",
                            act="write",
                            run="abcdefgh234567ab",
                            style=Style.PRIMARY,
                        ),
                    )
                ),
            ),
            summary="You are Rosa {count}. 2 colleagues have written what they notice. Write yours.",
        )
    )
