"""The types of availabilities, and the errors that they answer with."""

from __future__ import annotations

from glue_core import ErrorCode, Resource
from glue_product_availabilities_api.schemas import (
    AbstractAvailabilityAttributes,
    ConcreteAvailabilityAttributes,
)

ABSTRACT_AVAILABILITIES = Resource(
    "abstract-product-availabilities",
    AbstractAvailabilityAttributes,
    id="sku",
    description="Whether an abstract product can be bought, and how many.",
)
CONCRETE_AVAILABILITIES = Resource(
    "concrete-product-availabilities",
    ConcreteAvailabilityAttributes,
    id="sku",
    description="Whether a concrete product can be bought, and how many.",
)

ABSTRACT_NOT_FOUND = ErrorCode(404, "305", "Availability is not found.")
CONCRETE_NOT_FOUND = ErrorCode(404, "306", "Availability is not found.")
