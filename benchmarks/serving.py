"""What gunicorn loads: ``gunicorn 'benchmarks.serving:application("glue")'``."""

from __future__ import annotations

import atexit
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.contestants.loading import application_of
from benchmarks.data import MEDIA_TYPE
from benchmarks.driving import Asgi, Wsgi

ANSWERS = "BENCHMARKS_ANSWERS"
"""Variable with the name of a file: answers by the targets of requests, for the servers alone."""

FLOORS = {"gthread": "gunicorn alone, gthread", "uvicorn": "gunicorn alone, uvicorn"}
"""Servers with answers made beforehand behind them: what no framework can be quicker than."""


def application(name: str) -> Any:
    """Return the application of a contestant, or of a server alone.

    Args:
        name: Name of a contestant, or of a worker of gunicorn.
    """
    stack = ExitStack()
    atexit.register(stack.close)
    if name == "gthread":
        return prepared_wsgi(_answers())
    if name == "uvicorn":
        return prepared_asgi(_answers())
    if name == "glue":
        # As it is served: behind the host.
        from benchmarks import shop
        from benchmarks.contestants.glue import OTHERS
        from glue_core.host import Host

        folder = Path(stack.enter_context(TemporaryDirectory()))
        return Host(stack.enter_context(shop.deployment(folder, OTHERS)))
    return application_of(name, stack)


def prepared_wsgi(answers: Mapping[str, bytes]) -> Wsgi:
    """Return a WSGI application that answers what was made beforehand."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        path = environ["PATH_INFO"]
        body = answers[f"{path}?{query}" if query else path]
        headers = [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [body]

    return answer


def prepared_asgi(answers: Mapping[str, bytes]) -> Asgi:
    """Return an ASGI application that answers what was made beforehand."""

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError("There is nothing to begin and to end.")
        query = scope["query_string"].decode()
        body = answers[f"{scope['path']}?{query}" if query else scope["path"]]
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


def _answers() -> Mapping[str, bytes]:
    text = Path(os.environ[ANSWERS]).read_text(encoding="utf-8")
    return {target: body.encode() for target, body in json.loads(text).items()}
