"""Conflicts: declarations that cannot both stand, each told with every party and a way out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, get_args

from glue_core.command import COMMANDS
from glue_core.convention import Convention, JudgesNames
from glue_core.errors import Complaint, ConfigurationError
from glue_core.operation import METHODS, RELATIONSHIPS, Method, Operation, PageRules
from glue_core.registry.discovery import CORE, core_version
from glue_core.registry.models import follows
from glue_core.registry.order import Contribution
from glue_core.resource import ClientIds, Resource
from glue_core.variants import answer_alike, share_stores
from glue_core.versions import version_of_segment

if TYPE_CHECKING:
    from falcon.routing import CompiledRouter

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
RESERVED = RELATIONSHIPS
CLIENT_IDS: tuple[ClientIds, ...] = get_args(ClientIds)
CHANGES_A_STATE: tuple[Method, ...] = ("post", "patch", "put", "delete")
"""Methods that may have to say which state they are about; ``post`` adds to a relationship."""


def clashing_encoders(
    application: str,
    encoders: Sequence[Contribution],
    conventions: Mapping[str | None, Convention],
) -> Iterable[str]:
    """Tell of encoders whose media type somebody else writes."""
    yield from twice(
        encoders, lambda each: each.value.media_type, f"Two encoders of {application!r} are {{!r}}."
    )
    taken = {
        media_type.lower(): name
        for name, convention in conventions.items()
        for media_type in convention.media_types
        if name is not None
    }
    for each in encoders:
        if each.value.media_type in taken:
            yield Complaint(
                f"The encoder {each.id!r} of {application!r} has the media type of the convention "
                f"{taken[each.value.media_type]!r}.\n  {each.party}\n"
                f"Give it another media type, or put {each.id!r} under 'disable' in the settings.",
                each.source,
            )


def wrong_places(
    application: str, operations: Iterable[Contribution], routes: Iterable[Contribution]
) -> Iterable[str]:
    """Tell of places that are none, and of templates where none belong."""
    for each in (*operations, *routes):
        if each.value.method not in METHODS:
            near = difflib.get_close_matches(each.value.method, METHODS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            yield Complaint(
                f"The operation {each.id!r} of {application!r} has the method "
                f"{each.value.method!r}.{hint}\n  {each.party}\n"
                f"There are: {', '.join(METHODS)}.",
                each.source,
            )
    for each in operations:
        operation = each.value
        if operation.is_template:
            yield Complaint(
                f"The resource operation {each.id!r} of {application!r} has a template for a "
                f"place: {operation.place!r}.\n  {each.party}\n"
                f"Contribute it through 'glue_route_providers'.",
                each.source,
            )
            continue
        for type_ in operation.types:
            if not _NAME.fullmatch(type_) or type_ == RESERVED:
                yield Complaint(
                    f"The operation {each.id!r} of {application!r} has the place "
                    f"{operation.place!r}, in which {type_!r} cannot be a type.\n  {each.party}\n"
                    f"Use letters, digits, '-', '_' and '.'; {RESERVED!r} is reserved.",
                    each.source,
                )
    for each in routes:
        if not each.value.is_template:
            yield Complaint(
                f"The route {each.id!r} of {application!r} has no template for a place: "
                f"{each.value.place!r}.\n"
                f"  {each.party}\nContribute an Operation whose place starts with '/'.",
                each.source,
            )
        elif each.value.place != "/" and "" in each.value.place[1:].split("/"):
            yield Complaint(
                f"The route {each.id!r} of {application!r} has an empty segment in its template "
                f"{each.value.place!r}, and no request reaches it.\n  {each.party}\n"
                f"Take the superfluous slash away; one at the end of a request's path is ignored.",
                each.source,
            )


def wrong_values(application: str, operations: Iterable[Contribution]) -> Iterable[str]:
    """Tell of values that an operation cannot have, whether they were declared or changed."""
    for each in operations:
        operation: Operation = each.value
        start = f"The operation {each.id!r} of {application!r} has"
        status = operation.status
        is_number = isinstance(status, int) and not isinstance(status, bool)
        if status is not None and not (is_number and 200 <= status <= 399):
            yield Complaint(
                f"{start} {status!r} for 'status'.\n  {each.party}\n"
                f"It is the status of success: write a number from 200 to 399, or None.",
                each.source,
            )
        if operation.page is not None and not isinstance(operation.page, PageRules):
            yield Complaint(
                f"{start} {operation.page!r} for 'page'.\n  {each.party}\n"
                f"Write PageRules, or None where it is not cut into pages.",
                each.source,
            )
        elif operation.page is not None and operation.method != "getCollection":
            yield Complaint(
                f"{start} rules for pages, and its method {operation.method!r} shows no "
                f"collection.\n  {each.party}\nTake 'page' away, or let 'getCollection' have it.",
                each.source,
            )


def _wrong_type(application: str, resource: Resource, by: Contribution) -> Iterable[str]:
    """Tell of values that a type cannot have, whether they were declared or changed."""
    start = f"The type {resource.type!r} of {application!r} has"
    if resource.client_ids not in CLIENT_IDS:
        yield Complaint(
            f"{start} {resource.client_ids!r} for 'client_ids'.\n  {by.party}\n"
            f"Write one of {', '.join(map(repr, CLIENT_IDS))}.",
            by.source,
        )
    needed = resource.requires_match
    if isinstance(needed, bool):
        return
    if not isinstance(needed, tuple):
        yield Complaint(
            f"{start} {needed!r} for 'requires_match'.\n  {by.party}\n"
            f"Write True, False or a tuple of methods, such as ('patch',).",
            by.source,
        )
        return
    for method in needed:
        if method not in CHANGES_A_STATE:
            near = difflib.get_close_matches(str(method), CHANGES_A_STATE, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            yield Complaint(
                f"{start} the method {method!r} in 'requires_match'.{hint}\n  {by.party}\n"
                f"There are: {', '.join(CHANGES_A_STATE)}.",
                by.source,
            )


def hidden_by_versions(application: str, operations: Iterable[Contribution]) -> Iterable[str]:
    """Tell of places whose first segment an application reads as a version."""
    for each in operations:
        place = each.value.place
        segment = place.removeprefix("/").partition("/")[0]
        if version_of_segment(segment) is not None:
            yield Complaint(
                f"The operation {each.id!r} of {application!r} has the place {place!r}, and "
                f"{application!r} reads {segment!r} as a version.\n  {each.party}\n"
                f"Give it another place, or take 'applications.{application}.versions_in_path' "
                f"out of the settings.",
                each.source,
            )


def declared_types(
    application: str, contributions: Iterable[Contribution], problems: list[str]
) -> dict[str, list[tuple[Resource, Contribution]]]:
    """Collect the types, and tell of two declarations of one."""
    types: dict[str, list[tuple[Resource, Contribution]]] = {}
    for each in contributions:
        resource = each.value if isinstance(each.value, Resource) else each.value.resource
        if resource is None:
            continue
        declared = types.setdefault(resource.type, [])
        if any(resource is other for other, _ in declared):
            continue
        clash = next((by for other, by in declared if _overlap(other, resource)), None)
        if clash is not None:
            problems.append(
                Complaint(
                    f"Two resources of {application!r} have the type {resource.type!r}.\n"
                    f"  {clash.party}\n  {each.party}\n"
                    f"Give one of them another type, or uninstall one distribution.",
                    clash.source,
                    each.source,
                )
            )
        declared.append((resource, each))
        problems.extend(_wrong_type(application, resource, each))
    return types


def _overlap(one: Resource, other: Resource) -> bool:
    """Say whether two declarations of a type meet under a convention, in a version and a store."""
    if not share_stores(one.stores, other.stores):
        return False
    if one.versions and other.versions and set(one.versions).isdisjoint(other.versions):
        return False
    if one.conventions is None or other.conventions is None:
        return True
    return not set(one.conventions).isdisjoint(other.conventions)


def wrong_relationships(
    application: str,
    relationships: Iterable[Contribution],
    types: Mapping[str, Any],
) -> Iterable[str]:
    """Tell of relationships from or to types that nobody declares, and of their names."""
    relationships = tuple(relationships)
    for each in relationships:
        for end in ("source", "target"):
            type_ = getattr(each.value, end)
            if type_ not in types:
                yield Complaint(
                    f"The relationship {each.value.name!r} of {each.value.source!r} has the {end} "
                    f"{type_!r}, a type that no plugin of {application!r} declares.\n"
                    f"  {each.party}\n"
                    f"Install the plugin that declares {type_!r}, or put {each.id!r} under "
                    f"'disable' in the settings.",
                    each.source,
                )
        yield from _wrong_pages(application, each)
        declared = types.get(each.value.source, ())
        for resource, _ in declared:
            fields = resource.attributes().fields
            if each.value.name in {field.data_key or name for name, field in fields.items()}:
                yield Complaint(
                    f"The relationship {each.value.name!r} of {each.value.source!r} in "
                    f"{application!r} has the name of an attribute.\n  {each.party}\n"
                    f"Rename one: attributes and relationships share their names.",
                    each.source,
                )
    yield from twice(
        relationships,
        lambda each: f"{each.value.source}.{each.value.name}",
        f"Two relationships of {application!r} are {{!r}}.",
    )


def wrong_names(
    application: str,
    relationships: Iterable[Contribution],
    types: Mapping[str, Sequence[tuple[Resource, Contribution]]],
    conventions: Iterable[Convention],
) -> Iterable[str]:
    """Tell of attributes and relationships that a convention has no place for by their names."""
    named = [
        (resource, "attribute", field.data_key or name, by)
        for declared in types.values()
        for resource, by in declared
        for name, field in resource.attributes().fields.items()
    ]
    named += [
        (resource, "relationship", each.value.name, each)
        for each in relationships
        for resource, _ in types.get(each.value.source, ())
    ]
    told: set[tuple[str, str, str]] = set()
    for convention in conventions:
        if not isinstance(convention, JudgesNames):
            continue
        for resource, what, name, by in named:
            if resource.conventions is not None and convention.name not in resource.conventions:
                continue
            why = convention.wrong_name(name)
            if why is None or (resource.type, name, by.id) in told:
                continue
            told.add((resource.type, name, by.id))
            yield Complaint(
                f"The {what} {name!r} of {resource.type!r} in {application!r} cannot be called so "
                f"under the convention {convention.name!r}: {name!r} {why}.\n  {by.party}\n"
                f"Give it another name.",
                by.source,
            )


def _wrong_pages(application: str, contribution: Contribution) -> Iterable[str]:
    """Tell of pages of a relationship that nothing could serve."""
    relationship = contribution.value
    page, load_page = relationship.page, relationship.load_page
    wrong = None
    if not relationship.many and (page is not None or load_page is not None):
        wrong = ("is to-one and has pages", "Take 'page' and 'load_page' away, or make it to-many.")
    elif page is not None and "cursor" in page.strategies and load_page is None:
        wrong = (
            "takes cursors, which 'load' knows nothing of",
            "Give it 'load_page', or take 'cursor' out of its 'page'.",
        )
    if wrong is not None:
        yield Complaint(
            f"The relationship {relationship.name!r} of {relationship.source!r} in "
            f"{application!r} {wrong[0]}.\n  {contribution.party}\n{wrong[1]}",
            contribution.source,
        )


def clashing_operations(
    application: str,
    operations: Iterable[Contribution],
    conventions: Mapping[str | None, Convention],
) -> Iterable[str]:
    """Tell of two operations that answer one method at one place under one convention."""
    operations = tuple(operations)
    told: set[tuple[str, str]] = set()
    for convention in conventions:
        taken: dict[tuple[bool, str, str], list[Contribution]] = {}
        for each in operations:
            operation = each.value
            if not follows(operation, convention):
                continue
            place = _PLACEHOLDER.sub("{}", operation.path)
            others = taken.setdefault((operation.is_template, place, operation.http_method), [])
            other = next((one for one in others if answer_alike(one.value, operation)), each)
            others.append(each)
            if other is not each and (other.id, each.id) not in told:
                told.add((other.id, each.id))
                kind = "custom routes" if operation.is_template else "operations"
                yield Complaint(
                    f"Two {kind} of {application!r} answer {operation.http_method} "
                    f"{operation.path}.\n  {other.party}\n  {each.party}\n"
                    f"Put {other.id!r} or {each.id!r} under 'disable' in the settings, or change "
                    f"the place of one.",
                    other.source,
                    each.source,
                )


def clashing_templates(
    application: str,
    routes: Iterable[Contribution],
    conventions: Mapping[str | None, Convention],
) -> Iterable[str]:
    """Tell of templates that cannot be read, or not beside each other."""
    routes = sorted(routes, key=lambda each: each.value.place)
    if not routes:
        return
    # Falcon is what will match them, and commands without requests do not need it.
    from falcon.routing import CompiledRouter

    told: set[str] = set()
    for each in routes:
        place = each.value.place
        wrong = None if place in told else _refused_by(CompiledRouter(), place)
        if wrong is not None:
            told.add(place)
            yield Complaint(
                f"The route {each.id!r} of {application!r} has a template that cannot be read: "
                f"{place!r}.\n  {each.party}\n{wrong}",
                each.source,
            )
    for convention in conventions:
        known: dict[str, Contribution] = {}
        router = CompiledRouter()
        for each in routes:
            place = each.value.place
            if place in told or place in known or not follows(each.value, convention):
                continue
            if _refused_by(router, place) is None:
                known[place] = each
                continue
            told.add(place)
            earlier = next(e for e in known if _refused_by(CompiledRouter(), e, place) is not None)
            other = known[earlier]
            yield Complaint(
                f"The custom routes {earlier} and {place} of {application!r} name the placeholder "
                f"of one segment differently.\n  {other.party}\n  {each.party}\n"
                f"Give the placeholders of a segment one name, or put {other.id!r} or {each.id!r} "
                f"under 'disable' in the settings.",
                other.source,
                each.source,
            )


def _refused_by(router: CompiledRouter, *templates: str) -> str | None:
    """Say why a router does not take templates beside those it has, or return None."""
    try:
        for each in templates:
            router.add_route(each, _NoResponder())
    except ValueError as error:
        return str(error)
    return None


class _NoResponder:
    """What a template leads to while it is tried out."""

    def on_get(self) -> None:
        """Exist: Falcon's router refuses a resource that has no responder."""


def clashing_children(
    application: str,
    operations: Iterable[Contribution],
    relationships: Iterable[Contribution],
) -> Iterable[str]:
    """Tell of child places that a relationship of the same path contradicts."""
    children = [
        each
        for each in operations
        if len(each.value.types) > 1
        and each.value.method in ("get", "getCollection")
        and (each.value.singleton or each.value.method == "getCollection")
    ]
    for child, each in product(children, relationships):
        operation = child.value
        if operation.types[-2:] != (each.value.source, each.value.name):
            continue
        many = operation.method == "getCollection"
        if operation.type != each.value.target or many != each.value.many:
            yield Complaint(
                f"The child place {operation.place!r} and the relationship {each.value.name!r} of "
                f"{each.value.source!r} in {application!r} share a path and differ: the place "
                f"shows {'many' if many else 'one'} {operation.type!r}, the relationship "
                f"{'many' if each.value.many else 'one'} {each.value.target!r}.\n"
                f"  {child.party}\n  {each.party}\nGive them one type and one number, or rename "
                f"one.",
                child.source,
                each.source,
            )


def clashing_commands(commands: Sequence[Contribution]) -> Iterable[str]:
    """Tell of commands that have one name, and of those that are named as a built-in one."""
    yield from twice(commands, lambda each: each.value.name, "Two commands are named {!r}.")
    for each in commands:
        if each.value.name in COMMANDS:
            place, _ = COMMANDS[each.value.name]
            yield Complaint(
                f"Two commands are named {each.value.name!r}.\n"
                f"  {CORE} {core_version()}   {place}\n  {each.party}\n"
                f"The first is built in: rename the other, or put {each.id!r} under 'disable' in "
                f"the settings.",
                each.source,
            )


def twice(
    contributions: Iterable[Contribution], key: Callable[[Contribution], str], text: str
) -> Iterable[str]:
    """Tell of contributions with one key."""
    named: dict[str, list[Contribution]] = {}
    for each in contributions:
        named.setdefault(key(each), []).append(each)
    for name, claimants in sorted(named.items()):
        if len(claimants) > 1:
            parties = "\n".join(f"  {each.party}" for each in claimants)
            ids = " or ".join(repr(each) for each in dict.fromkeys(c.id for c in claimants))
            yield Complaint(
                f"{text.format(name)}\n{parties}\nRename one, or put {ids} under 'disable' in the "
                f"settings.",
                *(each.source for each in claimants),
            )


def refuse_twins(
    contributions: Iterable[Contribution], what: str, key: Callable[[Contribution], str]
) -> None:
    """Raise `ConfigurationError` where two contributions have one key."""
    problems = list(twice(contributions, key, f"Two {what}.".replace("{!r}", "{0!r}")))
    if problems:
        raise ConfigurationError(*problems)


def refuse_clashing_grants(grants: Sequence[Contribution]) -> None:
    """Raise `ConfigurationError` where an application would offer two grants of one name."""
    problems = []
    for index, one in enumerate(grants):
        for other in grants[index + 1 :]:
            mine, theirs = set(one.value.applications), set(other.value.applications)
            if one.value.name == other.value.name and (
                not mine or not theirs or not mine.isdisjoint(theirs)
            ):
                problems.append(
                    Complaint(
                        f"Two grants have the name {one.value.name!r}.\n"
                        f"  {one.party}\n  {other.party}\n"
                        f"Limit them to different applications, or put one of {one.id!r} and "
                        f"{other.id!r} under 'disable' in the settings.",
                        one.source,
                        other.source,
                    )
                )
    if problems:
        raise ConfigurationError(*problems)
