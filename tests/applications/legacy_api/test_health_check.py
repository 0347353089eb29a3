"""The health check of the old application: every outcome is a document of the resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core import HealthCheck
from glue_core.testing import Client

BASE = "http://localhost"
ON = {"applications": {"legacy_api": {"health_check": True}}}
OFF = "HealthCheck endpoints are disabled for all applications."


def well(name: str) -> dict[str, Any]:
    """Return the report of a service that is well."""
    return {"name": name, "status": True, "message": None}


BROKEN = {"name": "broken", "status": False, "message": "It is on fire."}


@pytest.fixture
def client(serve: Callable[..., Client]) -> Client:
    """A client of an application with one check that fails, beside its services."""
    checks = [HealthCheck("broken", lambda: "It is on fire.")]
    return serve(settings=ON, glue_health_checks=lambda: checks)


@pytest.mark.parametrize(
    ("query", "status", "word", "message", "reports"),
    [
        ("services=search,zed", 400, None, "Requested services not found.", []),
        ("services=storage,broken", 503, "unhealthy", None, [well("storage"), BROKEN]),
        ("services=search,%20storage", 200, "healthy", None, [well("search"), well("storage")]),
    ],
)
def test_outcomes(
    client: Client,
    query: str,
    status: int,
    word: str | None,
    message: str | None,
    reports: list[dict[str, Any]],
) -> None:
    """Each outcome is a list of one resource without an id; its links have the query, decoded."""
    answer = client.get(f"/health-check?{query}")

    link = f"{BASE}/health-check?{query.replace('%20', ' ')}"
    assert answer.status_code == status
    assert answer.json == {
        "data": [
            {
                "type": "health-check",
                "id": None,
                "attributes": {
                    "status": word,
                    "statusCode": status,
                    "message": message,
                    "healthCheckServiceResponses": reports,
                },
                "links": {"self": link},
            }
        ],
        "links": {"self": link},
    }


def test_all_is_asked_by_default(client: Client) -> None:
    """Without a query everything is asked: one that fails makes all of it unhealthy."""
    answer = client.get("/health-check")

    (shown,) = answer.json["data"]
    names = [each["name"] for each in shown["attributes"]["healthCheckServiceResponses"]]
    assert (answer.status_code, names) == (503, ["broken", "search", "storage"])


def test_switched_off_by_default(serve: Callable[..., Client]) -> None:
    """Until a setting switches it on nothing is asked, whatever the query names."""
    answer = serve().get("/health-check?services=zed")

    (shown,) = answer.json["data"]
    assert answer.status_code == 403
    assert shown["attributes"] == {
        "status": None,
        "statusCode": 403,
        "message": OFF,
        "healthCheckServiceResponses": [],
    }
