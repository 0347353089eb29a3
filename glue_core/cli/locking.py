"""The lock file: what a deployment consists of, written down so that a change of it is seen.

It says the same on every machine with the same distributions and settings.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marshmallow import Schema
from marshmallow.fields import Field

from glue_core.cli.contributions import contributions_of
from glue_core.errors import ConfigurationError
from glue_core.registry.discovery import Source

if TYPE_CHECKING:
    from glue_core.application import WSGI
    from glue_core.deployment import Deployment

LOCK_FILE = "glue.lock"
FORMAT = 1
DIGITS = 16
ACTIVE = "active"

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
SIGNS = {ADDED: "+", REMOVED: "-", CHANGED: "~"}

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it was locked.

    Attributes:
        kind: ``added``, ``removed`` or ``changed``.
        text: What it is, for people.
    """

    kind: str
    text: str


def locked_of(
    sources: Iterable[Source], states: Mapping[tuple[str, str], str], deployment: Deployment
) -> Document:
    """Return what the lock file says of a deployment.

    Args:
        sources: Everything that is installed.
        states: What became of it, by group and id.
        deployment: The deployment.
    """
    told: dict[tuple[str, str], dict[str, dict[str, set[str]]]] = {}
    for hook, each in contributions_of(deployment):
        by_hook = told.setdefault((each.source.group, each.source.id), {})
        name = each.id.removeprefix(each.source.id + ".")
        by_hook.setdefault(hook, {}).setdefault(name, set()).add(_text_of(each.value))
    distributions: dict[str, Any] = {}
    for source in sources:
        found = distributions.setdefault(
            source.distribution, {"version": source.version, "plugins": {}}
        )
        key = (source.group, source.id)
        found["plugins"][f"{source.group}:{source.name}"] = {
            "place": source.value,
            "state": states[key],
            "contributions": {
                hook: {name: _digest(texts) for name, texts in names.items()}
                for hook, names in told.get(key, {}).items()
            },
        }
    return {
        "format": FORMAT,
        "distributions": distributions,
        "order": {name: _order_of(each) for name, each in deployment.applications.items()},
    }


def _order_of(application: WSGI) -> Document:
    """Return the steps of an application in the order of each stack; none where it has no flow."""
    from glue_core.http import HttpApplication

    found: Document = {}
    if isinstance(application, HttpApplication):
        for convention, matcher in application.matchers.items():
            stacks: dict[str, list[str]] = {}
            # Every flow knows all steps, those that it has no use for, too.
            for each in matcher.match("GET", "/").target.trace:
                if each.stage not in ("controller", "write"):
                    stacks.setdefault(f"glue_{each.stage}", []).append(each.id)
            found[convention or "plain"] = stacks
    return found


def read_lock(path: Path) -> Document | None:
    """Return what a lock file says, or None where there is none.

    Raises:
        ConfigurationError: It cannot be read, or is of another format.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error}.\nTake it away; 'glue plugins lock' writes another."
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ConfigurationError(
            f"{path} is no lock file of this version.\n"
            f"Take it away; 'glue plugins lock' writes another."
        )
    return document


def write_lock(path: Path, document: Document) -> None:
    """Write a lock file.

    Raises:
        ConfigurationError: It cannot be written.
    """
    try:
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from error


def differences(locked: Document, present: Document) -> list[Difference]:
    """Compare what is there with what was locked, by distribution, then the order of steps."""
    found = list(_of_distributions(locked["distributions"], present["distributions"]))
    found += _of_order(locked["order"], present["order"])
    return found


def _of_distributions(locked: Document, present: Document) -> Iterator[Difference]:
    for name in sorted({*locked, *present}):
        old: Any = locked.get(name)
        new: Any = present.get(name)
        if old is None:
            yield Difference(ADDED, f"{name} {new['version']} is installed, and is not locked")
        elif new is None:
            yield Difference(REMOVED, f"{name} {old['version']} is locked, and is not installed")
        else:
            if old["version"] != new["version"]:
                yield Difference(CHANGED, f"{name} is {new['version']}, was {old['version']}")
            yield from _of_plugins(name, old["plugins"], new["plugins"])


def _of_plugins(distribution: str, locked: Document, present: Document) -> Iterator[Difference]:
    for key in sorted({*locked, *present}):
        group, _, name = key.rpartition(":")
        plugin = f"{distribution}:{name} in {group}"
        old, new = locked.get(key), present.get(key)
        if old is None:
            yield Difference(ADDED, f"{plugin} is an entry point that was not there")
        elif new is None:
            yield Difference(REMOVED, f"{plugin} is an entry point no longer")
        else:
            if old["place"] != new["place"]:
                yield Difference(CHANGED, f"{plugin} leads to {new['place']}, was {old['place']}")
            if old["state"] != new["state"]:
                yield Difference(CHANGED, f"{plugin} is {new['state']}, was {old['state']}")
            else:
                yield from _of_hooks(plugin, old["contributions"], new["contributions"])


def _of_hooks(plugin: str, locked: Document, present: Document) -> Iterator[Difference]:
    for hook in sorted({*locked, *present}):
        old, new = locked.get(hook, {}), present.get(hook, {})
        for name in sorted({*old, *new}):
            what = f"{name!r} through {hook}"
            if name not in old:
                yield Difference(ADDED, f"{plugin} contributes {what}")
            elif name not in new:
                yield Difference(REMOVED, f"{plugin} contributes {what} no longer")
            elif old[name] != new[name]:
                yield Difference(CHANGED, f"{plugin} contributes {what}, and not the same")


def _of_order(locked: Document, present: Document) -> Iterator[Difference]:
    """Tell of steps that change places; those that come or go were told already."""
    for application, conventions in sorted(present.items()):
        for convention, hooks in sorted(conventions.items()):
            for hook, new in sorted(hooks.items()):
                old = locked.get(application, {}).get(convention, {}).get(hook, [])
                before = [each for each in old if each in new]
                after = [each for each in new if each in old]
                if before != after:
                    yield Difference(
                        CHANGED,
                        f"{hook} of {application} under {convention} runs in the order "
                        f"{', '.join(after)}; was {', '.join(before)}",
                    )


def _digest(texts: Iterable[str]) -> str:
    """Return a digest of what is contributed under one name, by however many applications."""
    return hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()[:DIGITS]


def _text_of(value: object) -> str:
    return json.dumps(_described(value, ()), sort_keys=True)


def _described(value: Any, above: tuple[int, ...]) -> Any:
    """Return what JSON can hold of a contribution: nothing that is another on another machine.

    Args:
        value: Anything that a contribution consists of.
        above: Ids of what it is part of: what contains itself is not followed again.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if id(value) in above:
        return "..."
    inner = (*above, id(value))
    if isinstance(value, Path):
        return value.name
    if isinstance(value, re.Pattern):
        return value.pattern
    if isinstance(value, functools.partial):
        return _described(value.func, inner)
    if isinstance(value, type):
        if issubclass(value, Schema):
            return [_place_of(value), _described(value._declared_fields, inner)]
        return _place_of(value)
    if isinstance(value, Schema | Field):
        return [_place_of(type(value)), _members(vars(value), inner)]
    if is_dataclass(value):
        members = {each.name: getattr(value, each.name) for each in fields(value)}
        return [_place_of(type(value)), _members(members, inner)]
    if isinstance(value, Mapping):
        return {str(key): _described(each, inner) for key, each in value.items()}
    if isinstance(value, Set):
        return sorted((_described(each, inner) for each in value), key=repr)
    if isinstance(value, Sequence):
        return [_described(each, inner) for each in value]
    if isinstance(value, Callable):  # type: ignore[arg-type]
        return _place_of(getattr(value, "__func__", value))
    return _place_of(type(value))


def _members(members: Mapping[str, Any], above: tuple[int, ...]) -> Document:
    """Describe what somebody else wrote into something; not what it notes about itself."""
    return {
        name: _described(each, above)
        for name, each in members.items()
        if not name.startswith("_") and name not in ("parent", "root")
    }


def _place_of(value: Any) -> str:
    """Return module and name of a class or function; of another object those of its class."""
    if not hasattr(value, "__qualname__"):
        value = type(value)
    return f"{value.__module__}:{value.__qualname__}"
