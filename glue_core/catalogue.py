"""The error catalogue: the words of errors, by code or kind, in the languages of the clients.

Codes and kinds never change with the language; texts do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from glue_core import codes
from glue_core.hookspecs import hookimpl
from glue_core.messages import GlueError, GlueRequest, GlueResponse
from glue_core.operation import Operation
from glue_core.step import Format, Step

DEFAULT_LANGUAGE = "en"
KEPT_TEXTS = 1024


@dataclass(frozen=True, slots=True)
class ErrorText:
    """The words of one error.

    Attributes:
        key: Code, such as ``601``, or kind of a violation, such as ``range``.
        texts: Templates by language, such as ``de``, or locale, such as ``de_CH``. They may name
            the violation's parameters: ``{min}``.
    """

    key: str
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        """Name in contribution ids."""
        return self.key


class Catalogue:
    """The words that an application knows."""

    def __init__(self, texts: Iterable[ErrorText]) -> None:
        self._texts = {each.key: dict(each.texts) for each in texts}
        self._found: dict[tuple[object, ...], str | None] = {}

    def word(self, error: GlueError, locale: str | None) -> None:
        """Give an error the words of a locale, where the catalogue has them.

        An error without a kind keeps its own English words, where the catalogue gives its code
        none: they may say more than the code.
        """
        self.word_all((error,), locale)

    def word_all(self, errors: Iterable[GlueError], locale: str | None) -> None:
        """Give several errors the words of a locale; see `word`."""
        found = self._found
        for error in errors:
            arguments = error.arguments
            wanted = (error.kind, error.code, locale, *arguments)
            try:
                text = found[wanted]
            except KeyError:
                text = self._text_of(error, locale)
                if len(found) >= KEPT_TEXTS:
                    found.clear()
                found[wanted] = text
            if text is None:
                continue
            try:
                error.message = text.format_map(arguments)
            except (KeyError, IndexError, ValueError):
                # The template wants a parameter that this violation has not: its own words will do.
                continue

    def _text_of(self, error: GlueError, locale: str | None) -> str | None:
        if error.kind is None:
            return self._find(error.code, locale, None)
        key = next((each for each in _variants(error) if each in self._texts), None)
        return self._find(key, locale, DEFAULT_LANGUAGE)

    def _find(self, key: str | None, locale: str | None, default: str | None) -> str | None:
        texts = self._texts.get(key or "", {})
        for name in (locale, locale.partition("_")[0] if locale else None, default):
            if name is not None and name in texts:
                return texts[name]
        return None


def _variants(error: GlueError) -> Sequence[str]:
    """Return the names that a violation's text may have, the most telling first."""
    kind = error.kind or ""
    limits = [name for name in ("min", "max", "equal") if name in error.arguments]
    return (f"{kind}.{'.'.join(limits)}", kind) if limits else (kind,)


def _words(operation: Operation) -> Format | None:
    catalogue = operation.catalogue
    if catalogue is None:
        return None

    def format_(response: GlueResponse, request: GlueRequest) -> None:
        if response.errors:
            catalogue.word_all(response.errors, request.locale)

    return format_


@hookimpl
def glue_response_formatters() -> Sequence[Step[Format]]:
    """Choose the words of errors."""
    return [Step("error-texts", _words)]


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the core's own errors, and every kind of violation."""

    def of(key: str, english: str, german: str) -> ErrorText:
        return ErrorText(key, {"en": english, "de": german})

    def german(key: str, text: str) -> ErrorText:
        """Word what has English words already that say more than the code."""
        return ErrorText(key, {"de": text})

    return [
        german(codes.TOKEN_INVALID, "Das Zugriffstoken ist ungültig."),
        german(codes.TOKEN_MISSING, "Das Zugriffstoken fehlt."),
        german("two_identities", "Die Kopfzeilen nennen zwei Aufrufer. Bitte nur einen senden."),
        german("match_required", "Die Kopfzeile If-Match fehlt."),
        german("unauthorized", "Diese Anfrage ist nicht erlaubt."),
        german("forbidden", "Das ist nicht erlaubt."),
        german(codes.MATCH_FAILED, "Der Stand ist ein anderer, als die Vorbedingung sagt."),
        german(codes.NOT_ACCEPTABLE, "Was `Accept` nennt, gibt es hier nicht."),
        german(codes.INVALID_FILTER, "Dieser Filter ist ungültig."),
        german(codes.INVALID_PARAMETER, "Dieser Parameter ist ungültig."),
        german(codes.INCLUDE_TOO_LARGE, "Das sind zu viele verknüpfte Ressourcen, oder zu tiefe."),
        german(codes.MALFORMED_BODY, "Der Inhalt der Anfrage ist kein lesbares Dokument."),
        german(codes.UNSUPPORTED_MEDIA_TYPE, "Dieses Format der Anfrage wird hier nicht gelesen."),
        german(codes.BODY_TOO_LARGE, "Der Inhalt der Anfrage ist zu groß."),
        german(codes.INVALID_PATH, "Der Pfad ist kein Text in UTF-8 oder enthält das Zeichen NUL."),
        german(codes.UNKNOWN_PARAMETER, "Diesen Parameter gibt es hier nicht."),
        german(codes.INVALID_HEADER, "Diese Kopfzeile ist ungültig."),
        german(codes.INVALID_DOCUMENT, "Das Dokument ist hier nicht so, wie es sein muss."),
        german(codes.DOCUMENT_CONFLICT, "Typ oder Kennung passen nicht zur Adresse."),
        german(codes.CLIENT_ID_REFUSED, "Die Kennung wird vergeben und kann nicht gewählt werden."),
        german(codes.RELATIONSHIP_REFUSED, "Diese Beziehung lässt sich so nicht ändern."),
        german(codes.CORS_REFUSED, "Das ist Seiten anderer Herkunft nicht erlaubt."),
        german(
            codes.CHANGED_MEANWHILE,
            "Das wurde inzwischen geändert. Bitte neu lesen und noch einmal versuchen.",
        ),
        german(codes.INVALID_ATTRIBUTE, "Dieser Wert ist nicht gültig."),
        german("parameter_unknown", "Den Parameter {name!r} gibt es hier nicht."),
        german(
            "parameter_unknown_near",
            "Den Parameter {name!r} gibt es hier nicht. Ist {near!r} gemeint?",
        ),
        german("parameter_repeated", "Der Parameter {name!r} kommt mehr als einmal vor."),
        german(
            "parameter_number", "{name} muss eine ganze Zahl zwischen {lowest} und {highest} sein."
        ),
        german("sort_unknown", "Nach {name!r} wird nicht sortiert; es gibt: {known}."),
        german("filter_unknown", "Nach {name!r} wird nicht gefiltert; es gibt: {known}."),
        german("fields_type_unknown", "{name!r} ist kein Typ dieser Anwendung."),
        german("field_unknown", "{type!r} hat kein Feld {name!r}."),
        of(codes.NOT_FOUND, "Not found", "Nicht gefunden"),
        of(codes.METHOD_NOT_ALLOWED, "Method does not exist", "Diese Methode gibt es nicht"),
        of(
            codes.PARENT_NOT_FOUND,
            "Parent resource not found",
            "Übergeordnete Ressource nicht gefunden",
        ),
        of(
            codes.SERVICE_UNAVAILABLE,
            "A service that this request needs is unavailable. Try again later.",
            "Ein Dienst, den diese Anfrage braucht, antwortet nicht. Bitte später noch einmal.",
        ),
        of(
            codes.INTERNAL_ERROR,
            "Something went wrong on the server. It was logged with the request's id.",
            "Auf dem Server ist etwas schiefgegangen. Es wurde mit der Kennung der Anfrage "
            "festgehalten.",
        ),
        of(
            codes.LOGIN_BLOCKED,
            "Too many log in attempts from your address. Please wait {minutes} minutes before "
            "trying again.",
            "Zu viele Anmeldeversuche von Ihrer Adresse. Bitte warten Sie {minutes} Minuten, "
            "bevor Sie es erneut versuchen.",
        ),
        of("required", "This attribute is required.", "Dieses Attribut wird gebraucht."),
        of("null", "This attribute may not be null.", "Dieses Attribut darf nicht null sein."),
        of("unknown", "This attribute is not known.", "Dieses Attribut gibt es nicht."),
        of("read_only", "This attribute cannot be written.", "Dieses Attribut ist nur zu lesen."),
        of("type", "This must be a valid {type}.", "Das muss ein gültiger Wert sein: {type}."),
        of("invalid", "This value is not valid.", "Dieser Wert ist nicht gültig."),
        of("range.min", "This must be at least {min}.", "Das muss mindestens {min} sein."),
        of("range.max", "This must be at most {max}.", "Das darf höchstens {max} sein."),
        of(
            "range.min.max",
            "This must be from {min} to {max}.",
            "Das muss zwischen {min} und {max} liegen.",
        ),
        of("length.min", "The length must be at least {min}.", "Die Länge ist mindestens {min}."),
        of("length.max", "The length must be at most {max}.", "Die Länge ist höchstens {max}."),
        of(
            "length.min.max",
            "The length must be from {min} to {max}.",
            "Die Länge liegt zwischen {min} und {max}.",
        ),
        of("length.equal", "The length must be {equal}.", "Die Länge ist genau {equal}."),
        of("blank", "This value should not be blank.", "Dieser Wert darf nicht leer sein."),
        of("choice", "This must be one of: {choices}.", "Das muss eines sein von: {choices}."),
        of("pattern", "This does not have the right form.", "Das hat nicht die richtige Form."),
        of("email", "This must be an email address.", "Das muss eine E-Mail-Adresse sein."),
        of("url", "This must be a URL.", "Das muss eine URL sein."),
    ]
