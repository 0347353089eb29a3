"""Compiles the constraints of a file into functions; what contains constraints is here too.

A request calls what was compiled and looks up no name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from glue_legacy_api.rules import options as read
from glue_legacy_api.rules import php
from glue_legacy_api.rules.documents import Located, Problems
from glue_legacy_api.rules.messages import MISSING, UNEXPECTED, fill, of_type
from glue_legacy_api.rules.values import Broken, Constraint, Option, Test

Check = Callable[[object, str, list[Broken]], None]
"""Looks at a value at a path, and adds what is broken."""

NAMESPACE: Final = "Symfony\\Component\\Validator\\Constraints\\"
_COMMON: Final = frozenset({"groups", "payload"})
_PRESENCE: Final = frozenset({"Required", "Optional"})
_COLLECTION: Final = frozenset(
    {
        "fields",
        "allowExtraFields",
        "allowMissingFields",
        "extraFieldsMessage",
        "missingFieldsMessage",
    }
)
_OWN: Final = "Let a plugin add a constraint that does the same, under a name of its own"
REFUSED: Final[Mapping[str, str]] = {
    "Callback": f"calls a method of PHP. {_OWN}.",
    "Cascade": "is for classes of PHP. Write the rules with 'Collection'.",
    "Compound": f"is the base of classes of PHP. {_OWN}.",
    "EnableAutoMapping": "is for classes of PHP. Remove it.",
    "DisableAutoMapping": "is for classes of PHP. Remove it.",
    "Expression": f"runs code. {_OWN}.",
    "ExpressionLanguageSyntax": f"needs a language of PHP. {_OWN}.",
    "ExpressionSyntax": f"needs a language of PHP. {_OWN}.",
    "File": "is for uploads, which JSON has none of. Remove it.",
    "GroupSequence": "puts groups in an order, and there are no groups. Use 'Sequentially'.",
    "Image": "is for uploads, which JSON has none of. Remove it.",
    "Traverse": "is for classes of PHP. Write the rules with 'Collection' or 'All'.",
    "UniqueEntity": f"asks the database. {_OWN}.",
    "UserPassword": f"asks for a user. {_OWN}.",
    "Valid": "is for classes of PHP. Write the rules with 'Collection'.",
    "When": f"runs code. {_OWN}.",
    "NotCompromisedPassword": (
        "needs a list of passwords that leaked, and there is none. Name the list in the settings, "
        "or let a plugin add a constraint of this name."
    ),
}
"""What Symfony has and a file cannot use here: the rest of a sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Field:
    """The rules of one attribute, or of one entry of a ``Collection``.

    Attributes:
        name: Name of the attribute.
        checks: What is asked about its value.
        required: Whether it has to be there.
    """

    name: str
    checks: Sequence[Check]
    required: bool


class Compiler:
    """Turns what files say into checks, and gathers what is wrong with them."""

    def __init__(self, constraints: Mapping[str, Constraint], problems: Problems) -> None:
        """Begin with the constraints that files may name."""
        self._constraints = constraints
        self._problems = problems
        self._composites: Mapping[str, Callable[[Located], Check]] = {
            "All": self._all,
            "AtLeastOneOf": self._at_least_one_of,
            "Collection": self._collection,
            "Sequentially": self._sequentially,
        }

    def field(self, name: str, node: Located) -> Field:
        """Compile the rules of an attribute."""
        rules = list(self._listed(node))
        for rule in rules:
            named = self._named(rule)
            if named is None or named[0] not in _PRESENCE:
                continue
            if len(rules) > 1:
                inside = f"Put the other rules of {name!r} into its 'constraints'."
                self._problems.add(rule, f"{named[0]!r} stands beside other rules. {inside}")
                others = [each for each in rules if each is not rule]
                self.checks(Located(others, node.file, node.line))
            nested = self._nested(named[1], needed=False)
            return Field(name, self.checks(nested), named[0] == "Required")
        return Field(name, self.checks(node), True)

    def checks(self, node: Located) -> tuple[Check, ...]:
        """Compile a list of constraints."""
        return tuple(check for rule in self._listed(node) if (check := self._check(rule)))

    def _listed(self, node: Located) -> Sequence[Located]:
        """Return the entries of a list of constraints; one alone is a list of one."""
        value = node.value
        if value is None:
            return ()
        if isinstance(value, str):
            return (node,)
        if isinstance(value, Mapping):
            if len(value) == 1:
                return (node,)
            if value:
                self._problems.add(node, "Constraints are a list. Put '- ' before each of them.")
            return ()
        if isinstance(value, Sequence) and not isinstance(value, str):
            return value
        self._problems.add(node, f"{value!r} is no constraint. Write a list of constraints.")
        return ()

    def _named(self, rule: Located) -> tuple[str, Located] | None:
        """Return the name of a constraint and its options."""
        if isinstance(rule.value, str):
            return self._short(rule.value), Located(None, rule.file, rule.line)
        if isinstance(rule.value, Mapping) and len(rule.value) == 1:
            ((name, options),) = rule.value.items()
            return self._short(name), options
        return None

    @staticmethod
    def _short(name: str) -> str:
        return name.lstrip("\\").removeprefix(NAMESPACE).removeprefix("Collection\\")

    def _check(self, rule: Located) -> Check | None:
        named = self._named(rule)
        if named is None:
            self._problems.add(rule, _no_constraint(rule.value))
            return None
        name, options = named
        if name in self._composites:
            return self._composites[name](options)
        constraint = self._constraints.get(name)
        if constraint is not None:
            return self._single(rule, constraint, options)
        self._problems.add(rule, self._unknown(name))
        return None

    def _unknown(self, name: str) -> str:
        if name in _PRESENCE:
            return f"{name!r} is for attributes and fields of a 'Collection', not for rules inside."
        if name in REFUSED:
            return f"{name!r} {REFUSED[name]}"
        if "\\" in name:
            return f"{name!r} is a class of PHP. {_OWN}, and write that name here."
        known = [*self._constraints, *self._composites, *_PRESENCE]
        close = get_close_matches(name, known, 1)
        hint = f"Did you mean {close[0]!r}?" if close else f"{_OWN}."
        return f"There is no constraint {name!r}. {hint}"

    def _single(self, rule: Located, constraint: Constraint, given: Located) -> Check | None:
        options = self._options(rule, constraint.name, constraint.options, constraint.bare, given)
        if options is None:
            return None
        try:
            test = constraint.compile(options)
        except ValueError as error:
            self._problems.add(rule, f"{constraint.name!r} {error}.")
            return None
        return _leaf(test)

    def _options(
        self,
        rule: Located,
        name: str,
        known: Mapping[str, Option],
        bare: str | None,
        given: Located,
    ) -> dict[str, object] | None:
        """Read options; None where one of them is wrong, which is reported."""
        before = self._problems.reports
        said = self._said(rule, name, known, bare, given)
        self._judge_groups(name, said)
        found: dict[str, object] = {}
        for option, declared in known.items():
            node = said.get(option)
            if node is None or node.value is None:
                if declared.required:
                    self._problems.add(rule, f"{name!r} needs the option {option!r}.")
                found[option] = declared.default
                continue
            try:
                found[option] = declared.read(node.plain)
            except ValueError as error:
                self._problems.add(node, f"The option {option!r} of {name!r} {error}.")
        return found if self._problems.reports == before else None

    def _said(
        self,
        rule: Located,
        name: str,
        known: Mapping[str, Option],
        bare: str | None,
        given: Located,
    ) -> Mapping[str, Located]:
        if given.value is None:
            return {}
        if not isinstance(given.value, Mapping):
            if bare is not None:
                return {bare: given}
            if not (isinstance(given.value, Sequence) and not given.value):
                self._problems.add(given, f"{name!r} takes options by name: {_names(known)}.")
            return {}
        for option, node in given.value.items():
            if option not in known and option not in _COMMON:
                close = get_close_matches(option, known, 1)
                hint = f"Did you mean {close[0]!r}?" if close else f"It has {_names(known)}."
                self._problems.add(node, f"{name!r} has no option {option!r}. {hint}")
        return given.value

    def _judge_groups(self, name: str, said: Mapping[str, Located]) -> None:
        node = said.get("groups")
        if node is None or node.value is None:
            return
        groups = node.plain if isinstance(node.plain, list) else [node.plain]
        if "Default" not in groups:
            self._problems.add(
                node,
                f"{name!r} is in groups without 'Default', so it would never be asked. Remove the "
                "groups, or the rule.",
            )

    # What contains constraints.

    def _nested(self, options: Located, *, needed: bool = True) -> Located:
        """Return the constraints that stand in the options, by themselves or as ``constraints``."""
        value = options.value
        if isinstance(value, Mapping) and value.keys() & {"constraints", *_COMMON}:
            self._refuse_others(options, {"constraints", *_COMMON})
            found = value.get("constraints", Located(None, options.file, options.line))
        else:
            found = options
        if needed and found.value in (None, [], {}):
            self._problems.add(options, "This needs 'constraints', a list.")
        return found

    def _refuse_others(self, options: Located, known: set[str] | frozenset[str]) -> None:
        if isinstance(options.value, Mapping):
            for name, node in options.value.items():
                if name not in known:
                    self._problems.add(
                        node, f"There is no option {name!r}. It has {_names(known)}."
                    )
            self._judge_groups("This rule", options.value)

    def _all(self, options: Located) -> Check:
        checks = self.checks(self._nested(options))

        def check(value: object, path: str, found: list[Broken]) -> None:
            if value is None:
                return
            if not php.is_array(value):
                found.append(Broken(path, of_type("iterable")))
                return
            for key, each in php.entries(value):
                for inner in checks:
                    inner(each, _joined(path, key), found)

        return check

    def _sequentially(self, options: Located) -> Check:
        checks = self.checks(self._nested(options))

        def check(value: object, path: str, found: list[Broken]) -> None:
            before = len(found)
            for inner in checks:
                inner(value, path, found)
                if len(found) > before:
                    return

        return check

    def _at_least_one_of(self, options: Located) -> Check:
        texts = {
            "message": read.message(
                "This value should satisfy at least one of the following constraints:"
            ),
            "messageCollection": read.message(
                "Each element of this collection should satisfy its own set of constraints."
            ),
            "includeInternalMessages": Option(read.boolean, True),
        }
        nested, settings = self._with_settings("AtLeastOneOf", options, texts)
        collective = [
            named is not None and named[0] in ("All", "Collection")
            for named in map(self._named, self._listed(nested))
        ]
        checks = self.checks(nested)
        message, of_collection = str(settings["message"]), str(settings["messageCollection"])
        with_reasons = bool(settings["includeInternalMessages"])

        def check(value: object, path: str, found: list[Broken]) -> None:
            reasons = [message]
            for number, inner in enumerate(checks, 1):
                own: list[Broken] = []
                inner(value, path, own)
                if not own:
                    return
                reason = of_collection if collective[number - 1] else own[0].message
                reasons.append(f"[{number}] {reason}")
            found.append(Broken(path, " ".join(reasons) if with_reasons else message))

        return check

    def _with_settings(
        self, name: str, options: Located, known: Mapping[str, Option]
    ) -> tuple[Located, Mapping[str, object]]:
        defaults = {option: declared.default for option, declared in known.items()}
        value = options.value
        if not isinstance(value, Mapping) or not value.keys() & {"constraints", *known}:
            return self._nested(options), defaults
        own = {option: node for option, node in value.items() if option != "constraints"}
        said = Located(own, options.file, options.line)
        settings = self._options(options, name, known, None, said)
        nested = value.get("constraints", Located(None, options.file, options.line))
        return self._nested(nested), settings or defaults

    def _collection(self, options: Located) -> Check:
        known = {
            "allowExtraFields": Option(read.boolean, False),
            "allowMissingFields": Option(read.boolean, False),
            "extraFieldsMessage": read.message(UNEXPECTED),
            "missingFieldsMessage": read.message(MISSING),
        }
        value = options.value
        if not isinstance(value, Mapping):
            self._problems.add(options, "'Collection' needs 'fields', a mapping.")
            return _leaf(lambda _: None)
        if not value.keys() & _COLLECTION:
            # Symfony takes a mapping without any of its options for the fields.
            return collection(self._fields(options), {k: o.default for k, o in known.items()})
        own = {option: node for option, node in value.items() if option != "fields"}
        said = Located(own, options.file, options.line)
        settings = self._options(options, "Collection", known, None, said)
        fields = value.get("fields")
        if fields is None:
            self._problems.add(options, "'Collection' needs 'fields', a mapping.")
            return _leaf(lambda _: None)
        return collection(
            self._fields(fields), settings or {k: o.default for k, o in known.items()}
        )

    def _fields(self, node: Located) -> tuple[Field, ...]:
        if not isinstance(node.value, Mapping):
            self._problems.add(node, "The 'fields' of a 'Collection' are a mapping by name.")
            return ()
        return tuple(self.field(name, rules) for name, rules in node.value.items())


def collection(fields: Sequence[Field], settings: Mapping[str, object]) -> Check:
    """Make the check of an object: its fields in order, then what nobody expects.

    Args:
        fields: What is asked about each field.
        settings: The options of a ``Collection`` beside its fields.
    """
    names = frozenset(field.name for field in fields)
    may_miss, extra_is_fine = (
        bool(settings["allowMissingFields"]),
        bool(settings["allowExtraFields"]),
    )
    missing = [
        fill(str(settings["missingFieldsMessage"]), {"field": php.quoted(field.name)})
        for field in fields
    ]
    unexpected = str(settings["extraFieldsMessage"])
    parts = tuple(
        (field.name, field.checks, field.required and not may_miss, text)
        for field, text in zip(fields, missing, strict=True)
    )

    def check(value: object, path: str, found: list[Broken]) -> None:
        if value is None:
            return
        if isinstance(value, list):
            value = dict(php.entries(value))
        if not isinstance(value, Mapping):
            found.append(Broken(path, of_type("array|(Traversable&ArrayAccess)")))
            return
        for name, checks, required, text in parts:
            if name in value:
                inside = f"{path}.{name}" if path else name
                entry = value[name]
                for inner in checks:
                    inner(entry, inside, found)
            elif required:
                found.append(Broken(_joined(path, name), text))
        if not extra_is_fine:
            for name in value:
                if name not in names:
                    shown = {"field": php.quoted(name)}
                    found.append(Broken(_joined(path, name), fill(unexpected, shown)))

    return check


def _leaf(test: Test) -> Check:
    def check(value: object, path: str, found: list[Broken]) -> None:
        message = test(value)
        if message is not None:
            found.append(Broken(path, message))

    return check


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _names(known: Mapping[str, Option] | frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(known)) or "none"


def _no_constraint(value: object) -> str:
    if isinstance(value, Mapping) and len(value) > 1:
        return (
            "A constraint has one name. Put '- ' before each constraint, and indent the options of "
            "one below its name."
        )
    return "A constraint is a name, or a name with its options."
