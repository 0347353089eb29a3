"""What ``/token`` takes and answers, for the generated documentation."""

from __future__ import annotations

from glue_core import Answer, ErrorCode, Fragment, JsonSchema, Operation, Tag, View, object_schema
from glue_legacy_tokens_api.form import FIELDS, GRANTS, INVALID_GRANT, INVALID_GRANT_TEXT
from glue_legacy_tokens_api.resource import BLOCKED

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TEXT: JsonSchema = {"type": "string"}
TAG = Tag("sign-in", "Tokens, for a form as OAuth 2 has it.")

ERRORS = (
    ErrorCode(400, INVALID_GRANT, INVALID_GRANT_TEXT),
    ErrorCode(400, "invalid_request", "A parameter is missing, wrong, or there twice."),
    BLOCKED,
    ErrorCode(503, "temporarily_unavailable", "The authorization server cannot answer now."),
)


def describe_form(operation: Operation, view: View) -> Fragment:
    """Describe the form, the tokens, and what is wrong with a form.

    Source:
        RFC 6749, sections 4.3, 5 and 6.
    """
    grant = {"type": "string", "enum": list(GRANTS)}
    form = object_schema({**dict.fromkeys(FIELDS, TEXT), "grant_type": grant}, ["grant_type"])
    tokens = object_schema(
        {
            "token_type": TEXT,
            "expires_in": {"type": "integer", "description": "Seconds from now."},
            "access_token": TEXT,
            "refresh_token": TEXT,
        },
        ["token_type", "expires_in", "access_token"],
    )
    # A server of a plugin may give more.
    tokens["additionalProperties"] = True
    wrong = object_schema({"error": TEXT, "error_description": TEXT}, ["error"])
    return Fragment(
        body={FORM: view.share("TokenForm", None, lambda: form)},
        answers=(Answer(content={JSON: view.share("TokenFormAnswer", None, lambda: tokens)}),),
        errors=ERRORS,
        own_errors_as={JSON: view.share("TokenFormError", None, lambda: wrong)},
    )
