"""When something cannot be shown: pages and sentences in the voice of the product."""

import errno
import secrets
import traceback
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from adapters.web.places import NoSuchPersona
from adapters.web.render import template
from bot.flows.channel import NoSuchMessage, NoSuchRoom, NotTheirMessage
from bot.flows.files import NoSuchFile
from bot.flows.reports import NotYourRun

LOG = structlog.get_logger("web")
BEGUN: web.RequestKey[web.StreamResponse] = web.RequestKey("begun", web.StreamResponse)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that look like another


@dataclass(frozen=True, slots=True)
class Fault:
    """What happened, and what is safe or what to do next."""

    status: int
    title: str
    sentence: str


class Unfit(Exception):
    """What was typed cannot be taken; the sentence says why. It stays where it was typed."""


class NotDrawn(Exception):
    """There is no document just now."""


NOTHING_HERE = Fault(404, "Nothing is here", "This address leads nowhere. Nothing was changed.")
FAULTS = {
    fault.status: fault
    for fault in (
        Fault(400, "I could not read that", "Nothing was changed. Load the page again and retry."),
        Fault(
            403,
            "That came from elsewhere",
            "Only pages on this computer may speak here. Nothing was changed.",
        ),
        NOTHING_HERE,
        Fault(405, "That cannot be done here", "Nothing was changed."),
        Fault(410, "This is no longer here", "It was removed, and nothing else was."),
        Fault(
            413, "That is too much at once", "I take up to 64 KB at a time. Please send less of it."
        ),
        Fault(415, "I could not read that", "Nothing was changed. Load the page again and retry."),
        Fault(
            421,
            "This page has another address",
            "Open it at http://127.0.0.1 on the computer where Colloquy runs.",
        ),
        Fault(
            507,
            "There is no space left here",
            "Make some on this computer's disk, then send it again. What was sent before is safe.",
        ),
        Fault(
            500,
            "Something went wrong here",
            "It is our fault, not yours. What was sent before is safe; please try once more.",
        ),
    )
}
KNOWN: dict[type[Exception], Fault] = {
    NoSuchPersona: Fault(404, "Nobody of that name is here", "Nothing was changed."),
    NoSuchRoom: Fault(
        404, "There is no such channel here", "Or it is not open to this person. Nothing is lost."
    ),
    NoSuchMessage: Fault(404, "That message is not here", "It may have been deleted meanwhile."),
    NotTheirMessage: Fault(
        403, "That message is somebody else's", "Only who wrote a message edits or deletes it."
    ),
    NotDrawn: Fault(
        503,
        "The PDF could not be made just now",
        "The report is on its page. Please try once more.",
    ),
    NoSuchFile: Fault(404, "That file is not here", "Only who was in its run may open it."),
    NotYourRun: Fault(
        404, "There is no such report", "Only who was in a run reads its report. Nothing is lost."
    ),
}


@web.middleware
async def as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what handlers raise into a page, or into a sentence where a script asked."""
    try:
        return await handler(request)
    except Unfit as unfit:
        return _sentence(Fault(422, "", str(unfit)), "")
    except web.HTTPException as raised:
        if raised.status < 400:  # noqa: PLR2004 - a redirection is no fault
            raise
        return answer(request, FAULTS.get(raised.status, FAULTS[400]), raised)
    except Exception as raised:  # noqa: BLE001 - the last line of defence: a page, not a trace
        return answer(request, _known(raised), raised)


def begin(request: web.Request, response: web.StreamResponse) -> None:
    """Say that an answer has begun: what fails from now on ends it, and no page follows."""
    request[BEGUN] = response


def answer(request: web.Request, fault: Fault, raised: Exception) -> web.StreamResponse:
    """The fault as a page or sentence, with a reference that is also in the log."""
    reference = "".join(secrets.choice(LETTERS) for _ in range(4))
    _note(request, fault, raised, reference)
    if BEGUN in request:
        return request[BEGUN]
    return _page(fault, reference) if is_a_visit(request) else _sentence(fault, reference)


def is_a_visit(request: web.Request) -> bool:
    """Whether a person looks at the answer, not a script of ours."""
    usual = "navigate" if request.method in ("GET", "HEAD") else "cors"
    return request.headers.get("Sec-Fetch-Mode", usual) == "navigate"


def _note(request: web.Request, fault: Fault, raised: Exception, reference: str) -> None:
    """Log ids and places in the code; never a message, which may hold what people wrote."""
    route = request.match_info.route.resource
    frame = traceback.extract_tb(raised.__traceback__)[-1]
    LOG.warning(
        "page refused",
        ref=reference,
        status=fault.status,
        route=route.canonical if route else None,
        error=type(raised).__name__,
        at=f"{Path(frame.filename).name}:{frame.lineno}",
    )


def _page(fault: Fault, reference: str) -> web.Response:
    text = template("fault.html").render(fault=fault, reference=reference)
    return web.Response(text=text, content_type="text/html", status=fault.status)


def _sentence(fault: Fault, reference: str) -> web.Response:
    text = template("sentence.html").render(fault=fault, reference=reference)
    return web.Response(text=text, content_type="text/html", status=fault.status)


def _known(raised: Exception) -> Fault:
    if isinstance(raised, OSError) and raised.errno == errno.ENOSPC:
        return FAULTS[507]
    return next((f for kind, f in KNOWN.items() if isinstance(raised, kind)), FAULTS[500])
