"""What ``/token`` takes and answers, for the generated documentation."""

from __future__ import annotations

from glue_core import Answer, ErrorCode, Fragment, JsonSchema, Operation, Tag, View, object_schema
from glue_legacy_tokens_api.form import FIELDS, GRANTS, INVALID_GRANT_TEXT
from glue_legacy_tokens_api.resource import BLOCKED

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TEXT: JsonSchema = {"type": "string"}
TAG = Tag("sign-in", "Tokens, for a form as OAuth 2 has it.")


def describe_form(operation: Operation, view: View) -> Fragment:
    """Describe the form, the tokens, and what is wrong with a form.

    Source:
        RFC 6749, sections 4.3, 5 and 6.
    """
    grant = {"type": "string", "enum": list(GRANTS), "default": GRANTS[0]}
    form = object_schema({**dict.fromkeys(FIELDS, TEXT), "grant_type": grant})
    tokens = object_schema(
        {
            "token_type": TEXT,
            "expires_in": {"type": "integer", "description": "Seconds from now."},
            "access_token": TEXT,
            "refresh_token": TEXT,
        },
        ["token_type", "expires_in", "access_token", "refresh_token"],
    )
    wrong = object_schema({"error": TEXT, "error_description": TEXT}, ["error"])
    refused = {JSON: view.share("TokenFormError", None, lambda: wrong)}
    return Fragment(
        body={FORM: view.share("TokenForm", None, lambda: form)},
        answers=(
            Answer(content={JSON: view.share("TokenFormAnswer", None, lambda: tokens)}),
            *(Answer(status, refused) for status in (400, BLOCKED.status, 503)),
        ),
        errors=(ErrorCode(400, "invalid_grant", INVALID_GRANT_TEXT), BLOCKED),
    )
