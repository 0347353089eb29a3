"""Traces and metrics for OpenTelemetry."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glue_opentelemetry.telemetry import Telemetry

__all__ = ["Telemetry"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a public name: whoever has this switched off imports nothing of OpenTelemetry."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from glue_opentelemetry import telemetry

        return getattr(telemetry, name)
