"""Who may ask: only a browser on this computer, and only our own pages may change anything."""

import re
import secrets

from aiohttp import web
from aiohttp.typedefs import Handler

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?", re.IGNORECASE)
COOKIE = "colloquy_browser"
BROWSER = re.compile(r"[\w-]{22}")


class WrongHost(web.HTTPClientError):
    """The request was meant for another name (DNS rebinding). aiohttp has no 421 of its own."""

    status_code = 421


@web.middleware
async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other hosts, proxies, and changes that another site's page asks for."""
    if not HOST.fullmatch(request.headers.get("Host", "")):
        raise WrongHost
    if any(is_forwarding(name) for name in request.headers):
        raise web.HTTPForbidden(reason="Forwarded")
    if request.method not in ("GET", "HEAD") and not is_from_our_page(request):
        raise web.HTTPForbidden(reason="Another site")
    return await handler(request)


def is_forwarding(header: str) -> bool:
    """Whether a header says that a proxy stands in between."""
    return header.lower() == "forwarded" or header.lower().startswith("x-forwarded-")


def is_from_our_page(request: web.Request) -> bool:
    """Whether nothing says that the request comes from elsewhere; a script sends neither header."""
    ours = f"{request.scheme}://{request.headers['Host']}"
    return (
        request.headers.get("Origin", ours).lower() == ours.lower()
        and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add what every answer carries."""
    is_static = request.path.startswith("/static/")
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache" if is_static else "no-store"


def browser_of(request: web.Request) -> str | None:
    """The random id of the browser, None before its first page."""
    cookie = request.cookies.get(COOKIE, "")
    return cookie if BROWSER.fullmatch(cookie) else None


def name_browser(request: web.Request, response: web.Response) -> None:
    """Give the browser a random id, by which its windows are counted and nothing else."""
    if browser_of(request) is None:
        value = secrets.token_urlsafe(16)
        response.set_cookie(COOKIE, value, httponly=True, samesite="Lax", path="/")
