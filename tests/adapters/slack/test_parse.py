"""What Slack sends, as arrivals; what nobody counts is nothing."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.parse import arrival, text_of, time_of
from bot import ports
from bot.ports import Place

NOW = datetime(2026, 10, 6, 15, 42, tzinfo=UTC)
TS, ROOT, LATER = "1791300000.000100", "1791299000.000200", "1791300060.000300"
THREAD = Place("slack", "C1", ROOT)


def event(**given: Any) -> dict[str, Any]:
    message = {"type": "message", "channel": "C1", "user": "U1", "text": "Hi", "ts": TS}
    return {"type": "event_callback", "event_id": "Ev1", "event": message | given}


def read(body: dict[str, Any]) -> ports.Arrival | None:
    return arrival(body, "ORG", "UBOT", NOW)


def said(**given: Any) -> ports.Said:
    found = read(event(**given))
    assert isinstance(found, ports.Said)
    return found


def test_a_reply_is_said_at_its_own_time_in_its_thread() -> None:
    assert said(thread_ts=ROOT) == ports.Said(
        source="slack",
        event_id="Ev1",
        organization="ORG",
        at=datetime(2026, 10, 6, 15, 20, 0, 100, tzinfo=UTC),
        place=THREAD,
        key=TS,
        person="U1",
        text="Hi",
    )


def test_the_root_of_a_thread_stands_in_the_channel() -> None:
    assert said(thread_ts=TS).place == said().place == Place("slack", "C1")


@pytest.mark.parametrize("subtype", ["thread_broadcast", "file_share", "me_message"])
def test_these_count_like_a_plain_message(subtype: str) -> None:
    assert said(subtype=subtype, thread_ts=ROOT).place == THREAD


@pytest.mark.parametrize(
    "given",
    [
        {"subtype": "bot_message"},
        {"bot_id": "B9"},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"subtype": "what_slack_invents_tomorrow"},
        {"hidden": True},
        {"user": None},
        {"channel_type": "im"},
        {"type": "app_mention"},
        {"type": "reaction_added"},
    ],
)
def test_these_are_no_contribution(given: dict[str, Any]) -> None:
    assert read(event(**given)) is None


def changed(**message: Any) -> dict[str, Any]:
    old = {"user": "U1", "ts": TS, "text": "Hi", "thread_ts": ROOT}
    new = old | {"text": "Ho", "edited": {"user": "U1", "ts": LATER}} | message
    return event(
        subtype="message_changed", message=new, previous_message=old, hidden=True, event_ts=LATER
    )


def test_an_authors_edit_is_an_edit_of_their_message() -> None:
    found = read(changed())
    assert isinstance(found, ports.Edited)
    assert (found.key, found.text, found.place, found.at) == (TS, "Ho", THREAD, time_of(LATER))


def test_what_slack_changes_by_itself_is_no_edit() -> None:
    unfurled = changed()
    del unfurled["event"]["message"]["edited"]
    assert read(unfurled) is None
    assert read(changed(text="Hi")) is None
    assert read(changed(bot_id="B9")) is None


def test_a_deleted_message_and_a_tombstone_are_deletions() -> None:
    gone = event(
        subtype="message_deleted",
        deleted_ts=TS,
        previous_message={"user": "U1", "ts": TS, "text": "Hi", "thread_ts": ROOT},
        event_ts=LATER,
    )
    for body in (gone, changed(subtype="tombstone")):
        found = read(body)
        assert isinstance(found, ports.Deleted)
        assert (found.key, found.person, found.place) == (TS, "U1", THREAD)
        assert "Hi" not in repr(found)


def test_nobodys_deleted_message_is_nothing() -> None:
    gone = event(
        subtype="message_deleted", deleted_ts=TS, previous_message={"ts": TS}, event_ts=LATER
    )
    assert read(gone) is None


def test_a_command_is_its_verb_and_the_rest() -> None:
    body = {
        "command": "/plc",
        "text": "start A &amp; B",
        "trigger_id": "1.2.3",
        "channel_id": "C1",
        "user_id": "U1",
    }
    found = read(body)
    assert isinstance(found, ports.Commanded)
    assert (found.verb, found.rest, found.event_id, found.at) == ("start", "A & B", "1.2.3", NOW)
    named = read(body | {"command": "/protocol", "text": "tuning"})
    assert isinstance(named, ports.Commanded)
    assert (named.verb, named.rest) == ("start", "tuning")


def press(**given: Any) -> dict[str, Any]:
    action = {"type": "button", "action_id": "next-0", "value": "next:R:1:0", "action_ts": LATER}
    return {
        "type": "block_actions",
        "user": {"id": "U1"},
        "trigger_id": "1.2.3",
        "channel": {"id": "C1"},
        "container": {"message_ts": TS, "channel_id": "C1"},
        "message": {"ts": TS, "thread_ts": ROOT},
        "actions": [action],
    } | given


def test_a_press_is_the_buttons_id_in_its_thread() -> None:
    found = read(press())
    assert isinstance(found, ports.Pressed)
    assert (found.button, found.place, found.card_key, found.trigger) == (
        "next:R:1:0",
        THREAD,
        TS,
        "1.2.3",
    )


def test_a_press_in_a_private_note_has_its_thread_from_its_container() -> None:
    container = {"message_ts": TS, "channel_id": "C1", "thread_ts": ROOT}
    body = press(container=container, channel=None, trigger_id=None)
    del body["message"]
    found = read(body)
    assert isinstance(found, ports.Pressed)
    assert found.place == THREAD
    assert found.event_id == f"{TS}:next-0:{LATER}:U1"


def test_what_is_no_button_of_ours_is_nothing() -> None:
    action = press()["actions"][0]
    assert read(press(actions=[action | {"type": "static_select"}])) is None
    assert read(press(actions=[action | {"value": ""}])) is None


def test_a_dialog_is_its_values_by_input() -> None:
    values = {
        "f0": {"f0": {"type": "plain_text_input", "value": "Two of eight"}},
        "f1": {"f1": {"type": "static_select", "selected_option": {"value": "warm"}}},
        "f2": {"f2": {"type": "datepicker", "selected_date": "2026-10-07"}},
        "f3": {"f3": {"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]}},
        "f4": {"f4": {"type": "plain_text_input", "value": None}},
        "f5": {"f5": {"type": "static_select", "selected_option": None}},
    }
    view = {
        "id": "V1",
        "hash": "1.a",
        "callback_id": "form",
        "private_metadata": json.dumps({"form": "write:R:1:0", "channel": "C1", "thread": ROOT}),
        "state": {"values": values},
    }
    found = read({"type": "view_submission", "user": {"id": "U1"}, "view": view})
    assert isinstance(found, ports.Submitted)
    assert (found.form, found.place, found.event_id) == ("write:R:1:0", THREAD, "V1:1.a")
    assert found.values == {
        "f0": "Two of eight",
        "f1": "warm",
        "f2": "2026-10-07",
        "f3": "a,b",
        "f4": "",
        "f5": "",
    }
    assert read({"type": "view_submission", "view": view | {"callback_id": "else"}}) is None
    assert read({"type": "view_closed"}) is None


def test_a_text_is_what_the_person_wrote() -> None:
    written = "<@UBOT> next &amp; <@U2|ben> in <#C1|room>, <!here> see <https://a.example|here>"
    assert text_of(written, "UBOT") == ("@Colloquy next & @U2 in room, !here see https://a.example")
    assert said(text="<@U2> and <@UBOT>").mentions == ("U2",)
    assert said(text="", files=[{"id": "F1"}], subtype="file_share").text == "file"


@pytest.mark.parametrize("ts", ["", "1791300000", "1791300000.1", "soon"])
def test_what_is_no_time_of_slacks_is_refused(ts: str) -> None:
    with pytest.raises(ValueError, match="no time"):
        time_of(ts)
