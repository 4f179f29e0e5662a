"""The form of a step: what it asks for, and how it comes back."""

from dataclasses import replace

from inline_snapshot import snapshot

from bot.cards.door import HINT
from bot.cards.model import (
    Form,
    Input,
    InputKind,
    Option,
    Text,
    Words,
)
from bot.cards.steps import (
    FAULTS,
    form,
    with_earlier,
    with_faults,
)
from bot.cards.words import english
from bot.rules.aims import Aim
from bot.rules.inputs import FaultKind
from protocols.model import Field, FieldKind, Floor, Reveal
from tests.protocols.factories import (
    BEN,
    CY,
    begun,
    step,
)

AIM = Aim("write", "RUN", 0, 0)
EVERY_FIELD = (
    Field("What?", FieldKind.TEXT),
    Field("Which?", FieldKind.CHOICE, options=("warm", "cool")),
    Field("Link", FieldKind.LINK, optional=True),
    Field("File", FieldKind.FILE, optional=True),
    Field("How many?", FieldKind.NUMBER, optional=True),
    Field("My part", FieldKind.COMMITMENT),
)


def test_a_form_asks_for_each_field_in_its_own_way() -> None:
    run = begun(replace(step(Floor.ROUND), collect=EVERY_FIELD))
    people = {BEN: "Ben", CY: "C" * 80}
    assert form(english, run, AIM, people, {}) == snapshot(
        Form(
            id="write:RUN:0:0",
            title="Step 1",
            inputs=(
                Input(id="f0", label="What?", kind=InputKind.TEXT, required=True, long=True),
                Input(
                    id="f1",
                    label="Which?",
                    kind=InputKind.CHOICE,
                    required=True,
                    options=(
                        Option(value="warm", label="warm"),
                        Option(value="cool", label="cool"),
                    ),
                ),
                Input(id="f2", label="Link", kind=InputKind.LINK),
                Input(id="f3", label="File", kind=InputKind.FILE, hint=HINT),
                Input(id="f4", label="How many?", kind=InputKind.NUMBER),
                Input(id="f5-what", label="My part", kind=InputKind.TEXT, required=True),
                Input(
                    id="f5-who",
                    label="Who",
                    kind=InputKind.PERSON,
                    options=(
                        Option(value="BEN", label="Ben"),
                        Option(
                            value="CY",
                            label="CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC…",
                        ),
                    ),
                ),
                Input(id="f5-due", label="By when", kind=InputKind.DATE),
            ),
            submit="Hand in",
            close="Not now",
            intro=(
                Text(parts=("Go on.",)),
                Text(parts=("This is shown in the thread at once.",), quiet=True),
            ),
        )
    )


def test_a_sealed_form_may_be_kept_to_oneself_and_comes_back_as_it_was() -> None:
    values = {"f0": "*Four* things", "private": "yes"}
    assert form(english, begun(Floor.ALONE), AIM, {}, values) == snapshot(
        Form(
            id="write:RUN:0:0",
            title="Step 1",
            inputs=(
                Input(
                    id="f0",
                    label="What do you want to add?",
                    kind=InputKind.TEXT,
                    required=True,
                    long=True,
                    value="*Four* things",
                ),
                Input(id="private", label="Keep this to myself", kind=InputKind.TICK, value="yes"),
            ),
            submit="Hand in",
            close="Not now",
            intro=(
                Text(parts=("Go on.",)),
                Text(
                    parts=(
                        "Nobody reads this until the step closes. You may change it until then.",
                    ),
                    quiet=True,
                ),
            ),
        )
    )


def test_a_private_form_promises_that_it_is_erased() -> None:
    private = form(english, begun(step(Floor.ALONE, reveal=Reveal.PRIVATE)), AIM, {}, {})
    assert [i.id for i in private.inputs] == ["f0"]
    assert private.intro[-1] == snapshot(
        Text(parts=("Nobody else reads this, and it is erased when the run closes.",), quiet=True)
    )


def test_every_fault_has_a_sentence_which_stands_beside_its_input() -> None:
    assert set(FAULTS) == set(FaultKind)
    run = begun(replace(step(Floor.ROUND), collect=EVERY_FIELD))
    wrong = with_faults(
        english, form(english, run, AIM, {}, {}), {"f1": FAULTS[FaultKind.NO_CHOICE]}
    )
    assert {i.id: i.fault for i in wrong.inputs if i.fault} == {"f1": "Please choose one of these."}


def test_a_step_of_twenty_fields_fits_its_form() -> None:
    many = replace(
        step(Floor.ROUND), collect=tuple(Field(f"F{n}", FieldKind.TEXT) for n in range(20))
    )
    assert len(form(english, begun(many), AIM, {}, {}).inputs) == 20


def test_a_measure_has_an_input_for_each_of_its_parts_and_asks_for_no_name() -> None:
    field = Field("What we measure", FieldKind.MEASURE)
    run = begun(replace(step(Floor.ROUND), collect=(field,)))
    values = {"f0-group": "7B", "f0-until": "2026-12-01"}
    assert form(english, run, AIM, {}, values).inputs == (
        Input("f0-what", "What we measure", InputKind.TEXT, required=True),
        Input(
            "f0-group",
            "Group by code",
            InputKind.TEXT,
            value="7B",
            hint="A code such as 7B or Group 2, never a student's name",
        ),
        Input("f0-n", "How many students", InputKind.NUMBER),
        Input("f0-before", "Before", InputKind.NUMBER),
        Input("f0-target", "Target", InputKind.NUMBER),
        Input("f0-after", "After", InputKind.NUMBER),
        Input("f0-from", "From", InputKind.DATE),
        Input("f0-until", "Until", InputKind.DATE, value="2026-12-01"),
    )


def test_a_measure_may_be_optional() -> None:
    field = Field("What we measure", FieldKind.MEASURE, optional=True)
    run = begun(replace(step(Floor.ROUND), collect=(field,)))
    assert [one.required for one in form(english, run, AIM, {}, {}).inputs] == [False] * 8


def test_what_was_written_earlier_stands_above_the_form_as_a_person_s_words() -> None:
    run = begun(Floor.ROUND)
    plain = form(english, run, AIM, {}, {})
    shown = with_earlier(english, plain, {2: "x" * 3_001, 3: "*Four*"})
    assert replace(shown, intro=plain.intro) == plain
    assert shown.intro[len(plain.intro) :] == (
        Text(("What you wrote in step 2:",), quiet=True),
        Text((Words("x" * 2_999 + "…"),)),
        Text(("What you wrote in step 3:",), quiet=True),
        Text((Words("*Four*"),)),
    )
    assert with_earlier(english, plain, {}) == plain
