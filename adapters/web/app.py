"""The local channel's pages on an aiohttp application: routes, and what guards them."""

from collections.abc import Awaitable, Callable
from datetime import tzinfo
from pathlib import Path

from aiohttp import web

from adapters.web import channel as posts
from adapters.web import pages
from adapters.web.faults import as_pages
from adapters.web.guard import add_headers, refuse_strangers
from adapters.web.site import SITE, Site, Verbs
from adapters.web.stream import log, stream
from bot.flows.channel import LocalChannel
from bot.flows.reports import Reports
from bot.ports import Pictures

STATIC = Path(__file__).parent / "static"
HERE = "/as/{user}/channel/{channel}"


def mount(
    app: web.Application,
    *,
    channel: LocalChannel,
    reports: Reports,
    pictures: Pictures,
    landing: Callable[[], Awaitable[str]],
    zone: tzinfo,
    verbs: Verbs = (),
    skip: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Add the pages to an application that listens on loopback only.

    Run it with `handler_cancellation=True`, or streams outlive their readers. Streams are closed
    in `on_shutdown`.
    """
    site = Site(
        channel=channel,
        reports=reports,
        pictures=pictures,
        landing=landing,
        zone=zone,
        verbs=verbs,
        skip=skip,
    )
    app[SITE] = site
    app.middlewares.extend([as_pages, refuse_strangers])
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(_close_streams)
    app.add_routes([*_reading(), *_writing()])


def _reading() -> list[web.AbstractRouteDef]:
    return [
        web.get("/", pages.first_visit),
        web.get(HERE, pages.room),
        web.get(HERE + "/stream", stream, allow_head=False),
        web.get(HERE + "/log", log),
        web.get(HERE + "/messages/{key}/edit", posts.ask_for_edit),
        web.get(HERE + "/messages/{key}/delete", posts.ask_before_delete),
        web.get("/as/{user}/runs/{run}", pages.report),
        web.get("/as/{user}/runs/{run}/report.pdf", pages.report_pdf),
        web.get("/as/{user}/runs/{run}/projector", pages.projector),
        web.get("/as/{user}/files/{file}", posts.file),
        web.static("/static", STATIC),
    ]


def _writing() -> list[web.AbstractRouteDef]:
    return [
        web.post(HERE + "/say", posts.say),
        web.post(HERE + "/press", posts.press),
        web.post(HERE + "/submit", posts.submit),
        web.post(HERE + "/messages/{key}/edit", posts.edit),
        web.post(HERE + "/messages/{key}/delete", posts.delete),
        web.post("/behind/skip", posts.skip_ahead),
    ]


async def _close_streams(app: web.Application) -> None:
    app[SITE].streams.close()
