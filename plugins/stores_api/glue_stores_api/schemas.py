"""What clients see of a store."""

from __future__ import annotations

from marshmallow import Schema, fields


class CurrencyAttributes(Schema):
    """A currency of a store."""

    code = fields.String(metadata={"description": "ISO 4217 code."})
    name = fields.String(metadata={"description": "English name."})


class LocaleAttributes(Schema):
    """A locale of a store."""

    name = fields.String(metadata={"description": "Name of the locale, such as de_DE."})


class CountryAttributes(Schema):
    """A country that a store delivers to."""

    iso2_code = fields.String(
        data_key="iso2Code", metadata={"description": "ISO 3166-1 alpha-2 code."}
    )
    iso3_code = fields.String(
        data_key="iso3Code", metadata={"description": "ISO 3166-1 alpha-3 code."}
    )
    name = fields.String(metadata={"description": "English name."})
    postal_code_mandatory = fields.Boolean(
        data_key="postalCodeMandatory",
        allow_none=True,
        metadata={"description": "Whether an address needs a postal code; null when unknown."},
    )
    postal_code_regex = fields.String(
        data_key="postalCodeRegex",
        allow_none=True,
        metadata={"description": "Pattern of a postal code, or null."},
    )


class StoreAttributes(Schema):
    """Attributes of a store."""

    default_currency = fields.String(
        data_key="defaultCurrency",
        metadata={"description": "ISO 4217 code of the currency that prices are shown in."},
    )
    default_locale = fields.String(
        data_key="defaultLocale",
        metadata={"description": "Locale of answers where the request asks for no other."},
    )
    currencies = fields.List(
        fields.Nested(CurrencyAttributes),
        metadata={"description": "Currencies that prices can be shown in."},
    )
    locales = fields.List(
        fields.Nested(LocaleAttributes),
        metadata={"description": "Locales that Accept-Language can pick."},
    )
    countries = fields.List(
        fields.Nested(CountryAttributes), metadata={"description": "Countries it delivers to."}
    )
