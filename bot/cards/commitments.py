"""Last time's commitments: each owner says privately what became of theirs."""

from collections.abc import Sequence
from datetime import date

from protocols.run import Run

from bot.cards.model import LABEL, Form, Input, InputKind, Option
from bot.cards.words import Translator, cut, text
from bot.rules.aims import Aim

NOTHING_OPEN = "Nothing of yours is open from last time."
STATES = {"done": "Done", "partly": "Partly", "not": "Not this time"}

Open = tuple[str, str, date | None]  # id, what, due


def kept_form(t: Translator, run: Run, mine: Sequence[Open]) -> Form:
    """One question for each: done, partly or not. What is not answered stays open, never "not"."""
    options = tuple(Option(state, t(label)) for state, label in STATES.items())
    inputs = tuple(
        Input(id_, cut(_label(what, due), LABEL), InputKind.CHOICE, options=options)
        for id_, what, due in mine
    )
    return Form(
        Aim("kept", run.id, 0, 0).id,
        t("Last time"),
        inputs,
        t("Save"),
        t("Go back"),
        intro=(
            text(t, "What became of what you took on? It shows that your team follows through."),
        ),
    )


def _label(what: str, due: date | None) -> str:
    return what if due is None else f"{what} ({due:%B} {due.day})"
