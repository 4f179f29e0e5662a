"""A file at the door: asked about, kept once somebody answers for it, and nothing else anywhere."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards.door import FAULTS, FOUND, UNSEEN
from bot.cards.model import Form, Question
from bot.flows.files import NoSuchFile
from bot.flows.reports import Reports
from bot.rules.aims import Aim
from bot.rules.door import Kind
from bot.rules.uploads import Reason, Upload
from protocols.model import Field, FieldKind, Floor, Reveal, Step
from storage import files
from storage.files import File
from tests.bot.files import samples
from tests.bot.files.samples import AUTHOR, NAME, NUMBER, PLACE
from tests.bot.own_protocols import begin
from tests.protocols.factories import step
from tests.stage import CHANNEL, Stage

WORK = Field("The work", FieldKind.FILE, optional=True)
WHY = Field("Why?", FieldKind.TEXT, optional=True)
PLAIN = Upload("exit tickets.txt", b"We saw equal groups.")
CLEAN = hashlib.sha256(PLAIN.content).hexdigest()


def asks_for_work(reveal: Reveal = Reveal.VISIBLE) -> Step:
    floor = Floor.OPEN if reveal is Reveal.VISIBLE else Floor.ALONE
    return replace(step(floor, reveal=reveal), collect=(WHY, WORK))


async def upload(stage: Stage, user: str, file: Upload, **values: str) -> Form | None:
    form = Aim("write", stage.run, 0, 0).id
    return await stage.submit(user, form, values, thread=stage.thread, uploads={"f1": file})


async def asked(stage: Stage, file: Upload) -> Question:
    form = await upload(stage, "ben", file)
    assert form is not None
    assert form.question is not None
    return form.question


async def held(stage: Stage, user: str = "ben") -> tuple[str, File | None]:
    """The id of a file in one's own form, and what is kept of it."""
    form = await stage.press(user, "write")
    assert isinstance(form, Form)
    file_id = form.inputs[1].value.split(":")[1]
    async with stage.house.database.read() as session:
        return file_id, await files.find(session, stage.organization, file_id)


def anywhere(folder: Path, *words: str) -> list[str]:
    """Which of these words are in any byte of any file that the product wrote."""
    raw = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert any(CHANNEL.encode() in one for one in raw)
    return [word for word in words if any(word.encode() in one for one in raw)]


async def test_a_file_with_nothing_in_it_comes_in_at_once(stage: Stage) -> None:
    await begin(stage, asks_for_work(), Floor.OPEN)
    assert await upload(stage, "ben", PLAIN, f0="Look") is None
    exported = await stage.export()
    [artifact] = exported["artifacts"]
    file_id = artifact["url"].removeprefix("file:")
    assert artifact == {
        "kind": "file",
        "step": 0,
        "person": "ben",
        "title": "exit tickets.txt",
        "url": f"file:{file_id}",
        "digest": f"sha256:{CLEAN}",
    }
    assert exported["items"][0]["fields"][1] == {
        "label": "The work",
        "kind": "file",
        "value": "exit tickets.txt",
    }
    found, content = await stage.channel.file("dee", file_id)
    assert (found.name, content) == ("exit tickets.txt", PLAIN.content)
    report = await Reports(stage.house, stage.organization, "web").report("ana", stage.run)
    assert report.steps[0].answers[0].fields == (("Why?", "Look"), ("The work", "exit tickets.txt"))
    with pytest.raises(NoSuchFile):
        await stage.channel.file("coach", file_id)
    with pytest.raises(NoSuchFile):
        await stage.channel.file("ben", "aaaaaaaaaaaaaaaa")


async def test_what_was_found_is_asked_about_and_kept_out_until_somebody_answers_for_it(
    stage: Stage, tmp_path: Path
) -> None:
    await begin(stage, asks_for_work(), Floor.OPEN)
    raw = samples.document(f"By {NAME}.", f"OSIS {NUMBER}")
    question = await asked(stage, Upload(f"{NAME}.docx", raw))
    assert question == Question(
        about="f1",
        token=question.token,
        says="Before this goes in: no student may be recognized by it. I found:",
        found=(
            FOUND[Kind.NAME].format(words=NAME),
            FOUND[Kind.ID].format(digits=9),
            UNSEEN,
        ),
        again="Replace",
        yes="It is not a student",
        no="Cancel",
    )
    assert (await stage.export())["artifacts"] == []
    assert anywhere(tmp_path, NAME, NUMBER, PLACE, AUTHOR) == []


async def test_an_answer_for_one_file_lets_no_other_in(stage: Stage) -> None:
    await begin(stage, asks_for_work(), Floor.OPEN)
    question = await asked(stage, Upload("a.txt", NAME.encode()))
    again = await upload(stage, "ben", Upload("a.txt", NUMBER.encode()), attested=question.token)
    assert again is not None
    assert again.question is not None
    assert again.question.found == (FOUND[Kind.ID].format(digits=9),)


async def test_removed_words_are_nowhere_and_who_answered_is_kept(
    stage: Stage, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    await begin(stage, asks_for_work(Reveal.AT_CLOSE), Floor.OPEN)
    raw = Upload(f"{NAME} {NUMBER}.jpg", samples.picture())
    question = await asked(stage, raw)
    assert question.yes == "No student is in it"
    assert await upload(stage, "ben", raw, attested=question.token) is None
    file_id, kept = await held(stage)
    assert kept == File(
        id=file_id,
        person=await stage.person("ben"),
        name="file.jpg",
        media="image/jpeg",
        size=kept.size if kept else 0,
        digest=kept.digest if kept else "",
        found=("unseen",),
        at=kept.at if kept else None,
        run=stage.run,
        post_key=kept.post_key if kept else None,
    )
    _, content = await stage.channel.file("ben", file_id)
    assert [word for word in (PLACE, AUTHOR) if word.encode() in content] == []
    with pytest.raises(NoSuchFile):
        await stage.channel.file("dee", file_id)
    await stage.press("ana", "anyway")
    assert (await stage.export())["artifacts"][0]["title"] == "file.jpg"
    assert (await stage.channel.file("dee", file_id))[1] == content
    assert anywhere(tmp_path, NAME, NUMBER, PLACE, AUTHOR) == []
    out, err = capfd.readouterr()
    assert [word for word in (NAME, NUMBER, PLACE, AUTHOR) if word in out + err] == []


async def test_words_that_somebody_answered_for_are_sealed_at_rest(
    stage: Stage, tmp_path: Path
) -> None:
    await begin(stage, asks_for_work(), Floor.OPEN)
    raw = Upload("a.txt", f"{NAME} {NUMBER}".encode())
    question = await asked(stage, raw)
    assert await upload(stage, "ben", raw, attested=question.token) is None
    assert len((await stage.export())["artifacts"]) == 1
    assert anywhere(tmp_path, NAME, NUMBER) == []


@pytest.mark.parametrize(
    ("file", "reason"),
    [(Upload("a.exe", b"MZ"), Reason.KIND), (Upload("a.pdf", b"%PDF-1"), Reason.BROKEN)],
)
async def test_a_file_that_cannot_come_in_says_why_beside_its_field(
    stage: Stage, file: Upload, reason: Reason
) -> None:
    await begin(stage, asks_for_work(), Floor.OPEN)
    form = await upload(stage, "ben", file, f0="x" * 3_001)
    assert form is not None
    assert [one.fault for one in form.inputs] == [
        "This is longer than 3,000 characters. Please shorten it.",
        FAULTS[reason],
    ]
    assert form.question is None


async def test_another_file_takes_the_place_of_the_first_and_a_private_one_goes_with_the_run(
    stage: Stage,
) -> None:
    await begin(stage, asks_for_work(Reveal.AT_CLOSE), Floor.OPEN)
    await upload(stage, "ben", PLAIN)
    first, _ = await held(stage)
    await upload(stage, "ben", Upload("b.txt", b"Another one."), private="yes")
    second, _ = await held(stage)
    with pytest.raises(NoSuchFile):
        await stage.channel.file("ben", first)
    form = Aim("write", stage.run, 0, 0).id
    again = {"f0": "Why not", "f1": f"file:{second}", "private": "yes"}
    assert await stage.submit("ben", form, again, thread=stage.thread) is None
    assert (await held(stage))[0] == second
    await stage.press("ana", "anyway")
    await stage.press("ana", "anyway", 1)
    assert (await stage.export())["run"]["phase"] == "finished"
    with pytest.raises(NoSuchFile):
        await stage.channel.file("ben", second)


async def test_nobody_hands_in_another_persons_file(stage: Stage) -> None:
    await begin(stage, asks_for_work(), Floor.OPEN)
    await upload(stage, "ben", PLAIN)
    url = (await stage.export())["artifacts"][0]["url"]
    form = Aim("write", stage.run, 0, 0).id
    await stage.submit("cy", form, {"f0": "Mine", "f1": url}, thread=stage.thread)
    exported = await stage.export()
    assert [one["person"] for one in exported["artifacts"]] == ["ben"]
    assert exported["items"][-1]["fields"][1]["value"] in ("", "exit tickets.txt")


async def test_an_unnamed_answers_file_names_nobody_any_more(stage: Stage) -> None:
    await begin(stage, asks_for_work(Reveal.UNNAMED), Floor.OPEN)
    await upload(stage, "ben", PLAIN)
    file_id, _ = await held(stage)
    await stage.press("ana", "anyway")
    found, _ = await stage.channel.file("dee", file_id)
    assert (found.person, found.post_key, found.at) == (None, None, None)
    assert (await stage.export())["artifacts"] == []


async def test_a_file_whose_answer_is_refused_goes_when_its_owner_comes_again(stage: Stage) -> None:
    await begin(stage, asks_for_work(), Floor.OPEN)
    form = Aim("write", stage.run, 0, 0).id
    for _ in range(2):  # a browser that sends again is not taken twice
        await stage.channel.submit(
            user="coach",
            channel=CHANNEL,
            thread=stage.thread,
            form=form,
            values={},
            once="once-1",
            uploads={"f1": PLAIN},
        )
    await stage.settle()
    assert await _count(stage) == 1
    await stage.until(timedelta(hours=2).total_seconds())
    await upload(stage, "coach", PLAIN)
    assert await _count(stage) == 1


async def _count(stage: Stage) -> int:
    async with stage.house.database.read() as session:
        found = await session.connection()
        rows = await found.exec_driver_sql("SELECT count(*) FROM file")
        return int(rows.scalar_one())
