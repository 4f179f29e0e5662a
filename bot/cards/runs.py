"""The run card: the root of the meeting, edited in place; and what stands behind *More*."""

from protocols.floors import expected
from protocols.model import FACILITATOR
from protocols.participation import is_complete, waiting_for
from protocols.run import Mark, MemberKind, PersonId, Phase, Run

from bot.cards.model import (
    PEOPLE,
    Button,
    Buttons,
    Card,
    Element,
    Facts,
    Form,
    Heading,
    Input,
    InputKind,
    Part,
    People,
    Person,
    Progress,
    Style,
)
from bot.cards.steps import heading, who_speaks
from bot.cards.words import Translator, choices, cut, day_time, quiet, step_time, text
from bot.rules.aims import Aim

MORE_MINUTES = "2"


def run_card(t: Translator, run: Run, zone: str) -> Card:
    """What the channel sees of a run: the step, who speaks, until when, who is in."""
    title = Heading(cut(run.definition.title, 150))
    if not run.openings:
        return _planned_card(t, run, title, zone)
    elements: list[Element] = [title, *_state(t, run, zone)]
    if run.phase.is_live:
        elements.append(Buttons(_controls(t, run)))
    summary = f"{title.text}. {heading(t, run, run.current.position).text}"
    return Card(tuple(elements), summary)


def _planned_card(t: Translator, run: Run, title: Heading, zone: str) -> Card:
    """A run that has not begun, or that nobody began."""
    if run.phase is Phase.CANCELLED:
        return Card((title, text(t, "This run was not begun.")), title.text)
    if run.planned_at is None:
        return Card((title,), title.text)
    when = day_time(run.planned_at, zone)
    facilitator = run.holder(FACILITATOR)
    pairs: list[tuple[str, tuple[Part, ...]]] = [(t("Planned for"), (when,))]
    if facilitator:
        pairs.append((t("Led by"), (Person(facilitator),)))
    style = Style.PRIMARY if Mark.OFFERED in run.marks else Style.PLAIN
    buttons = (
        Button(t("Begin"), "open", run.id, style=style),
        Button(t("Join"), "join", run.id),
        Button(t("Leave"), "leave", run.id),
        Button(t("Last time"), "kept", run.id),
        Button(t("Cancel the run"), "cancel", run.id),
    )
    elements = (title, Facts(tuple(pairs)), _who_is_in(t, run), Buttons(buttons))
    return Card(elements, f"{title.text}. {t('Planned for')} {when.fallback}")


def _who_is_in(t: Translator, run: Run) -> People:
    here = tuple(dict.fromkeys(m.person for m in run.roster if run.takes_part(m.person)))
    return People(here[:PEOPLE], t("Who is in"), max(0, len(here) - PEOPLE))


def _state(t: Translator, run: Run, zone: str) -> list[Element]:
    if run.phase is Phase.FINISHED:
        return [text(t, "This run is finished. Its report stands in the thread.")]
    if run.phase is Phase.CANCELLED:
        return [text(t, "This run was cancelled. What was said is kept in the thread.")]
    position = run.current.position
    pairs: list[tuple[str, tuple[Part, ...]]] = [
        (t("Now"), (heading(t, run, position).text,)),
        (t("Who speaks"), who_speaks(t, run, position)),
        (t("Until"), _until(t, run, zone)),
    ]
    facilitator = run.holder(FACILITATOR)
    if facilitator:
        pairs.append((t("Led by"), (Person(facilitator),)))
    elements: list[Element] = [Facts(tuple(pairs)), *_progress(t, run)]
    if Mark.SHIFTED in run.marks:
        elements.append(quiet(t, "We are later than planned, so the times have moved."))
    return [*elements, _who_is_in(t, run)]


def _until(t: Translator, run: Run, zone: str) -> tuple[Part, ...]:
    if run.phase is Phase.PAUSED or run.current.ends_at is None:
        return (t("paused"),)
    until: Part = step_time(run, run.current.position, run.current.ends_at, zone)
    if Mark.PREVIEWED in run.marks and not run.waits_to_begin:
        return (until, t(" (its time is over; it closes soon)"))
    if Mark.LAST_MINUTE in run.marks:
        return (until, t(" (the last minute)"))
    return (until,)


def _progress(t: Translator, run: Run) -> list[Element]:
    people = expected(run, run.current.position)
    if not people:
        return []
    done = len(people) - len(waiting_for(run))
    label = t("{done} of {of} in").format(done=done, of=len(people))
    return [Progress(done, len(people), label)]


def _controls(t: Translator, run: Run) -> tuple[Button, ...]:
    style = Style.PRIMARY if is_complete(run) else Style.PLAIN
    buttons = [_button(run, t(_next_label(run)), "next", style=style)]
    if run.in_school_days:
        buttons.append(_button(run, t("+ half a day"), "extend"))
    else:
        paused = run.phase is Phase.PAUSED
        clock = ("Resume", "resume") if paused else ("Pause", "pause")
        buttons.append(_button(run, t("+2 min"), "extend", extra=MORE_MINUTES))
        buttons.append(_button(run, t(clock[0]), clock[1]))
    buttons.append(_button(run, t("Join"), "join"))
    if Mark.RELIEF in run.marks:
        buttons.append(_button(run, t("Take over facilitating"), "takeover"))
    buttons.append(_button(run, t("More"), "more"))
    return tuple(buttons)


def _next_label(run: Run) -> str:
    if run.current.position == run.definition.debrief:
        return "Finish"
    return "Begin" if run.waits_to_begin else "Next"


def _button(
    run: Run, label: str, act: str, *, extra: str = "", style: Style = Style.PLAIN
) -> Button:
    current = run.current
    return Button(label, act, run.id, current.position, current.opening, extra, style)


def more_card(t: Translator, run: Run, person: PersonId) -> Card:
    """What stands behind *More*, for one person."""
    leads = person == run.holder(FACILITATOR)
    buttons = [_button(run, t("Where we are"), "status"), _button(run, t("Leave"), "leave")]
    if leads:
        buttons = [
            _button(run, t("Where we are"), "status"),
            _button(run, t("Roles"), "roles"),
            _button(run, t("Open the last step again"), "reopen"),
            _button(run, t("Skip this step"), "skip"),
            _button(run, t("Go to the debrief"), "end"),
            _button(run, t("Cancel the run"), "cancel", style=Style.DANGER),
        ]
    title = t("More for {title}").format(title=run.definition.title)
    return Card((Heading(cut(title, 150)), Buttons(tuple(buttons))), title)


def reason_form(t: Translator, run: Run, aim: Aim) -> Form:
    """Skip and cancel ask for one line: a departure, explained."""
    title, label = {
        "skip": ("Skip this step", "Why do we leave this step out?"),
        "cancel": ("Cancel the run", "Why do we stop here, without the debrief?"),
    }[aim.act]
    return Form(
        id=aim.id,
        title=t(title),
        inputs=(Input("reason", t(label), InputKind.TEXT, required=True),),
        submit=t("Skip it") if aim.act == "skip" else t("Cancel the run"),
        close=t("Go back"),
        intro=(heading(t, run, aim.position),),
    )


def roles_form(t: Translator, run: Run, people: dict[PersonId, str]) -> Form:
    """Who holds which role, to be handed over."""
    here = {m.person for m in run.roster if m.kind is MemberKind.PARTICIPANT and not m.left_at}
    options = choices({p: name for p, name in people.items() if p in here})
    inputs = tuple(
        Input(
            f"role-{index}",
            cut(role.capitalize(), 75),
            InputKind.PERSON,
            value=run.holder(role) or "",
            options=options,
        )
        for index, role in enumerate(run.definition.roles)
    )
    position = run.position or 0
    return Form(
        Aim("roles", run.id, position, 0).id, t("Roles"), inputs, t("Hand over"), t("Go back")
    )


def status_card(
    t: Translator,
    run: Run,
    person: PersonId,
    asides: tuple[tuple[str, PersonId, str], ...],
    zone: str,
) -> Card:
    """Where we are, for one person. `asides`: (key, author, name), for the facilitator alone."""
    elements: list[Element] = [Heading(cut(run.definition.title, 150)), *_state(t, run, zone)]
    if run.phase.is_live and person in waiting_for(run):
        elements.append(text(t, "We would like to hear from you in this step."))
    buttons: list[Button] = []
    if run.phase.is_live and asides and person == run.holder(FACILITATOR):
        kept = t("Kept aside in this step: {count}.").format(count=len(asides))
        elements.append(text(t, "{kept} You may let a post in.", kept=kept))
        buttons += (
            _button(run, cut(t("Let in: {name}").format(name=name), 75), "admit", extra=key)
            for key, _, name in asides[:3]
        )
    if run.phase.is_live:
        buttons.append(_button(run, t("Last time"), "kept"))
        buttons.append(_button(run, t("For the wall"), "projector"))
    buttons.append(_button(run, t("Attach evidence"), "evidence"))
    elements.append(Buttons(tuple(buttons)))
    return Card(tuple(elements), t("Where we are"))
