"""Links, files, notes and saved posts: attached to a step, shown once, kept with the run."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from bot.cards.faults import BY_BUTTON, SENTENCES
from bot.cards.model import Card, Form
from bot.flows.channel import NoSuchMessage
from bot.flows.reports import Reports
from bot.rules.aims import Aim
from bot.rules.evidence import LooksOn, NotThisPost
from bot.rules.uploads import Upload
from protocols import events
from protocols.model import Floor, Reveal
from tests.bot.own_protocols import begin, buttons, sealed, typed, words
from tests.stage import Stage

LINK, NOTE = "https://a.example/work", "Six of eight drew equal groups."
PLAIN = Upload("exit tickets.txt", b"We saw equal groups.")
SAID = "We saw equal groups in six drawings"


def digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


async def attach(
    stage: Stage, user: str, position: int = 0, *, file: Upload | None = None, **values: str
) -> Form | None:
    form = Aim("evidence", stage.run, position, 0).id
    given = {"f0": "Exit tickets", **values}
    uploads = {"f2": file} if file else {}
    return await stage.submit(user, form, given, thread=stage.thread, uploads=uploads)


async def save(stage: Stage, user: str, key: str, title: str = "Six drawings") -> Form | None:
    form = Aim("save", stage.run, 0, 0, key).id
    return await stage.submit(user, form, {"f0": title}, thread=stage.thread)


async def artifacts(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await stage.export())["artifacts"]
    return found


async def shown(stage: Stage, user: str = "dee") -> list[Card]:
    keys = [key for key in await stage.seen_by(user) if ":evidence:" in key]
    return [await stage.card(user, key) for key in keys]


async def refusals(stage: Stage, user: str) -> list[str]:
    keys = [key for key in dict.fromkeys(await stage.seen_by(user)) if key.startswith("fault:")]
    return [words(await stage.card(user, key)) for key in keys]


async def test_a_link_a_file_and_a_note_come_in_together_and_are_shown_once(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await stage.press("ana", "anyway")
    form = await stage.command("ben", "/plc evidence")
    assert isinstance(form, Form)
    assert form.id == f"evidence:{stage.run}:1:0"
    assert await attach(stage, "ben", 1, file=PLAIN, f1=LINK, f3=NOTE) is None
    found = {one["kind"]: one for one in await artifacts(stage)}
    common = {"step": 1, "person": "ben", "title": "Exit tickets"}
    link = {**common, "kind": "link", "url": LINK, "digest": digest(LINK)}
    note = {**common, "kind": "note", "url": "", "digest": digest(NOTE), "text": NOTE}
    file_id = found["file"]["url"].removeprefix("file:")
    url = f"file:{file_id}"
    file = {**common, "kind": "file", "url": url, "digest": digest(PLAIN.content.decode())}
    assert found == {"link": link, "file": file, "note": note}
    [card] = await shown(stage)
    assert words(card) == " added: , step 2   "
    assert typed(card) == ["Exit tickets", "exit tickets.txt", NOTE]
    assert (await stage.channel.file("dee", file_id))[1] == PLAIN.content
    await stage.until(7_200)
    await stage.press("coach", "join")  # whoever comes later makes nothing old go
    assert (await stage.channel.file("dee", file_id))[1] == PLAIN.content
    report = await Reports(stage.house, stage.organization, "web").report("ana", stage.run)
    assert sorted((one.title, one.url, one.text) for one in report.artifacts) == sorted(
        [("Exit tickets", LINK, ""), ("Exit tickets", url, ""), ("Exit tickets", "", NOTE)]
    )


async def test_it_counts_as_no_turn(stage: Stage) -> None:
    await begin(stage, Floor.PRESENTER)
    await attach(stage, "cy", f1=LINK)
    exported = await stage.export()
    assert exported["contributions"] == []
    assert [one["url"] for one in exported["artifacts"]] == [LINK]


async def test_it_stays_with_the_step_that_was_open_and_after_the_run_with_the_last(
    stage: Stage,
) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await stage.press("ana", "anyway")
    await attach(stage, "ben", 0, f1=LINK)
    await stage.press("ana", "anyway", 1)
    assert (await stage.export())["run"]["phase"] == "finished"
    button = buttons(await stage.press("ben", "status"))["Attach evidence"]
    assert button == f"evidence:{stage.run}:1:0"
    await attach(stage, "ben", 1, f3=NOTE)
    assert [(one["step"], one["kind"]) for one in await artifacts(stage)] == [
        (0, "link"),
        (1, "note"),
    ]


@pytest.mark.parametrize(
    ("values", "faulty"),
    [({}, "f1"), ({"f1": "nowhere"}, "f1"), ({"f0": "", "f3": NOTE}, "f0")],
)
async def test_what_is_missing_is_said_beside_its_field(
    stage: Stage, values: dict[str, str], faulty: str
) -> None:
    await begin(stage, Floor.ROUND)
    id_, given = Aim("evidence", stage.run, 0, 0).id, {"f0": "Exit tickets", **values}
    form = await stage.submit("ben", id_, given, thread=stage.thread)
    assert form is not None
    assert [one.id for one in form.inputs if one.fault] == [faulty]
    assert await artifacts(stage) == []


async def test_in_a_sealed_step_it_is_said_that_others_see_it_at_once(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    form = await stage.press("ben", "evidence")
    assert isinstance(form, Form)
    assert form.inputs[0].hint == (
        "What you write in this step stays sealed. What you attach is shown at once."
    )
    await attach(stage, "ben", f1=LINK)
    assert len(await shown(stage)) == 1
    assert await artifacts(stage) == []  # the record shows no part of a sealed step
    await stage.press("ana", "anyway")
    assert [one["url"] for one in await artifacts(stage)] == [LINK]
    form = await stage.press("ben", "evidence")
    assert isinstance(form, Form)
    assert form.inputs[0].hint == "This is shown in the thread at once."


@pytest.mark.parametrize(("user", "fault"), [("coach", LooksOn), ("stranger", events.NotInRun)])
async def test_who_looks_on_or_has_not_joined_attaches_nothing(
    stage: Stage, user: str, fault: type[events.NotAllowed]
) -> None:
    await begin(stage, Floor.ROUND)
    await stage.press("coach", "join")
    assert words(await stage.press(user, "evidence")) == SENTENCES[fault]
    await attach(stage, user, f1=LINK)
    assert await refusals(stage, user) == [SENTENCES[fault]]
    assert await artifacts(stage) == []


async def test_a_step_that_has_not_opened_and_a_run_that_is_not_here_take_nothing(
    stage: Stage,
) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    await attach(stage, "ben", 1, f1=LINK)
    assert await refusals(stage, "ben") == [SENTENCES[events.NoSuchStep]]
    stage.run = "aaaaaaaaaaaaaaaa"
    assert await attach(stage, "ben", f1=LINK) is None
    assert await save(stage, "ben", await stage.say("ben", SAID)) is None


async def test_nobody_attaches_another_persons_file(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    await attach(stage, "ben", file=PLAIN)
    url = (await artifacts(stage))[0]["url"]
    await attach(stage, "cy", f2=url)
    assert [one["person"] for one in await artifacts(stage)] == ["ben"]


async def test_asked_for_in_the_thread_it_is_a_button(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    for line in ("evidence", "roles", "plan"):
        await stage.say("ana", f"@Colloquy {line}")
    keys = [key for key in await stage.seen_by("ana") if key.startswith("shown:")]
    cards = [await stage.card("ana", key) for key in keys]
    assert [words(card) for card in cards] == [BY_BUTTON] * 3
    found = {label: button for card in cards for label, button in buttons(card).items()}
    assert found == {
        "Attach evidence": f"evidence:{stage.run}:0:0",
        "Roles": f"roles:{stage.run}:0:0",
    }


# Save as evidence.


async def test_a_saved_post_keeps_its_text_until_it_is_deleted(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    key = await stage.say("ben", SAID)
    form = await stage.press("ben", "save", extra=key)
    assert isinstance(form, Form)
    assert await save(stage, "ben", key) is None
    exported = await stage.export()
    assert [one["text"] for one in exported["contributions"]] == [SAID]
    [note] = exported["artifacts"]
    assert note == {
        "kind": "note",
        "step": 0,
        "person": "ben",
        "title": "Six drawings",
        "url": "",
        "digest": note["digest"],
        "text": SAID,
    }
    [card] = await shown(stage)
    assert typed(card) == ["Six drawings"]  # the post itself says it, while it stands
    await stage.delete("ben", key)
    exported = await stage.export()
    assert [one["text"] for one in exported["contributions"]] == [None]
    assert exported["artifacts"] == [{**note, "text": None}]
    report = await Reports(stage.house, stage.organization, "web").report("ana", stage.run)
    assert [(one.title, one.text) for one in report.artifacts] == [("Six drawings", "")]


async def test_saved_once_more_it_is_one_note_of_the_step_it_was_said_in(stage: Stage) -> None:
    await begin(stage, Floor.ROUND, Floor.OPEN)
    key = await stage.say("ben", SAID)
    other = await stage.say("cy", "And why?")
    await stage.press("ana", "anyway")
    await save(stage, "ben", key)
    await save(stage, "ben", key, "All drawings")
    assert [(one["title"], one["step"]) for one in await artifacts(stage)] == [("All drawings", 0)]
    texts = {one["key"]: one["text"] for one in (await stage.export())["contributions"]}
    assert texts == {key: SAID, other: None}
    assert len(await shown(stage)) == 1


async def test_only_one_s_own_post_is_saved_and_as_it_stands(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    key = await stage.say("ben", SAID)
    await save(stage, "cy", key)
    assert await refusals(stage, "cy") == [SENTENCES[NotThisPost]]
    await stage.delete("ben", key)
    await save(stage, "ben", key)
    assert await refusals(stage, "ben") == [SENTENCES[NotThisPost]]
    with pytest.raises(NoSuchMessage):
        await save(stage, "ben", "m-nothing")
    beside = await stage.say("dee", "Beside", beside=True)
    await save(stage, "dee", beside)
    assert await refusals(stage, "dee") == [SENTENCES[NotThisPost]]
    assert await artifacts(stage) == []


async def test_a_text_that_the_post_never_had_is_not_saved(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    key = await stage.say("ben", SAID)
    save_it = Aim("save", stage.run, 0, 0, key).id
    await stage.submit("ben", save_it, {"f0": "Mine", "post": "Forged"}, thread=stage.thread)
    assert [one["text"] for one in await artifacts(stage)] == [SAID]


async def test_who_looks_on_saves_nothing_and_a_title_is_needed(stage: Stage) -> None:
    await begin(stage, Floor.ROUND)
    key = await stage.say("coach", SAID)
    assert words(await stage.press("coach", "save", extra=key)) == SENTENCES[LooksOn]
    await save(stage, "coach", key)
    assert await refusals(stage, "coach") == [SENTENCES[LooksOn]]
    own = await stage.say("ben", SAID + "!")
    form = await save(stage, "ben", own, " ")
    assert form is not None
    assert form.inputs == (replace(form.inputs[0], fault="Please fill this in."),)
