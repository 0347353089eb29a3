"""The rules: each kind of difference, and what it means to whoever sends and receives.

What a client sends may become more without harm, and must not become less; what it receives must
not become something that it does not know. The table of the documentation is made of these rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum


class Level(IntEnum):
    """How much a client notices of a difference; each is worse than those before it."""

    TEXT = 0
    COMPATIBLE = 1
    DEPRECATION = 2
    RISKY = 3
    BREAKING = 4

    @property
    def word(self) -> str:
        """The level as the command writes it."""
        return self.name.lower()


LEVELS: Mapping[Level, str] = {
    Level.BREAKING: "fails, or loses something, although it did everything right",
    Level.RISKY: "may fail, which depends on what it relies on",
    Level.DEPRECATION: "works, and will not for ever",
    Level.COMPATIBLE: "works, and may do more than before",
    Level.TEXT: "works; words for people are others",
}
"""What each level says, the worst first."""


class Side(Enum):
    """Who writes the part that differs."""

    SENT = "sent"
    RECEIVED = "received"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a difference means on one side.

    Attributes:
        level: How much of it a client notices.
        notice: What it notices, as a sentence.
    """

    level: Level
    notice: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of difference.

    Attributes:
        name: Its name.
        about: What is different, as a clause.
        verdicts: What that means, by side; sides that it cannot be on are missing.
    """

    name: str
    about: str
    verdicts: Mapping[Side, Verdict]


B, R, D, C, T = Level.BREAKING, Level.RISKY, Level.DEPRECATION, Level.COMPATIBLE, Level.TEXT


def _either(name: str, about: str, level: Level, notice: str) -> Rule:
    return Rule(name, about, {Side.EITHER: Verdict(level, notice)})


def _sent(name: str, about: str, level: Level, notice: str) -> Rule:
    return Rule(name, about, {Side.SENT: Verdict(level, notice)})


def _received(name: str, about: str, level: Level, notice: str) -> Rule:
    return Rule(name, about, {Side.RECEIVED: Verdict(level, notice)})


def _both(name: str, about: str, sent: tuple[Level, str], received: tuple[Level, str]) -> Rule:
    return Rule(name, about, {Side.SENT: Verdict(*sent), Side.RECEIVED: Verdict(*received)})


def _fewer(name: str, about: str, sent: str = "What was fine is refused.") -> Rule:
    """Return the rule of a difference that leaves fewer values."""
    return _both(name, about, (B, sent), (C, "Nothing comes that did not come before."))


def _more(name: str, about: str, received: str, level: Level = R) -> Rule:
    """Return the rule of a difference that brings more values."""
    return _both(name, about, (C, "More is taken than before."), (level, received))


APPLICATIONS = (
    _either("application-removed", "an application is gone", B, "Nobody answers."),
    _either("application-added", "an application is new", C, "There is more to ask for."),
)

OPERATIONS = (
    _either("operation-removed", "a method at a path is gone", B, "It is refused with 404 or 405."),
    _either("operation-added", "a method at a path is new", C, "There is more to ask for."),
    _either("operation-deprecated", "an operation is deprecated", D, "Look for what replaces it."),
    _either("operation-kept", "an operation is deprecated no longer", C, "It stays."),
    _either(
        "operation-id-changed",
        "an operation has another `operationId`",
        R,
        "Code that is generated from the document calls it otherwise; requests stay the same.",
    ),
    _either(
        "path-parameter-renamed",
        "a parameter of a path has another name",
        R,
        "Code that is generated from the document calls it otherwise; requests stay the same.",
    ),
    _either(
        "security-tightened",
        "some credentials, or none at all, are no longer enough",
        B,
        "Requests with them are refused with 401 or 403.",
    ),
    _either(
        "security-loosened", "other credentials, or none at all, are enough", C, "More may call it."
    ),
    _either(
        "version-removed",
        "a version is gone",
        B,
        "Requests that name it are refused with 404 or 406.",
    ),
    _either("version-added", "a version is new", C, "It can be named."),
    _either("stores-changed", "it differs in other stores", R, "Some store has other rules."),
    _either(
        "server-removed",
        "an address is gone",
        R,
        "Clients that read it in the document find another.",
    ),
    _either("server-added", "an address is new", C, "It can be asked there as well."),
    _either(
        "call-changed",
        "a callback or a webhook is not the same",
        R,
        "What the server sends or takes in return differs; look at it.",
    ),
)

REQUESTS = (
    _sent("parameter-removed", "a parameter is gone", B, "It is refused, or does nothing."),
    _sent("parameter-added", "a parameter is new, and may be left out", C, "There is more to say."),
    _sent(
        "required-parameter-added",
        "a parameter is new, and must be sent",
        B,
        "Requests are refused, since they lack it.",
    ),
    _sent(
        "parameter-required",
        "a parameter must be sent that could be left out",
        B,
        "Requests without it are refused.",
    ),
    _sent("parameter-optional", "a parameter may be left out", C, "It need not be sent."),
    _sent("style-changed", "values are written in another style", B, "They are read as others."),
    _sent("body-removed", "no body is read any more", B, "It is refused, or does nothing."),
    _sent("body-added", "a body is read, and may be left out", C, "There is more to say."),
    _sent(
        "required-body-added",
        "a body is read, and must be sent",
        B,
        "Requests are refused, since they lack it.",
    ),
    _sent(
        "body-required",
        "a body must be sent",
        B,
        "Requests without are refused.",
    ),
    _sent("body-optional", "the body may be left out", C, "It need not be sent."),
)

ANSWERS = (
    _received(
        "status-removed", "a status of success is gone", B, "Clients that wait for it wait in vain."
    ),
    _received(
        "status-added",
        "a status of success is new",
        R,
        "Clients that know the others alone may not take it for one.",
    ),
    _received(
        "error-status-removed",
        "a status of an error is gone",
        R,
        "Clients that wait for it wait in vain.",
    ),
    _received(
        "error-status-added",
        "a status of an error is new",
        R,
        "Clients that know the others alone may be at a loss.",
    ),
    _received(
        "error-code-removed",
        "a code of an error is gone from its status",
        R,
        "Clients that wait for it wait in vain.",
    ),
    _received(
        "error-code-added",
        "a code of an error is new at a status that there was",
        C,
        "The status says what it said.",
    ),
    _received("header-removed", "a header is gone", B, "Clients that read it find nothing."),
    _received("header-added", "a header is new", C, "There is more to read."),
    _received(
        "header-required",
        "a header is always there",
        C,
        "Clients need not look whether it is there.",
    ),
    _received(
        "header-optional",
        "a header may lack",
        B,
        "Clients that read it may find nothing.",
    ),
)

CONTENT = (
    _both(
        "media-type-removed",
        "a media type is gone",
        (B, "It is refused with 415."),
        (B, "It is refused with 406 where it is asked for."),
    ),
    _both(
        "media-type-added",
        "a media type is new",
        (C, "It may be sent as well."),
        (C, "It can be asked for as well."),
    ),
    _both(
        "newest-version",
        "a newer version answers who names none, and the former one can be named",
        (R, "Requests that name no version are held against the new one."),
        (R, "Requests that name no version get the new one."),
    ),
)

SCHEMAS = (
    _both(
        "type-changed",
        "values have another type",
        (B, "What was fine is refused."),
        (B, "What comes is no longer what it was."),
    ),
    _fewer("type-removed", "values have a type less"),
    _more("type-added", "values have a type more", "What comes may be of another type.", B),
    _fewer("null-removed", "null is no longer possible"),
    _more("null-added", "null is possible", "What was always there may be null.", B),
    _fewer("value-removed", "a listed value is gone"),
    _more("value-added", "a listed value is new", "A value may come that nobody knew."),
    _fewer("values-listed", "values are listed, and were not"),
    _more("values-open", "values are listed no longer", "A value may come that nobody knew."),
    _fewer("limit-tightened", "a limit leaves fewer values"),
    _more(
        "limit-loosened",
        "a limit leaves more values",
        "A value may be larger or smaller.",
    ),
    _fewer("pattern-added", "texts must match a pattern"),
    _more("pattern-removed", "texts need not match a pattern", "A text may have another form."),
    _both(
        "pattern-changed",
        "texts must match another pattern",
        (R, "What was fine may be refused; compare the patterns."),
        (R, "A text may have another form; compare the patterns."),
    ),
    _fewer("format-added", "texts or numbers have a format"),
    _more("format-removed", "texts or numbers have no format", "A value may have another form."),
    _both(
        "format-changed",
        "texts or numbers have another format",
        (B, "What was fine is refused."),
        (B, "What comes is no longer what it was."),
    ),
    _both(
        "member-removed",
        "a member is gone",
        (B, "It is refused."),
        (B, "Clients that read it find nothing."),
    ),
    _sent(
        "member-ignored",
        "a member is gone, and unknown ones are taken",
        R,
        "It does nothing any more.",
    ),
    _both(
        "member-added",
        "a member is new",
        (C, "There is more to say."),
        (C, "There is more to read."),
    ),
    _received(
        "member-added-to-closed",
        "a member is new where there were to be no others",
        R,
        "Clients that refuse unknown members refuse the answer.",
    ),
    _sent(
        "required-member-added",
        "a member is new, and must be sent",
        B,
        "Bodies are refused, since they lack it.",
    ),
    _both(
        "member-required",
        "a member must be there that could lack",
        (B, "Bodies without it are refused."),
        (C, "Clients need not look whether it is there."),
    ),
    _both(
        "member-optional",
        "a member may lack that had to be there",
        (C, "It need not be sent."),
        (B, "Clients that read it may find nothing."),
    ),
    _fewer("members-closed", "members that are not named are refused", "They are refused."),
    _more("members-open", "members that are not named are taken", "There may be more.", C),
    _fewer("alternative-removed", "one of several schemas is gone"),
    _more(
        "alternative-added",
        "one of several schemas is new",
        "What comes may be of a kind that nobody knew.",
    ),
    _received(
        "alternative-on-request",
        "a schema is new among those that come only where a parameter asks for them",
        C,
        "It comes where it is asked for.",
    ),
    _fewer("rule-added", "another rule is there", "What was fine may be refused."),
    _more(
        "rule-removed",
        "another rule is gone",
        "What comes may be something else.",
    ),
    _both(
        "rule-changed",
        "another rule is not the same",
        (R, "What was fine may be refused; compare the two."),
        (R, "What comes may be something else; compare the two."),
    ),
    _both(
        "default-changed",
        "the value of what is left out is another",
        (R, "Requests that leave it out mean something else."),
        (T, "Nothing: what comes is there."),
    ),
    _both(
        "deprecated",
        "a parameter, a header or a member is deprecated",
        (D, "It is taken, and will not be for ever."),
        (D, "It comes, and will not for ever."),
    ),
    _both(
        "kept",
        "a parameter, a header or a member is deprecated no longer",
        (C, "It stays."),
        (C, "It stays."),
    ),
)

TEXTS = (
    _either(
        "text-changed",
        "a title, a description, an example or the like is not the same",
        T,
        "Nothing.",
    ),
    _either(
        "extension-changed",
        "a member of the document that begins with `x-` is not the same",
        T,
        "Nothing.",
    ),
)

GROUPS: Mapping[str, tuple[Rule, ...]] = {
    "Applications": APPLICATIONS,
    "Operations": OPERATIONS,
    "Requests": REQUESTS,
    "Answers": ANSWERS,
    "Media types": CONTENT,
    "Schemas": SCHEMAS,
    "Texts": TEXTS,
}
"""The rules as the documentation lists them."""

RULES: Mapping[str, Rule] = {rule.name: rule for group in GROUPS.values() for rule in group}
"""The rules by name."""
