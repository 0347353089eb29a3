"""Hook implementations of the customers; the only file where objects are wired."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from glue_core import (
    DemoData,
    Features,
    FixtureMaker,
    Importer,
    Migrations,
    Passwords,
    Provider,
    RowImporter,
    Section,
    Settings,
    UserProvider,
    hookimpl,
)
from glue_customers import (
    LONGEST_EMAIL,
    LONGEST_PASSWORD,
    CustomerCredentials,
    CustomerReader,
    CustomerWriter,
)

if TYPE_CHECKING:
    from glue_customers.passwords import PasswordRules

BRANCH = "customers"
SECTION = "customers"


def is_pattern(text: str) -> None:
    """Refuse a text that is no regular expression."""
    try:
        re.compile(text)
    except re.error as error:
        raise ValidationError(f"This is no regular expression: {error}.") from None


class PasswordSettings(Schema):
    """``[plugins.customers.passwords]``: what the shop asks of new passwords."""

    min_length = fields.Integer(
        strict=True,
        load_default=8,
        validate=validate.Range(min=1, max=LONGEST_PASSWORD),
        metadata={"description": "Characters that a password has at least."},
    )
    max_length = fields.Integer(
        strict=True,
        load_default=LONGEST_PASSWORD,
        validate=validate.Range(min=1, max=LONGEST_PASSWORD),
        metadata={"description": "Characters that a password has at most."},
    )
    character_set = fields.String(
        load_default=None,
        allow_none=True,
        validate=is_pattern,
        metadata={"description": "Regular expression that the whole password must fit."},
    )
    repeated = fields.Integer(
        strict=True,
        load_default=3,
        validate=validate.Range(min=0),
        metadata={"description": "How often a character may stand in a row; 0 for any number."},
    )
    denied = fields.List(
        fields.String(),
        load_default=list,
        metadata={"description": "Passwords that are too common, in letters of any case."},
    )
    allowed = fields.List(
        fields.String(),
        load_default=list,
        metadata={"description": "Passwords that need not follow these rules."},
    )

    @validates_schema
    def _lengths_fit(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["min_length"] > data["max_length"]:
            raise ValidationError(
                "No password has at least min_length and at most max_length characters.",
                "min_length",
            )


class CustomersSettings(Schema):
    """``[plugins.customers]``: how customers register."""

    reference_prefix = fields.String(
        load_default="customer",
        validate=validate.Regexp(
            r"[A-Za-z0-9]+([_-][A-Za-z0-9]+)*\Z",
            error="This is no prefix: letters and digits, with single hyphens or underscores.",
        ),
        metadata={"description": "Start of new references, before '--' and a number."},
    )
    double_opt_in = fields.Boolean(
        load_default=True,
        metadata={"description": "Let customers log in only once they confirmed their address."},
    )
    restore_seconds = fields.Integer(
        load_default=7200,
        validate=validate.Range(min=60),
        metadata={"description": "Seconds for which a forgotten password may be replaced."},
    )
    email_max_length = fields.Integer(
        strict=True,
        load_default=100,
        validate=validate.Range(min=6, max=LONGEST_EMAIL),
        metadata={"description": "Characters that the address of a new customer has at most."},
    )
    passwords = fields.Nested(
        PasswordSettings,
        load_default=lambda: PasswordSettings().load({}),
        metadata={"description": "What the shop asks of new passwords."},
    )


@hookimpl
def glue_settings() -> Sequence[Section]:
    """Declare how customers register."""
    return [Section(SECTION, CustomersSettings)]


@hookimpl
def glue_features(settings: Settings) -> Sequence[Provider[Any]]:
    """Provide the customers in the database."""
    own = settings.section(SECTION)

    def writer(features: Features) -> CustomerWriter:
        from glue_customers.writing import DatabaseCustomerWriter

        return DatabaseCustomerWriter(
            features.get(Passwords),
            prefix=own["reference_prefix"],
            double_opt_in=own["double_opt_in"],
            restore_seconds=own["restore_seconds"],
            longest_email=own["email_max_length"],
            rules=_rules(own["passwords"]),
        )

    def credentials(features: Features) -> CustomerCredentials:
        from glue_customers.credentials import DatabaseCustomerCredentials

        return DatabaseCustomerCredentials(
            features.get(Passwords), double_opt_in=own["double_opt_in"]
        )

    return [
        Provider(CustomerReader, lambda features: _reader()),
        Provider(CustomerWriter, writer),
        Provider(CustomerCredentials, credentials),
    ]


@hookimpl
def glue_migrations() -> Sequence[Migrations]:
    """Keep the tables of customers up to date."""
    return [Migrations(BRANCH, Path(__file__).parent / "migrations" / "versions", _metadata)]


@hookimpl
def glue_importers(features: Features) -> Sequence[Importer]:
    """Import ``customer.csv``."""

    def make() -> RowImporter:
        from glue_customers.importers import CustomerImporter

        return CustomerImporter(features.get(Passwords))

    required = ("customer_reference", "email", "first_name", "last_name")
    return [Importer("customer", "customer", required, make)]


@hookimpl
def glue_user_providers(features: Features) -> Sequence[UserProvider]:
    """Let customers log in."""
    from glue_customers.login import user_provider

    return [user_provider(features.get(CustomerCredentials), features.get(CustomerReader))]


@hookimpl
def glue_fixture_makers(features: Features) -> Sequence[FixtureMaker]:
    """Make customers for tests from outside."""
    from glue_customers.fixtures import customer_maker

    return [customer_maker(features.get(CustomerWriter))]


@hookimpl
def glue_demo_data() -> Sequence[DemoData]:
    """Contribute a few customers to log in as."""
    return [DemoData("demo customers", _write_demo)]


def _rules(settings: Mapping[str, Any]) -> PasswordRules:
    from glue_customers.passwords import PasswordRules

    return PasswordRules(
        shortest=settings["min_length"],
        longest=settings["max_length"],
        character_set=settings["character_set"],
        repeated=settings["repeated"] or None,
        denied=frozenset(settings["denied"]),
        allowed=frozenset(settings["allowed"]),
    )


def _reader() -> CustomerReader:
    from glue_customers.reading import DatabaseCustomerReader

    return DatabaseCustomerReader()


def _metadata() -> object:
    from glue_customers.models import METADATA

    return METADATA


def _write_demo(directory: Path, size: int | None = None) -> None:
    from glue_customers.demo import write_customers

    write_customers(directory)
