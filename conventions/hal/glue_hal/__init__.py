"""HAL for Glue: the convention of every request with ``application/hal+json``."""

from glue_hal.convention import HAL, Hal

__all__ = ["HAL", "Hal"]
