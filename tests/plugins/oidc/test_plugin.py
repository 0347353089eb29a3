"""The plugin in a deployment: chosen or not, right and wrong settings, whole requests."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glue_core import (
    ConfigurationError,
    Deployment,
    GlueRequest,
    GlueResponse,
    Operation,
    Protection,
    RequestFlowAwareApiApplication,
    Settings,
)
from glue_core.testing import Client, in_memory, installed
from glue_oidc.plugin import glue_settings
from glue_oidc.settings import OidcSettings

Deploy = Callable[..., Deployment]


def show_caller(request: GlueRequest) -> GlueResponse:
    """Answer by what name the caller is known."""
    identity = request.identity
    name = "nobody" if identity is None else identity.natural_identifier
    return GlueResponse(content=name.encode(), format="text/plain")


@pytest.fixture
def deploy(glue_deployment: Callable[..., Deployment]) -> Deploy:
    """Make a deployment of an application with a protected and a public route."""
    protected = Protection(scopes=("user",), kinds=("user",))
    application = RequestFlowAwareApiApplication("office_api")
    public = Operation("get", show_caller, "/public")
    guarded = Operation("get", show_caller, "/caller", protection=protected)

    def make(
        oidc: dict[str, Any] | None = None,
        chosen: list[str] | None = None,
        plugins: tuple[str, ...] = (),
    ) -> Deployment:
        table = {} if chosen is None else {"authentication_servers": chosen}
        # What is protected, while nobody checks credentials, stops the start.
        operations = [public] if oidc is None else [public, guarded]
        return glue_deployment(
            [
                *installed("oidc", *plugins),
                in_memory("glue.applications", "office_api", application),
                in_memory(
                    "glue.plugins.office_api", "caller", glue_route_providers=lambda: operations
                ),
            ],
            settings={
                "applications": {"office_api": {"paths": ["/"], **table}},
                "plugins": {"oidc": oidc or {}},
            },
        )

    return make


RIGHT = {"issuer": "https://login.example.com", "audience": ["https://api.example.com"]}


def test_without_a_provider_nothing_is_demanded(deploy: Deploy) -> None:
    """Installed and not chosen, the plugin is as if it were not there."""
    client = Client(deploy().applications["office_api"])

    assert client.get("/public", headers={"Authorization": "Bearer a.b.c"}).text == "nobody"


def test_without_a_provider_nothing_is_loaded(tmp_path: Path) -> None:
    """Cryptography, an HTTP client and the people of the shop cost those who do not use them."""
    code = (
        "import sys\n"
        "from glue_core import Features, Settings\n"
        "from glue_oidc import plugin\n"
        "settings = Settings.of({}).with_sections(plugin.glue_settings())\n"
        "assert plugin.glue_authentication_servers(Features(()), settings) == []\n"
        "found = {'joserfc', 'urllib3', 'glue_users', 'glue_customers'} & set(sys.modules)\n"
        "assert not found, found\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("oidc", "message"),
    [
        ({}, "plugins.oidc.issuer is missing"),
        ({"issuer": RIGHT["issuer"]}, "plugins.oidc.audience is missing"),
        (
            {**RIGHT, "audience": [], "applications": {"storefront_api": {"audience": ["x"]}}},
            "or plugins.oidc.applications.office_api.audience",
        ),
        ({**RIGHT, "issuer": "http://login.example.com"}, "allow_http = true"),
        ({**RIGHT, "issuer": "http://127.0.0.1.example.com"}, "allow_http = true"),
        ({**RIGHT, "issuer": "login.example.com"}, "starts with https://"),
        ({**RIGHT, "issuer": "ftp://login.example.com"}, "starts with https://"),
        ({**RIGHT, "issuer": "https://login.example.com:x"}, "starts with https://"),
        ({**RIGHT, "issuer": "https://[::1"}, "starts with https://"),
        ({**RIGHT, "issuer": "https://login.example.com?x=1"}, "no query"),
        ({**RIGHT, "issuer": "https://login.example.com#x"}, "no query"),
        ({**RIGHT, "issuer": "https://me@login.example.com"}, "no user name"),
        ({**RIGHT, "issuer": "https://login.example.com/a b"}, "no spaces"),
        ({**RIGHT, "issuer": "https://login.example.com/é"}, "no letters beyond"),
        ({**RIGHT, "algorithms": ["HS256"]}, "no signature with a public key"),
        ({**RIGHT, "algorithms": ["none"]}, "no signature with a public key"),
        ({**RIGHT, "algorithms": []}, "plugins.oidc.algorithms"),
        ({**RIGHT, "kind": "admin"}, "plugins.oidc.kind"),
        ({**RIGHT, "kind_claim": "type"}, "belong together"),
        ({**RIGHT, "kinds": {"staff": "user"}}, "belong together"),
        ({**RIGHT, "kind_claim": "type", "kinds": {"staff": "admin"}}, "plugins.oidc.kinds"),
        ({**RIGHT, "lookup": "customer"}, "nobody would be looked up"),
        ({**RIGHT, "kind": "client", "lookup": "both"}, "nobody would be looked up"),
        (
            {**RIGHT, "kind_claim": "type", "kinds": {"staff": "user"}, "lookup": "customer"},
            "nobody would be looked up",
        ),
        (
            {**RIGHT, "applications": {"ofice_api": {"clients": ["tool"]}}},
            "Did you mean 'office_api'",
        ),
        ({**RIGHT, "lookup": "maybe"}, "plugins.oidc.lookup"),
        ({**RIGHT, "leeway": 3600}, "plugins.oidc.leeway"),
        ({**RIGHT, "certificates": "missing.pem"}, "plugins.oidc.certificates"),
        ({**RIGHT, "isuer": "x"}, "Did you mean 'issuer'"),
        ({**RIGHT, "applications": {"office_api": {"audiense": ["x"]}}}, "audiense"),
        ({**RIGHT, "applications": {"office_api": {"audience": []}}}, "audience"),
    ],
)
def test_wrong_settings_stop_the_start(deploy: Deploy, oidc: dict[str, Any], message: str) -> None:
    """The message names the setting, and what to do."""
    with pytest.raises(ConfigurationError) as raised:
        deploy(oidc, ["oidc"])

    assert message in str(raised.value)


@pytest.mark.parametrize(
    "oidc",
    [
        RIGHT,
        {**RIGHT, "issuer": "http://localhost:8080/realms/shop"},
        {**RIGHT, "issuer": "http://127.0.0.1:8080"},
        {**RIGHT, "issuer": "http://[::1]:8080"},
        {**RIGHT, "issuer": "http://login.example.com", "allow_http": True},
        {
            "issuer": RIGHT["issuer"],
            "applications": {"office_api": {"audience": ["https://office.example.com"]}},
        },
    ],
)
def test_right_settings_start_without_a_question(deploy: Deploy, oidc: dict[str, Any]) -> None:
    """A provider that is down, or unheard of, stops no start: it is asked when a token comes."""
    assert Client(deploy(oidc, ["oidc"]).applications["office_api"]).get("/public").text == "nobody"


@pytest.mark.parametrize(("lookup", "kind"), [("user", "user"), ("customer", "customer")])
def test_a_lookup_that_nobody_provides_stops_the_start(
    deploy: Deploy, lookup: str, kind: str
) -> None:
    """Without the feature that knows people, nobody could ever come in."""
    with pytest.raises(ConfigurationError, match="No feature provides"):
        deploy({**RIGHT, "lookup": lookup, "kind": kind}, ["oidc"])


@pytest.fixture
def sign(rsa: Any, provider: Any) -> Callable[..., str]:
    """Make a token of the provider that counts now."""

    def make(**given: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": provider.url,
            "aud": "https://api.example.com",
            "sub": "somebody",
            "iat": now,
            "exp": now + 300,
            **given,
        }
        return str(rsa.sign(claims, "RS256"))

    return make


@pytest.fixture
def get(deploy: Deploy, provider: Any) -> Callable[..., Any]:
    """Call the protected route of an office that trusts the provider."""
    table = {**RIGHT, "issuer": provider.url, "scopes": {"glue.admin": ["user"]}}
    client = Client(deploy(table, ["oidc"]).applications["office_api"])

    def call(token: str, path: str = "/caller") -> Any:
        return client.get(path, headers={"Authorization": f"Bearer {token}"})

    return call


def test_a_token_of_the_provider_opens_a_protected_route(
    get: Callable[..., Any], sign: Callable[..., str]
) -> None:
    """The mapped scope is what the operation asks for."""
    response = get(sign(scope="glue.admin"))

    assert (response.status_code, response.text) == (200, "somebody")


def test_a_token_without_the_scope_is_forbidden(
    get: Callable[..., Any], sign: Callable[..., str]
) -> None:
    """A scope that is spelled as one of Glue's is not one unless the table says so."""
    assert get(sign(scope="user")).status_code == 403


@pytest.mark.parametrize("path", ["/caller", "/public"])
def test_a_token_that_does_not_hold_is_401_everywhere(
    get: Callable[..., Any], sign: Callable[..., str], path: str
) -> None:
    """Whoever sends a bad token is told so, also where none is needed."""
    response = get(sign(exp=1), path)

    assert response.status_code == 401
    assert response.json[0]["code"] == "001"
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


def test_a_provider_that_is_down_is_503_for_its_tokens_alone(
    get: Callable[..., Any], sign: Callable[..., str], provider: Any
) -> None:
    """Who comes with one is asked to come again; garbage is refused as ever."""
    provider.stop()

    response = get(sign())

    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert provider.url not in response.text
    assert get("a.b.c").status_code == 401
    assert get(sign(iss="https://elsewhere.example.com")).status_code == 401


def test_two_deployments_know_nothing_of_each_other(
    deploy: Deploy, provider: Any, sign: Callable[..., str]
) -> None:
    """What one kept of the provider is not the other's."""
    table = {**RIGHT, "issuer": provider.url}
    token = sign()
    for _ in range(2):
        headers = {"Authorization": f"Bearer {token}"}
        client = Client(deploy(table, ["oidc"]).applications["office_api"])
        assert client.get("/public", headers=headers).text == "somebody"

    assert provider.asked.count("/keys") == 2


def test_settings_may_come_from_the_environment() -> None:
    """A list is written with commas there, as every list of Glue's settings."""
    environment = {
        "GLUE_CONFIG": "",
        "GLUE_PLUGINS__OIDC__ISSUER": "https://login.example.com",
        "GLUE_PLUGINS__OIDC__AUDIENCE": "one, two",
    }
    settings = Settings.read(environment).with_sections(glue_settings())

    assert settings.section("oidc")["audience"] == ["one", "two"]


README = Path(__file__).resolve().parents[3] / "plugins" / "oidc" / "README.md"


@pytest.mark.parametrize("name", [each for each in OidcSettings().fields if each != "applications"])
def test_the_readme_has_every_setting(name: str) -> None:
    """Name, default and meaning are those of the schema."""
    field = OidcSettings().fields[name]
    default = field.load_default
    default = default() if callable(default) else default
    shown = "-" if default is None else f"`{json.dumps(default)}`"

    lines = [each for each in README.read_text("utf-8").splitlines() if f"| `{name}` |" in each]
    assert len(lines) == 1
    assert lines[0].startswith(f"| `{name}` | {shown} | ")
    assert lines[0].endswith(f" | {field.metadata['description']} |")
