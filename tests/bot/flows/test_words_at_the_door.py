"""Words in a form are asked about like files; of a post its author is told, and nobody else."""

from pathlib import Path

import pytest

from bot.cards.door import FOUND, KINDS, NAMES, STUDENTS
from bot.cards.model import Card, Form, Question
from bot.rules.aims import Aim
from bot.rules.door import Kind
from bot.rules.uploads import Upload
from protocols.model import Floor, Reveal
from tests.bot.flows.test_door import anywhere, asks_for_work
from tests.bot.flows.test_evidence import NOTE, attach, save
from tests.bot.flows.test_posted import contributions, notes, receive, said
from tests.bot.own_protocols import asked, begin, buttons, sealed, words
from tests.stage import Stage

NAME, NUMBER = "Zulema Quispe", "214365870"
BOTH = f"{NAME} drew it, OSIS {NUMBER}."
LISTED = "Zulema Quispe"
TO_LOOK_AT = "Only you see this note. If nobody can be recognized by it, leave it as it is."


async def hand_in(stage: Stage, user: str, act: str, **values: str) -> Question | None:
    form = Aim(act, stage.run, 0, 0).id
    again = await stage.submit(user, form, values, thread=stage.thread)
    assert again is None or again.question is not None
    return again.question if again else None


async def answered(stage: Stage) -> list[tuple[str, str]]:
    async with stage.house.database.read() as session:
        rows = await (await session.connection()).exec_driver_sql(
            "SELECT person_id, about FROM audit WHERE act = 'attest'"
        )
        return [(row["person_id"], row["about"]) for row in rows.mappings()]


async def test_what_is_found_in_words_is_asked_about_and_kept_out_until_somebody_answers(
    stage: Stage, tmp_path: Path
) -> None:
    await begin(stage, asked(), Floor.OPEN)
    question = await hand_in(stage, "ben", "write", f0=BOTH)
    assert question == Question(
        about="f0",
        token=question.token if question else "",
        says="Before this goes in: no student may be recognized by it. I found:",
        found=(FOUND[Kind.NAME].format(words=NAME), FOUND[Kind.ID].format(digits=9)),
        again="Change it",
        yes="It is not a student",
        no="Cancel",
    )
    assert (await stage.export())["items"] == []
    assert anywhere(tmp_path, NAME, NUMBER) == []
    assert await answered(stage) == []
    assert await hand_in(stage, "ben", "write", f0=BOTH, attested=question.token) is None
    assert (await stage.export())["items"][0]["fields"][0]["value"] == BOTH
    ben = await stage.person("ben")
    assert await answered(stage) == [(ben, f"run:{stage.run}:0:id,name")]


async def test_an_answer_for_some_words_lets_no_others_in(stage: Stage) -> None:
    await begin(stage, asked(), Floor.OPEN)
    question = await hand_in(stage, "ben", "write", f0=f"{NAME} drew it.")
    assert question is not None
    again = await hand_in(stage, "ben", "write", f0="Ana Ruiz drew it.", attested=question.token)
    assert again is not None
    assert again.token != question.token
    plain = {"f0": "Student A drew it.", "attested": question.token}
    assert await hand_in(stage, "ben", "write", **plain) is None
    assert await answered(stage) == []


async def test_what_one_promises_is_asked_about_and_a_person_or_day_is_not(stage: Stage) -> None:
    await begin(stage, asked(), Floor.OPEN)
    ben = await stage.person("ben")
    given = {
        "f0": "Look",
        "f2-what": f"Ask {NAME.lower()} and {NUMBER}",
        "f2-who": ben,
        "f2-due": "2014-05-06",
    }
    question = await hand_in(stage, "ben", "write", **given)
    assert question is not None
    assert (question.about, question.found) == ("f2-what", (FOUND[Kind.ID].format(digits=9),))
    assert await hand_in(stage, "ben", "write", **given, attested=question.token) is None
    assert len((await stage.export())["commitments"]) == 1


@pytest.mark.parametrize("act", ["skip", "cancel"])
async def test_a_reason_is_asked_about(stage: Stage, act: str) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    question = await hand_in(stage, "ana", act, reason=f"{NAME} was there")
    assert question is not None
    assert question.about == "reason"
    assert (await stage.export())["run"]["phase"] == "running"
    given = {"reason": f"{NAME} was there", "attested": question.token}
    assert await hand_in(stage, "ana", act, **given) is None
    exported = await stage.export()
    done = exported["run"]["phase"] if act == "cancel" else exported["steps"][0]["closed_by"]
    assert done in ("cancelled", "skipped")


async def test_who_may_not_write_is_asked_too_and_nothing_slips_by(
    stage: Stage, tmp_path: Path
) -> None:
    await begin(stage, asked(), Floor.OPEN)
    assert await hand_in(stage, "coach", "write", f0=BOTH) is not None
    assert anywhere(tmp_path, NAME, NUMBER) == []


async def test_a_fault_is_said_before_anything_is_asked(stage: Stage) -> None:
    await begin(stage, asked(), Floor.OPEN)
    form = Aim("write", stage.run, 0, 0).id
    given = {"f0": BOTH, "f1": "nowhere"}
    again = await stage.submit("ben", form, given, thread=stage.thread)
    assert again is not None
    assert ([one.id for one in again.inputs if one.fault], again.question) == (["f1"], None)


async def test_a_file_and_words_are_one_question_about_both(stage: Stage) -> None:
    await begin(stage, asks_for_work(), Floor.OPEN)
    form = Aim("write", stage.run, 0, 0).id
    files = {"f1": Upload("a.txt", f"OSIS {NUMBER}".encode())}
    given = {"f0": f"{NAME} drew it."}
    again = await stage.submit("ben", form, given, thread=stage.thread, uploads=files)
    assert again is not None
    question = again.question
    assert question is not None
    assert (question.about, question.found) == (
        "f0",
        (FOUND[Kind.ID].format(digits=9), FOUND[Kind.NAME].format(words=NAME)),
    )
    given["attested"] = question.token
    assert await stage.submit("ben", form, given, thread=stage.thread, uploads=files) is None
    assert [one["kind"] for one in (await stage.export())["artifacts"]] == ["file"]


async def test_nothing_says_who_answered_for_the_words_of_an_unnamed_answer(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.UNNAMED), Floor.OPEN)
    question = await hand_in(stage, "ben", "write", f0=BOTH)
    assert question is not None
    assert await hand_in(stage, "ben", "write", f0=BOTH, attested=question.token) is None
    assert (await stage.export())["steps"][0]["handed_in"] == 1
    assert await answered(stage) == []


async def test_an_edit_of_a_saved_post_is_kept_where_nothing_is_found_in_it(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    key = await stage.say("ben", "Six of eight")
    await save(stage, "ben", key)
    await stage.edit("ben", key, "Seven of eight")
    assert await contributions(stage, "text", "edited") == [("Seven of eight", True)]
    await stage.edit("ben", key, f"Seven of eight, and {NAME}")
    assert await contributions(stage, "text") == [(None,)]


async def test_evidence_and_a_saved_post_go_through_the_same_door(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    form = await attach(stage, "ben", f3=f"{NOTE} {NAME}")
    assert form is not None
    assert form.question is not None
    assert form.question.about == "f3"
    key = await stage.say("ben", f"{NAME} drew it")
    form = await save(stage, "ben", key)
    assert isinstance(form, Form)
    question = form.question
    assert question is not None
    assert (question.about, question.again, question.found) == (
        "",
        "",
        (FOUND[Kind.NAME].format(words=NAME),),
    )
    assert (await stage.export())["artifacts"] == []
    save_it = Aim("save", stage.run, 0, 0, key).id
    given = {"f0": "A drawing", "attested": question.token}
    assert await stage.submit("ben", save_it, given, thread=stage.thread) is None
    assert await contributions(stage, "text") == [(f"{NAME} drew it",)]


# Posts.


async def told(stage: Stage, user: str) -> list[Card]:
    return [await stage.card(user, key) for key in await notes(stage, user, "door")]


async def test_the_author_of_a_post_is_told_once_in_a_step_by_kind_and_nobody_else(
    stage: Stage,
) -> None:
    await begin(stage, Floor.OPEN, Floor.OPEN)
    await stage.submit("ana", STUDENTS.id, {NAMES: LISTED}, thread=None)
    key = await stage.say("ben", f"zulema wrote this, her number is {NUMBER}")
    await stage.say("ben", "Call 555-201-3344, or zulema")
    [card] = await told(stage, "ben")
    assert words(card) == (
        f"I think your post holds {KINDS[Kind.STUDENT]} and {KINDS[Kind.ID]}. "
        f"Others can read it. {TO_LOOK_AT}"
    )
    assert buttons(card) == {"Edit": f"edit:{stage.run}:0:0:{key}"}
    assert [await told(stage, user) for user in ("ana", "cy", "coach")] == [[], [], []]
    assert await contributions(stage, "words", "in_turn") == [(7, True), (4, True)]
    assert [word for word in ("zulema", NUMBER) if word in repr(card)] == []
    await stage.press("ana", "anyway")
    await stage.say("ben", "zulema again")
    assert len(await told(stage, "ben")) == 2


async def test_the_same_message_twice_is_one_note_that_never_changes(stage: Stage) -> None:
    await begin(stage, Floor.OPEN)
    first = said(stage, text=f"OSIS {NUMBER}")
    await receive(stage, first)
    before = await told(stage, "ben")
    await receive(stage, first, said(stage, "k2", "Call 555-201-3344"))
    assert await told(stage, "ben") == before
    assert len(before) == 1


async def test_a_guess_by_its_shape_and_an_adult_are_no_reason_to_disturb(stage: Stage) -> None:
    await begin(stage, Floor.OPEN)
    await stage.submit("ana", STUDENTS.id, {NAMES: "Cy Adeyemi"}, thread=None)
    for text in (f"{NAME} has an IEP", "@Cy said so, and cy.ana is no name", "cy@school.example"):
        await stage.say("ben", text)
    assert await told(stage, "ben") == []
    await stage.say("ben", "It was Adeyemi")
    assert len(await told(stage, "ben")) == 1


async def test_an_edit_that_brings_something_in_is_told_too(stage: Stage) -> None:
    await begin(stage, Floor.OPEN)
    key = await stage.say("ben", "Look")
    await stage.edit("ben", key, f"Look at {NUMBER}")
    assert len(await told(stage, "ben")) == 1
    await stage.delete("ben", key)
    assert len(await told(stage, "ben")) == 1
