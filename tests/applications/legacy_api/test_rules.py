"""Rule files of a shop and of plugins, in whole requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from glue_core import ConfigurationError, GlueRequest, Step
from glue_core.testing import Client, Deployment
from glue_legacy_api import Constraint, RuleFile

RULES = """
boxes:
    post:
        name:
            - NotBlank
            - Length: {max: 3}
        owner:
            - Optional:
                constraints:
                    - Email
    patch:
        name:
            - NotBlank
"""


@pytest.fixture
def shop(tmp_path: Path, serve: Callable[..., Client]) -> Callable[..., Client]:
    """Serve with the rule files of a shop: names below its folder to texts."""

    def make(files: Mapping[str, str], **options: Any) -> Client:
        for name, text in files.items():
            path = tmp_path / "rules" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        section = {"validation": [str(tmp_path / "rules")], "validation_stores": ["DE"]}
        return serve(settings={"plugins": {"legacy_api": section}}, **options)

    return make


def post(client: Client, **attributes: Any) -> list[str]:
    """Create a box; return the status, or what is wrong."""
    response = client.post("/boxes", json={"data": {"type": "boxes", "attributes": attributes}})
    if response.status_code == 201:
        return ["201"]
    assert response.status_code == 422
    assert {each["code"] for each in response.json["errors"]} == {"901"}
    return [each["detail"] for each in response.json["errors"]]


def test_shop_brings_its_rules(shop: Callable[..., Client]) -> None:
    """Rules of the shop's files are held against bodies; what has none passes."""
    client = shop({"boxes.validation.yaml": RULES})

    assert post(client, name="abcd", owner="nobody") == [
        "name => This value is too long. It should have 3 characters or less.",
        "owner => This value is not a valid email address.",
    ]
    assert post(client) == ["name => This field is missing."]
    assert post(client, name="abc", owner="a@b.example", other=1) == ["201"]


def test_rules_come_before_the_schema(shop: Callable[..., Client]) -> None:
    """What the files refuse is told first; what they let pass the schema of the resource judges."""
    client = shop({"boxes.validation.yaml": RULES})

    assert post(client, name="", width="x") == ["name => This value should not be blank."]
    assert post(client, name="abc", width="x") == ["width => This value should be of type int."]


def test_store_has_rules_of_its_own(shop: Callable[..., Client]) -> None:
    """A folder with the name of a store replaces rules for its requests."""

    def choose(request: GlueRequest) -> None:
        request.store = request.query_fields.get("_store")

    own = "boxes:\n    post:\n        name:\n            - Length: {min: 5}\n"
    client = shop(
        {"boxes.validation.yaml": RULES, "DE/boxes.validation.yaml": own},
        glue_request_builders=lambda: [Step("store", lambda operation: choose)],
    )
    body = {"data": {"type": "boxes", "attributes": {"name": "abcd"}}}

    german = client.post("/boxes?_store=DE", json=body).json["errors"][0]["detail"]
    other = client.post("/boxes?_store=AT", json=body).json["errors"][0]["detail"]

    assert german == "name => This value is too short. It should have 5 characters or more."
    assert other == "name => This value is too long. It should have 3 characters or less."


def test_plugins_ship_rules_and_constraints(shop: Callable[..., Client]) -> None:
    """Rules and kinds of rules come from plugins too; what the shop says of an attribute wins."""

    def odd(options: Mapping[str, object]) -> Callable[[object], str | None]:
        return lambda value: None if value in (1, 3, 5) else "This value is even."

    client = shop(
        {"boxes.validation.yaml": RULES},
        glue_legacy_constraints=lambda: [Constraint("Odd", odd)],
        glue_legacy_validation_rules=lambda: [
            RuleFile("shipped", {"boxes": {"post": {"width": ["Odd"], "name": ["Email"]}}})
        ],
    )

    assert post(client, name="abc", width=2) == ["width => This value is even."]
    assert post(client, name="abc", width=3) == ["201"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("boxes:\n    post:\n        name:\n            - NotBlnk\n", "NotBlnk"),
        ("boxes: [\n", "boxes.validation.yaml"),
    ],
    ids=["constraint", "yaml"],
)
def test_bad_file_stops_the_start(shop: Callable[..., Client], text: str, told: str) -> None:
    """A mistake in a file stops the start, with the file and the line."""
    with pytest.raises(ConfigurationError, match=told) as raised:
        shop({"boxes.validation.yaml": text})

    assert "boxes.validation.yaml" in str(raised.value)


def test_missing_list_of_passwords_stops_the_start(deploy: Callable[..., Deployment]) -> None:
    """A list of leaked passwords that is not there is told with its setting."""
    settings = {"plugins": {"legacy_api": {"leaked_passwords": "nowhere.txt"}}}

    with pytest.raises(ConfigurationError, match="leaked_passwords"):
        deploy(settings=settings)
