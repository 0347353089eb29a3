"""The host: which application answers, by name, by settings, by asking in order."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from glue_core import (
    ConfigurationError,
    GlueApiContext,
    GlueResponse,
    NotFound,
    Operation,
    RequestFlowAgnosticApiApplication,
    RequestFlowAwareApiApplication,
)
from glue_core.application import WSGI
from glue_core.cli import main
from glue_core.cli.session import Session
from glue_core.host import Host
from glue_core.registry.discovery import Source
from glue_core.selection import MissingApiApplication, Selection
from glue_core.settings import Settings
from glue_core.testing import Client, Deployment, assert_error, in_memory, installed

Make = Callable[..., Deployment]
Asked = list[str]


@pytest.fixture
def asked() -> Asked:
    """Names of the applications that were asked whether they serve, in order."""
    return []


@pytest.fixture
def sources(asked: Asked) -> list[Source]:
    """Return three applications: ``a`` serves nothing, ``b`` and ``c`` everything below ``/words``.

    Each answers ``/words/1`` with its name.
    """

    def serving(name: str, path: str) -> Callable[[GlueApiContext], bool]:
        def serves(context: GlueApiContext) -> bool:
            asked.append(name)
            return context.path.startswith(path)

        return serves

    def saying(name: str) -> Callable[[], list[Operation]]:
        return lambda: [
            Operation("get", lambda: GlueResponse(content=name.encode()), "words"),
        ]

    found = []
    for name, path in (("a", "/nowhere"), ("b", "/words"), ("c", "/words")):
        application = RequestFlowAwareApiApplication(name, is_serving=serving(name, path))
        found.append(in_memory("glue.applications", name, application))
        found.append(
            in_memory(f"glue.plugins.{name}", f"{name}-words", glue_resources=saying(name))
        )
    return found


def test_single_name_is_not_asked(
    glue_deployment: Make, sources: list[Source], asked: Asked
) -> None:
    """One application that is named serves, whatever it would say of the request."""
    client = Client(Host(glue_deployment(sources, only="a")))

    assert (client.get("/words/1").text, asked) == ("a", [])


def test_single_name_in_the_settings_is_not_asked(
    glue_deployment: Make, sources: list[Source], asked: Asked
) -> None:
    """The same for a name that the settings give alone."""
    client = Client(Host(glue_deployment(sources, settings={"serve": ["a"]})))

    assert (client.get("/words/1").text, asked) == ("a", [])


def test_single_name_that_is_not_installed(glue_deployment: Make, sources: list[Source]) -> None:
    """A name that nobody installed stops the start, and the installed ones are listed."""
    with pytest.raises(ConfigurationError) as caught:
        glue_deployment(sources, only="d")

    assert str(caught.value).startswith("There is no application 'd'.")
    assert "Installed are: a, b, c." in str(caught.value)


@pytest.mark.parametrize(
    ("names", "answer", "order"),
    [
        (["a", "b", "c"], "b", ["a", "b"]),
        (["a", "c", "b"], "c", ["a", "c"]),
        (["c", "a"], "c", ["c"]),
    ],
)
def test_first_of_several_names_that_serves(
    glue_deployment: Make,
    sources: list[Source],
    asked: Asked,
    names: list[str],
    answer: str,
    order: list[str],
) -> None:
    """Of several names the first that serves answers, in the order of the settings."""
    client = Client(Host(glue_deployment(sources, settings={"serve": names})))

    assert (client.get("/words/1").text, asked) == (answer, order)


def test_without_names_all_are_asked(
    glue_deployment: Make, sources: list[Source], asked: Asked
) -> None:
    """Without a name every installed application is asked, by name, until one serves."""
    client = Client(Host(glue_deployment(sources)))

    assert (client.get("/words/1").text, asked) == ("b", ["a", "b"])


def test_none_serves(glue_deployment: Make, sources: list[Source], asked: Asked) -> None:
    """A request that none serves is 500, and says which host and path nobody takes."""
    answer = Client(Host(glue_deployment(sources))).get("/other", headers={"host": "x.example"})

    assert (answer.status_code, asked) == (500, ["a", "b", "c"])
    assert "'x.example'" in answer.json["errors"][0]["detail"]
    assert "'/other'" in answer.json["errors"][0]["detail"]


def selection(settings: dict[str, Any], *applications: RequestFlowAwareApiApplication) -> Selection:
    """Freeze who answers where."""
    tables = Settings.of({"applications": settings})
    served: dict[str, WSGI] = {each.name: lambda environ, start: [] for each in applications}
    return Selection(served, applications, tables)


def test_no_application_of_a_context() -> None:
    """The failure has a type of its own."""
    chosen = selection(
        {}, RequestFlowAwareApiApplication("one"), RequestFlowAwareApiApplication("two")
    )

    with pytest.raises(MissingApiApplication, match=r"the host 'three\.localhost'"):
        chosen.select(GlueApiContext("three.localhost", "/", "GET"))


def test_settings_come_before_asking() -> None:
    """The settings decide before anybody is asked, a host first, then the longest prefix."""

    def everything(context: GlueApiContext) -> bool:
        return True

    chosen = selection(
        {"two": {"hosts": ["two.example"], "paths": ["/v1"]}, "three": {"paths": ["/v1/deep"]}},
        RequestFlowAwareApiApplication("one", is_serving=everything),
        RequestFlowAwareApiApplication("two"),
        RequestFlowAwareApiApplication("three"),
    )

    def at(host: str, path: str) -> tuple[str, str]:
        return chosen.select(GlueApiContext(host, path, "GET"))

    assert at("two.example", "/x") == ("two", "")
    assert at("two.example", "/v1/x") == ("two", "/v1")
    assert at("other.example", "/v1/x") == ("two", "/v1")
    assert at("other.example", "/v1/deep/x") == ("three", "/v1/deep")
    assert at("other.example", "/v1deep") == ("one", "")


def test_application_is_listed(glue_settings: dict[str, Any]) -> None:
    """The list of plugins has an application with its distribution, its version and its module."""
    session = Session(installed("storefront_api"), glue_settings)
    output = CliRunner().invoke(main, ["plugins", "--json"], obj=session).stdout
    row = next(
        each for each in json.loads(output)["plugins"] if each["group"] == "glue.applications"
    )

    assert row["id"] == "glue-storefront-api:storefront_api"
    assert row["distribution"] == "glue-storefront-api"
    assert row["version"] == importlib.metadata.version("glue-storefront-api")
    assert row["place"].partition(":")[0] == "glue_storefront_api"


@pytest.fixture
def chain(glue_deployment: Make) -> Callable[..., Client]:
    """Serve ``new``, then ``newer``, then ``old``, which answers by itself, behind one address."""

    def saying(name: str, place: str, method: Any = "get", status: int | None = None) -> Source:
        def answer() -> GlueResponse:
            if name == "newer" and place == "broken":
                raise RuntimeError("secret")
            if status is not None:
                raise NotFound("301", "Not here.")
            return GlueResponse(content=f"{name} {place}".encode())

        return in_memory(
            f"glue.plugins.{name}",
            f"{name}-{place}",
            glue_resources=lambda: [Operation(method, answer, place)],
        )

    def old(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"old " + environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))]

    def make(**following: str) -> Client:
        plugins = [
            in_memory("glue.applications", "new", RequestFlowAwareApiApplication("new")),
            in_memory("glue.applications", "newer", RequestFlowAwareApiApplication("newer")),
            in_memory(
                "glue.applications",
                "old",
                RequestFlowAgnosticApiApplication("old", make=lambda deployment: old),
            ),
            saying("new", "both"),
            saying("new", "absent", status=404),
            saying("newer", "both"),
            saying("newer", "absent"),
            saying("newer", "second"),
            saying("newer", "broken"),
        ]
        tables: dict[str, Any] = {name: {"next": value} for name, value in following.items()}
        tables.setdefault("new", {})["paths"] = ["/"]
        return Client(Host(glue_deployment(plugins, settings={"applications": tables})))

    return make


def test_next_application_takes_what_has_no_place(chain: Callable[..., Client]) -> None:
    """What an application has no place for the next one answers; what it has, it keeps."""
    client = chain(new="newer", newer="old")

    assert client.get("/both/1").text == "new both"
    assert client.get("/second/1").text == "newer second"
    assert client.post("/third", body=b"body").text == "old body"
    assert client.options("/second/1").headers["allow"] == "GET, HEAD, OPTIONS"
    assert_error(client.get("/absent/1"), 404, "301")
    assert_error(client.delete("/both/1"), 405, "008")


def test_next_application_takes_bodies_that_nobody_else_reads(
    chain: Callable[..., Client],
) -> None:
    """A body in a format that an application does not read goes to the next one, whole."""
    headers = {"content-type": "text/xml"}

    assert chain(new="old").post("/both", body=b"<x/>", headers=headers).text == "old <x/>"


def test_flow_names_the_application_that_takes_it(glue_settings: dict[str, Any]) -> None:
    """The command ``glue flow`` tells which application a request ends up in, and why."""
    sources = []
    for name in ("new", "old"):
        application = RequestFlowAwareApiApplication(name)
        operation = Operation("get", lambda: GlueResponse(), f"{name}-things")
        sources.append(in_memory("glue.applications", name, application))
        sources.append(
            in_memory(
                f"glue.plugins.{name}", f"{name}-things", glue_resources=lambda o=operation: [o]
            )
        )
    tables = {"new": {"paths": ["/"], "next": "old"}}
    session = Session(tuple(sources), {**glue_settings, "applications": tables})
    result = CliRunner().invoke(main, ["flow", "GET", "/old-things/1"], obj=session)

    assert "'new' has no place for it, and 'next' in the settings leads here" in result.output


def test_nobody_takes_it(chain: Callable[..., Client]) -> None:
    """What none of them has a place for the first one refuses; without a next one as ever."""
    for client in (chain(new="newer"), chain()):
        assert_error(client.get("/nowhere/1"), 404, "007")
    assert_error(chain().get("/second/1"), 404, "007")


def test_failure_of_the_next_application_is_its_own(chain: Callable[..., Client]) -> None:
    """An exception in the next application is a formatted 500 that says nothing of its cause."""
    answer = chain(new="newer").get("/broken/1")

    assert answer.status_code == 500
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("following", "message"),
    [
        ({"new": "newer", "newer": "new"}, "leads in a circle: new -> newer -> new"),
        ({"new": "nobody"}, "after 'new' comes 'nobody', which is not served"),
    ],
)
def test_way_that_leads_nowhere_stops_the_start(
    chain: Callable[..., Client], following: dict[str, str], message: str
) -> None:
    """A circle of applications, or one that is not served, is told at the start."""
    with pytest.raises(ConfigurationError) as caught:
        chain(**following)

    assert message in str(caught.value)


def test_caller_is_seen_through_trusted_proxies(glue_client: Callable[..., Client]) -> None:
    """Applications see the address of the caller, not that of a proxy that is trusted."""

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["REMOTE_ADDR"].encode()]

    alone = RequestFlowAgnosticApiApplication("alone", make=lambda deployment: answer)
    client = glue_client(
        [in_memory("glue.applications", "alone", alone)],
        settings={"trusted_proxies": ["127.0.0.1"]},
        headers={"X-Forwarded-For": "203.0.113.5"},
    )

    assert client.get("/").text == "203.0.113.5"


def test_target_that_is_no_path(glue_deployment: Make, sources: list[Source]) -> None:
    """A target that is no path belongs to no application: 400, and not the 500 of an outage."""
    client = Client(Host(glue_deployment(sources)), checked=False)
    response = client.get("/", environ={"PATH_INFO": "*"})

    assert response.status_code == 400
    assert response.json["errors"][0]["code"] == "017"
