"""Access: who asks, who may call what, and what exists for whom."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    PUBLIC,
    UNASKED,
    AuthenticationRequest,
    AuthenticationResponse,
    ConfigurationError,
    ErrorCode,
    Forbidden,
    GlueRequest,
    GlueResponse,
    Identity,
    IdentityReader,
    InvalidToken,
    Operation,
    ProtectedPath,
    Protection,
    Refusals,
    RequestFlowAwareApiApplication,
    Resource,
    ServiceUnavailable,
    Step,
    Strategy,
    Unauthorized,
)
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, assert_error, in_memory

Deploy = Callable[..., Deployment]
Serve = Callable[..., Client]

ANNA = Identity("customer", "DE--1", 1, ("customer",), via="tests")
BEN = Identity("customer", "DE--2", 2, ("customer",), via="tests")
CARLA = Identity("user", "carla@example.com", 3, ("user", "back-office-user"), via="tests")
WAREHOUSE = Identity("warehouse", "w-1", 4, ("warehouse",), via="tests")
WHO = {"anna": ANNA, "ben": BEN, "carla": CARLA, "warehouse": WAREHOUSE}


class Server:
    """Takes names for tokens."""

    def __init__(self, name: str = "names", start: str = "") -> None:
        self.name = name
        self._start = start

    def recognises(self, token: str) -> bool:
        """Recognise what starts as this server's tokens do."""
        return token.startswith(self._start)

    def identify(self, token: str, application: str) -> Identity:
        """Know four callers; one token is for another application, one finds a service down."""
        if token == "down":
            raise ServiceUnavailable("keys", "down")
        try:
            return WHO[token.removeprefix(self._start)]
        except KeyError:
            raise InvalidToken(f"nobody has this token at {application}") from None

    def takes(self, request: AuthenticationRequest) -> bool:
        """Take one grant."""
        return request.grant_type == "name"

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Give the name for a token."""
        return AuthenticationResponse({"access_token": request.parameters["name"]})


class OrderAttributes(Schema):
    """Attributes of an order; what it cost the shop is for the back office."""

    customer = fields.String()
    total = fields.Integer()
    cost = fields.Integer()


ORDERS = [
    {"id": "1", "customer": "DE--1", "total": 10, "cost": 7},
    {"id": "2", "customer": "DE--2", "total": 20, "cost": 8},
]
ORDER = Resource("orders", OrderAttributes, restricted={"cost": ("back-office-user",)})


def show_order(request: GlueRequest) -> GlueResponse:
    """Show an order, whoever asks."""
    return GlueResponse.of(next(each for each in ORDERS if each["id"] == request.resource.id))


def list_orders(request: GlueRequest) -> GlueResponse:
    """List the orders that the filters let through."""
    wanted = {each.field: each.value for each in request.filters}
    found = [
        each for each in ORDERS if all(str(each[name]) == value for name, value in wanted.items())
    ]
    response = GlueResponse.page(found, request.pagination)
    if response.pagination is not None:
        response.pagination.total = len(found)
    return response


def order(method: Any, handler: Any, **options: Any) -> Operation:
    """Declare an operation on orders."""
    return Operation(method, handler, "orders", ORDER, **options)


@pytest.fixture
def answer(serve: Serve) -> Callable[..., Client]:
    """Serve operations with a server that takes names for tokens."""

    def make(*operations: Operation, server: Any = None, **options: Any) -> Client:
        return serve(
            glue_resources=lambda: list(operations),
            glue_authentication_servers=lambda: [server or Server()],
            **options,
        )

    return make


def as_(name: str, **headers: str) -> dict[str, str]:
    """Return the headers of somebody."""
    return {"authorization": f"Bearer {name}", **headers}


PROTECTED = order("get", show_order, protection=Protection())


# Who asks.


def test_unknown_caller_is_challenged(answer: Callable[..., Client]) -> None:
    """Without credentials a protected operation is 401, with a challenge and no code."""
    response = answer(PROTECTED).get("/orders/1")

    assert response.status_code == 401
    assert response.json[0]["message"] == "Unauthorized request."
    assert response.json[0]["code"] is None
    assert response.headers["www-authenticate"] == 'Bearer realm="Access to shop API"'


def test_known_caller_is_let_in(answer: Callable[..., Client]) -> None:
    """A token that a server knows opens what asks for nothing more."""
    assert answer(PROTECTED).get("/orders/1", headers=as_("anna")).status_code == 200


def test_grants_are_those_of_who_is_left(answer: Callable[..., Client]) -> None:
    """A step that says that somebody is nobody after all takes their grants as well."""

    def block(request: GlueRequest) -> None:
        if any(each.natural_identifier == "DE--1" for each in request.identities):
            request.identities = ()

    step: Step[Any] = Step(
        "block", lambda operation: block, after=("authentication",), before=("authorization",)
    )
    client = answer(PROTECTED, glue_request_validators=lambda: [step])

    assert client.get("/orders/1", headers=as_("anna")).status_code == 401
    assert client.get("/orders/1", headers=as_("carla")).status_code == 200


@pytest.mark.parametrize("path", ["/orders/1", "/things/1", "/nowhere"])
def test_bad_token_fails_everywhere(answer: Callable[..., Client], path: str) -> None:
    """A token that proves nothing is 401 on open and unknown paths as well."""
    response = answer(PROTECTED).get(path, headers=as_("nobody"))

    assert_error(response, 401, "001")
    assert response.headers["www-authenticate"].endswith('error="invalid_token"')


@pytest.mark.parametrize("header", ["Bearer", "", "abc", "Bearer   "])
def test_header_without_a_token(answer: Callable[..., Client], header: str) -> None:
    """A header that is no scheme and token is 401 with the code 002."""
    response = answer(PROTECTED).get("/things/1", headers={"authorization": header})

    assert_error(response, 401, "002")


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer " + "a" * 9000, "Bearer a\u00e9"])
def test_header_that_is_no_bearer_token(answer: Callable[..., Client], header: str) -> None:
    """Another scheme and an absurd token are invalid tokens, which no server is asked about."""
    response = answer(PROTECTED).get("/things/1", headers={"authorization": header})

    assert_error(response, 401, "001")


def test_scheme_is_compared_without_case(answer: Callable[..., Client]) -> None:
    """``bearer`` is ``Bearer``."""
    response = answer(PROTECTED).get("/orders/1", headers={"authorization": "bearer anna"})

    assert response.status_code == 200


def test_reason_is_logged_and_not_told(
    answer: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    """Why a token is refused stands in the log, without the token; the client hears nothing."""
    with caplog.at_level(logging.INFO, "glue"):
        response = answer(PROTECTED).get("/orders/1", headers=as_("forged-secret"))

    assert "nobody has this token at shop" in caplog.text
    assert "forged-secret" not in caplog.text
    assert "nobody" not in response.text


def test_service_that_is_down(answer: Callable[..., Client]) -> None:
    """What a server needs and does not get is 503, never 401 and never 500."""
    assert_error(answer(PROTECTED).get("/orders/1", headers=as_("down")), 503, "019")


def test_first_server_that_recognises(serve: Serve) -> None:
    """Servers are asked in the order of the settings; the first that recognises decides."""
    client = serve(
        glue_resources=lambda: [PROTECTED],
        glue_authentication_servers=lambda: [Server("b", "b-"), Server("a", "a-")],
        settings={"applications": {"shop": {"authentication_servers": ["b"]}}},
    )

    assert client.get("/orders/1", headers=as_("b-anna")).status_code == 200
    assert_error(client.get("/orders/1", headers=as_("a-anna")), 401, "001")


def test_request_says_who_asks(answer: Callable[..., Client]) -> None:
    """Controllers find the caller by what they are."""
    seen: list[Any] = []

    def look(request: GlueRequest) -> GlueResponse:
        seen.append((request.request_user, request.request_customer, request.request_warehouse))
        return GlueResponse()

    client = answer(Operation("get", look, "looks", protection=PUBLIC))
    for name in ("carla", "anna", "warehouse"):
        client.get("/looks/1", headers=as_(name))
    client.get("/looks/1")

    users = [each and each.natural_identifier for row in seen for each in row]
    assert (
        users
        == ["carla@example.com", None, None, None, "DE--1", None, None, None, "w-1"] + [None] * 3
    )


def test_operation_that_reads_credentials_itself(answer: Callable[..., Client]) -> None:
    """An unasked operation may take another scheme for its own purposes."""
    client = answer(Operation("post", lambda: GlueResponse(), "tokens", protection=UNASKED))
    response = client.post("/tokens", headers={"authorization": "Basic YTpi"})

    assert response.status_code == 201


def key(value: str, request: GlueRequest) -> Identity:
    """Know one key."""
    if value != "good":
        raise Unauthorized("001", "Invalid key.")
    return Identity("api-key", "reports", 9, ("reports",))


def test_further_readers(answer: Callable[..., Client]) -> None:
    """A reader takes its header; several identities are held at once."""
    seen: list[Any] = []

    def look(request: GlueRequest) -> GlueResponse:
        seen.append(sorted(request.grants))
        return GlueResponse()

    client = answer(
        Operation("get", look, "looks"),
        glue_identity_readers=lambda: [IdentityReader("key", "x-key", key)],
    )
    client.get("/looks/1", headers=as_("anna", **{"x-key": "good"}))

    assert seen == [["@api-key", "@customer", "customer", "reports"]]
    assert client.get("/looks/1", headers={"x-key": "bad"}).status_code == 401


@pytest.mark.parametrize(("kind", "status"), [("till", 204), ("anonymous", 401)])
@pytest.mark.parametrize("strategy", ["protected-path", "oauth-user-scope"])
def test_kind_of_a_plugin_is_known(
    answer: Callable[..., Client], strategy: str, kind: str, status: int
) -> None:
    """Whoever is of a kind that only a plugin knows is somebody; who is anonymous is not."""
    client = answer(
        Operation(
            "get",
            lambda: GlueResponse.no_content(),
            "looks",
            status=204,
            protection=Protection((strategy,), scopes=("sell",)),
        ),
        glue_identity_readers=lambda: [
            IdentityReader(
                "till", "x-till", lambda value, request: Identity(kind, "1", 1, (value,))
            )
        ],
    )

    assert client.get("/looks/1", headers={"x-till": "sell"}).status_code == status


def test_reader_that_wants_to_be_alone(answer: Callable[..., Client]) -> None:
    """Two headers that name two callers are 400 with the code 005."""
    client = answer(
        PROTECTED,
        glue_identity_readers=lambda: [IdentityReader("key", "x-key", key, is_alone=True)],
    )

    assert_error(client.get("/things/1", headers=as_("anna", **{"x-key": "good"})), 400, "005")


def test_words_of_a_reader_that_wants_to_be_alone(answer: Callable[..., Client]) -> None:
    """A reader that wants to be alone may say in its own words that it was not."""
    alone = IdentityReader("key", "x-key", key, is_alone=True, alone_message="One of them.")
    client = answer(PROTECTED, glue_identity_readers=lambda: [alone])
    response = client.get("/orders/1", headers=as_("anna", **{"x-key": "good"}))

    assert response.json[0]["message"] == "One of them."


def test_value_in_the_query(answer: Callable[..., Client]) -> None:
    """A reader may take its value from the query, which nothing else sees any more."""

    def tell(request: GlueRequest) -> GlueResponse:
        told = f"{request.identity is not None} {request.parameters_string}"
        return GlueResponse(content=told.encode(), format="text/plain")

    reader = IdentityReader("key", "x-key", key, parameter="key")
    told = Operation("get", tell, "/told", protection=PUBLIC)
    client = answer(glue_identity_readers=lambda: [reader], glue_route_providers=lambda: [told])

    assert client.get("/told?key=bad").status_code == 401
    assert client.get("/told?key=good").text == "True "


def test_answers_vary_by_who_asks(answer: Callable[..., Client]) -> None:
    """Caches learn which headers say who asks."""
    response = answer(PROTECTED).get("/things/1")

    assert "Authorization" in response.headers["vary"]


# Who may.


@pytest.mark.parametrize(
    ("protection", "name", "status"),
    [
        (Protection(scopes=("back-office-user",)), "carla", 200),
        (Protection(scopes=("back-office-user",)), "anna", 403),
        (Protection(scopes=("x", "customer")), "anna", 200),
        (Protection(("user-type",), kinds=("user",)), "carla", 200),
        (Protection(("user-type",), kinds=("user",)), "anna", 403),
        (Protection(("warehouse-token",)), "warehouse", 200),
        (Protection(("warehouse-token",)), "carla", 403),
        (Protection(("protected-path",)), "anna", 200),
        (Protection(("oauth-user-scope", "warehouse-token")), "anna", 403),
        (Protection(("absent?", "protected-path")), "anna", 200),
        (Protection(kinds=("user",)), "anna", 403),
        (PUBLIC, None, 200),
    ],
)
def test_strategies(
    answer: Callable[..., Client], protection: Protection, name: str | None, status: int
) -> None:
    """Each strategy looks at what it is about, and all that are not detached must succeed."""
    client = answer(order("get", show_order, protection=protection))
    response = client.get("/orders/1", headers=as_(name) if name else {})

    assert response.status_code == status


def test_missing_scope_is_forbidden(answer: Callable[..., Client]) -> None:
    """Who is known and lacks the scope is answered 403 in the words of the contract."""
    client = answer(order("get", show_order, protection=Protection(scopes=("x",))))
    response = client.get("/orders/1", headers=as_("anna"))

    assert response.json == [{"status": 403, "code": None, "message": "Forbidden."}]
    assert "www-authenticate" not in response.headers


def test_words_of_the_operation(answer: Callable[..., Client]) -> None:
    """A protection may say status, code and text of its refusals."""
    own = Protection(scopes=("x",), status=403, code="5101", message="Operation is forbidden.")
    client = answer(order("get", show_order, protection=own))

    for headers in ({}, as_("anna")):
        response = client.get("/orders/1", headers=headers)
        (error,) = response.json
        assert (error["status"], error["code"]) == (403, "5101")
        assert error["message"] == "Operation is forbidden."


def test_words_for_who_is_known(answer: Callable[..., Client]) -> None:
    """Words without a status say what a known caller lacks; others hear the usual ones."""
    own = Protection(scopes=("x",), code="5204", message="Operation is forbidden.")
    client = answer(order("get", show_order, protection=own))
    known, unknown = client.get("/orders/1", headers=as_("anna")), client.get("/orders/1")

    assert_error(known, 403, "5204")
    assert known.json[0]["message"] == "Operation is forbidden."
    assert_error(unknown, 401, None)
    assert unknown.json[0]["message"] == "Unauthorized request."


def test_detached_strategy_is_enough(answer: Callable[..., Client]) -> None:
    """One success of a detached strategy authorises, whatever the others say."""
    detached = Strategy("key", lambda protection, grants: "reports" in grants, is_detached=True)
    client = answer(
        order("get", show_order, protection=Protection(("warehouse-token", "key"))),
        glue_identity_readers=lambda: [IdentityReader("key", "x-key", key)],
        glue_authorization_strategies=lambda: [detached],
    )

    assert client.get("/orders/1", headers={"x-key": "good"}).status_code == 200
    assert client.get("/orders/1", headers=as_("warehouse")).status_code == 200
    assert client.get("/orders/1", headers=as_("anna")).status_code == 403


def test_strategy_that_looks_at_the_request(answer: Callable[..., Client]) -> None:
    """A strategy may decide by the request, and refuse in its own words."""

    def morning(request: GlueRequest, protection: Protection) -> bool:
        if request.header("x-hour") is None:
            raise Forbidden("9401", "Say what time it is.")
        return request.header("x-hour") == "9"

    client = answer(
        order("get", show_order, protection=Protection(("morning",))),
        glue_authorization_strategies=lambda: [
            Strategy("morning", authorize=morning, errors=(ErrorCode(403, "9401", "No hour."),))
        ],
    )

    assert client.get("/orders/1", headers={"x-hour": "9"}).status_code == 200
    assert client.get("/orders/1", headers=as_("anna", **{"x-hour": "8"})).status_code == 403
    assert_error(client.get("/orders/1"), 403, "9401")


@pytest.mark.parametrize(
    ("protection", "status", "code", "message"),
    [
        (Protection(("name?", "moon")), 400, "9402", "Wait for the moon."),
        (Protection(("moon",), message="Later."), 400, "9402", "Later."),
        (Protection(("moon",), status=403, code="9403"), 403, "9403", "Unauthorized request."),
    ],
)
def test_words_of_a_strategy(
    answer: Callable[..., Client], protection: Protection, status: int, code: str, message: str
) -> None:
    """A strategy has words of its own, where the protection names no status."""
    moon = Strategy("moon", lambda *_: False, status=400, code="9402", message="Wait for the moon.")
    client = answer(
        order("get", show_order, protection=protection),
        glue_authorization_strategies=lambda: [moon],
    )
    response = client.get("/orders/1")

    assert_error(response, status, code)
    assert response.json[0]["message"] == message


def test_body_is_not_looked_at_before(answer: Callable[..., Client]) -> None:
    """Who may not write learns nothing about what a body must be."""
    client = answer(order("post", lambda: GlueResponse(), protection=Protection()))

    assert client.post("/orders", json={"total": "no number"}).status_code == 401


def application(protection: Protection | None = None, **options: Any) -> Source:
    """Make the application with a default."""
    made = RequestFlowAwareApiApplication("shop", protection=protection, **options)
    return in_memory("glue.applications", "shop", made)


OPEN = Operation("get", lambda: GlueResponse(), "open", protection=PUBLIC)
WORDED = Operation(
    "get",
    lambda: GlueResponse(),
    "worded",
    protection=Protection(status=400, code="109", message="Who are you?"),
)


def secured(glue_deployment: Any, settings: dict[str, Any] | None = None, **options: Any) -> Client:
    """Deploy an application that protects what declares nothing."""
    plugin = in_memory(
        "glue.plugins.shop",
        "own",
        glue_resources=lambda: [order("get", show_order), OPEN, WORDED],
        glue_authentication_servers=lambda: [Server()],
    )
    deployment = glue_deployment(
        [application(Protection(kinds=("user",)), **options), plugin], settings=settings or {}
    )
    return Client(deployment.applications["shop"])


def test_application_protects_what_declares_nothing(glue_deployment: Any) -> None:
    """Secure by default: only what says so is open."""
    client = secured(glue_deployment)

    assert client.get("/orders/1").status_code == 401
    assert client.get("/orders/1", headers=as_("anna")).status_code == 403
    assert client.get("/orders/1", headers=as_("carla")).status_code == 200
    assert client.get("/open/1").status_code == 200


OLD = Refusals(
    unknown=ErrorCode(403, "002", "Missing access token."),
    no_token=ErrorCode(400, "001", "Invalid access token."),
    bad_token=ErrorCode(401, "001", "Not this one."),
)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (403, "002", "Missing access token.")),
        ({"authorization": "abc"}, (400, "001", "Invalid access token.")),
        (as_("nobody"), (401, "001", "Not this one.")),
    ],
)
def test_application_chooses_its_refusals(
    glue_deployment: Any, headers: dict[str, str], expected: tuple[int, str, str]
) -> None:
    """An application says what it answers to who is not known; only a 401 has a challenge."""
    response = secured(glue_deployment, refusals=OLD).get("/orders/1", headers=headers)
    (error,) = response.json

    assert (response.status_code, error["code"], error["message"]) == expected
    assert ("www-authenticate" in response.headers) is (response.status_code == 401)


def test_refusals_are_for_who_is_unknown(glue_deployment: Any) -> None:
    """Who is known, and may not, is answered as ever; so is what a protection words itself."""
    client = secured(glue_deployment, refusals=OLD)

    assert_error(client.get("/worded/1"), 400, "109")
    response = client.get("/orders/1", headers=as_("anna"))
    assert (response.status_code, response.json[0]["code"]) == (403, None)


def test_default_is_switched_off_by_a_setting(glue_deployment: Any) -> None:
    """Switching the default off is a visible setting."""
    settings = {"applications": {"shop": {"protected_by_default": False}}}

    assert secured(glue_deployment, settings).get("/orders/1").status_code == 200


def test_resource_says_who_may(answer: Callable[..., Client]) -> None:
    """A resource's protection is that of its operations that say nothing."""
    notes = Resource("notes", OrderAttributes, protection=Protection())
    client = answer(
        Operation("get", show_order, "notes", notes),
        Operation("getCollection", list_orders, "notes", notes, protection=PUBLIC),
    )

    assert client.get("/notes/1").status_code == 401
    assert client.get("/notes").status_code == 200


# Protected paths.


@pytest.mark.parametrize(
    ("table", "path", "status"),
    [
        ({"path": "/things"}, "/things", 401),
        ({"path": "/things"}, "/things/", 401),
        ({"path": "/things"}, "/things/1", 200),
        ({"pattern": "/things(/.*)?"}, "/things/1", 401),
        ({"pattern": "/things/1"}, "/things/%31", 401),
        ({"pattern": "/things/a%2Fb"}, "/things/a%2Fb", 401),
        ({"path": "/things", "methods": ["POST"]}, "/things", 200),
        ({"path": "/things", "methods": ["GET"]}, "/things", 401),
    ],
)
def test_protected_paths_of_the_settings(
    answer: Callable[..., Client], table: dict[str, Any], path: str, status: int
) -> None:
    """Paths are protected as Glue understood them, not as a client spelled them."""
    client = answer(settings={"applications": {"shop": {"protected_paths": [table]}}})

    assert client.get(path, raw_path=path).status_code == status


def test_head_is_protected_as_get(answer: Callable[..., Client]) -> None:
    """HEAD opens no way around the protection of GET."""
    table = {"path": "/things", "methods": ["GET"]}
    client = answer(settings={"applications": {"shop": {"protected_paths": [table]}}})

    assert client.head("/things").status_code == 401


def test_protected_paths_of_plugins(answer: Callable[..., Client]) -> None:
    """A plugin protects paths of others, with a protection of its own."""
    path = ProtectedPath("/things/.*", True, ("PATCH",), Protection(("warehouse-token",)))
    client = answer(glue_protected_paths=lambda: [path])

    assert client.patch("/things/1", json={}, headers=as_("anna")).status_code == 403
    assert client.get("/things/1").status_code == 200


# What does not fit stops the start.


@pytest.mark.parametrize(
    ("hooks", "settings", "message"),
    [
        (
            {"glue_resources": lambda: [order("get", show_order, protection=Protection(("x",)))]},
            {},
            "names the authorization strategy 'x', which nobody provides",
        ),
        (
            {"glue_resources": lambda: [order("get", show_order, protection=Protection(("x?",)))]},
            {},
            "protected by strategies that are all absent",
        ),
        (
            {"glue_resources": lambda: [PROTECTED], "glue_authentication_servers": list},
            {},
            "is protected, and nothing checks the credentials of anybody",
        ),
        (
            {
                "glue_resources": lambda: [
                    order("get", show_order, protection=Protection(kinds=("user",)))
                ],
                "glue_authentication_servers": list,
                "glue_identity_readers": lambda: [
                    IdentityReader("visitor", "x-visitor", key, kinds=("anonymous", "api-key"))
                ],
            },
            {},
            "nothing checks the credentials of user",
        ),
        (
            {"glue_authentication_servers": lambda: [Server(), Server()]},
            {},
            "Two authentication servers of 'shop' are named 'names'",
        ),
        (
            {
                "glue_identity_readers": lambda: [
                    IdentityReader("a", "x-key", key),
                    IdentityReader("b", "x-key", key),
                ]
            },
            {},
            "Two identity readers of 'shop' read the header 'x-key'",
        ),
        (
            {"glue_authorization_strategies": lambda: [Strategy("idle")]},
            {},
            "'idle' of 'shop' decides nothing",
        ),
        (
            {
                "glue_authorization_strategies": lambda: [
                    Strategy("protected-path", lambda p, g: True)
                ]
            },
            {},
            "Two authorization strategies of 'shop' are named 'protected-path'",
        ),
        ({}, {"authentication_servers": ["nobody"]}, "names 'nobody'"),
        ({}, {"protected_paths": [{"pattern": "("}]}, "is no regular expression"),
        ({}, {"protected_paths": [{}]}, "Give a path or a pattern"),
        (
            {
                "glue_resources": lambda: [
                    order(
                        "get",
                        show_order,
                        protection=Protection(("protected-path", "oauth-user-scope")),
                    )
                ]
            },
            {"several_strategies": False},
            "names several authorization strategies",
        ),
    ],
)
def test_what_does_not_fit_stops_the_start(
    deploy: Deploy, hooks: dict[str, Any], settings: dict[str, Any], message: str
) -> None:
    """Names that nobody provides and declarations that contradict each other stop the start."""
    options: dict[str, Any] = {"glue_authentication_servers": lambda: [Server()], **hooks}
    with pytest.raises(ConfigurationError, match=message.replace("(", r"\(")):
        deploy(settings={"applications": {"shop": settings}}, **options)


# Requests for tokens.


def test_own_server_stands_for_a_borrowed_one(glue_deployment: Any) -> None:
    """Where an application borrows plugins, its own server or reader stands for theirs."""

    def who(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=str(request.identity and request.identity.via).encode())

    def plugin(group: str, via: str) -> Source:
        def read(value: str, request: GlueRequest) -> Identity:
            return replace(ANNA, via=via)

        return in_memory(
            group,
            f"from_{via}",
            glue_authentication_servers=lambda: [Server()],
            glue_identity_readers=lambda: [IdentityReader("badge", "x-badge", read)],
        )

    borrowing = RequestFlowAwareApiApplication(
        "stall", groups=("glue.plugins.stall", "glue.plugins.shop")
    )
    place = in_memory(
        "glue.plugins.stall",
        "places",
        glue_route_providers=lambda: [Operation("get", who, "/who", protection=PUBLIC)],
    )
    deployment = glue_deployment(
        [
            in_memory("glue.applications", "stall", borrowing),
            place,
            plugin("glue.plugins.stall", "own"),
            plugin("glue.plugins.shop", "shop"),
        ]
    )
    client = Client(deployment.applications["stall"])

    assert client.get("/who", headers={"x-badge": "1"}).text == "own"
    assert client.get("/who", headers=as_("anna")).text == "tests"


def test_first_server_that_takes_a_request_answers(deploy: Deploy) -> None:
    """A token request goes to the first server that takes it; nobody is a clear error."""
    deployment = deploy(glue_authentication_servers=lambda: [Server()])
    access = deployment.registry.applications["shop"].access
    assert access is not None

    def ask(**parameters: str) -> AuthenticationResponse:
        return access.authenticate(AuthenticationRequest("shop", parameters))

    assert ask(grant_type="name", name="anna").attributes == {"access_token": "anna"}
    refused = ask(grant_type="other")
    assert (refused.status, refused.error) == (400, "unsupported_grant_type")
    assert refused.message == 'Grant type "other" not found'
    assert ask().error == "invalid_request"


def test_nothing_secret_is_shown() -> None:
    """What carries credentials does not show them when it is printed."""
    request = AuthenticationRequest("shop", {"password": "secret"}, client=("a", "secret"))
    response = AuthenticationResponse({"access_token": "secret"})

    assert "secret" not in repr(request) + repr(response)
