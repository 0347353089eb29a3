"""The health check: what it asks, what it tells, and that it never waits for long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from glue_core import (
    ConfigurationError,
    HealthCheck,
    HealthNote,
    RequestFlowAwareApiApplication,
    ServiceUnavailable,
)
from glue_core.testing import Client, Deployment, in_memory, installed

Serve = Callable[..., Client]
Deploy = Callable[..., Deployment]
ON = {"applications": {"shop": {"health_check": True}}}


def body(status: int, word: str | None, message: str | None, *reports: Any) -> list[dict[str, Any]]:
    """Return the document of an answer without a convention."""
    return [
        {
            "status": word,
            "statusCode": status,
            "message": message,
            "healthCheckServiceResponses": list(reports),
        }
    ]


def well(name: str) -> dict[str, Any]:
    """Return the report of a service that is well."""
    return {"name": name, "status": True, "message": None}


@pytest.fixture
def hanging() -> Iterator[Callable[[], None]]:
    """A check that answers when the test is over."""
    over = threading.Event()

    def hang() -> None:
        over.wait(60)

    yield hang
    over.set()


def test_services_of_the_application_are_well(serve: Serve) -> None:
    """Without a query everything that the application declares is asked; 200 says it is well."""
    response = serve(settings=ON).get("/health-check")

    names = ("broker", "database", "search", "storage")
    assert response.status_code == 200
    assert response.json == body(200, "healthy", None, *map(well, names))


def test_query_selects_services(serve: Serve) -> None:
    """``services`` limits the check to those it names, in its order, each once."""
    response = serve(settings=ON).get("/health-check?services=storage,%20database,storage")

    assert response.json == body(200, "healthy", None, well("storage"), well("database"))


def test_unknown_service(serve: Serve) -> None:
    """A name that nobody has is 400, told as the resource tells everything."""
    response = serve(settings=ON).get("/health-check?services=storage,session")

    assert response.status_code == 400
    assert response.json == body(400, None, "Requested services not found.")


def test_service_that_is_down(deploy: Deploy, caplog: pytest.LogCaptureFixture) -> None:
    """One service that does not answer makes 503; clients learn which, the log learns why."""

    class Down:
        """A storage that is down."""

        def check(self) -> None:
            """Tell that it is down."""
            raise ServiceUnavailable("storage", "connection to secret-host refused")

        def close(self) -> None:
            """Do nothing."""

    deployment = deploy(settings=ON)
    deployment.services.replace("storage", Down())

    response = Client(deployment.applications["shop"]).get("/health-check?services=search,storage")

    told = {"name": "storage", "status": False, "message": "The service does not answer."}
    assert response.status_code == 503
    assert response.json == body(503, "unhealthy", None, well("search"), told)
    assert "secret-host" in caplog.text


def test_note_is_told_and_all_is_well(serve: Serve) -> None:
    """A check may tell something of what is well."""
    client = serve(
        settings=ON,
        glue_health_checks=lambda: [HealthCheck("moon", lambda: HealthNote("It is waning."))],
    )

    response = client.get("/health-check?services=moon")

    told = {"name": "moon", "status": True, "message": "It is waning."}
    assert response.status_code == 200
    assert response.json == body(200, "healthy", None, told)


def test_switched_off(glue_deployment: Deploy) -> None:
    """An application that has the check answers 403 until a setting switches it on."""
    shop = RequestFlowAwareApiApplication("shop", health_check=True)
    deployment = glue_deployment([in_memory("glue.applications", "shop", shop)])

    response = Client(deployment.applications["shop"]).get("/health-check")

    message = "HealthCheck endpoints are disabled for all applications."
    assert response.status_code == 403
    assert response.json == body(403, None, message)


def test_application_without_it(serve: Serve) -> None:
    """An application that does not want the check has nothing there."""
    assert serve().get("/health-check").status_code == 404


def test_only_declared_services_are_asked(glue_deployment: Deploy) -> None:
    """A service that the application may not reach is no part of its health."""
    shop = RequestFlowAwareApiApplication("shop", services=("storage",))
    sources = [in_memory("glue.applications", "shop", shop)]
    client = Client(glue_deployment(sources, settings=ON).applications["shop"])

    assert client.get("/health-check").json == body(200, "healthy", None, well("storage"))
    assert client.get("/health-check?services=database").status_code == 400


def test_plugins_add_checks(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """A plugin's check is asked with the others; what it raises is not for clients."""

    def broken() -> str | None:
        raise RuntimeError("secret")

    checks = [HealthCheck("payment", lambda: "No money today."), HealthCheck("broken", broken)]
    failed = "The check failed; the reason is in the log."
    client = serve(settings=ON, glue_health_checks=lambda: checks)

    response = client.get("/health-check?services=payment,broken")

    assert response.status_code == 503
    assert response.json == body(
        503,
        "unhealthy",
        None,
        {"name": "payment", "status": False, "message": "No money today."},
        {
            "name": "broken",
            "status": False,
            "message": failed,
        },
    )
    assert "secret" in caplog.text


def test_check_that_hangs_is_bounded(serve: Serve, hanging: Callable[[], None]) -> None:
    """A check that never ends costs a bounded wait, and is not begun again while it hangs."""
    begun: list[int] = []

    def check() -> None:
        begun.append(1)
        hanging()

    settings = {**ON, "services": {"timeout": 0.05}}
    client = serve(settings=settings, glue_health_checks=lambda: [HealthCheck("slow", check)])

    for _ in range(3):
        response = client.get("/health-check?services=slow")
        assert response.status_code == 503
        told = response.json[0]["healthCheckServiceResponses"][0]["message"]
        assert told == "The service did not answer in time."
    assert begun == [1]


def test_two_checks_of_one_name_stop_the_start(serve: Serve) -> None:
    """A name stands for one check."""
    checks = [HealthCheck("storage", lambda: None)]

    with pytest.raises(ConfigurationError, match="health checks of 'storage'"):
        serve(settings=ON, glue_health_checks=lambda: checks)


@pytest.mark.parametrize(("dialect", "id_"), [("strict", "health-check"), ("glue", None)])
def test_id_in_json_api(glue_deployment: Deploy, dialect: str, id_: str | None) -> None:
    """The specification wants an id that is a text; clients of a shop know null."""
    shop = in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop"))
    settings = {**ON, "plugins": {"json_api": {"dialect": {"shop": dialect}}}}
    deployment = glue_deployment([shop, *installed("json_api")], settings=settings)

    (health,) = Client(deployment.applications["shop"]).json_api.get("/health-check").json["data"]

    assert (health["type"], health["id"]) == ("health-check", id_)


@pytest.mark.parametrize("dialect", ["strict", "glue"])
@pytest.mark.parametrize(
    ("query", "linked"), [("", ""), ("?services=storage, search", "?services=storage,%20search")]
)
def test_link_in_json_api(glue_deployment: Deploy, dialect: str, query: str, linked: str) -> None:
    """The link of the resource is the address that was asked for, with its query."""
    shop = in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop"))
    settings = {**ON, "plugins": {"json_api": {"dialect": {"shop": dialect}}}}
    deployment = glue_deployment([shop, *installed("json_api")], settings=settings)
    client = Client(deployment.applications["shop"]).json_api

    (health,) = client.get(f"/health-check{query}").json["data"]

    assert health["links"]["self"].endswith(f"/health-check{linked}")


def test_link_in_hal(glue_deployment: Deploy) -> None:
    """Another convention links to it in the same way."""
    shop = in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop"))
    deployment = glue_deployment([shop, *installed("hal")], settings=ON)
    client = Client(deployment.applications["shop"])

    answer = client.get(
        "/health-check?services=storage", headers={"Accept": "application/hal+json"}
    )

    (health,) = answer.json["_embedded"]["health-check"]
    assert health["_links"]["self"]["href"].endswith("/health-check?services=storage")


def test_it_can_be_left_out(serve: Serve) -> None:
    """A project with a resource of this name disables the core's."""
    client = serve(settings={**ON, "disable": ["glue-api-core:health"]})

    assert client.get("/health-check").status_code == 404
