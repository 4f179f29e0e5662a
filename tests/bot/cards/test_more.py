"""What stands behind *More*: reasons, roles, and where we are."""

from inline_snapshot import snapshot

from bot.cards.model import (
    Button,
    Buttons,
    Card,
    Form,
    Heading,
    Input,
    InputKind,
    Option,
    Style,
    Text,
)
from bot.cards.runs import more_card, reason_form, roles_form, status_card
from bot.cards.words import english
from bot.rules.aims import Aim
from protocols.events import Cancelled, Left
from protocols.model import FACILITATOR, Floor
from protocols.run import MemberKind
from tests.protocols.factories import (
    ANA,
    BEN,
    CY,
    DEE,
    EVE,
    after,
    at,
    begun,
)

ZONE = "America/New_York"
RUN = begun(Floor.ROUND, Floor.OPEN)


def labels(shown: Card) -> list[str]:
    rows = [element for element in shown.elements if isinstance(element, Buttons)]
    return [button.label for row in rows for button in row.buttons]


def test_more_holds_what_only_the_facilitator_does() -> None:
    assert more_card(english, RUN, ANA) == snapshot(
        Card(
            elements=(
                Heading(text="More for Sample"),
                Buttons(
                    buttons=(
                        Button(label="Where we are", act="status", run="RUN"),
                        Button(label="Roles", act="roles", run="RUN"),
                        Button(label="Open the last step again", act="reopen", run="RUN"),
                        Button(label="Skip this step", act="skip", run="RUN"),
                        Button(label="Go to the debrief", act="end", run="RUN"),
                        Button(label="Cancel the run", act="cancel", run="RUN", style=Style.DANGER),
                    )
                ),
            ),
            summary="More for Sample",
        )
    )


def test_more_for_everybody_else_is_where_we_are_and_leave() -> None:
    assert more_card(english, RUN, BEN) == snapshot(
        Card(
            elements=(
                Heading(text="More for Sample"),
                Buttons(
                    buttons=(
                        Button(label="Where we are", act="status", run="RUN"),
                        Button(label="Leave", act="leave", run="RUN"),
                    )
                ),
            ),
            summary="More for Sample",
        )
    )


def test_leaving_a_step_out_asks_why() -> None:
    assert reason_form(english, RUN, Aim("skip", "RUN", 0, 0)) == snapshot(
        Form(
            id="skip:RUN:0:0",
            title="Skip this step",
            inputs=(
                Input(
                    id="reason",
                    label="Why do we leave this step out?",
                    kind=InputKind.TEXT,
                    required=True,
                ),
            ),
            submit="Skip it",
            close="Go back",
            intro=(Heading(text="Step 1 of 2: round"),),
        )
    )


def test_cancelling_asks_why() -> None:
    assert reason_form(english, RUN, Aim("cancel", "RUN", 0, 0)) == snapshot(
        Form(
            id="cancel:RUN:0:0",
            title="Cancel the run",
            inputs=(
                Input(
                    id="reason",
                    label="Why do we stop here, without the debrief?",
                    kind=InputKind.TEXT,
                    required=True,
                ),
            ),
            submit="Cancel the run",
            close="Go back",
            intro=(Heading(text="Step 1 of 2: round"),),
        )
    )


def test_roles_are_handed_over_among_who_is_here() -> None:
    gone = after(RUN, Left(at=at("3:01"), by=DEE))
    looking_on = gone.with_person(EVE, MemberKind.OBSERVER, at("3:01"))
    names = {ANA: "Ana", BEN: "Ben", CY: "C" * 80, DEE: "Dee", EVE: "Eve"}
    assert roles_form(english, looking_on, names) == snapshot(
        Form(
            id="roles:RUN:0:0",
            title="Roles",
            inputs=(
                Input(
                    id="role-0",
                    label="Facilitator",
                    kind=InputKind.PERSON,
                    value="ANA",
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
                    id="role-1",
                    label="Presenter",
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
                ),
                Input(
                    id="role-2",
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
                ),
            ),
            submit="Hand over",
            close="Go back",
        )
    )


def test_where_we_are_asks_for_who_is_missing() -> None:
    assert status_card(english, RUN, BEN, (), ZONE).elements[-2] == snapshot(
        Text(parts=("We would like to hear from you in this step.",))
    )
    assert status_card(english, RUN, ANA, (), ZONE).elements[-2].kind == "people"


def test_the_facilitator_sees_what_was_kept_aside_and_lets_it_in() -> None:
    asides = tuple((f"m-{number}", CY, "Cy {0} *C*") for number in range(7))
    assert status_card(english, RUN, ANA, asides, ZONE).elements[-2:] == snapshot(
        (
            Text(parts=("Kept aside in this step: 7.", " You may let a post in.")),
            Buttons(
                buttons=(
                    Button(label="Let in: Cy {0} *C*", act="admit", run="RUN", extra="m-0"),
                    Button(label="Let in: Cy {0} *C*", act="admit", run="RUN", extra="m-1"),
                    Button(label="Let in: Cy {0} *C*", act="admit", run="RUN", extra="m-2"),
                    Button(label="Last time", act="kept", run="RUN"),
                    Button(label="For the wall", act="projector", run="RUN"),
                    Button(label="Attach evidence", act="evidence", run="RUN"),
                )
            ),
        )
    )


def test_nobody_else_sees_what_was_kept_aside() -> None:
    shown = status_card(english, RUN, CY, (("m-1", CY, "Cy"),), ZONE)
    assert labels(shown) == ["Last time", "For the wall", "Attach evidence"]


def test_a_run_that_is_over_waits_for_nobody() -> None:
    over = after(RUN, Cancelled(at=at("3:01"), by=ANA, reason="fire"))
    assert status_card(english, over, ANA, (("m-1", CY, "Cy"),), ZONE) == snapshot(
        Card(
            elements=(
                Heading(text="Sample"),
                Text(parts=("This run was cancelled. What was said is kept in the thread.",)),
                Buttons(buttons=(Button(label="Attach evidence", act="evidence", run="RUN"),)),
            ),
            summary="Where we are",
        )
    )
    assert over.holder(FACILITATOR) == ANA
