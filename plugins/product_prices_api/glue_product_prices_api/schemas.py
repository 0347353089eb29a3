"""What clients see of prices; amounts are in the smallest unit of the currency."""

from __future__ import annotations

from marshmallow import Schema, fields


class PriceCurrencyAttributes(Schema):
    """Currency of a price."""

    code = fields.String(metadata={"description": "ISO 4217 code."})
    name = fields.String(metadata={"description": "English name."})
    symbol = fields.String(metadata={"description": "Symbol, such as €."})


class VolumePriceAttributes(Schema):
    """A price that holds from a quantity on."""

    quantity = fields.Integer(metadata={"description": "Quantity from which the price holds."})
    net_amount = fields.Integer(
        data_key="netAmount", allow_none=True, metadata={"description": "Net price, or null."}
    )
    gross_amount = fields.Integer(
        data_key="grossAmount", allow_none=True, metadata={"description": "Gross price, or null."}
    )


class PriceAttributes(Schema):
    """The price of one type."""

    price_type_name = fields.String(
        data_key="priceTypeName",
        metadata={"description": "DEFAULT, or ORIGINAL for the price before a reduction."},
    )
    net_amount = fields.Integer(
        data_key="netAmount",
        allow_none=True,
        metadata={"description": "Net price; null in gross mode."},
    )
    gross_amount = fields.Integer(
        data_key="grossAmount",
        allow_none=True,
        metadata={"description": "Gross price; null in net mode."},
    )
    currency = fields.Nested(
        PriceCurrencyAttributes, metadata={"description": "Currency of the amounts."}
    )
    volume_prices = fields.List(
        fields.Nested(VolumePriceAttributes),
        data_key="volumePrices",
        metadata={"description": "Prices for larger quantities."},
    )


class ProductPricesAttributes(Schema):
    """Attributes of the prices of a product."""

    price = fields.Integer(
        allow_none=True,
        metadata={"description": "Price of the type DEFAULT, or null without one."},
    )
    prices = fields.List(
        fields.Nested(PriceAttributes), metadata={"description": "Prices, one for each type."}
    )
