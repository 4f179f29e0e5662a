"""How Slack is reached; a half set-up is refused in one sentence."""

from typing import Any

import pytest

from bot.settings import Settings
from bot.ways import HalfSetUp, SlackWay, slack

BOT, APP, SIGNED = (
    {"slack_bot_token": "xoxb-1"},
    {"slack_app_token": "xapp-1"},
    {"slack_signing_secret": "s"},
)
OAUTH = {"slack_client_id": "1.2", "slack_client_secret": "s"}


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg] # a setting of pydantic's


def test_nothing_set_is_no_slack() -> None:
    assert slack(settings()) is None


def test_two_tokens_are_socket_mode_and_a_secret_is_http() -> None:
    assert slack(settings(**BOT, **APP)) is SlackWay.SOCKET_MODE
    assert slack(settings(**BOT, **SIGNED)) is SlackWay.HTTP


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        (BOT, "SLACK_BOT_TOKEN is set alone."),
        (APP, "SLACK_BOT_TOKEN is missing."),
        (SIGNED, "SLACK_BOT_TOKEN is missing."),
        (BOT | APP | SIGNED, "SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set"),
        (OAUTH | SIGNED, "SLACK_CLIENT_ID is for many workspaces"),
        ({"slack_bot_token": "xapp-1"} | SIGNED, "SLACK_BOT_TOKEN begins with xoxb-"),
        (BOT | {"slack_app_token": "xoxb-1"}, "SLACK_APP_TOKEN begins with xapp-"),
        (BOT | APP | {"slack_api_url": "http://example.org/"}, "SLACK_API_URL begins with https"),
        (BOT | APP | {"slack_api_url": "ftp://127.0.0.1/"}, "SLACK_API_URL begins with https"),
    ],
)
def test_a_half_set_up_is_refused(given: dict[str, str], begins: str) -> None:
    with pytest.raises(HalfSetUp) as refused:
        slack(settings(**given))
    assert str(refused.value).startswith(begins)


def test_a_proxy_on_this_computer_needs_no_encryption() -> None:
    assert slack(settings(**BOT, **APP, slack_api_url="http://127.0.0.1:9/api/"))


def test_slacks_names_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    assert slack(settings()) is SlackWay.HTTP
