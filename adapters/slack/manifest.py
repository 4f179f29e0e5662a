"""What a school gives Slack to create the app: made from the verbs, and from what is called."""

import io
from typing import Any

from ruamel.yaml import YAML

from bot.verbs import VERBS

METHODS = {  # the scope that each method of the Web API needs
    "auth.test": "",
    "apps.connections.open": "",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "channels:history groups:history",
    "conversations.info": "channels:read groups:read",
    "conversations.members": "channels:read groups:read",
    "conversations.replies": "channels:history groups:history",
    "users.info": "users:read",
    "views.open": "",
}
EVENTS = {  # the scope that each event needs
    "member_joined_channel": "channels:read groups:read",
    "member_left_channel": "channels:read groups:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
}
COMMANDS = {
    "/plc": "Run a discussion protocol with your team",
    "/protocol": "Start a discussion protocol in this channel",
}
HINTS = {"/protocol": "name of a protocol, or nothing to choose"}
LONG = (
    "Colloquy runs structured discussion protocols step by step in a channel thread, keeps time, "
    "shares the floor fairly, and keeps what the team hands in as a record of the meeting. Messages "
    "are read only in channels the app is invited to, and only while a protocol is running there."
)


def scopes() -> list[str]:
    """The scopes that the app asks for: what it calls and hears needs, and no more."""
    needed = {"commands"}
    for scope in (*METHODS.values(), *EVENTS.values()):
        needed.update(scope.split())
    return sorted(needed)


def manifest(url: str | None = None) -> dict[str, Any]:
    """The manifest. `url`: where we are reached over HTTPS; None for Socket Mode."""
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Colloquy",
            "description": "Runs discussion protocols for teams of teachers.",
            "long_description": LONG,
            "background_color": "#1b675f",
        },
        "features": {
            "bot_user": {"display_name": "colloquy", "always_online": True},
            "slash_commands": [_command(name, about, url) for name, about in COMMANDS.items()],
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": _address("request_url", url) | {"bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True} | _address("request_url", url),
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def text(url: str | None = None) -> str:
    """The manifest as YAML."""
    out = io.StringIO()
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100
    yaml.dump(manifest(url), out)
    return out.getvalue()


def _command(name: str, about: str, url: str | None) -> dict[str, Any]:
    hint = HINTS.get(name, " | ".join(verb.name for verb in VERBS))
    made = {"command": name, "description": about, "usage_hint": hint, "should_escape": True}
    return made | _address("url", url)


def _address(name: str, url: str | None) -> dict[str, str]:
    return {} if url is None else {name: f"{url.rstrip('/')}/slack/events"}
