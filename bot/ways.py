"""How a platform is reached, told by which of its settings are there. A half set-up is refused."""

from enum import StrEnum
from urllib.parse import urlsplit

from bot.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
TWO_WAYS = (
    "Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN (Socket Mode), "
    "or SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET (HTTP)."
)


class SlackWay(StrEnum):
    """One of the ways in which Slack and we talk."""

    SOCKET_MODE = "Socket Mode"
    HTTP = "HTTP"


class HalfSetUp(Exception):
    """What is missing or too much, as one sentence with the ways out."""


def slack(settings: Settings) -> SlackWay | None:
    """How Slack is reached; None where it is not set up at all. Raises HalfSetUp."""
    given = {
        name
        for name in ("bot_token", "app_token", "signing_secret", "client_id", "client_secret")
        if getattr(settings, f"slack_{name}")
    }
    if not given:
        return None
    _check_address(settings.slack_api_url)
    if given & {"client_id", "client_secret"}:
        msg = f"SLACK_CLIENT_ID is for many workspaces, which is not built yet. {TWO_WAYS}"
        raise HalfSetUp(msg)
    if "bot_token" not in given:
        msg = f"SLACK_BOT_TOKEN is missing. {TWO_WAYS}"
        raise HalfSetUp(msg)
    if given == {"bot_token"}:
        msg = f"SLACK_BOT_TOKEN is set alone. {TWO_WAYS}"
        raise HalfSetUp(msg)
    if given >= {"app_token", "signing_secret"}:
        msg = f"SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set: unset one. {TWO_WAYS}"
        raise HalfSetUp(msg)
    _check_tokens(settings)
    return SlackWay.SOCKET_MODE if "app_token" in given else SlackWay.HTTP


def _check_tokens(settings: Settings) -> None:
    starts = {
        "SLACK_BOT_TOKEN": ("slack_bot_token", "xoxb-"),
        "SLACK_APP_TOKEN": ("slack_app_token", "xapp-"),
    }
    for name, (field, start) in starts.items():
        token = getattr(settings, field)
        if token is not None and not token.get_secret_value().startswith(start):
            msg = f"{name} begins with {start}; this one does not. Copy it again from your app's page."
            raise HalfSetUp(msg)


def _check_address(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return
    msg = "SLACK_API_URL begins with https:// (or is on this computer). Unset it, or correct it."
    raise HalfSetUp(msg)
