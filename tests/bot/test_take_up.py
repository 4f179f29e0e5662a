"""What a process had claimed when it was killed goes on as soon as the next one is there."""

from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import select

from adapters.web.chat import WebChat
from bot import delivery
from bot.cards.model import Card
from bot.flows.channel import PLATFORM
from bot.ports import Outcome, Place
from storage import outbox
from storage.tables import OutboxRow
from tests.stage import open_stage, reopened


class Killed(BaseException):
    """The process dies here."""


class BeforeSending(WebChat):
    async def post(self, place: Place, card: Card, key: str) -> NoReturn:  # noqa: ARG002 # it dies
        raise Killed


class AfterSending(WebChat):
    async def post(self, place: Place, card: Card, key: str) -> Outcome:
        await super().post(place, card, key)
        raise Killed


@pytest.mark.parametrize("chat", [BeforeSending, AfterSending])
async def test_a_card_that_a_dead_process_was_sending_waits_for_no_lease(
    tmp_path: Path, chat: type[BeforeSending] | type[AfterSending]
) -> None:
    stage = await open_stage(tmp_path)
    await stage.start("ana", protocol="atlas-work", clock="short")
    stage._chats = {PLATFORM: chat(stage.channel)}
    with pytest.raises(Killed):
        await stage.press("ana", "anyway", 0)
    await stage.house.database.close()

    again = reopened(stage, tmp_path)
    await delivery.take_up(again.house)
    await again.settle()
    seen = await again.seen_by("ana")
    async with again.house.database.read() as session:
        is_open = OutboxRow.state.in_(outbox.OPEN)
        waiting = (await session.scalars(select(OutboxRow.key).where(is_open))).all()
    await again.house.database.close()
    assert seen.count(f"run:{stage.run}:step:1:open") == 1
    assert waiting == []
