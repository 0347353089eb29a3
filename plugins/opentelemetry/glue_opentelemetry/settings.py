"""The table ``[plugins.opentelemetry]``."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

NAME = "opentelemetry"


class OpenTelemetrySettings(Schema):
    """What is recorded, and where it goes."""

    enabled = fields.Boolean(
        load_default=False,
        metadata={"description": "Record requests; without it nothing is wrapped."},
    )
    spans = fields.String(
        load_default="stages",
        validate=validate.OneOf(("request", "stages", "steps")),
        metadata={"description": "Spans of a request: one, one more for each stage, or each step."},
    )
    metrics = fields.Boolean(
        load_default=True,
        metadata={"description": "Record the duration of requests, and how many are active."},
    )
    incoming = fields.String(
        load_default="link",
        validate=validate.OneOf(("ignore", "link", "parent")),
        metadata={
            "description": "What the trace that a client names is: nothing, a link from a trace of "
            "its own, or the trace that goes on."
        },
    )
    export = fields.String(
        load_default="none",
        validate=validate.OneOf(("none", "otlp")),
        metadata={
            "description": "Leave the SDK to the deployment, or send everything to a collector, as "
            "'OTEL_EXPORTER_OTLP_*' in the environment say."
        },
    )
