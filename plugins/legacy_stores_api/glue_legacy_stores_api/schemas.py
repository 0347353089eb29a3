"""What clients of the old application see of a store."""

from __future__ import annotations

from marshmallow import Schema, fields

from glue_stores_api import CountryAttributes, CurrencyAttributes, LocaleAttributes


class CodedLocaleAttributes(LocaleAttributes):
    """A locale of a store, with what picks it."""

    code = fields.String(
        metadata={"description": "Short code, such as de, that Accept-Language picks it by."}
    )


class RegionAttributes(Schema):
    """A part of a country."""

    iso2_code = fields.String(data_key="iso2Code", metadata={"description": "ISO 3166-2 code."})
    name = fields.String(metadata={"description": "Name, as people there write it."})


class DividedCountryAttributes(CountryAttributes):
    """A country that a store delivers to, with its parts."""

    regions = fields.List(
        fields.Nested(RegionAttributes),
        metadata={"description": "Regions by code; an empty list where none are known."},
    )


class StoreAttributes(Schema):
    """Attributes of a store among those that requests choose from."""

    default_currency = fields.String(
        data_key="defaultCurrency",
        metadata={"description": "ISO 4217 code of the default currency of the request's store."},
    )
    currencies = fields.List(
        fields.Nested(CurrencyAttributes),
        metadata={"description": "Currencies that prices can be shown in."},
    )
    locales = fields.List(
        fields.Nested(LocaleAttributes),
        metadata={"description": "Locales of the request's store."},
    )
    countries = fields.List(
        fields.Nested(DividedCountryAttributes),
        metadata={"description": "Countries it delivers to."},
    )


class FixedStoreAttributes(StoreAttributes):
    """Attributes of a store that is fixed: it is that of the request."""

    time_zone = fields.String(
        data_key="timeZone",
        allow_none=True,
        metadata={"description": "Name in the IANA time zone database, or null."},
    )
    locales = fields.List(
        fields.Nested(CodedLocaleAttributes),
        metadata={"description": "Locales that Accept-Language can pick."},
    )
