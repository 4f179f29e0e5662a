"""Every dialog of the product, made by the function that the product makes it with."""

import importlib
import inspect
import pkgutil
from datetime import date, timedelta

import bot.cards
from bot.cards import commitments, door, evidence, runs, starts, steps
from bot.cards.model import Form
from bot.cards.words import english
from bot.rules.aims import Aim
from bot.rules.offers import roles, roster
from protocols.model import Clock
from protocols.run import Opening, Options, PersonId, Phase, Run, RunId
from tests.adapters.web.fake_channel import PERSONAS, START
from tests.protocols.factories import LIBRARY

PEOPLE = {PersonId(one.id): one.name for one in PERSONAS}
ROSA = next(iter(PEOPLE))
RUN = "aaaaaaaaaaaaaaaa"


def _run(protocol: str, position: int) -> Run:
    definition = LIBRARY.find(protocol)
    assert definition is not None
    return Run(
        id=RunId(RUN),
        definition=definition,
        clock=Clock.SHORT,
        options=Options(),
        phase=Phase.RUNNING,
        roster=roster(PEOPLE, START),
        roles=roles(definition, ROSA, list(PEOPLE)),
        openings=(Opening(position, 0, START, START + timedelta(minutes=5)),),
    )


def _step(protocol: str, position: int) -> Form:
    run = _run(protocol, position)
    return steps.form(english, run, Aim("write", run.id, position, 0), PEOPLE, {})


def _reason(act: str) -> Form:
    run = _run("socratic-plan", 1)
    return runs.reason_form(english, run, Aim(act, run.id, 1, 0))


START_FORM = starts.start_form(english, LIBRARY, PEOPLE, ROSA, RUN)
DAY = date(2026, 12, 1)

# The function, and the forms that it makes: the table that axe goes through.
ROWS: dict[str, tuple[Form, ...]] = {
    "steps.form": (
        _step("notice-wonder", 0),
        _step("atlas-work", 1),
        _step("socratic-plan", 1),
        _step("socratic-plan", 2),
        _step("socratic-plan", 7),
        _step("socratic-plan", 8),
        _step("impact", 2),
        _step("impact", 5),
        steps.with_earlier(english, _step("impact", 6), {2: "A small gain.\nAbout four."}),
    ),
    "runs.reason_form": (_reason("skip"), _reason("cancel")),
    "runs.roles_form": (runs.roles_form(english, _run("socratic-plan", 0), PEOPLE),),
    "starts.start_form": (START_FORM, starts.plan_form(english, START_FORM, DAY, "atlas-work")),
    "evidence.evidence_form": (
        evidence.evidence_form(english, _run("notice-wonder", 0), Aim("evidence", RUN, 0, 0)),
    ),
    "evidence.save_form": (
        evidence.save_form(english, _run("notice-wonder", 0), Aim("save", RUN, 0, 0, "m-a")),
    ),
    "door.names_form": (door.names_form(english),),
    "commitments.kept_form": (
        commitments.kept_form(
            english, _run("notice-wonder", 0), [("a", "Try it in 7B", DAY), ("b", "Read", None)]
        ),
    ),
}


def makers() -> set[str]:
    """Every function of `bot.cards` that makes a form from something else than a form."""
    found = set()
    for module in pkgutil.iter_modules(bot.cards.__path__):
        for name, function in inspect.getmembers(
            importlib.import_module(f"bot.cards.{module.name}"), inspect.isfunction
        ):
            hints = inspect.get_annotations(function, eval_str=True)
            is_here = function.__module__ == f"bot.cards.{module.name}"
            takes_form = Form in [hint for key, hint in hints.items() if key != "return"]
            if is_here and hints.get("return") is Form and not takes_form:
                found.add(f"{module.name}.{name}")
    return found
