"""Selection: which application a request is for, by name, by settings, by asking in order."""

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
    Operation,
    RequestFlowAwareApiApplication,
)
from glue_core.application import WSGI
from glue_core.cli import main
from glue_core.cli.session import Session
from glue_core.host import Host
from glue_core.registry.discovery import Source
from glue_core.selection import MissingApiApplication, Selection
from glue_core.settings import Settings
from glue_core.testing import Client, Deployment, in_memory, installed

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


def at(chosen: Selection, host: str, path: str = "/x") -> tuple[str, str]:
    """Say who answers, and where it is mounted."""
    return chosen.select(GlueApiContext(host, path, "GET"))


def nothing(context: GlueApiContext) -> bool:
    """Serve nothing."""
    return False


def test_fallback_is_asked_last() -> None:
    """The fallback answers what no other application serves, whatever the order by name."""
    chosen = selection(
        {"shop": {"hosts": ["shop.example"]}, "admin": {"paths": ["/admin"]}},
        RequestFlowAwareApiApplication("a_fallback", fallback=True),
        RequestFlowAwareApiApplication("admin"),
        RequestFlowAwareApiApplication("shop"),
        RequestFlowAwareApiApplication("words", is_serving=lambda c: c.path.startswith("/words")),
    )

    assert at(chosen, "shop.example") == ("shop", "")
    assert at(chosen, "other.example", "/admin/x") == ("admin", "/admin")
    assert at(chosen, "other.example", "/words/1") == ("words", "")
    assert at(chosen, "other.example") == ("a_fallback", "")
    assert at(chosen, "a-fallback.localhost", "/words/1") == ("a_fallback", "")


def test_fallback_serves_whatever_it_says() -> None:
    """A fallback with a test of its own is asked last as well, and serves all the same."""
    chosen = selection(
        {},
        RequestFlowAwareApiApplication("a", fallback=True, is_serving=nothing),
        RequestFlowAwareApiApplication("b", is_serving=lambda c: c.path == "/b"),
    )

    assert at(chosen, "x", "/b") == ("b", "")
    assert at(chosen, "x", "/other") == ("a", "")


def test_one_fallback_with_a_host_serves_everything() -> None:
    """A fallback that is served alone answers at every host, though it has one of its own."""
    chosen = selection(
        {"old": {"hosts": ["old.example"]}}, RequestFlowAwareApiApplication("old", fallback=True)
    )

    assert at(chosen, "other.example") == ("old", "")


def test_two_fallbacks_stop_the_start() -> None:
    """Of two fallbacks one would never be asked: both are named, and what to say."""
    two = [RequestFlowAwareApiApplication(name, fallback=True) for name in ("old", "older")]

    with pytest.raises(ConfigurationError) as caught:
        selection({}, *two)

    assert "the applications 'old', 'older' all answer what no other one serves" in str(
        caught.value
    )
    assert "Say 'fallback = false' under 'applications.<name>' of all but one" in str(caught.value)


def test_settings_say_which_one_is_the_fallback() -> None:
    """A setting overrules what applications say of themselves, in both directions."""
    old = RequestFlowAwareApiApplication("old", fallback=True)
    shop = RequestFlowAwareApiApplication("shop")

    shop_last = selection({"old": {"fallback": False}, "shop": {"fallback": True}}, old, shop)
    none = selection({"old": {"fallback": False}}, old, shop)

    assert at(shop_last, "x") == ("shop", "")
    with pytest.raises(MissingApiApplication):
        at(none, "x")


def test_flow_names_the_fallback(glue_settings: dict[str, Any]) -> None:
    """The command ``glue flow`` tells that an application answers since no other one does."""
    sources = [
        in_memory("glue.applications", "old", RequestFlowAwareApiApplication("old", fallback=True)),
        in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop")),
    ]
    session = Session(tuple(sources), glue_settings)
    result = CliRunner().invoke(main, ["flow", "GET", "/things/1"], obj=session)

    assert "it is the fallback: no other application serves the request" in result.output
