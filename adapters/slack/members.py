"""Who is in a channel, asked of Slack."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.flows.people import Known

PAGE = 200
LOUDEST = "USLACKBOT"


async def members(client: AsyncWebClient, channel: str, known: dict[str, Known]) -> list[Known]:
    """The people of a channel. `known`: who was asked for before, and is not asked for again."""
    found: list[Known] = []
    cursor = None
    while True:
        page = await client.conversations_members(channel=channel, limit=PAGE, cursor=cursor)
        for user in page["members"]:
            if user not in known:
                known[user] = await _profile(client, user)
            found.append(known[user])
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return [one for one in found if one.name]


async def name_of(client: AsyncWebClient, channel: str) -> str:
    """What a channel is called."""
    answer = await client.conversations_info(channel=channel)
    return str(answer["channel"].get("name") or channel)


async def _profile(client: AsyncWebClient, user: str) -> Known:
    """Somebody as Slack knows them; without a name where it is a bot."""
    one = (await client.users_info(user=user))["user"]
    if one.get("is_bot") or user == LOUDEST or one.get("deleted"):
        return Known(user, "")
    profile = one.get("profile") or {}
    name = profile.get("display_name") or one.get("real_name") or one.get("name") or user
    return Known(user, name, is_guest=bool(one.get("is_restricted")))
