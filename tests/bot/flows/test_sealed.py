"""What is written alone: hidden until its step closes, and what stays hidden for good."""

from pathlib import Path
from typing import Any

from bot.cards.model import Form
from bot.flows.reports import Reports
from protocols.model import Floor, Reveal
from storage import evidence
from storage.evidence import Item
from tests.bot.own_protocols import EVERYTHING, asked, begin, sealed, typed
from tests.stage import Stage


async def items(stage: Stage) -> tuple[Item, ...]:
    async with stage.house.database.read() as session:
        return await evidence.items(session, stage.organization, stage.run)


async def reveals(stage: Stage, user: str = "dee") -> list[list[str]]:
    """What was typed, on each card of a reveal that a person sees."""
    keys = [key for key in await stage.seen_by(user) if ":reveal:" in key]
    return [typed(await stage.card(user, key)) for key in keys]


def of(exported: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: exported[name] for name in names}


async def shown_form(stage: Stage, user: str) -> dict[str, str]:
    form = await stage.press(user, "write")
    assert isinstance(form, Form)
    return {i.id: i.value for i in form.inputs if i.value}


COLLECTED = ("contributions", "items", "artifacts", "commitments")
NOTHING: dict[str, list[object]] = {name: [] for name in COLLECTED}


async def test_until_the_close_nothing_leaves_but_a_count(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    await stage.write("ben", 0, EVERYTHING)
    report = await Reports(stage.house, stage.organization, "web").report("ana", stage.run)
    assert (report.artifacts, report.commitments, report.steps[0].answers) == ((), (), ())
    exported = await stage.export()
    assert of(exported, *COLLECTED) == NOTHING
    assert exported["steps"][0]["handed_in"] == 1
    assert exported["participation"][0]["heard"] == []
    assert await reveals(stage) == []


async def test_at_the_close_all_is_shown_side_by_side(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    await stage.write("cy", 0, {"f0": "Cy's"})
    await stage.write("ben", 0, EVERYTHING)
    await stage.press("ana", "anyway")
    shown = ["Two of eight", "https://a.example"]
    assert await reveals(stage) == [[*shown, "Cy's"]]
    exported = await stage.export()
    assert [item["person"] for item in sorted(exported["items"], key=lambda i: i["at"])] == [
        "cy",
        "ben",
    ]
    assert [(a["person"], a["url"]) for a in exported["artifacts"]] == [
        ("ben", "https://a.example")
    ]


async def test_an_answer_may_be_changed_until_the_close_and_comes_back_in_its_form(
    stage: Stage,
) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    await stage.write("ben", 0, {**EVERYTHING, "private": "yes"})
    assert await shown_form(stage, "ben") == {
        "f0": "Two of eight",
        "f1": "https://a.example",
        "private": "yes",
    }
    await stage.write("ben", 0, {"f0": "Three"})
    assert await shown_form(stage, "ben") == {"f0": "Three"}
    assert await shown_form(stage, "cy") == {}
    await stage.press("ana", "anyway")
    assert await reveals(stage) == [["Three"]]
    exported = await stage.export()
    assert [c["text"] for c in exported["contributions"]] == ["Three"]
    assert of(exported, "artifacts", "commitments") == {"artifacts": [], "commitments": []}


async def test_after_the_close_the_form_begins_anew(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    await stage.write("ben", 0, {"f0": "Two"})
    await stage.press("ana", "anyway")
    assert await shown_form(stage, "ben") == {}


async def test_an_answer_after_the_close_is_shown_alone_and_marked_late(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    await stage.write("ben", 0, {"f0": "In time"})
    await stage.press("ana", "anyway")
    await stage.write("cy", 0, {"f0": "Late"})
    assert await reveals(stage) == [["In time"], ["Late"]]
    late = {c["person"]: c["late"] for c in (await stage.export())["contributions"]}
    assert late == {"ben": False, "cy": True}
    notes = [key for key in await stage.seen_by("cy") if ":note:late:" in key]
    assert len(notes) == 1
    assert [key for key in await stage.seen_by("ben") if ":note:late:" in key] == []


async def test_what_one_keeps_to_oneself_is_counted_never_shown_and_erased_at_the_end(
    stage: Stage,
) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    await stage.write("ben", 0, {**EVERYTHING, "private": "yes"})
    await stage.press("ana", "anyway")
    exported = await stage.export()
    assert [c["text"] for c in exported["contributions"]] == [None]
    assert of(exported, "items", "artifacts", "commitments") == {
        "items": [],
        "artifacts": [],
        "commitments": [],
    }
    assert exported["participation"][0]["heard"] == ["ben"]
    assert await reveals(stage) == []
    assert [item.private for item in await items(stage)] == [True]
    await stage.press("ana", "anyway", 1)
    assert await items(stage) == ()


async def test_a_private_step_shows_nothing_ever(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.PRIVATE), Floor.OPEN)
    await stage.write("ben", 0, EVERYTHING)
    await stage.press("ana", "anyway")
    exported = await stage.export()
    assert of(exported, "items", "artifacts", "commitments") == {
        "items": [],
        "artifacts": [],
        "commitments": [],
    }
    assert await reveals(stage) == []


async def test_nothing_links_an_unnamed_answer_to_its_writer(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.UNNAMED), Floor.OPEN)
    for user in ("ben", "cy"):
        await stage.write(user, 0, {**EVERYTHING, "f0": f"{user}'s"})
    await stage.press("ana", "anyway")
    exported = await stage.export()
    assert {(i["person"], i["contribution"], i["at"]) for i in exported["items"]} == {
        (None, None, None)
    }
    assert {(c["person"], c["words"], c["text"]) for c in exported["contributions"]} == {
        ("ben", 0, None),
        ("cy", 0, None),
    }
    assert of(exported, "artifacts", "commitments") == {"artifacts": [], "commitments": []}
    assert [item.id for item in await items(stage)] == sorted(i.id for i in await items(stage))
    (shown,) = await reveals(stage)
    assert {text for text in shown if "'s" in text} == {"ben's", "cy's"}


async def test_what_is_written_in_the_open_is_shown_as_it_comes(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.VISIBLE), Floor.OPEN)
    await stage.write("ben", 0, {"f0": "Open"})
    await stage.write("ben", 0, {"f0": "More"})
    assert await reveals(stage) == [["Open"], ["More"]]
    assert [c["text"] for c in (await stage.export())["contributions"]] == ["Open", "More"]


async def test_a_long_answer_that_comes_late_is_shown_whole(stage: Stage) -> None:
    await begin(stage, asked(), Floor.OPEN)
    await stage.press("ana", "anyway")
    await stage.write("ben", 0, {"f0": "x" * 3_000, "f2-what": "y" * 3_000, "f2-due": "2026-12-01"})
    assert await reveals(stage) == [["x" * 3_000, "y" * 3_000]]


async def test_what_a_form_holds_is_nowhere_in_the_clear_until_its_step_closes(
    stage: Stage, tmp_path: Path
) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), Floor.OPEN)
    await stage.write("ben", 0, {"f0": "Quetzalcoatlus"})
    assert [item.fields for item in await items(stage)] == [()]
    files = [f for f in tmp_path.iterdir() if b"Quetzalcoatlus" in f.read_bytes()]  # noqa: ASYNC240 # small
    assert files == []


async def test_a_form_that_no_step_waits_for_is_not_taken(stage: Stage) -> None:
    await begin(stage, sealed(Reveal.AT_CLOSE), sealed(Reveal.AT_CLOSE))
    await stage.write("ben", 1, {"f0": "Early"})
    assert await items(stage) == ()
    faults = [key for key in set(await stage.seen_by("ben")) if key.startswith("fault:")]
    assert len(faults) == 1
