"""What is attached to a step: the forms that ask for it, and the line that shows it."""

from dataclasses import replace

from protocols.run import PersonId, Run

from bot.cards.model import Card, Element, Form, Link, Part, Person, Text, Words, size
from bot.cards.steps import heading, inputs_of
from bot.cards.words import Translator, cut, quiet, text
from bot.rules.aims import Aim
from bot.rules.evidence import attaching, saving
from bot.rules.inputs import LONGEST

NAMED = 150
LINK = 1_500  # both the label and the address of a link count


def evidence_form(t: Translator, run: Run, aim: Aim) -> Form:
    """What belongs to this step?"""
    title, *others = inputs_of(t, attaching(run.step(aim.position)), {})
    hint = _when(t, run, aim.position)
    return Form(
        id=aim.id,
        title=t("Attach evidence"),
        inputs=(replace(title, long=False, hint=hint), *others),
        submit=t("Attach"),
        close=t("Not now"),
        intro=(heading(t, run, aim.position), quiet(t, "A link, a file or a note, or all three.")),
    )


def _when(t: Translator, run: Run, position: int) -> str:
    """When others see it; said aloud where everything else stays hidden."""
    is_closed = any(opening.closed_at for opening in run.openings_of(position))
    if run.step(position).is_sealed and not is_closed:
        return t("What you write in this step stays sealed. What you attach is shown at once.")
    return t("This is shown in the thread at once.")


def save_form(t: Translator, run: Run, aim: Aim) -> Form:
    """What is this post called, that its author saves?"""
    [title] = inputs_of(t, saving(run.step(aim.position)), {})
    return Form(
        id=aim.id,
        title=t("Save as evidence"),
        inputs=(replace(title, long=False),),
        submit=t("Save"),
        close=t("Not now"),
        intro=(
            quiet(t, "Its text is kept with the run. Delete the post, and the text goes again."),
        ),
    )


def added(
    t: Translator, who: PersonId, title: str, position: int, what: tuple[tuple[str, str], ...]
) -> Card:
    """Who added what to which step. `what`: (kind, what is shown of it), nothing of a saved post."""
    named, number = Words(cut(title, NAMED)), str(position + 1)
    sentence = "{who} added: {title}, step {number}"
    line = text(t, sentence, who=Person(who), title=named, number=number)
    elements: list[Element] = [
        line,
        *(Text((_shown(kind, value),)) for kind, value in what if value),
    ]
    return Card(tuple(elements), t("Added to step {number}").format(number=number))


def _shown(kind: str, value: str) -> Part:
    if kind == "link" and size(value) <= LINK:
        return Link(value, value)
    return Words(cut(value, LONGEST))
