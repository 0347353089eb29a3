"""The words of the errors, in the languages of the clients."""

from __future__ import annotations

from glue_core import ErrorCode, ErrorText
from glue_customers_api import resource
from glue_customers_api.processor import LONG_EMAIL, MISMATCH
from glue_customers_api.rules import (
    NOT_TRUE,
    NOT_TRUE_KIND,
    SPECIAL,
    WRONG_PASSWORD_FORM,
    WRONG_PASSWORD_KIND,
)


def _of(error: ErrorCode, german: str) -> ErrorText:
    return ErrorText(error.code or "", {"en": error.message, "de": german})


def _literal(text: str) -> str:
    """Return a text as a template that has no parameters."""
    return text.replace("{", "{{").replace("}", "}}")


TEXTS = (
    _of(
        resource.EMAIL_IN_USE,
        "Falls diese E-Mail-Adresse schon vergeben ist, bekommen Sie einen Link, um das Passwort "
        "zurückzusetzen. Sonst bestätigen Sie bitte zuerst die Adresse, um die Registrierung "
        "abzuschließen. Bitte sehen Sie in Ihr Postfach.",
    ),
    _of(resource.NOT_FOUND, "Den Kunden gibt es nicht."),
    _of(
        resource.NOT_EQUAL,
        "Der Wert im Feld password muss dem Wert im Feld confirmPassword gleichen.",
    ),
    _of(resource.WRONG_PASSWORD, "Falsches Passwort"),
    _of(resource.UNAUTHORIZED, "Die Anfrage ist nicht erlaubt."),
    _of(
        resource.TERMS_NOT_ACCEPTED, "Die Allgemeinen Geschäftsbedingungen wurden nicht akzeptiert."
    ),
    _of(
        resource.INVALID_RESTORE_KEY,
        "Der Schlüssel zum Zurücksetzen des Passworts ist nicht gültig.",
    ),
    _of(resource.INVALID_EMAIL, "Das ist keine E-Mail-Adresse."),
    _of(
        resource.EMAIL_TOO_LONG,
        "Die E-Mail-Adresse ist zu lang. Sie darf höchstens 100 Zeichen haben.",
    ),
    _of(resource.PASSWORD_TOO_SHORT, "Das Passwort ist zu kurz."),
    _of(resource.PASSWORD_TOO_LONG, "Das Passwort ist zu lang."),
    _of(resource.PASSWORD_CHARACTERS, "Das Passwort hat nicht die richtigen Zeichen."),
    _of(
        resource.PASSWORD_SEQUENCE,
        "Im Passwort steht dasselbe Zeichen zu oft hintereinander.",
    ),
    _of(resource.PASSWORD_COMMON, "Das Passwort ist zu weit verbreitet."),
    _of(
        resource.INVALID_CONFIRMATION_KEY,
        "Dieser Bestätigungscode ist ungültig oder wurde schon benutzt.",
    ),
    _of(resource.EMPTY_CONFIRMATION_KEY, "Der Code ist ungültig."),
    ErrorText(
        MISMATCH,
        {
            "en": "Value in field {field} should be identical to value in the {other} field.",
            "de": "Der Wert im Feld {field} muss dem Wert im Feld {other} gleichen.",
        },
    ),
    ErrorText(
        LONG_EMAIL,
        {
            "en": "Email is too long. It should have {max} characters or less.",
            "de": "Die E-Mail-Adresse ist zu lang. Sie darf höchstens {max} Zeichen haben.",
        },
    ),
    ErrorText(NOT_TRUE_KIND, {"en": NOT_TRUE, "de": "Dieser Wert muss wahr sein."}),
    ErrorText(
        WRONG_PASSWORD_KIND,
        {
            "en": _literal(WRONG_PASSWORD_FORM),
            "de": "Ihr Passwort braucht mindestens einen Großbuchstaben, einen Kleinbuchstaben, "
            f"eine Ziffer und eines dieser Zeichen: {_literal(SPECIAL)}. Buchstaben anderer "
            "Alphabete und andere Zeichen sind nicht erlaubt.",
        },
    ),
)
