"""The host: what it answers itself, and what applications see of a caller."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from glue_core import RequestFlowAgnosticApiApplication
from glue_core.host import Host
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, in_memory

Make = Callable[..., Deployment]


def answering(wsgi: Any) -> Source:
    """Make an application that answers by itself."""
    alone = RequestFlowAgnosticApiApplication("alone", make=lambda deployment: wsgi)
    return in_memory("glue.applications", "alone", alone)


def says_the_address(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer with the address of the caller."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["REMOTE_ADDR"].encode()]


def test_caller_is_seen_through_trusted_proxies(glue_client: Callable[..., Client]) -> None:
    """Applications see the address of the caller, not that of a proxy that is trusted."""
    client = glue_client(
        [answering(says_the_address)],
        settings={"trusted_proxies": ["127.0.0.1"]},
        headers={"X-Forwarded-For": "203.0.113.5"},
    )

    assert client.get("/").text == "203.0.113.5"


def test_target_that_is_no_path(glue_deployment: Make) -> None:
    """A target that is no path belongs to no application: 400, and not the 500 of an outage."""
    client = Client(Host(glue_deployment([answering(says_the_address)])), checked=False)
    response = client.get("/", environ={"PATH_INFO": "*"})

    assert response.status_code == 400
    assert response.json["errors"][0]["code"] == "017"


@pytest.mark.parametrize("has_begun", [False, True])
def test_application_that_raises(
    glue_deployment: Make, caplog: pytest.LogCaptureFixture, has_begun: bool
) -> None:
    """What an application that answers by itself raises is a 500 without details, and logged."""

    def failing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if has_begun:
            start_response("200 OK", [("Content-Type", "text/plain")])
        raise RuntimeError("secret")

    client = Client(Host(glue_deployment([answering(failing)])))
    with caplog.at_level(logging.ERROR, "glue"):
        answer = client.get("/", headers={"x-request-id": "r-1"})

    assert answer.status_code == 500
    assert answer.json["errors"][0]["code"] == "020"
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] == "r-1"
    assert "Request r-1: the application 'alone' failed" in caplog.text
    assert "RuntimeError: secret" in caplog.text
