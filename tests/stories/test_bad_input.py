"""What people and programs send that they should not: nothing breaks, nothing is lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.cards.faults import FACILITATOR_ONLY, NOT_OURS
from bot.cards.model import Card, Form, Part, Text, Words, to_json
from bot.flows.export import NoSuchRun, export_run
from bot.rules.aims import Aim
from protocols.run import PersonId
from storage import people, runs
from storage.people import Person
from tests.stage import CHANNEL, COACH, MEMBERS, NOON, Stage, open_stage
from tests.stories.telling import Story, buttons, read_aloud

NOBODYS_RUN = "a" * 16
NASTY = [
    pytest.param("one\x00two", id="NUL"),
    pytest.param("one \x1b[31m\x07\x08 two \x7f\x85", id="control characters"),
    pytest.param("one \ud83d two \udc00", id="lone surrogates"),
    pytest.param("<b>one</b> *two* _three_ `four` [five](javascript:six) &amp; {say}", id="markup"),
    pytest.param("@channel @here @everyone <!channel> <!here> <at>all</at>", id="mass mentions"),
    pytest.param("\u202eone two\u202c \u200b", id="text turned round"),
]


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = await open_stage(tmp_path)
    yield stage
    await stage.house.database.close()


@pytest_asyncio.fixture
async def story(stage: Stage) -> Story:
    """Ana leads, Ben, Cy and Dee notice alone."""
    await stage.start("ana", protocol="notice-wonder", clock="full")
    return Story(stage)


async def steps_opened(stage: Stage) -> int:
    """How many steps have been opened."""
    return len([s for s in (await stage.export())["steps"] if s["opened_at"]])


async def private_words(stage: Stage, user: str) -> str:
    """The private notes that only this person sees, read aloud."""
    lines = list(await stage.channel.current(CHANNEL, None, user))
    if stage.thread is not None:
        lines += await stage.channel.current(CHANNEL, stage.thread, user)
    return "\n".join(read_aloud(x.card, {}) for x in lines if x.card and x.is_private)


def words_of(card: Card) -> list[str]:
    """The parts of a card that are a person's words."""
    parts: list[Part] = [p for e in card.elements if isinstance(e, Text) for p in e.parts]
    return [part.text for part in parts if isinstance(part, Words)]


async def write_all(stage: Stage) -> None:
    """Ben, Cy and Dee write what they notice."""
    for user in ("ben", "cy", "dee"):
        await stage.write(user, 0, {"f0": f"{user} sees it"})


def as_it_was(after: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether nothing has changed but the time of the last arrival."""
    run = after["run"] | {"complete_as_of": before["run"]["complete_as_of"]}
    return after | {"run": run} == before


# Presses.


@pytest.mark.parametrize("others", [["ana"], ["dee"]], ids=["the same person", "the timekeeper"])
async def test_two_presses_on_next_at_once_move_one_step(stage: Stage, others: list[str]) -> None:
    await stage.start("ana", protocol="socratic-plan", brings="cy", timekeeper="dee")
    await stage.write("cy", 0, {"f0": "RI.8.8", "f1": "Judge an argument"})
    button = Aim("next", stage.run, 0, 0).id
    await asyncio.gather(
        *(
            stage.channel.press(
                user=user, channel=CHANNEL, thread=stage.thread, button=button, once=f"at once {n}"
            )
            for n, user in enumerate(["ana", *others])
        )
    )
    await stage.settle()
    assert await steps_opened(stage) == 2
    for user in MEMBERS:
        assert await private_words(stage, user) == ""


async def test_the_same_press_twice_is_one_press(story: Story) -> None:
    stage = story.stage
    button = Aim("extend", stage.run, 0, 0, "2").id
    for _ in range(2):
        await stage.channel.press(
            user="ana", channel=CHANNEL, thread=stage.thread, button=button, once="once"
        )
    await stage.settle()
    assert "Until: 12:07 pm" in await story.reads("ben", "card")


async def test_a_press_on_an_old_card_changes_nothing_and_is_no_fault(story: Story) -> None:
    stage = story.stage
    await write_all(stage)
    await stage.press("ana", "next", 0)
    before = await stage.export()
    for act in ("next", "anyway", "end", "extend", "reopen", "pass"):
        assert await stage.press("ana", act, 0) is None
        assert as_it_was(await stage.export(), before), act
    assert await private_words(stage, "ana") == ""


async def test_skipping_an_old_step_does_not_skip_the_new_one(story: Story) -> None:
    stage = story.stage
    await write_all(stage)
    await stage.press("ana", "next", 0)
    skip = Aim("skip", stage.run, 0, 0).id
    assert await stage.submit("ana", skip, {"reason": "Too long"}, thread=stage.thread) is None
    assert [s["closed_by"] for s in (await stage.export())["steps"][:2]] == ["person", None]


@pytest.mark.parametrize(
    ("user", "sentence"),
    [("ben", FACILITATOR_ONLY), (COACH, "Only who is in the run can do this.")],
    ids=["a member", "a coach"],
)
async def test_who_may_not_steer_is_told_so_privately_and_nothing_changes(
    story: Story, user: str, sentence: str
) -> None:
    stage = story.stage
    await stage.say("cy", "Can you hear me?")
    before = await stage.export()
    acts = ("next", "anyway", "pause", "extend", "end", "reopen", "takeover")
    for count, act in enumerate(acts, start=1):
        await stage.press(user, act, 0)
        assert (await private_words(stage, user)).count(sentence) == count, act
    await story.nobody_else_sees(sentence, user)
    assert await stage.export() == before


async def test_only_the_facilitator_lets_a_post_in(story: Story) -> None:
    stage = story.stage
    key = await stage.say("cy", "Can you hear me?")
    before = await stage.export()
    for user in ("ben", "cy", COACH):
        await stage.press(user, "admit", 0, extra=key)
    await story.nobody_else_sees(FACILITATOR_ONLY, "ben", "cy", COACH)
    assert await stage.export() == before


async def test_roles_and_cancel_are_refused_to_who_does_not_lead(story: Story) -> None:
    stage = story.stage
    before = await stage.export()
    for act in ("roles", "cancel"):
        shown = await stage.press("ben", act, 0)
        assert isinstance(shown, Card)
        assert shown.summary == FACILITATOR_ONLY
    ben = await stage.person("ben")
    for act, values in (("roles", {"role-0": ben}), ("cancel", {"reason": "I want to go"})):
        form = Aim(act, stage.run, 0, 0).id
        await stage.submit("ben", form, values, thread=stage.thread)
    await story.nobody_else_sees(FACILITATOR_ONLY, "ben")
    assert await stage.export() == before


FORGED = [
    "",
    "next",
    "next:",
    ":::",
    "next:RUN:0",
    "next:RUN:-1:0",
    "next:RUN:0:0:",
    "next:RUN:99999:0",
    "next:RUN:0x1:0",
    "next:RUN:\u0663:0",
    "NEXT:RUN:0:0",
    "next:../../etc:0:0",
    "next:RUN:0:0; DROP TABLE run",
    "next:RUN:0:0\n",
    "\x00:RUN:0:0",
    "\ud800:RUN:0:0",
]


async def test_a_forged_button_is_not_ours(story: Story) -> None:
    stage = story.stage
    before = await stage.export()
    for number, forged in enumerate(FORGED):
        button = forged.replace("RUN", stage.run)
        shown = await stage.channel.press(
            user="ana", channel=CHANNEL, thread=stage.thread, button=button, once=f"forged {number}"
        )
        await stage.settle()
        assert isinstance(shown, Card), forged
        assert shown.summary == NOT_OURS, forged
    assert await stage.export() == before


async def test_a_step_that_never_was_is_refused(story: Story) -> None:
    stage = story.stage
    before = await stage.export()
    for act in ("explode", "write", "add", "next", "use", "skip"):
        for position, opening in ((4, 0), (999, 0), (0, 7)):
            await stage.press("ana", act, position, opening, extra="m-of-nobody")
            assert await stage.export() == before, act
    for position in (3, 999):
        await stage.write("ben", position, {"f0": "I am ahead of you"})
        assert await stage.export() == before


async def test_a_forged_form_does_nothing(story: Story) -> None:
    stage = story.stage
    before = await stage.export()
    values = {"f0": "words", "protocol": "notice-wonder"}
    for form in ("", "write", "write:x:y:z", "roles::0:0", "start:../..:0:0"):
        assert await stage.submit("ana", form, values, thread=stage.thread) is None
        assert await stage.export() == before, form


async def test_nobody_uses_or_amends_the_post_of_another_person(story: Story) -> None:
    stage = story.stage
    key = await story.says("0:30", "cy", "Can you hear me?")
    before = await stage.export()
    await stage.press("ben", "use", 0, extra=key)
    await stage.press("ben", "practical", 0, extra=key)
    assert await stage.export() == before


# Runs and people that are not there.


async def test_a_run_that_does_not_exist_is_said_to_be_gone(stage: Stage) -> None:
    stage.run = NOBODYS_RUN
    for act in ("next", "pause", "join", "pass", "status", "write", "more"):
        shown = await stage.press("ana", act, 0)
        assert isinstance(shown, Card), act
        assert shown.summary == "That run is not here any more.", act


async def test_a_form_of_a_run_that_does_not_exist_does_nothing(stage: Stage) -> None:
    stage.run = NOBODYS_RUN
    assert await stage.write("ana", 0, {"f0": "words"}) is None
    with pytest.raises(NoSuchRun):
        await export_run(stage.house, NOBODYS_RUN)


async def add_guest(stage: Stage, user: str, name: str, kind: str) -> PersonId:
    """Somebody else in the team."""
    person = PersonId(stage.house.new_id())
    async with stage.house.database.write() as session:
        who = Person(person, user, name, "", "en")
        await people.add_person(session, stage.organization, "web", who)
        team = await people.team_in(session, stage.organization, "web", CHANNEL)
        assert team is not None
        await people.add_member(session, stage.organization, team.id, person, kind=kind, since=NOON)
    return person


@pytest.mark.parametrize("user", [COACH, "guest"])
async def test_only_members_start(stage: Stage, user: str) -> None:
    await add_guest(stage, "guest", "Guest", "guest")
    run = stage.house.new_id()
    form, button = Aim("start", run, 0, 0).id, Aim("begin", run, 0, 0, "notice-wonder").id
    await stage.submit(user, form, {"protocol": "notice-wonder"}, thread=None)
    await stage.channel.press(user=user, channel=CHANNEL, thread=None, button=button, once="b")
    await stage.command(user, "/plc start notice-wonder")
    told = await private_words(stage, user)
    assert told.count("Members of this team start its protocols.") == 3
    assert await private_words(stage, "ana") == ""
    async with stage.house.database.read() as session:
        assert await runs.live(session, stage.organization) == ()


async def test_two_starts_with_one_form_begin_one_run(story: Story) -> None:
    stage = story.stage
    again = Aim("start", stage.run, 0, 0).id
    await stage.submit("ben", again, {"protocol": "atlas-work"}, thread=None)
    exported = await stage.export()
    assert (exported["run"]["protocol"], exported["run"]["facilitator"]) == ("notice-wonder", "ana")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"protocol": "karaoke"},
        {"protocol": "notice-wonder", "here": "nobody,,@all", "brings": "x", "timekeeper": "\x00"},
    ],
    ids=["nothing", "an unknown protocol", "people who are not there"],
)
async def test_a_start_form_with_nonsense_starts_what_can_be_started(
    stage: Stage, values: dict[str, str]
) -> None:
    run = stage.house.new_id()
    await stage.submit("ana", Aim("start", run, 0, 0).id, values, thread=None)
    if values.get("protocol") != "notice-wonder":
        with pytest.raises(NoSuchRun):
            await export_run(stage.house, run)
        return
    roles = (await export_run(stage.house, run))["roles"]
    assert {role["person"] for role in roles} <= set(MEMBERS)


# Forms.


async def test_a_dialog_that_is_answered_after_its_step_closed_is_kept_as_late(
    story: Story,
) -> None:
    stage = story.stage
    await story.at("4:00")
    form = await stage.press("ben", "write", 0)
    assert isinstance(form, Form)
    await stage.until(301)  # the clock closes the step
    assert await stage.submit("ben", form.id, {"f0": "The arrow"}, thread=stage.thread) is None
    [only] = (await stage.export())["contributions"]
    assert (only["step"], only["late"], only["in_turn"]) == (0, True, True)
    assert only["text"] == "The arrow"
    note = await story.note_for("ben", "late", 0)
    assert "I saved it and marked it late." in read_aloud(note, {})
    await story.everybody_sees("The arrow")


async def test_what_is_missing_or_too_long_brings_the_form_again_with_all_that_was_written(
    story: Story,
) -> None:
    stage = story.stage
    first = {"f0": "", "f1": "y" * 3_001, "private": "yes"}
    again = await stage.write("ben", 0, first)
    assert again is not None
    faults = {given.id: given.fault for given in again.inputs if given.fault}
    assert faults == {
        "f0": "Please fill this in.",
        "f1": "This is longer than 3,000 characters. Please shorten it.",
    }
    assert {given.id: given.value for given in again.inputs} == first
    assert (await stage.export())["steps"][0]["handed_in"] == 0

    assert (
        await stage.submit("ben", again.id, first | {"f0": "x" * 3_000, "f1": ""}, thread=None)
        is None
    )
    assert (await stage.export())["steps"][0]["handed_in"] == 1


HALF_PROMISES: list[tuple[dict[str, str], str]] = [
    ({}, "f0-what"),
    ({"f0-what": " \n\t "}, "f0-what"),
    ({"f0-what": "Bring copies"}, "f0-due"),
    ({"f0-what": "Bring copies", "f0-due": "next week"}, "f0-due"),
    ({"f0-what": "Bring copies", "f0-due": "2026-02-30"}, "f0-due"),
    ({"f0-what": "x" * 3_001, "f0-due": "2026-12-01"}, "f0-what"),
]


async def test_a_commitment_needs_what_and_by_when(stage: Stage) -> None:
    await stage.start("ana", protocol="socratic-plan", brings="cy")
    await stage.press("ana", "end", 0)
    for values, wrong in HALF_PROMISES:
        again = await stage.write("ben", 8, values)
        assert again is not None
        assert [given.id for given in again.inputs if given.fault] == [wrong]
        assert all(given.value == values.get(given.id, "") for given in again.inputs)
    assert (await stage.export())["commitments"] == []


async def test_a_commitment_for_somebody_who_is_not_in_the_run_stays_with_its_author(
    stage: Stage,
) -> None:
    await stage.start("ana", protocol="socratic-plan", brings="cy")
    await stage.press("ana", "end", 0)
    values = {"f0-what": "Bring copies", "f0-who": "<b>nobody</b>", "f0-due": "2026-12-01"}
    await stage.write("ben", 8, values)
    [made] = (await stage.export())["commitments"]
    assert (made["person"], made["due"]) == ("ben", "2026-12-01")


async def test_only_a_whole_link_is_taken(stage: Stage) -> None:
    await stage.start("ana", protocol="atlas-work", brings="dee")
    for link in ("javascript:alert(1)", "work.example", "https://", "//work.example", "ftp://x.y"):
        again = await stage.write("dee", 0, {"f0": "Find the area", "f1": link})
        assert again is not None
        assert [given.id for given in again.inputs if given.fault] == ["f1"], link
    assert (await stage.export())["artifacts"] == []


# Words.


@pytest.mark.parametrize("text", NASTY)
async def test_nasty_words_are_kept_as_words_wherever_they_are_written(
    story: Story, text: str
) -> None:
    stage = story.stage
    await stage.write("ben", 0, {"f0": text, "f1": text})
    await stage.write("cy", 0, {"f0": text})
    await stage.say("dee", text)
    await stage.press("ana", "anyway", 0)
    await stage.say("ben", text)
    await stage.submit(
        "ana", Aim("skip", stage.run, 1, 0).id, {"reason": text}, thread=stage.thread
    )
    exported = await stage.export()
    assert [s["closed_by"] for s in exported["steps"][:2]] == ["person", "skipped"]
    assert [c["person"] for c in exported["contributions"]] == ["ben", "cy", "dee", "ben"]
    json.dumps(exported, ensure_ascii=False).encode()  # as the command line prints it
    shown = await stage.card(COACH, f"run:{stage.run}:step:0:reveal:1")
    assert len(words_of(shown)) == 3
    assert not [p for e in shown.elements for p in people_mentioned(e) if p.mention]


def people_mentioned(element: Any) -> list[Any]:
    """The people that a paragraph names."""
    return [p for p in getattr(element, "parts", ()) if getattr(p, "kind", "") == "person"]


@pytest.mark.parametrize("text", NASTY)
async def test_nasty_words_are_promised_and_reported_as_words(stage: Stage, text: str) -> None:
    await stage.start("ana", protocol="socratic-plan", brings="cy")
    await stage.press("ana", "end", 0)
    values = {"f0-what": text, "f0-due": "2026-12-01", "f1": text}
    assert await stage.write("ben", 8, values) is None
    await stage.press("ana", "anyway", 8)
    exported = await stage.export()
    assert exported["run"]["phase"] == "finished"
    assert len(exported["commitments"]) == 1
    report = await stage.card("dee", f"run:{stage.run}:report")
    json.dumps(to_json(report), ensure_ascii=False).encode()
    assert "ben" in await Story(stage).reads("dee", "report")


@pytest.mark.parametrize("name", [one for one in NASTY if one.id != "lone surrogates"])
async def test_a_nasty_name_is_a_name(stage: Stage, name: str) -> None:
    eve = await add_guest(stage, "eve", name, "member")
    await stage.start("ana", protocol="notice-wonder", clock="full")
    await stage.say("eve", "Hello there")
    status = await stage.press("ana", "status", 0)
    assert isinstance(status, Card)
    assert len([label for label in buttons(status) if label.startswith("Let in: ")]) == 1
    await stage.write("eve", 0, {"f0": "I see it"})
    await stage.press("ana", "anyway", 0)
    shown = await stage.card("ben", f"run:{stage.run}:step:0:reveal:1")
    assert eve in [p.id for e in shown.elements for p in people_mentioned(e)]


async def test_mass_mentions_answer_nobody_and_tell_nobody(story: Story) -> None:
    stage = story.stage
    await write_all(stage)
    await stage.press("ana", "next", 0)
    await stage.say("cy", "Two boxes")
    await stage.say("ben", "@channel @here @everyone <!channel> <!here> look")
    last = (await stage.export())["contributions"][-1]
    assert (last["person"], last["answers"], last["words"]) == ("ben", None, 6)


async def test_only_a_whole_name_is_a_mention(story: Story) -> None:
    stage = story.stage
    await write_all(stage)
    await stage.press("ana", "next", 0)
    await stage.say("cy", "Two boxes")
    nobody = ["@Cyril said so", "ask me at ben@cy.example", "@cy_2 is a room", "@CY", "cy", "@ Cy"]
    whole = ["@Cy", "Yes, @Cy.", "(@cy)", "I agree with @Cy's second one"]
    for text in nobody + whole:
        await stage.say("ben", text)
    said = (await stage.export())["contributions"][-len(nobody + whole) :]
    assert [c["answers"] for c in said] == [None] * len(nobody) + ["cy"] * len(whole)


# Commands.


@pytest.mark.parametrize(
    ("line", "nearest"),
    [("/plc nxt", "next"), ("/plc pasue", "pause"), ("/plc statsu", "status"), ("/nxet", "next")],
)
async def test_an_unknown_verb_offers_the_nearest_which_works(
    story: Story, line: str, nearest: str
) -> None:
    stage = story.stage
    await write_all(stage)
    before = await stage.export()
    shown = await stage.command("ana", line)
    assert isinstance(shown, Card)
    [button] = buttons(shown).values()
    assert (button.label, button.act) == (f"Did you mean {nearest}?", nearest)
    assert await stage.export() == before

    answer = await stage.channel.press(
        user="ana", channel=CHANNEL, thread=None, button=button.id, once="meant"
    )
    await stage.settle()
    after = await stage.export()
    if nearest == "next":
        assert await steps_opened(stage) == 2
    elif nearest == "pause":
        assert after["run"]["phase"] == "paused"
    else:
        assert isinstance(answer, Card)
        assert "Now: Step 1 of 6" in read_aloud(answer, {})


async def test_a_command_of_nonsense_gets_an_answer(story: Story) -> None:
    before = await story.stage.export()
    for line in ("/plc \x00", "/plc \ud800", "/plc " + "x" * 5_000, "/", "/plc 5"):
        assert isinstance(await story.stage.command("ana", line), Card)
    assert await story.stage.export() == before


async def test_extend_with_a_strange_number_stays_within_reason(story: Story) -> None:
    given = {"0": "12:06", "-5": "12:08", "999999": "12:10", "five": "12:12", "90": "1:12"}
    for minutes, until in given.items():
        await story.stage.command("ana", f"/plc extend {minutes}")
        assert f"Until: {until} pm" in await story.reads("ben", "card"), minutes


async def test_outside_a_thread_who_leads_one_of_two_runs_means_that_one(story: Story) -> None:
    stage = story.stage
    await write_all(stage)
    mine = stage.run
    await stage.start("ben", protocol="socratic-plan", brings="cy")
    assert await stage.command("ana", "/plc next") is None
    opened = {run: await opened_in(stage, run) for run in (mine, stage.run)}
    assert opened == {mine: 2, stage.run: 1}


@pytest.mark.parametrize("user", ["ana", "dee"], ids=["who leads both", "who leads none"])
async def test_outside_a_thread_one_is_asked_which_of_two_runs_next_means(
    story: Story, user: str
) -> None:
    stage = story.stage
    await write_all(stage)
    first = stage.run
    await stage.start("ana", protocol="atlas-work", brings="cy")
    second = stage.run
    shown = await stage.command(user, "/plc next")
    assert isinstance(shown, Card)
    offered = list(buttons(shown).values())
    assert {(b.act, b.run, b.position) for b in offered} == {
        ("next", first, 0),
        ("next", second, 0),
    }
    assert (await opened_in(stage, first), await opened_in(stage, second)) == (1, 1)

    meant = next(b for b in offered if b.run == first)
    await stage.channel.press(
        user=user, channel=CHANNEL, thread=None, button=meant.id, once="chosen"
    )
    await stage.settle()
    moved = 2 if user == "ana" else 1
    assert (await opened_in(stage, first), await opened_in(stage, second)) == (moved, 1)


async def opened_in(stage: Stage, run: str) -> int:
    """How many steps of a run have been opened."""
    return len([s for s in (await export_run(stage.house, run))["steps"] if s["opened_at"]])
