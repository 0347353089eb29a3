"""Taking: what one application hands over, or has no place for, another one answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from glue_core import (
    ConfigurationError,
    ErrorCode,
    GlueRequest,
    GlueResponse,
    NotFound,
    Operation,
    RequestFlowAgnosticApiApplication,
    RequestFlowAwareApiApplication,
)
from glue_core.cli import main
from glue_core.cli.session import Session
from glue_core.host import Host
from glue_core.registry.discovery import Source
from glue_core.target import base_url_of
from glue_core.testing import Client, Deployment, assert_error, in_memory

Make = Callable[..., Deployment]
NOT_HERE = ErrorCode(404, "301", "Not here.")


@pytest.fixture
def chain(glue_deployment: Make) -> Callable[..., Client]:
    """Serve ``new``, then ``newer``, then ``old``, which answers by itself, behind one address."""

    def saying(name: str, place: str, method: Any = "get", status: int | None = None) -> Source:
        def answer() -> GlueResponse:
            if name == "newer" and place == "broken":
                raise RuntimeError("secret")
            if status is not None:
                raise NotFound(NOT_HERE.code, NOT_HERE.message)
            return GlueResponse(content=f"{name} {place}".encode())

        return in_memory(
            f"glue.plugins.{name}",
            f"{name}-{place}",
            glue_resources=lambda: [Operation(method, answer, place, errors=(NOT_HERE,))],
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
        ({"new": "new"}, "'applications.new.next' names 'new' itself"),
        ({"new": "nobody"}, "after 'new' comes 'nobody', which is not served"),
        ({"new": "olde"}, "Did you mean 'old'?"),
    ],
)
def test_way_that_leads_nowhere_stops_the_start(
    chain: Callable[..., Client], following: dict[str, str], message: str
) -> None:
    """An application that leads to itself, or to one that is not served, is told at the start."""
    with pytest.raises(ConfigurationError) as caught:
        chain(**following)

    assert message in str(caught.value)


def test_two_applications_that_lead_to_each_other(chain: Callable[..., Client]) -> None:
    """Each may be the other's next one: a way that leads back has asked everybody."""
    client = chain(new="newer", newer="new")

    assert client.get("/second/1").text == "newer second"
    assert_error(client.get("/nowhere/1"), 404, "007")


class Old:
    """An application that answers by itself, and says what it takes."""

    def __init__(self, *, takes: Callable[[dict[str, Any]], bool]) -> None:
        self._takes = takes
        self.asked = 0

    def takes(self, environ: dict[str, Any]) -> bool:
        """Say whether it takes a request."""
        self.asked += 1
        return self._takes(environ)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """Answer with what links start with, and the body."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"old {base_url_of(environ, None)} ".encode() + environ["wsgi.input"].read(length)]


class Pair:
    """The applications ``shop``, with places of its own, and ``old``."""

    def __init__(self, make: Make, old: Any) -> None:
        self._make = make
        self._old = old

    def client(self, **tables: dict[str, Any]) -> Client:
        """Serve both with tables of settings; the old one at every path, if they say no more."""

        def says(request: GlueRequest) -> GlueResponse:
            return GlueResponse(content=f"shop {request.base_url}".encode(), format="text/plain")

        def absent() -> GlueResponse:
            raise NotFound(NOT_HERE.code, NOT_HERE.message)

        operations = [
            Operation("get", says, "products"),
            Operation("get", says, "products/prices"),
            Operation("get", absent, "absent", errors=(NOT_HERE,)),
            Operation("get", says, "/greeting/{name}/now"),
        ]
        sources = [
            in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop")),
            in_memory("glue.plugins.shop", "all", glue_resources=lambda: operations[:3]),
            in_memory("glue.plugins.shop", "way", glue_route_providers=lambda: operations[3:]),
            in_memory(
                "glue.applications",
                "old",
                RequestFlowAgnosticApiApplication(
                    "old", make=lambda deployment: self._old, fallback=True
                ),
            ),
        ]
        return Client(Host(self._make(sources, settings={"applications": tables})))


@pytest.fixture
def pair(glue_deployment: Make) -> Pair:
    """A shop beside an old application that takes everything."""
    return Pair(glue_deployment, Old(takes=lambda environ: True))


def test_application_that_answers_by_itself_says_what_it_takes(glue_deployment: Make) -> None:
    """What it does not take the one before refuses, in its own words."""
    old = Old(takes=lambda environ: environ["PATH_INFO"].startswith("/known"))
    client = Pair(glue_deployment, old).client(shop={"paths": ["/"], "next": "old"})

    assert client.get("/known/1").text == "old http://localhost "
    assert_error(client.get("/unknown/1"), 404, "007")


def test_one_that_cannot_be_asked_takes_nothing(
    glue_deployment: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure of who comes next is in the log with the request's id; the first one refuses."""

    def fails(environ: dict[str, Any]) -> bool:
        raise RuntimeError("secret")

    client = Pair(glue_deployment, Old(takes=fails)).client(shop={"paths": ["/"], "next": "old"})
    with caplog.at_level(logging.ERROR, "glue"):
        answer = client.get("/unknown/1", headers={"x-request-id": "r-1"})

    assert_error(answer, 404, "007")
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] == "r-1"
    assert "Request r-1: the application 'old' cannot be asked" in caplog.text
    assert "RuntimeError: secret" in caplog.text


def test_selected_one_that_cannot_be_asked_answers_itself(glue_deployment: Make) -> None:
    """A failure of the selected application is its own: nobody answers in its place."""

    def fails(environ: dict[str, Any]) -> bool:
        raise RuntimeError("secret")

    client = Pair(glue_deployment, Old(takes=fails)).client(old={"paths": ["/"], "next": "shop"})

    assert client.get("/products/1").text == "old http://localhost "


def test_who_is_asked_cannot_take_the_body_away(
    glue_deployment: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """Reading the body while being asked is a failure, and the body is there for who answers."""

    def reads(environ: dict[str, Any]) -> bool:
        return bool(environ["wsgi.input"].read(1))

    client = Pair(glue_deployment, Old(takes=reads)).client(old={"paths": ["/"], "next": "shop"})

    assert client.post("/unknown", body=b"whole").text == "old http://localhost whole"
    assert "must not read its body" in caplog.text


def test_handed_over_type_is_answered_by_its_receiver(pair: Pair) -> None:
    """A type goes to another application with all below it; every other path stays."""
    client = pair.client(old={"paths": ["/"], "hand_over": {"products": "shop"}})

    assert client.get("/products/1").text == "shop http://localhost"
    assert_error(client.delete("/products/1"), 405, "008")
    assert client.get("/products/1/prices/2").text == "shop http://localhost"
    assert client.get("/%70roducts/1").text == "shop http://localhost"
    assert client.get("/productsx/1").text == "old http://localhost "
    assert client.get("/other/1/products/1").text == "old http://localhost "
    assert client.get("/absent/1").text == "old http://localhost "


def test_first_segment_of_a_route_is_handed_over(pair: Pair) -> None:
    """A route is handed over by the segment that it starts with."""
    client = pair.client(old={"paths": ["/"], "hand_over": {"greeting": "shop"}})

    assert client.get("/greeting/ann/now").text == "shop http://localhost"


def test_what_the_receiver_has_no_place_for_comes_back(pair: Pair) -> None:
    """A path below a handed-over type that the receiver has not yet is answered as before."""
    client = pair.client(old={"paths": ["/"], "hand_over": {"products": "shop"}})

    assert client.get("/products/1/reviews").text == "old http://localhost "
    headers = {"content-type": "text/xml"}
    assert client.post("/products", body=b"<x/>", headers=headers).text.endswith("<x/>")


def test_missing_resource_of_the_receiver_is_its_answer(pair: Pair) -> None:
    """A 404 of a resource itself is an answer: nobody else is asked."""
    client = pair.client(old={"paths": ["/"], "hand_over": {"absent": "shop"}})

    assert_error(client.get("/absent/1"), 404, "301")


def test_version_in_the_path_comes_before_the_type(pair: Pair) -> None:
    """Where paths may start with a version, the type is what follows it."""
    shop = {"versions_in_path": True}
    old: dict[str, Any] = {"paths": ["/"], "hand_over": {"products": "shop"}}

    both = pair.client(shop=shop, old={**old, "versions_in_path": True})
    receiver_alone = pair.client(shop=shop, old=old)

    assert both.get("/v2.0/products/1").text == "shop http://localhost/v2.0"
    assert receiver_alone.get("/v2.0/products/1").text == "old http://localhost "


@pytest.mark.parametrize(
    ("base_url", "mount", "expected"),
    [
        (None, "/", "http://api.example:81"),
        ("https://old.example", "/", "https://old.example"),
        (None, "/api", "http://api.example:81/api"),
    ],
)
def test_links_lead_to_where_the_client_is(
    pair: Pair, base_url: str | None, mount: str, expected: str
) -> None:
    """Links of an answer in the place of another one start with the address of that one."""
    client = pair.client(
        shop={"base_url": "https://shop.example"},
        old={"paths": [mount], "base_url": base_url, "hand_over": {"products": "shop"}},
    )
    path = f"{mount.rstrip('/')}/products/1"

    answer = client.get(path, headers={"host": "api.example:81"})

    assert answer.text == f"shop {expected}"


def test_links_of_the_next_one_lead_to_the_first(pair: Pair) -> None:
    """The same where the old application answers what the new one has no place for."""
    client = pair.client(shop={"paths": ["/"], "base_url": "https://shop.example", "next": "old"})

    assert client.get("/unknown/1").text == "old https://shop.example "
    assert client.get("/products/1").text == "shop https://shop.example"


@pytest.mark.parametrize(
    ("handed_over", "message"),
    [
        ({"product": "shop"}, "hands 'product' over to 'shop', which has no path that starts with"),
        ({"product": "shop"}, "Did you mean 'products'?"),
        ({"products": "shp"}, "hands 'products' over to 'shp', which is not served"),
        ({"products": "shp"}, "Did you mean 'shop'?"),
        ({"products": "old"}, "hands 'products' over to 'old' itself"),
        ({"products/prices": "shop"}, "hand_over.products/prices"),
    ],
)
def test_handing_over_what_there_is_not(
    pair: Pair, handed_over: dict[str, str], message: str
) -> None:
    """A type that the receiver has not, or a receiver that is not served, stops the start."""
    with pytest.raises(ConfigurationError) as caught:
        pair.client(old={"paths": ["/"], "hand_over": handed_over})

    assert message in str(caught.value)


def test_flow_names_what_is_handed_over(glue_settings: dict[str, Any]) -> None:
    """The command ``glue flow`` tells that a type is handed over, and by whom."""
    sources = []
    for name in ("new", "old"):
        application = RequestFlowAwareApiApplication(name)
        operation = Operation("get", lambda: GlueResponse(), "things")
        sources.append(in_memory("glue.applications", name, application))
        sources.append(
            in_memory(
                f"glue.plugins.{name}", f"{name}-things", glue_resources=lambda o=operation: [o]
            )
        )
    tables = {"old": {"paths": ["/"], "hand_over": {"things": "new"}}}
    session = Session(tuple(sources), {**glue_settings, "applications": tables})
    result = CliRunner().invoke(main, ["flow", "GET", "/things/1"], obj=session)

    assert "'old' hands 'things' over to it" in result.output


def test_application_alone_leaves_nothing_to_others(glue_deployment: Make) -> None:
    """One file serves processes with one application each: what others would get is moot there."""
    sources = []
    for name in ("new", "old"):
        application = RequestFlowAwareApiApplication(name)
        operation = Operation("get", lambda: GlueResponse(content=b"here"), "things")
        sources.append(in_memory("glue.applications", name, application))
        sources.append(
            in_memory(
                f"glue.plugins.{name}", f"{name}-things", glue_resources=lambda o=operation: [o]
            )
        )
    tables = {
        "old": {"hand_over": {"things": "new"}, "shadow": "new", "next": "new"},
        "new": {"next": "old"},
    }
    settings = {"applications": tables, "shadow": {"types": {"things": {"expected": ["data"]}}}}

    for name in ("new", "old"):
        deployment = glue_deployment(sources, settings=settings, only=name)
        assert Client(Host(deployment)).get("/things/1").content == b"here"


def test_raw_operation_reads_every_body(glue_deployment: Make) -> None:
    """What reads its body itself is not left to the next one because of the type of the body."""
    sources = []
    for name in ("new", "old"):
        application = RequestFlowAwareApiApplication(name)
        content = name.encode()
        operation = Operation(
            "post", lambda c=content: GlueResponse(content=c), "/token", is_raw=True, status=200
        )
        sources.append(in_memory("glue.applications", name, application))
        sources.append(
            in_memory(
                f"glue.plugins.{name}",
                f"{name}-token",
                glue_route_providers=lambda o=operation: [o],
            )
        )
    settings = {"applications": {"new": {"paths": ["/"], "next": "old"}}}
    client = Client(Host(glue_deployment(sources, settings=settings)))
    form = {"content-type": "application/x-www-form-urlencoded"}

    assert client.post("/token", body=b"a=b", headers=form).content == b"new"


@pytest.mark.parametrize("at_first_part", [False, True])
def test_failure_leaves_no_headers(glue_deployment: Make, at_first_part: bool) -> None:
    """One that fails after it named headers, or at its first part, is a 500 of the host's alone."""

    def failing(environ: dict[str, Any], start_response: Any) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-Left", "behind")])
        if not at_first_part:
            raise RuntimeError("secret")

        def parts() -> Any:
            raise RuntimeError("secret")
            yield b""

        return parts()

    application = RequestFlowAgnosticApiApplication("old", make=lambda deployment: failing)
    host = Host(glue_deployment([in_memory("glue.applications", "old", application)]))

    response = Client(host).get("/things")

    assert response.status_code == 500
    assert response.headers.get_all("content-type") == ["application/json"]
    assert "x-left" not in response.headers
