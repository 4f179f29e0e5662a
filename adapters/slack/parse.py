"""What Slack sends, as arrivals. Pure: nothing is asked for, and what nobody counts is None.

Only an allow-list counts: whatever Slack invents tomorrow is no contribution.
"""

import html
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import ports
from bot.ports import Place
from bot.verbs import spoken

PLATFORM = "slack"
COUNTED = (None, "thread_broadcast", "file_share", "me_message")
US = "@Colloquy"
FORM = "form"  # the callback id of our dialogs
_TS = re.compile(r"(\d{10})\.(\d{6})")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_REFERENCE = re.compile(r"<([#!][^>|]*)(?:\|([^>]*))?>")
_LINK = re.compile(r"<((?:https?|mailto):[^>|]*)(?:\|([^>]*))?>")

Payload = Mapping[str, Any]


def arrival(body: Payload, organization: str, bot: str, now: datetime) -> ports.Arrival | None:
    """What a payload says, in our words. `bot`: our own user id; `now`: for what has no time.

    Raises KeyError or ValueError where the payload is none that Slack would send.
    """
    if "command" in body:
        return _commanded(body, organization, now)
    match body["type"]:
        case "event_callback":
            return _event(body, organization, bot)
        case "block_actions":
            return _pressed(body, organization, now)
        case "view_submission":
            return _submitted(body, organization, now)
        case _:
            return None


def time_of(ts: str) -> datetime:
    """The moment of a message's id, to the microsecond; never through a float. Raises ValueError."""
    found = _TS.fullmatch(ts)
    if found is None:
        msg = "no time of Slack's"
        raise ValueError(msg)
    seconds, micros = map(int, found.groups())
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=micros)


def text_of(text: str, bot: str) -> str:
    """A text as the person wrote it: our mention as our name, references by their labels."""

    def named(found: re.Match[str]) -> str:
        return US if found[1] == bot else f"@{found[1]}"

    plain = _MENTION.sub(named, text)
    plain = _LINK.sub(lambda found: found[1], plain)
    return html.unescape(_REFERENCE.sub(lambda found: found[2] or found[1], plain))


def _event(body: Payload, organization: str, bot: str) -> ports.Arrival | None:
    event = body["event"]
    if event["type"] != "message":
        return None
    shared = {
        "source": PLATFORM,
        "event_id": body["event_id"],
        "organization": organization,
    }
    match event.get("subtype"):
        case "message_changed":
            return _changed(event, shared, bot)
        case "message_deleted":
            return _deleted(event["previous_message"] | {"ts": event["deleted_ts"]}, event, shared)
        case subtype if subtype in COUNTED:
            return _said(event, shared, bot)
        case _:
            return None


def _said(event: Payload, shared: Payload, bot: str) -> ports.Said | None:
    if event.get("hidden") or not _is_of_a_person(event) or event.get("channel_type") == "im":
        return None
    text = event.get("text", "")
    return ports.Said(
        **shared,
        at=time_of(event["ts"]),
        place=_place(event["channel"], event),
        key=event["ts"],
        person=event["user"],
        text=text_of(text, bot) or ("file" if event.get("files") else ""),
        mentions=tuple(user for user in _MENTION.findall(text) if user != bot),
    )


def _changed(event: Payload, shared: Payload, bot: str) -> ports.Edited | ports.Deleted | None:
    """An author's own edit. Unfurled links and counts of replies change messages, too."""
    message, before = event["message"], event.get("previous_message", {})
    if message.get("subtype") == "tombstone":
        author = {"user": before.get("user"), "thread_ts": message.get("thread_ts")}
        return _deleted({**message, **author}, event, shared)
    is_edited = "edited" in message and message.get("text") != before.get("text")
    if not is_edited or not _is_of_a_person(message):
        return None
    return ports.Edited(
        **shared,
        at=time_of(message["edited"]["ts"]),
        place=_place(event["channel"], message),
        key=message.get("ts") or before["ts"],
        person=message["user"],
        text=text_of(message.get("text", ""), bot),
    )


def _deleted(message: Payload, event: Payload, shared: Payload) -> ports.Deleted | None:
    if not _is_of_a_person(message):
        return None
    return ports.Deleted(
        **shared,
        at=time_of(event["event_ts"]),
        place=_place(event["channel"], message),
        key=message["ts"],
        person=message["user"],
    )


def _is_of_a_person(message: Payload) -> bool:
    return bool(message.get("user")) and not message.get("bot_id")


def _place(channel: str, message: Payload) -> Place:
    """A thread's root stands in the channel; its id is the thread's."""
    thread = message.get("thread_ts")
    return Place(PLATFORM, channel, None if thread == message.get("ts") else thread)


def _commanded(body: Payload, organization: str, now: datetime) -> ports.Commanded:
    verb, rest = spoken(f"{body['command']} {body.get('text', '')}")
    return ports.Commanded(
        source=PLATFORM,
        event_id=body["trigger_id"],
        organization=organization,
        at=now,
        place=Place(PLATFORM, body["channel_id"]),
        person=body["user_id"],
        verb=verb,
        rest=html.unescape(rest),
        trigger=body["trigger_id"],
    )


def _pressed(body: Payload, organization: str, now: datetime) -> ports.Pressed | None:
    action, container = body["actions"][0], body.get("container", {})
    if action["type"] != "button" or not action.get("value"):
        return None
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id", "")
    message = body.get("message") or {"thread_ts": container.get("thread_ts")}
    stands = container.get("message_ts", "")
    alone = f"{stands}:{action['action_id']}:{action['action_ts']}:{body['user']['id']}"
    return ports.Pressed(
        source=PLATFORM,
        event_id=body.get("trigger_id") or alone,
        organization=organization,
        at=now,
        place=_place(channel, message),
        person=body["user"]["id"],
        button=action["value"],
        card_key=stands or None,
        trigger=body.get("trigger_id"),
    )


def _submitted(body: Payload, organization: str, now: datetime) -> ports.Submitted | None:
    view = body["view"]
    if view["callback_id"] != FORM:
        return None
    about = json.loads(view["private_metadata"])
    return ports.Submitted(
        source=PLATFORM,
        event_id=f"{view['id']}:{view['hash']}",
        organization=organization,
        at=now,
        place=Place(PLATFORM, about["channel"], about.get("thread")),
        person=body["user"]["id"],
        form=about["form"],
        values={name: _value(given) for name, given in view["state"]["values"].items()},
    )


def _value(given: Payload) -> str:
    """What stands in one input: text, a number, a day, one choice, or several."""
    ((_, state),) = given.items()
    if "selected_options" in state:
        return ",".join(option["value"] for option in state["selected_options"])
    chosen = state.get("selected_option")
    if chosen is not None:
        return str(chosen["value"])
    return str(state.get("value") or state.get("selected_date") or "")
