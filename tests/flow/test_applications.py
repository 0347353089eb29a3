"""Several applications: who answers, and what they know of each other."""

from __future__ import annotations

import importlib.metadata
import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from glue_core import (
    ConfigurationError,
    GlueApiContext,
    GlueRequest,
    GlueResponse,
    Operation,
    RequestFlowAgnosticApiApplication,
    RequestFlowAwareApiApplication,
    Step,
)
from glue_core.host import Host
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, assert_error, in_memory

Make = Callable[..., Deployment]


def aware(name: str, **options: Any) -> Source:
    """Make an application."""
    return in_memory("glue.applications", name, RequestFlowAwareApiApplication(name, **options))


def saying(application: str, place: str = "words") -> Source:
    """Make a plugin of an application that says whose it is."""

    def handle() -> GlueResponse:
        return GlueResponse(content=application.encode(), format="text/plain")

    return in_memory(
        f"glue.plugins.{application}",
        f"{application}-words",
        glue_resources=lambda: [Operation("get", handle, place)],
    )


def two(**options: Any) -> list[Source]:
    """Return two applications with a resource of one name each, and one of ``back`` alone."""
    secret = in_memory(
        "glue.plugins.back",
        "secrets",
        glue_resources=lambda: [
            Operation("get", lambda: GlueResponse(content=b"secret"), "secrets")
        ],
    )
    return [
        aware("front", **options),
        aware("back", **options),
        saying("front"),
        saying("back"),
        secret,
    ]


def test_applications_do_not_see_each_other(glue_deployment: Make) -> None:
    """Two applications in one process have their own resources at the same places."""
    applications = glue_deployment(two()).applications
    front, back = Client(applications["front"]), Client(applications["back"])

    assert (front.get("/words/1").text, back.get("/words/1").text) == ("front", "back")
    assert back.get("/secrets/1").text == "secret"
    assert_error(front.get("/secrets/1"), 404, "007")


def test_one_application_twice_in_a_process(glue_deployment: Make) -> None:
    """A deployment may be made twice; closing one leaves the other alone."""
    first, second = glue_deployment(two()), glue_deployment(two())
    first.close()

    assert Client(second.applications["front"]).get("/words/1").text == "front"
    assert first.registry.applications["front"] is not second.registry.applications["front"]


def test_plugin_of_another_application_is_not_imported(
    glue_deployment: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process of one application never imports the plugins of another."""
    (tmp_path / "glue_unwanted_backend.py").write_text(
        "raise RuntimeError('imported')", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    point = importlib.metadata.EntryPoint("b", "glue_unwanted_backend", "glue.plugins.back")
    backend = Source("glue.plugins.back", "b", "glue-b", "1", point.value, point.load)

    sources = [aware("front"), aware("back"), saying("front"), backend]
    deployment = glue_deployment(sources, only="front")

    assert "glue_unwanted_backend" not in sys.modules
    assert list(deployment.applications) == ["front"]
    with pytest.raises(ConfigurationError, match="cannot be imported: RuntimeError: imported"):
        glue_deployment(sources, only="back")


def test_common_plugin_reaches_every_application(glue_deployment: Make) -> None:
    """A plugin of the group ``glue.plugins`` adds its steps to each application."""

    def stamp(response: Any, request: Any) -> None:
        response.meta["x-common"] = request.application

    common = in_memory(
        "glue.plugins",
        "stamp",
        glue_response_formatters=lambda: [Step("stamp", lambda operation: stamp)],
    )
    applications = glue_deployment([*two(), common]).applications

    for name in ("front", "back"):
        assert Client(applications[name]).get("/words/1").headers["x-common"] == name


def test_application_may_collect_groups_of_another(glue_deployment: Make) -> None:
    """An application says which groups it collects."""
    old = aware("old", groups=("glue.plugins.front", "glue.plugins.old"))
    deployment = glue_deployment([aware("front"), old, saying("front")])

    assert Client(deployment.applications["old"]).get("/words/1").text == "front"


def test_plugin_in_two_groups_of_one_application(glue_deployment: Make) -> None:
    """A module that is in two groups an application collects contributes once."""
    plugin = saying("front").load()
    old = aware("old", groups=("glue.plugins.front", "glue.plugins.old"))
    deployment = glue_deployment(
        [
            old,
            in_memory("glue.plugins.front", "one", plugin),
            in_memory("glue.plugins.old", "two", plugin),
        ]
    )

    assert Client(deployment.applications["old"]).get("/words/1").text == "front"


def test_own_layer_of_an_application(glue_deployment: Make) -> None:
    """An application may bring hook implementations of its own."""
    hooks = saying("front").load()
    deployment = glue_deployment([aware("front", hooks=hooks)])

    assert Client(deployment.applications["front"]).get("/words/1").text == "front"


def test_application_may_leave_a_convention_out(
    glue_deployment: Make, lines: Source, by_line: dict[str, str]
) -> None:
    """An application speaks the installed conventions that it names."""
    deployment = glue_deployment(
        [aware("front", conventions=()), aware("back"), saying("front"), saying("back"), lines]
    )

    front = Client(deployment.applications["front"]).get("/words/1", headers=by_line)
    assert_error(front, 406, "010")
    assert Client(deployment.applications["back"]).get("/words/1", headers=by_line).text == "back"


def host(glue_deployment: Make, settings: dict[str, Any], *more: Source) -> Client:
    """Make a client of the host in front of two applications."""
    return Client(Host(glue_deployment([*two(), *more], settings={"applications": settings})))


def test_host_name_selects(glue_deployment: Make) -> None:
    """A virtual host belongs to one application, whatever its case and port."""
    client = host(glue_deployment, {"front": {"hosts": ["shop.example"]}, "back": {"hosts": ["b"]}})

    assert client.get("/words/1", headers={"host": "Shop.Example:8080"}).text == "front"
    assert client.get("/words/1", headers={"host": "b"}).text == "back"


@pytest.mark.parametrize("key", ["RAW_URI", "REQUEST_URI"])
@pytest.mark.parametrize("target", ["http://B:81/words/1", "HTTPS://b/words/1?x=http://shop/"])
def test_host_of_the_target_wins(glue_deployment: Make, key: str, target: str) -> None:
    """Where the target is a whole address, its host selects, whatever the header says."""
    client = host(glue_deployment, {"front": {"hosts": ["shop"]}, "back": {"hosts": ["b"]}})

    answer = client.get("/words/1", headers={"host": "shop"}, environ={key: target})

    assert answer.text == "back"


@pytest.mark.parametrize("target", ["http:///words/1", "http://me@b/words/1", "http://b:x/words/1"])
def test_target_without_a_host_is_refused(glue_deployment: Make, target: str) -> None:
    """A whole address that names no host and port is a 400."""
    client = host(glue_deployment, {"front": {"hosts": ["shop"]}, "back": {"hosts": ["b"]}})

    answer = client.get("/words/1", headers={"host": "b"}, environ={"RAW_URI": target})

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (400, "021")


def test_path_that_looks_like_an_address(glue_deployment: Make) -> None:
    """An address in a path or in a query names no host."""
    client = host(glue_deployment, {"front": {"hosts": ["shop"]}, "back": {"hosts": ["b"]}})
    raw = "/words/1?x=http://b/"

    assert client.get("/words/1", headers={"host": "shop"}, raw_path=raw).text == "front"


def test_own_name_as_a_host(glue_deployment: Make) -> None:
    """Without settings an application answers at the host that starts with its name."""
    client = host(glue_deployment, {})

    assert client.get("/words/1", headers={"host": "back.localhost"}).text == "back"


def test_path_prefix_selects(glue_deployment: Make) -> None:
    """The longest path prefix that fits selects, and only whole segments fit."""
    client = host(glue_deployment, {"front": {"paths": ["/"]}, "back": {"paths": ["/admin"]}})

    assert client.get("/admin/words/1").text == "back"
    assert client.get("/words/1").text == "front"
    assert_error(client.get("/administration/words/1"), 404, "007")


def test_path_prefix_keeps_encoded_slashes(glue_deployment: Make, things: Source) -> None:
    """Below a path prefix the raw path is read like the path."""
    front = in_memory("glue.plugins.front", "things", things.load())
    client = host(glue_deployment, {"front": {"paths": ["/api/v1"]}}, front)
    path = "/api/v1/things/a%2Fb"

    assert client.get(path, raw_path=path).json == [{"name": "a/b"}]


def test_path_prefix_alone(glue_deployment: Make) -> None:
    """The prefix itself is the root of its application."""
    client = host(glue_deployment, {"front": {"paths": ["/api"]}})

    assert_error(client.get("/api"), 404, "007")


def test_application_that_serves(glue_deployment: Make) -> None:
    """An application may decide by the context; the first that serves wins."""

    def serves(context: GlueApiContext) -> bool:
        return context.path.startswith("/words") and context.method == "GET"

    back = aware("back", is_serving=serves)
    client = Client(Host(glue_deployment([aware("front"), back, saying("front"), saying("back")])))

    assert client.get("/words/1").text == "back"


def test_no_application(glue_deployment: Make, caplog: pytest.LogCaptureFixture) -> None:
    """A request that no application serves: 500 with a clear error, and it is logged."""
    client = host(glue_deployment, {"front": {"hosts": ["shop"]}, "back": {"hosts": ["admin"]}})
    with caplog.at_level(logging.ERROR, "glue"):
        response = client.get("/words/1", headers={"host": "other"})

    assert response.status_code == 500
    assert "No application serves the host 'other' and the path '/words/1'." in response.text
    assert "No application serves" in caplog.text


def test_one_application_serves_everything(glue_deployment: Make) -> None:
    """One application alone serves every host and path."""
    client = Client(Host(glue_deployment(two(), only="front")))

    assert client.get("/words/1", headers={"host": "any"}).text == "front"


@pytest.mark.parametrize(("what", "value"), [("hosts", "shop"), ("paths", "/shop")])
def test_two_applications_with_one_address(glue_deployment: Make, what: str, value: str) -> None:
    """A host and a path prefix belong to one application."""
    with pytest.raises(ConfigurationError) as caught:
        host(glue_deployment, {"front": {what: [value]}, "back": {what: [value]}})

    assert f"'back' and 'front' both have the {what[:-1]} {value!r}" in str(caught.value)
    assert f"under 'applications.<name>.{what}'" in str(caught.value)


def test_no_application_is_installed(glue_deployment: Make) -> None:
    """A host without an application does not start, and says what to install."""
    with pytest.raises(ConfigurationError, match="glue-storefront-api"):
        Host(glue_deployment([]))


def test_agnostic_application_bypasses_the_flow(glue_deployment: Make) -> None:
    """An agnostic application answers by itself; no step runs, not even of common plugins."""
    ran: list[str] = []

    def make(deployment: Deployment) -> Any:
        def wsgi(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            start_response("299 Own", [("Content-Type", "text/plain")])
            return [environ["PATH_INFO"].encode()]

        return wsgi

    old = in_memory("glue.applications", "old", RequestFlowAgnosticApiApplication("old", make=make))
    common = in_memory(
        "glue.plugins",
        "stamp",
        glue_request_builders=lambda: [
            Step("stamp", lambda operation: lambda request: ran.append("ran"))
        ],
    )
    settings = {"applications": {"old": {"paths": ["/old"]}}}
    client = Client(Host(glue_deployment([*two(), old, common], settings=settings)))
    response = client.get("/old/any/thing")

    assert (response.status, response.text, ran) == ("299 Own", "/any/thing", [])


def test_swap(glue_deployment: Make) -> None:
    """The host serves another deployment as a whole from one request to the next."""
    first = glue_deployment([aware("front"), saying("front", "words")])
    second = glue_deployment([aware("front"), saying("front", "others")])
    front = Host(first)
    client = Client(front)
    before = client.get("/words/1").status_code
    former = front.swap(second)

    assert (before, former) == (200, first)
    assert client.get("/others/1").text == "front"
    assert_error(client.get("/words/1"), 404, "007")


def test_links_start_at_the_configured_address(glue_deployment: Make) -> None:
    """``base_url`` overrides what the request says of itself."""

    def handle(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=request.base_url.encode())

    plugin = in_memory(
        "glue.plugins.front", "p", glue_resources=lambda: [Operation("get", handle, "words")]
    )
    settings = {"applications": {"front": {"base_url": "https://shop.example/api"}}}
    configured = glue_deployment([aware("front"), plugin], settings=settings)
    default = glue_deployment([aware("front"), plugin])

    assert Client(configured.applications["front"]).get("/words/1").text == (
        "https://shop.example/api"
    )
    assert (
        Client(default.applications["front"])
        .get("/words/1", headers={"host": "a.example:81"}, environ={"SCRIPT_NAME": "/m"})
        .text
        == "http://a.example:81/m"
    )


@pytest.mark.parametrize("given", ["https://shop.example/", "https://shop.example//"])
def test_slash_behind_the_configured_address(glue_deployment: Make, given: str) -> None:
    """A slash at the end of ``base_url`` does not get into links twice."""

    def handle(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=request.base_url.encode())

    plugin = in_memory(
        "glue.plugins.front", "p", glue_resources=lambda: [Operation("get", handle, "words")]
    )
    settings = {"applications": {"front": {"base_url": given}}}
    deployment = glue_deployment([aware("front"), plugin], settings=settings)

    assert Client(deployment.applications["front"]).get("/words/1").text == "https://shop.example"
