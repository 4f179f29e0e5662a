"""Organizations, people, what they are called on platforms, and teams."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession

from protocols.run import PersonId
from storage.tables import IdentityRow, MembershipRow, OrganizationRow, PersonRow, TeamRow


@dataclass(frozen=True, slots=True)
class Organization:
    """The tenant."""

    id: str
    platform: str
    external_id: str
    name: str
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """A person, and their id on a platform."""

    id: PersonId
    user: str
    name: str
    about: str
    language: str


@dataclass(frozen=True, slots=True)
class Team:
    """A group of teachers bound to a channel. `students`: keyed digests of their names."""

    id: str
    name: str
    platform: str
    channel: str
    keeps_text: bool
    students: frozenset[bytes] = field(default=frozenset(), repr=False)


async def add_organization(session: AsyncSession, organization: Organization) -> None:
    """Keep a new organization."""
    session.add(
        OrganizationRow(
            id=organization.id,
            platform=organization.platform,
            external_id=organization.external_id,
            name=organization.name,
            settings=organization.settings,
        )
    )
    await session.flush()


async def organization(
    session: AsyncSession, platform: str, external_id: str
) -> Organization | None:
    """An organization by what its platform calls it."""
    found = select(OrganizationRow).where(
        OrganizationRow.platform == platform, OrganizationRow.external_id == external_id
    )
    return _organization((await session.scalars(found)).one_or_none())


async def organization_by_id(session: AsyncSession, organization_id: str) -> Organization | None:
    """An organization by our id."""
    return _organization(await session.get(OrganizationRow, organization_id))


async def set_settings(
    session: AsyncSession, organization_id: str, settings: dict[str, Any]
) -> None:
    """Replace the settings of an organization."""
    changed = update(OrganizationRow).where(OrganizationRow.id == organization_id)
    await session.execute(changed.values(settings=settings))


async def add_person(session: AsyncSession, organization: str, platform: str, who: Person) -> None:
    """Keep a person and their id on a platform."""
    session.add(
        PersonRow(
            organization_id=organization,
            id=who.id,
            name=who.name,
            language=who.language,
            about=who.about,
        )
    )
    await session.flush()
    session.add(
        IdentityRow(
            organization_id=organization,
            platform=platform,
            external_id=who.user,
            person_id=who.id,
        )
    )
    await session.flush()


async def person_of(
    session: AsyncSession, organization: str, platform: str, user: str
) -> PersonId | None:
    """Who a platform's user is."""
    row = await session.get(IdentityRow, (organization, platform, user))
    return None if row is None else PersonId(row.person_id)


async def rename(session: AsyncSession, organization: str, person: str, name: str) -> None:
    """A person's name, as it is now."""
    mine = (PersonRow.organization_id == organization) & (PersonRow.id == person)
    await session.execute(update(PersonRow).where(mine).values(name=name))


async def users_of(
    session: AsyncSession, organization: str, platform: str, people: Iterable[str]
) -> dict[str, str]:
    """What a platform calls people, by our ids."""
    found = select(IdentityRow.person_id, IdentityRow.external_id).where(
        IdentityRow.organization_id == organization,
        IdentityRow.platform == platform,
        IdentityRow.person_id.in_(set(people)),
    )
    return {row[0]: row[1] for row in await session.execute(found)}


async def everyone(session: AsyncSession, organization: str, platform: str) -> tuple[Person, ...]:
    """All people of an organization, by what the platform calls them."""
    found = (
        select(PersonRow, IdentityRow.external_id)
        .join(
            IdentityRow,
            (IdentityRow.organization_id == PersonRow.organization_id)
            & (IdentityRow.person_id == PersonRow.id),
        )
        .where(PersonRow.organization_id == organization, IdentityRow.platform == platform)
    )
    rows = await session.execute(found.order_by(IdentityRow.external_id))
    return tuple(
        Person(PersonId(row.id), user, row.name, row.about, row.language) for row, user in rows
    )


async def names(session: AsyncSession, organization: str, people: Iterable[str]) -> dict[str, str]:
    """Names by id."""
    found = select(PersonRow.id, PersonRow.name).where(
        PersonRow.organization_id == organization, PersonRow.id.in_(set(people))
    )
    return {row[0]: row[1] for row in await session.execute(found)}


async def add_team(session: AsyncSession, organization: str, team: Team) -> None:
    """Keep a team."""
    session.add(
        TeamRow(
            organization_id=organization,
            id=team.id,
            name=team.name,
            platform=team.platform,
            channel=team.channel,
            keeps_text=team.keeps_text,
        )
    )
    await session.flush()


async def team_in(
    session: AsyncSession, organization: str, platform: str, channel: str
) -> Team | None:
    """The team that is bound to a channel."""
    found = select(TeamRow).where(
        TeamRow.organization_id == organization,
        TeamRow.platform == platform,
        TeamRow.channel == channel,
    )
    row = (await session.scalars(found)).one_or_none()
    return None if row is None else _team(row)


async def set_students(
    session: AsyncSession, organization: str, team: str, digests: frozenset[bytes]
) -> None:
    """Replace the digests of a team's students; sorted, so that no name's stand together."""
    changed = update(TeamRow).where(TeamRow.organization_id == organization, TeamRow.id == team)
    kept = sorted(digest.hex() for digest in digests) or None
    await session.execute(changed.values(students=kept))


async def teams_of(session: AsyncSession, organization: str, person: str) -> tuple[Team, ...]:
    """The teams that a person is in now, by name."""
    here = select(MembershipRow.team_id).where(
        MembershipRow.organization_id == organization,
        MembershipRow.person_id == person,
        MembershipRow.until.is_(None),
    )
    found = select(TeamRow).where(TeamRow.organization_id == organization, TeamRow.id.in_(here))
    return tuple(_team(row) for row in await session.scalars(found.order_by(TeamRow.name)))


async def add_member(
    session: AsyncSession, organization: str, team: str, person: str, *, kind: str, since: datetime
) -> None:
    """Make a person a member, guest or observer of a team."""
    added = insert(MembershipRow).values(
        organization_id=organization, team_id=team, person_id=person, since=since, kind=kind
    )
    await session.execute(added.on_conflict_do_nothing())


async def end_member(
    session: AsyncSession, organization: str, team: str, person: str, until: datetime
) -> None:
    """A person is in a team no longer."""
    mine = (MembershipRow.organization_id == organization) & (MembershipRow.team_id == team)
    ended = update(MembershipRow).where(
        mine, MembershipRow.person_id == person, MembershipRow.until.is_(None)
    )
    await session.execute(ended.values(until=until))


async def members(session: AsyncSession, organization: str, team: str) -> dict[PersonId, str]:
    """The people of a team now, with their kind, in the order in which they came."""
    found = select(MembershipRow.person_id, MembershipRow.kind).where(
        MembershipRow.organization_id == organization,
        MembershipRow.team_id == team,
        MembershipRow.until.is_(None),
    )
    ordered = found.order_by(MembershipRow.since, MembershipRow.person_id)
    return {PersonId(person): kind for person, kind in await session.execute(ordered)}


def _organization(row: OrganizationRow | None) -> Organization | None:
    if row is None:
        return None
    return Organization(row.id, row.platform, row.external_id, row.name, row.settings)


def _team(row: TeamRow) -> Team:
    students = frozenset(map(bytes.fromhex, row.students or ()))
    return Team(row.id, row.name, row.platform, row.channel, row.keeps_text, students)
