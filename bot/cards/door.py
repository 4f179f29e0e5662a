"""What Colloquy says at the door: why a file cannot come in, or what was found in it."""

from collections.abc import Iterable
from dataclasses import replace

from protocols.run import Run

from bot.cards.model import Button, Buttons, Card, Form, Input, InputKind, Question, Text
from bot.cards.words import Translator, cut, listed, plain_text, quiet, text
from bot.rules.aims import Aim
from bot.rules.door import Kind
from bot.rules.uploads import Reason

HINT = (
    "No student names, ids, faces, birth dates, addresses or notes on services. "
    "Use Student A, B, C. PDF, pictures, Word, PowerPoint, Excel or text, at most 25 MB."
)
FAULTS = {
    Reason.EMPTY: "This file is empty.",
    Reason.TOO_LARGE: "This file is too large. At most 25 MB, please.",
    Reason.KIND: "This kind of file cannot come in. Please save it as PDF.",
    Reason.BROKEN: "This file cannot be read. Please save it anew, for instance as PDF.",
    Reason.LOCKED: "This file has a password. Please save it without one.",
    Reason.HOLDS_PROGRAMS: "This file holds programs (macros). Please save it as PDF.",
    Reason.HOLDS_FILES: "Another file is embedded in this one. Please save it as PDF.",
}
NAMES = "names"
STUDENTS = Aim("students", "", 0, 0)
FOUND = {
    Kind.STUDENT: "A student's name: {words}",
    Kind.NAME: "A name: {words}",
    Kind.ID: "A number of {digits} digits",
    Kind.BIRTH_DATE: "A date of birth: {words}",
    Kind.ADDRESS: "An address: {words}",
    Kind.EMAIL: "An e-mail address: {words}",
    Kind.PHONE: "A phone number: {words}",
    Kind.SERVICE: "A word on services: {words}",
}
KINDS = {
    Kind.STUDENT: "a student's name",
    Kind.ID: "a number like an id",
    Kind.BIRTH_DATE: "a date of birth",
    Kind.ADDRESS: "an address",
    Kind.EMAIL: "an e-mail address",
    Kind.PHONE: "a phone number",
}
REPLACE, CHANGE = "Replace", "Change it"
UNSEEN = "Pictures, in which I cannot see a face or a handwritten name. Please look yourself."


def question(
    t: Translator, about: str, token: str, shown: Iterable[tuple[Kind, str]], *, unseen: bool
) -> Question:
    """The question before a file comes in. `about`: the input; `token`: what a yes brings back."""
    found = [
        t(FOUND[kind]).format(words=cut(words, 100), digits=sum(map(str.isdecimal, words)))
        for kind, words in shown
    ]
    yes = t("It is not a student") if found else t("No student is in it")
    return Question(
        about=about,
        token=token,
        says=t("Before this goes in: no student may be recognized by it. I found:"),
        found=(*dict.fromkeys(found), *([t(UNSEEN)] if unseen else [])),
        again=t(REPLACE),
        yes=yes,
        no=t("Cancel"),
    )


def text_question(t: Translator, asked: Question, about: str) -> Question:
    """The same before words come in. `about`: the input that holds them, "" where none does."""
    return replace(asked, about=about, again=t(CHANGE) if about else "")


def note(t: Translator, run: Run, kinds: Iterable[Kind], key: str) -> Card:
    """What its author is told about a post that others can read: kinds, and never words."""
    what = listed(t, tuple(t(KINDS[kind]) for kind in kinds))
    says = Text((t("I think your post holds "), *what, t(". Others can read it.")))
    edit = Button(t("Edit"), "edit", run.id, run.position or 0, extra=key)
    only = "Only you see this note. If nobody can be recognized by it, leave it as it is."
    return Card((says, quiet(t, only), Buttons((edit,))), plain_text(says))


def names_form(t: Translator) -> Form:
    """Whose names are stopped at the door of this team."""
    hint = "I keep no name: only marks that cannot be turned back into one."
    how = "One a line. They take the place of the list before; hand in none to have no list."
    names = Input(NAMES, t("Names"), InputKind.TEXT, long=True, hint=t(hint))
    title, submit = t("Names to stop"), t("Stop these names")
    return Form(STUDENTS.id, title, (names,), submit, t("Not now"), (text(t, how),))


def stopped(t: Translator, count: int) -> Card:
    """How many names are stopped now."""
    sentence = {
        0: "No list is kept now. I still look for whatever has the shape of a name.",
        1: "1 name is stopped at the door now.",
    }.get(count, "{count} names are stopped at the door now.")
    paragraph = text(t, sentence, count=str(count))
    return Card((paragraph,), plain_text(paragraph))
