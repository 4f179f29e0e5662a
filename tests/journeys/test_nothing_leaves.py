"""While a run goes to its report, no connection leaves this computer."""

import asyncio
from pathlib import Path

import pytest

from tests.journeys.demo import demo

pytestmark = pytest.mark.journey

GUARD = """
import socket

plain = socket.socket.connect


def connect(self, address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1"):
        with open(LOG, "a") as file:
            print(address, file=file)
        raise OSError("refused by a test")
    return plain(self, address)


socket.socket.connect = connect
with open(LOG, "a") as file:
    print("the guard stands", file=file)
"""


async def test_a_whole_run_opens_no_connection_to_anywhere_else(tmp_path: Path) -> None:
    guard, log = tmp_path / "guard", tmp_path / "connections.txt"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(f"LOG = {str(log)!r}\n{GUARD}")
    home = tmp_path / "home"
    async with demo(home, "--play", "--rate", "60", PYTHONPATH=str(guard)) as served:
        for _ in range(100):
            phase = (await served.newest("notice-wonder"))["phase"]
            if phase == "finished":
                break
            await asyncio.sleep(1)
    assert phase == "finished"
    assert set(log.read_text().splitlines()) == {"the guard stands"}
