"""Whether the program is well: for whoever watches it. Needs no sign-in, tells nothing of anyone."""

from collections.abc import Awaitable, Callable

from aiohttp import web


def mount(app: web.Application, not_ready: Callable[[], Awaitable[list[str]]]) -> None:
    """Add `/healthz` and `/readyz`; `not_ready` gives the reasons, none when all is well."""

    async def ready(_: web.Request) -> web.Response:
        reasons = await not_ready()
        if reasons:
            return web.json_response({"status": "not ready", "reasons": reasons}, status=503)
        return web.json_response({"status": "ok"})

    app.add_routes([web.get("/healthz", _healthy), web.get("/readyz", ready)])


async def _healthy(_: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})
