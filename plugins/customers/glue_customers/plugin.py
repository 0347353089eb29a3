"""Hook implementations of the customers; the only file where objects are wired."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields, validate

from glue_core import (
    DemoData,
    Features,
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
from glue_customers import CustomerCredentials, CustomerReader, CustomerWriter

BRANCH = "customers"
SECTION = "customers"


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
def glue_demo_data() -> Sequence[DemoData]:
    """Contribute a few customers to log in as."""
    return [DemoData("demo customers", _write_demo)]


def _reader() -> CustomerReader:
    from glue_customers.reading import DatabaseCustomerReader

    return DatabaseCustomerReader()


def _metadata() -> object:
    from glue_customers.models import METADATA

    return METADATA


def _write_demo(directory: Path, size: int | None = None) -> None:
    from glue_customers.demo import write_customers

    write_customers(directory)
