"""Who we are in a workspace, and how Bolt learns it without asking Slack."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient


@dataclass(frozen=True, slots=True)
class Installation:
    """Colloquy in one workspace. `organization`: our id of it."""

    organization: str
    team: str
    token: str = field(repr=False)
    bot: str  # the bot's own id
    user: str  # the bot's user id


Find = Callable[[str | None], Awaitable[Installation | None]]


class Installed(AsyncAuthorize):
    """Bolt's question who we are, answered from what is known here.

    Bolt's own would ask Slack for each event, and would answer 200 where Slack fails: the event
    would be lost. What raises here makes Slack send it again.
    """

    def __init__(self, find: Find) -> None:
        """`find`: the installation in a workspace, None where there certainly is none."""
        self._find = find

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        **_: Any,
    ) -> AuthorizeResult | None:
        """Who we are where this comes from."""
        found = await self._find(team_id)
        if found is None:
            return None
        context["installation"] = found
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=found.token,
            bot_id=found.bot,
            bot_user_id=found.user,
        )


async def who_we_are(client: AsyncWebClient) -> dict[str, Any]:
    """What Slack says of our token: team, team_id, bot_id, user_id. Raises SlackApiError."""
    answer = await client.auth_test()
    return {name: answer[name] for name in ("team", "team_id", "bot_id", "user_id")}
