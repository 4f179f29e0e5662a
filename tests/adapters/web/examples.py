"""Cards, dialogs and a report as the product shows them, for the tests of the pages."""

from datetime import date, datetime, timedelta

from bot.cards.model import (
    Button,
    Buttons,
    Card,
    Facts,
    Form,
    Heading,
    Input,
    InputKind,
    Link,
    List,
    Option,
    People,
    Person,
    Progress,
    Style,
    Text,
    When,
    WhenStyle,
    Words,
)
from bot.cards.reports import Answer, Artifact, Commitment, Report, ReportStep
from bot.rules.measures import Measure, Measured
from protocols.run import PersonId
from tests.adapters.web.fake_channel import PERSONAS, START, FakeChannel

ALVAREZ, CHEN, ORTIZ, OKAFOR, RIVERS = (one.id for one in PERSONAS)
END = START + timedelta(minutes=12)
WRITE = Button("Write mine", "write", "r1", 1, 1, style=Style.PRIMARY)

CONTROL = Card(
    (
        Heading("Looking at Student Work"),
        Text(("Step 2 of 6: ", "What do you see?")),
        Facts(
            (
                ("Now", ("Everyone writes alone",)),
                ("Until", (When(END, fallback="3:54 pm"),)),
                ("Facilitator", (Person(ALVAREZ),)),
                ("Material", (Link("Paragraph drafts", "https://example.org/drafts"),)),
            )
        ),
        Progress(2, 3, "2 of 3 in"),
        People((CHEN, ORTIZ), "In already"),
        Buttons(
            (
                WRITE,
                Button("Next step", "next", "r1", 1, 1),
                Button("+2 min", "extend", "r1", 1, 1, "2"),
                Button("End", "end", "r1", 1, 1, style=Style.DANGER),
            )
        ),
    ),
    "Looking at Student Work, step 2 of 6",
)
STEP = Card(
    (
        Heading("What do you see?"),
        Text(
            ("Describe the work without judging it. ", Person(ORTIZ, mention=True), " reads first.")
        ),
        List(
            (
                ("Write at least two things you notice.",),
                (
                    "No ",
                    Words('"good"'),
                    ' or "bad" yet.',
                ),
            )
        ),
        Text(
            ("Open until ", When(END, WhenStyle.DAY_AND_TIME, "Tuesday, October 6, 3:54 pm"), "."),
            quiet=True,
        ),
        Buttons((WRITE,)),
    ),
    "What do you see?",
)
NOTE = Card(
    (
        Text(("Mr. Chen has not been heard yet. Three moves to try:",)),
        List((("Ask him for one thing he would keep.",), ("Go round the table once.",))),
        Buttons((Button("Got it", "seen", "r1", 1, 1),)),
    ),
    "Mr. Chen has not been heard yet.",
)
ANSWER = Form(
    "answer:r1:1:1",
    "What do you see?",
    (
        Input(
            "see",
            "What I notice",
            InputKind.TEXT,
            required=True,
            long=True,
            hint="Two or three sentences. Nobody sees them before the step closes.",
        ),
        Input("keep", "Keep this to myself", InputKind.TICK),
    ),
    "Hand in",
    "Not yet",
)
START_FORM = Form(
    "start",
    "Start a protocol",
    (
        Input(
            "need",
            "What do we need?",
            InputKind.CHOICE,
            required=True,
            value="work",
            options=(
                Option("plan", "Plan a lesson"),
                Option("work", "Look at student work"),
                Option("study", "Study data"),
            ),
        ),
        Input(
            "here",
            "Who is here?",
            InputKind.TICKS,
            value="p1,p2",
            options=tuple(Option(one.id, one.name) for one in PERSONAS),
        ),
        Input(
            "clock",
            "How long?",
            InputKind.CHOICE,
            value="45",
            options=tuple(Option(str(n), f"{n} minutes") for n in (20, 30, 40, 45, 60, 75)),
        ),
        Input(
            "lead",
            "Who facilitates?",
            InputKind.PERSON,
            more=True,
            value="p1",
            options=tuple(Option(one.id, one.name) for one in PERSONAS),
        ),
        Input("day", "On which day?", InputKind.DATE, more=True, hint="Today when left empty."),
        Input("size", "How many samples?", InputKind.NUMBER, more=True),
        Input("link", "Material", InputKind.LINK, more=True, hint="A link to what we look at."),
        Input("title", "Question", InputKind.TEXT, more=True),
    ),
    "Start",
    "Not now",
    (Text(("It begins in this channel's thread as soon as you press Start.",), quiet=True),),
)


def step(position: int, title: str, how: str, answers: tuple[Answer, ...] = ()) -> ReportStep:
    opened = START + timedelta(minutes=8 * position)
    everyone = (ALVAREZ, CHEN, ORTIZ)
    return ReportStep(
        position,
        title,
        opened,
        opened + timedelta(minutes=8),
        how,
        6,
        1,
        everyone,
        (ALVAREZ, CHEN),
        (ORTIZ,),
        0.45,
        answers,
    )


REPORT = Report(
    run="r1",
    title="Looking at Student Work",
    team="Grade 7 ELA",
    ended=True,
    cancelled=False,
    rehearsal=True,
    one_room=True,
    started_at=START,
    ended_at=START + timedelta(minutes=45),
    facilitator=ALVAREZ,
    steps=(
        step(0, "Getting started", ""),
        step(
            1,
            "What do you see?",
            "closed by the clock",
            (
                Answer(
                    CHEN,
                    late=False,
                    fields=(("What I notice", "Long first sentences.\nThen they stop."),),
                ),
                Answer(ORTIZ, late=True, fields=(("What I notice", "Empiezan con una pregunta."),)),
                Answer(None, late=False, fields=(("What I notice", "陈老师: 句子很短。"),)),
            ),
        ),
        ReportStep(2, "Debrief", None, None, "skipped: the bell rang", 0, 0, (), (), (), 0.0),
    ),
    artifacts=(
        Artifact(ALVAREZ, "Paragraph drafts", "https://example.org/drafts"),
        Artifact(CHEN, "unsafe", "javascript:1"),
        Artifact(ORTIZ, "Quick-write", "", "Una <b>pregunta</b>."),
    ),
    commitments=(
        Commitment(CHEN, "Try paragraph templates on Thursday", date(2026, 10, 8), "partly"),
        Commitment(PersonId("gone"), "Bring two samples", None),
    ),
    attribution="After the protocol by the National School Reform Faculty.",
    measures=(
        Measured(1, CHEN, Measure("Explains it", "7B", 26, 9.0, 18.5, 16.0, date(2026, 10, 5))),
        Measured(1, ORTIZ, Measure("<b>Reasons</b>")),
    ),
    talk=((ALVAREZ, 0.0), (CHEN, 0.55), (ORTIZ, 0.45)),
)

PROJECTED = Card(
    (
        Heading("Step 2 of 6: What do you see?"),
        Text(("Just look. 哪里? ¿Dónde?",)),
        Text(("Everyone writes alone. The answers open together when the step closes.",)),
        Text(("Until ", When(END, fallback="3:54 pm"), ": 4 minutes")),
        Progress(2, 3, "2 of 3 in"),
    ),
    "Looking at Student Work",
)


async def seed(channel: FakeChannel) -> str:
    """Fill a channel with the middle of a run; return the key of its thread."""
    await channel.post(
        "Good afternoon. Drafts are at https://example.org/drafts, see you at 3:40.", user="chen"
    )
    root = await channel.post(CONTROL)
    await channel.post(STEP, thread=root.key)
    await channel.post(
        "Creo que empiezan con una pregunta.\nMuchos, no todos.", user="ortiz", thread=root.key
    )
    await channel.post(
        "<b>Who</b> has the fourth sample? 陈老师 asked, niña too.", user="alvarez", thread=root.key
    )
    await channel.post(NOTE, thread=root.key, only="alvarez")
    return root.key


NOW: datetime = START
