import errno
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from adapters.web.guard import POLICY
from adapters.web.places import NoSuchPersona
from bot.flows.channel import NoSuchRoom
from bot.rules.uploads import LARGEST
from storage.files import File
from tests.adapters.web.examples import ALVAREZ, ANSWER, NOTE, START_FORM, WRITE, seed
from tests.adapters.web.fake_channel import QUIET, ROOM, FakeChannel
from tests.adapters.web.serving import Served, serving, words

pytestmark = pytest.mark.journey
HERE = f"/as/alvarez/channel/{ROOM}"
ROOT = "web:2"
FILE = File(
    id="aaaaaaaaaaaaaaaa",
    person=None,
    name="exit tickets.txt",
    media="text/plain",
    size=7,
    digest="",
    found=(),
    at=None,
)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    channel = FakeChannel()
    await seed(channel)
    async with serving(channel) as served:
        yield served


@pytest.fixture
async def web(served: Served) -> AsyncIterator[ClientSession]:
    async with ClientSession(served.base) as session:
        yield session


async def send(web: ClientSession, to: str, **fields: str) -> tuple[int, str]:
    async with web.post(HERE + to, data={"once": "k1", **fields}) as response:
        return response.status, await response.text()


async def test_the_first_visit_leads_to_where_there_is_something_to_do(web: ClientSession) -> None:
    async with web.get("/", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, f"{HERE}?thread=web%3A2")


async def test_a_channel_shows_its_messages_and_its_thread(web: ClientSession) -> None:
    async with web.get(f"{HERE}?thread={ROOT}") as response:
        text = await response.text()
    assert response.status == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert re.findall(r'id="((?:m|root)-[^"]+)"', text) == [
        "m-web:1",
        "m-web:2",
        "root-web:2",
        "m-web:3",
        "m-web:4",
        "m-web:5",
        "m-web:6",
    ]
    assert 'data-after="6"' in text
    assert "Nothing here leaves your computer." in text


async def test_what_a_persona_may_not_see_never_leaves_the_server(web: ClientSession) -> None:
    for path in ("", "/log"):
        async with web.get(f"/as/chen/channel/{ROOM}{path}?thread={ROOT}") as response:
            assert "not been heard" not in await response.text()
        async with web.get(f"{HERE}{path}?thread={ROOT}") as response:
            assert "not been heard" in await response.text()


async def test_a_message_is_taken_once(served: Served, web: ClientSession) -> None:
    assert await send(web, "/say", text="Hello\r\nyou") == (204, "")
    assert await send(web, "/say", text="Hello\r\nyou") == (204, "")
    said = await served.channel.current(ROOM, None, "alvarez")
    assert [line.text for line in said if line.person == ALVAREZ] == ["Hello\nyou"]


async def test_a_reply_is_said_in_its_thread(served: Served, web: ClientSession) -> None:
    assert (await send(web, "/say", text="/", thread=""))[0] == 204
    assert await send(web, "/say", text="Me too", thread=ROOT, once="k2") == (204, "")
    said = await served.channel.current(ROOM, ROOT, "alvarez")
    assert said[-1].text == "Me too"


@pytest.mark.parametrize("text", ["", " \n\t"])
async def test_nothing_is_not_sent(web: ClientSession, text: str) -> None:
    status, answer = await send(web, "/say", text=text)
    assert (status, words(answer)) == (422, "There is nothing to send yet.")


async def test_a_message_may_be_4000_utf16_units_long(web: ClientSession) -> None:
    assert (await send(web, "/say", text="🙂" * 2_000))[0] == 204
    status, answer = await send(web, "/say", text="🙂" * 2_000 + "x", once="k2")
    assert (status, words(answer)) == (
        422,
        "That is 4,001 characters long, and a message holds 4,000. Please shorten it, or send it in parts.",
    )


async def test_a_body_of_10_mb_is_refused_before_it_is_read(web: ClientSession) -> None:
    body = BytesIO(b"once=k1&text=" + b"x" * 10_000_000)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with web.post(f"{HERE}/say", data=body, headers=kind) as response:
        answer = await response.text()
    assert response.status == 413
    assert words(answer).startswith("That is too much at once. I take up to 64 KB at a time.")


async def test_a_form_of_another_kind_is_refused(web: ClientSession) -> None:
    async with web.post(f"{HERE}/say", json={"text": "x"}) as response:
        assert response.status == 415
    async with web.post(f"{HERE}/say", data={"text": "x"}) as response:
        assert response.status == 400, "without a one-time key a retry would double"


async def test_a_command_answers_with_a_dialog_a_private_card_or_nothing(
    served: Served, web: ClientSession
) -> None:
    served.channel.answers = {"/plc start": START_FORM, "/plc": NOTE}
    status, answer = await send(web, "/say", text="/plc start ")
    assert (status, answer.lstrip()[:7]) == (200, "<dialog")
    status, answer = await send(web, "/say", text="/plc", once="k2")
    assert status == 200
    assert "Only visible to you" in answer
    assert 'data-into="channel-log"' in answer
    assert await send(web, "/say", text="/plc next", once="k3") == (204, "")
    assert [asked[3] for asked in served.channel.asked] == ["/plc start", "/plc", "/plc next"]


async def test_a_command_in_a_thread_is_answered_with_a_hint(
    served: Served, web: ClientSession
) -> None:
    status, answer = await send(web, "/say", text="/plc start", thread=ROOT)
    assert status == 200
    assert "Type it in the channel, or use the buttons here." in answer
    assert served.channel.asked == []


async def test_a_press_opens_a_dialog_that_is_handed_in(served: Served, web: ClientSession) -> None:
    served.channel.answers = {WRITE.id: ANSWER}
    status, answer = await send(web, "/press", button=WRITE.id, thread=ROOT)
    assert status == 200
    assert 'data-form="answer:r1:1:1"' in answer
    fields = {"form": ANSWER.id, "thread": ROOT, "in-see": "Long sentences", "in-keep": ""}
    assert await send(web, "/submit", **fields, once="k2") == (204, "")
    assert served.channel.submitted == [{"see": "Long sentences", "keep": ""}]
    assert served.channel.asked == [
        ("alvarez", ROOM, ROOT, WRITE.id),
        ("alvarez", ROOM, ROOT, ANSWER.id),
    ]


async def test_a_dialog_with_faults_comes_back_with_what_was_typed(
    served: Served, web: ClientSession
) -> None:
    inputs = (replace(ANSWER.inputs[0], fault="Write a little more."), ANSWER.inputs[1])
    served.channel.again = replace(ANSWER, inputs=inputs)
    status, answer = await send(
        web, "/submit", form=ANSWER.id, **{"in-see": "<i>", "in-keep": "yes"}
    )
    assert status == 422
    assert "&lt;i&gt;</textarea>" in answer
    assert 'value="yes" checked' in answer
    assert "One thing needs another look. What you wrote is kept." in answer


async def test_ones_own_message_is_edited_and_deleted(served: Served, web: ClientSession) -> None:
    own = "/messages/web:5"
    async with web.get(f"{HERE}{own}/edit?thread={ROOT}") as response:
        assert "&lt;b&gt;Who&lt;/b&gt; has the fourth" in await response.text()
    assert await send(web, f"{own}/edit", text="Who?") == (204, "")
    assert (await send(web, f"{own}/edit", text="", once="k2"))[0] == 422
    async with web.get(f"{HERE}{own}/delete?thread={ROOT}") as response:
        assert "Delete this message?" in await response.text()
    assert await send(web, f"{own}/delete", once="k3") == (204, "")
    line = (await served.channel.current(ROOM, ROOT, "alvarez"))[2]
    assert (line.key, line.text, line.edited) == ("web:5", None, True)


@pytest.mark.parametrize(
    ("to", "status", "title"),
    [
        ("/messages/web:4/edit", 403, "That message is somebody else's."),
        ("/messages/web:99/edit", 404, "That message is not here."),
        ("/messages/a%20b/delete", 404, "That message is not here."),
    ],
)
async def test_only_ones_own_message_is_changed(
    web: ClientSession, to: str, status: int, title: str
) -> None:
    got, answer = await send(web, to, text="mine now")
    assert (got, words(answer)[: len(title)]) == (status, title)


async def test_nobody_is_asked_about_the_message_of_somebody_else(web: ClientSession) -> None:
    for key, status in (("web:4", 403), ("web:99", 404)):
        async with web.get(f"{HERE}/messages/{key}/edit?thread={ROOT}") as response:
            assert response.status == status


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/nowhere", "Nothing is here"),
        ("/static/../app.py", "Nothing is here"),
        ("/as/nobody/channel/x", "Nobody of that name is here"),
        ("/as/%zz%ff%00/channel/x", "Nobody of that name is here"),
        ("/as/alvarez/channel/x", "There is no such channel here"),
        (f"/as/rivers/channel/{QUIET}", "There is no such channel here"),
        (f"{HERE}?thread=web:99", "That message is not here"),
        (f"{HERE}?thread=<x>", "That message is not here"),
        ("/as/rivers/runs/r1", "There is no such report"),
        ("/as/nobody/runs/r1", "Nobody of that name is here"),
    ],
)
async def test_what_is_not_there_is_a_page_in_our_voice(
    web: ClientSession, path: str, title: str
) -> None:
    async with web.get(path) as response:
        text = await response.text()
    assert response.status == 404
    assert f"<h1>{title}</h1>" in text
    assert re.search(r"tell them <strong>[A-Z2-9]{4}</strong>", text)
    assert response.headers["Content-Security-Policy"] == POLICY


async def test_a_wrong_method_is_a_page_too(web: ClientSession) -> None:
    async with web.get(f"{HERE}/say") as response:
        assert response.status == 405
        assert "That cannot be done here" in await response.text()


async def test_a_full_disk_says_what_to_do(served: Served, web: ClientSession) -> None:
    served.channel.is_broken, served.channel.fault = True, OSError(errno.ENOSPC, "full")
    async with web.get(HERE) as response:
        text = await response.text()
    assert response.status == 507
    assert "There is no space left here" in text
    assert "What was sent before is safe." in text


async def test_a_failure_of_ours_is_a_page_without_a_trace(
    served: Served, web: ClientSession, capsys: pytest.CaptureFixture[str]
) -> None:
    served.channel.is_broken = True
    async with web.get(HERE) as response:
        text = await response.text()
    assert response.status == 500
    assert "Something went wrong here" in text
    [reference] = re.findall(r"<strong>([A-Z2-9]{4})</strong>", text)
    logged = capsys.readouterr().out
    assert reference in logged
    assert "RuntimeError" in logged
    assert "/as/{user}/channel/{channel}" in logged
    assert "secret" not in logged + text


async def test_skipping_ahead_is_a_post(served: Served, web: ClientSession) -> None:
    async with web.get("/behind/skip") as response:
        assert response.status == 405
    async with web.post("/behind/skip") as response:
        assert response.status == 204
    assert served.skipped == ["skipped"]


async def test_being_somebody_else_keeps_the_place(web: ClientSession) -> None:
    async with web.get(f"{HERE}?thread={ROOT}") as response:
        assert f'href="/as/chen/channel/{ROOM}?thread=web%3A2"' in await response.text()
    async with web.get(f"/as/alvarez/channel/{QUIET}") as response:
        assert f'href="/as/rivers/channel/{ROOM}"' in await response.text()


async def test_static_files_have_their_types(web: ClientSession) -> None:
    types = {}
    for name in ("app.js", "page.css", "mark.svg"):
        async with web.get(f"/static/{name}") as response:
            types[name] = response.headers["Content-Type"].partition("/")[2].partition(";")[0]
            assert response.headers["Cache-Control"] == "no-cache"
    assert types == {"app.js": "javascript", "page.css": "css", "mark.svg": "svg+xml"}


async def test_health_says_why_it_is_not_ready(served: Served, web: ClientSession) -> None:
    async def ask(path: str) -> tuple[int, Any]:
        async with web.get(path) as response:
            return response.status, await response.json()

    assert await ask("/healthz") == (200, {"status": "ok"})
    assert await ask("/readyz") == (200, {"status": "ok"})
    served.reasons.append("the database is not reachable")
    reasons = {"status": "not ready", "reasons": ["the database is not reachable"]}
    assert await ask("/readyz") == (503, reasons)


def test_nobody_is_also_no_room() -> None:
    assert issubclass(NoSuchPersona, NoSuchRoom)


async def test_a_form_with_files_is_read_up_to_their_limit(
    web: ClientSession, served: Served
) -> None:
    for size, status in ((LARGEST + 1, 204), (LARGEST + 2, 413)):
        data = FormData({"once": f"k{size}", "form": WRITE.id, "in-f0": "a\r\nb"})
        data.add_field("file-f1", BytesIO(b"x" * size), filename="a.txt")
        data.add_field("file-f2", BytesIO(b""), filename="")
        async with web.post(HERE + "/submit", data=data) as response:
            assert response.status == status
    assert served.channel.submitted == [{"f0": "a\nb"}]
    [uploaded] = served.channel.uploaded
    assert [(k, v.name, len(v.content)) for k, v in uploaded.items()] == [
        ("f1", "a.txt", LARGEST + 1)
    ]


async def test_a_broken_form_with_files_is_refused(web: ClientSession) -> None:
    head = {"Content-Type": "multipart/form-data; boundary=b"}
    for body, status in (
        (b"nothing", 400),
        (
            b'--b\r\nContent-Disposition: form-data; name="in-f0"\r\n\r\n'
            + b"x" * 70_000
            + b"\r\n--b--",
            413,
        ),
    ):
        async with web.post(HERE + "/submit", data=body, headers=head) as response:
            assert response.status == status


async def test_a_file_is_saved_and_never_shown_as_a_page(
    web: ClientSession, served: Served
) -> None:
    served.channel.kept = {"aaaaaaaaaaaaaaaa": (FILE, b"We saw.")}
    async with web.get("/as/alvarez/files/aaaaaaaaaaaaaaaa") as response:
        assert await response.read() == b"We saw."
        told = {name: response.headers[name] for name in ("Content-Disposition", "Content-Type")}
    assert told == {
        "Content-Disposition": 'attachment; filename="exit%20tickets.txt"',
        "Content-Type": "text/plain",
    }
    async with web.get("/as/alvarez/files/bbbbbbbbbbbbbbbb") as response:
        assert response.status == 404
