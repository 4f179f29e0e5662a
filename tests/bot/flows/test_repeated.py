"""A browser that heard no answer sends again, under the same one-time key."""

from pathlib import Path

from tests.stage import CHANNEL, Stage, open_stage


async def said(folder: Path) -> tuple[Stage, str]:
    stage = await open_stage(folder)
    await stage.start("ana", protocol="atlas-work", clock="short")
    return stage, await stage.say("ana", "Piece A quotes first.")


async def delete(stage: Stage, key: str) -> None:
    await stage.channel.delete(user="ana", channel=CHANNEL, key=key, once="delete")


async def edit(stage: Stage, key: str) -> None:
    text = "Piece A, line 2, quotes first."
    await stage.channel.edit(user="ana", channel=CHANNEL, key=key, text=text, once="edit")


async def test_a_deletion_that_is_sent_again_is_taken_again(tmp_path: Path) -> None:
    stage, key = await said(tmp_path)
    await delete(stage, key)
    await delete(stage, key)
    await stage.settle()
    assert [c["deleted"] for c in (await stage.export())["contributions"]] == [True]
    await stage.house.database.close()


async def test_an_edit_that_comes_again_after_the_deletion_is_taken_too(tmp_path: Path) -> None:
    stage, key = await said(tmp_path)
    await edit(stage, key)
    await delete(stage, key)
    await edit(stage, key)
    await stage.settle()
    assert [c["deleted"] for c in (await stage.export())["contributions"]] == [True]
    lines = await stage.channel.current(CHANNEL, stage.thread, "ana")
    assert [line.text for line in lines if line.key == key] == [None]
    await stage.house.database.close()
