"""``glue clients``, ``glue keys`` and ``glue tokens``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from glue_core import Session
from glue_core.cli.group import main
from tests.plugins.oauth.conftest import (
    CUSTOMER,
    PASSWORD,
    PLUGINS,
    REDIRECT,
    MakeShop,
    Shop,
    bearer,
    form,
)

Run = Callable[..., Result]
MACHINE = ("--grant", "client_credentials", "--scope", "stock")


@pytest.fixture
def run(glue_settings: dict[str, Any], shop: Shop) -> Run:
    """Run a command on the deployment of a shop."""

    def call(*arguments: str) -> Result:
        session = Session(plugins=PLUGINS, given=glue_settings)
        return CliRunner().invoke(main, arguments, obj=session)

    return call


def test_created_client_works(run: Run, shop: Shop) -> None:
    """A client that was created gets a token with the secret that was shown."""
    made = json.loads(run("clients", "create", "Stock", *MACHINE, "--json").stdout)

    asked = {"grant_type": "client_credentials"}
    answer = form(shop.backend, "/token", asked, (made["id"], made["secret"]))
    assert answer.status_code == 200, answer


def test_secret_is_shown_once(run: Run) -> None:
    """The secret is printed when it is made, and never listed."""
    text = run("clients", "create", "Stock", *MACHINE, "--id", "stock").stdout
    secret = text.split("secret")[1].strip()

    assert len(secret) == 43
    for listed in (run("clients", "list").stdout, run("clients", "list", "--json").stdout):
        assert "stock" in listed
        assert secret not in listed


def test_public_client(run: Run) -> None:
    """A public client has no secret."""
    made = json.loads(
        run(
            "clients",
            "create",
            "App",
            "--public",
            "--redirect-uri",
            REDIRECT,
            "--grant",
            "authorization_code",
            "--json",
        ).stdout
    )

    assert made["secret"] is None
    assert made["redirect_uris"] == [REDIRECT]


def test_rotated_secret(run: Run, shop: Shop) -> None:
    """After a rotation the new secret counts, and no other."""
    old = json.loads(run("clients", "create", "Stock", *MACHINE, "--json").stdout)
    new = json.loads(run("clients", "rotate-secret", old["id"], "--json").stdout)

    asked = {"grant_type": "client_credentials"}
    statuses = [
        form(shop.backend, "/token", asked, (old["id"], each["secret"])).status_code
        for each in (old, new)
    ]
    assert statuses == [401, 200]


def test_disabled_client(run: Run) -> None:
    """A disabled client is listed as such."""
    run("clients", "create", "Stock", *MACHINE, "--id", "stock")

    assert run("clients", "disable", "stock").stdout == "Disabled stock.\n"
    assert "disabled" in run("clients", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("clients", "disable", "nobody"), "no client 'nobody'"),
        (("clients", "rotate-secret", "nobody"), "no client 'nobody'"),
        (("keys", "revoke", "nothing"), "no signing key 'nothing'"),
        (("keys", "revoke"), "KID"),
        (("clients", "create", "Stock"), "--grant"),
        (("clients", "create", "Stock", "--grant", "stock"), "no grant 'stock'"),
        (
            ("clients", "create", "Stock", *MACHINE, "--application", "shop"),
            "no application 'shop'; there are: backend_api, storefront_api.",
        ),
        (("clients", "create", "Stock", *MACHINE, "--id", "glue"), "default client"),
        (("clients", "create", "App", "--grant", "authorization_code"), "redirect address"),
        (("tokens", "clean", "--older-than", "a week"), "no duration"),
    ],
)
def test_mistakes_are_told(run: Run, arguments: tuple[str, ...], text: str) -> None:
    """What cannot be done ends with a sentence, not with a traceback."""
    result = run(*arguments)

    assert result.exit_code != 0
    assert text in result.output
    assert "Traceback" not in result.output


def test_unmigrated_database(glue_settings: dict[str, Any], tmp_path: Path) -> None:
    """On a database without tables a command says what to run."""
    given = {"services": {"database": f"sqlite:///{tmp_path}/other.sqlite"}}
    result = CliRunner().invoke(main, ["keys", "rotate"], obj=Session(PLUGINS, given))

    assert result.exit_code == 1
    assert "glue migrate" in result.output


def test_keys(run: Run, make_shop: MakeShop) -> None:
    """Keys are listed with their states, and rotated; tokens of before stay good."""
    assert "no key yet" in run("keys", "list").stdout
    # The command line has the default algorithm.
    shop = make_shop({"algorithm": None}, is_empty=False)
    token = shop.log_in()["access_token"]
    early = run("keys", "rotate")
    assert early.exit_code == 1
    assert "--now" in early.output
    assert "signs now" in run("keys", "rotate", "--now").stdout

    listed = json.loads(run("keys", "list", "--json").stdout)

    assert sorted(each["state"] for each in listed) == ["active", "next", "retiring"]
    assert all("pem" not in str(each).lower() for each in listed)
    assert shop.storefront.get("/who", headers=bearer(token)).status_code == 200


def test_cleaning(run: Run) -> None:
    """Cleaning tells what went."""
    assert "0  authorization codes" in run("tokens", "clean").stdout
    assert run("tokens", "clean", "--older-than", "P1D").exit_code == 0


def test_revoked_keys(run: Run, make_shop: MakeShop) -> None:
    """Keys that leaked are revoked by their ids, together; tokens of before are void."""
    shop = make_shop({"revocation_seconds": 0}, is_empty=False)
    token = shop.log_in()["access_token"]
    old = [each["kid"] for each in json.loads(run("keys", "list", "--json").stdout)]

    told = run("keys", "revoke", *old).stdout

    left = json.loads(run("keys", "list", "--json").stdout)
    assert f"Revoked {', '.join(old)}." in told
    assert not {each["kid"] for each in left} & set(old)
    assert shop.storefront.get("/who", headers=bearer(token)).status_code == 401


def test_default_client_is_replaced_by_name(run: Run, shop: Shop) -> None:
    """With --replace-default a client may have the id of the default one, and be it."""
    made = ("clients", "create", "Own", "--public", "--grant", "refresh_token", "--id", "glue")
    assert run(*made, "--replace-default").exit_code == 0

    refused = shop.token(grant_type="password", username=CUSTOMER, password=PASSWORD)

    assert refused.json[0]["code"] == "unauthorized_client"
