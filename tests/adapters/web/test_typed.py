import pytest
from aiohttp import web

from adapters.web.typed import FIELDS, Typed, clean, key, parse
from bot.flows.channel import NoSuchMessage


def test_what_no_one_can_see_is_marked_and_lines_are_kept() -> None:
    assert clean("a\x00b\x1b\x85\ud800\r\nc\rd\te") == "a\ufffdb\ufffd\ufffd\ufffd\nc\nd\te"


def test_bytes_that_are_no_text_are_marked() -> None:
    assert parse(b"text=a%ff%ed%a0%80\xff%zz")["text"] == "a" + "\ufffd" * 5 + "%zz"


def test_names_in_any_script_come_through() -> None:
    assert parse("text=陈老师+niña+%F0%9F%91%8B".encode())["text"] == "陈老师 niña 👋"


def test_several_ticks_are_one_value_and_none_is_empty() -> None:
    typed = parse(b"in-here=&in-here=p1&in-here=p2&in-tick=&thread=&other=x")
    assert typed.inputs == {"here": "p1,p2", "tick": ""}
    assert typed.thread is None
    assert typed["missing"] == ""


def test_too_many_fields_are_refused() -> None:
    with pytest.raises(web.HTTPBadRequest):
        parse(b"&".join(b"a=1" for _ in range(FIELDS + 1)))


@pytest.mark.parametrize("text", ["", "a b", "../x", "a/b", "é", "a" * 256, "a\n"])
def test_what_can_be_no_key_is_no_message(text: str) -> None:
    with pytest.raises(NoSuchMessage):
        key(text)


def test_a_thread_is_a_key() -> None:
    assert Typed({"thread": ("web:1.2-a",)}).thread == "web:1.2-a"
    with pytest.raises(NoSuchMessage):
        _ = Typed({"thread": ("<x>",)}).thread
