"""Compiling: from an application's registry to the frozen tuples that a request walks."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import reduce
from itertools import chain, repeat
from types import MappingProxyType
from typing import Any

from glue_core import codes
from glue_core.convention import IgnoresParameters
from glue_core.errors import Complaint, ConfigurationError, NotFound, Problem
from glue_core.flow import CONTROLLER, WRITE, Flow, Trace
from glue_core.lanes import Bound, Lanes, told
from glue_core.matching import Location, Matcher
from glue_core.messages import Batch, GlueError, GlueRequest, GlueResponse, GlueVersion
from glue_core.openapi.fragment import Describe
from glue_core.operation import HTTP_METHODS, METHODS, RELATIONSHIPS, ErrorCode, Method, Operation
from glue_core.registry.discovery import CORE, core_version
from glue_core.registry.models import follows, seen_in
from glue_core.registry.order import Contribution, Placed
from glue_core.registry.registry import STACKS, ApplicationRegistry
from glue_core.relating import (
    changes_of,
    naming_admitted,
    relationship_handler,
    relationship_refused,
    top_level_gets,
)
from glue_core.relationship import Relationship
from glue_core.security.authorization import admitted
from glue_core.security.lens import Lens, Model
from glue_core.settings import Settings
from glue_core.step import Build, Handler, Parameter, Step, Wrap
from glue_core.target import environ_key
from glue_core.timing import timed
from glue_core.validation import KnownParameters
from glue_core.variants import Stores, stores_of
from glue_core.versions import UNREADABLE, Versions, share_versions, versions_of
from glue_core.work import Work
from glue_core.wrapping import wrapped

ANY_METHODS = ("GET", "POST", "PATCH", "DELETE", "OPTIONS")
"""What a preflight says where nothing is: the request itself will be told that."""


Stacks = Mapping[str, tuple[Placed, ...]]
"""The steps of an operation by the names of their stacks, in the order in which they are bound."""


class Plan:
    """How a compiled flow is put together; an application with a flow of its own has another."""

    def stacks(self, registry: ApplicationRegistry, convention: str | None) -> Stacks:
        """Return the steps of each stack, in order; those of the flow itself are among them."""
        return {hook: registry.stack(hook, convention) for hook in STACKS}

    def make(self, flow: Flow, bound: Mapping[str, tuple[Any, ...]], settings: Settings) -> Flow:
        """Return what runs for an operation.

        Args:
            flow: The flow of the stacks that every application has.
            bound: What the operation has of each stack.
            settings: The settings of the deployment.
        """
        return flow

    def matcher(self, *arguments: Any, **named: Any) -> Matcher[Flow]:
        """Return what reads paths; the arguments are those of `Matcher`."""
        return Matcher(*arguments, **named)


PLAN = Plan()
"""How the flow of a request-flow-aware application is put together."""


def compile_application(
    registry: ApplicationRegistry, settings: Settings, plan: Plan = PLAN
) -> dict[str | None, Matcher[Flow]]:
    """Compile every operation of an application under each convention it follows.

    Args:
        registry: The application, with everything that plugins add to it.
        settings: The settings of the deployment.
        plan: How its flows are put together.

    Returns:
        A matcher for each convention; None is the plain flow's.

    Raises:
        ConfigurationError: An order cannot be found, a step cannot be bound, or a handler asks for
            what there is not.
    """
    return {
        name: _Compiler(registry, name, settings, plan).matcher() for name in registry.conventions
    }


class _Compiler:
    """Compiles one application under one convention."""

    def __init__(
        self,
        registry: ApplicationRegistry,
        convention: str | None,
        settings: Settings,
        plan: Plan,
    ) -> None:
        self._plan = plan
        self._settings = settings
        self._registry = registry
        self._application = registry.application.name
        self._name = convention
        self._convention = registry.conventions[convention]
        self._model = registry.models[convention]
        self._stacks = plan.stacks(registry, convention)
        self._traces = {
            hook: [(_traced(hook, each, False), _traced(hook, each, True)) for each in placed]
            for hook, placed in self._stacks.items()
        }
        self._stores = tuple(registry.models_of_stores)
        self._models: Mapping[str | None, Model] = {
            None: self._model,
            **{store: registry.models_of_stores[store][convention] for store in self._stores},
        }
        self._sees = {store: seen_in(store, registry.operations) for store in (None, *self._stores)}
        self._alike = self._stores_alike()
        self._core = f"{CORE} {core_version()}   {__name__}"
        writer = f"{registry.convention_sources[convention]}.writer"
        self._writes = Trace(WRITE, writer, writer, "the convention writes every outcome", True)
        self._contributions = {id(each.value): each for each in registry.operations}
        self._flows: dict[tuple[int, str | None], Flow] = {}
        self._refusals: dict[tuple[str, tuple[str, ...], tuple[object, ...]], Flow] = {}
        self._allowed: dict[int, tuple[str, ...]] = {}
        self._located: dict[int, Sequence[Contribution]] = {}
        self._differing: dict[tuple[int, str], bool] = {}
        self._gets = {
            store: top_level_gets(registry.operations, sees, convention)
            for store, sees in self._sees.items()
        }

    @property
    def _wrapper_ids(self) -> str:
        wrappers = self._stacks["glue_controller_wrappers"]
        return ", ".join(each.contribution.id for each in wrappers) or "no wrapper"

    def matcher(self) -> Matcher[Flow]:
        """Compile all locations and refusals."""
        places: dict[tuple[str, bool], list[Contribution]] = {}
        templates: dict[str, list[Contribution]] = {}
        for each in self._registry.operations:
            operation = each.value
            if not follows(operation, self._name):
                continue
            if operation.is_template:
                templates.setdefault(operation.place, []).append(each)
            else:
                places.setdefault((operation.place, operation.has_id), []).append(each)
        for located in (*places.values(), *templates.values()):
            self._survey(located)
        items: dict[str, Location[Flow]] = {}
        collections: dict[str, Location[Flow]] = {}
        linkage: dict[tuple[str, str], Location[Flow]] = {}
        for (place, has_id), contributions in sorted(places.items()):
            location = self._location(contributions)
            if contributions[0].value.is_linkage:
                above, _, name = place.partition(f"/{RELATIONSHIPS}/")
                linkage[above, name] = location
            else:
                (items if has_id else collections)[place] = location
        return self._plan.matcher(
            items,
            collections,
            [self._location(each) for _, each in sorted(templates.items())],
            not_found=self._refusal("not-found", _nowhere(_NOT_FOUND)),
            parent_not_found=self._refusal("parent-not-found", _nowhere(_PARENT_NOT_FOUND)),
            invalid=self._refusal("invalid-path", _nowhere(_INVALID_PATH)),
            preflight=self._refusal("preflight", _preflight(ANY_METHODS), ANY_METHODS),
            linkage=linkage,
        )

    def _survey(self, contributions: Sequence[Contribution]) -> None:
        """Note what the operations at one place know of each other."""
        order = list(dict.fromkeys(each.value.http_method for each in _in_order(contributions)))
        if "GET" in order:
            order.insert(order.index("GET") + 1, "HEAD")
        if "OPTIONS" not in order:
            order.append("OPTIONS")
        for each in contributions:
            self._allowed[id(each.value)] = tuple(order)
            self._located[id(each.value)] = contributions

    def _location(self, contributions: Sequence[Contribution]) -> Location[Flow]:
        allowed = self._allowed[id(contributions[0].value)]
        by_method: dict[str, list[Contribution]] = {}
        for each in contributions:
            by_method.setdefault(each.value.http_method, []).append(each)
        elsewhere = self._methods_elsewhere(contributions)
        flows = {method: self._varied(each, elsewhere) for method, each in by_method.items()}
        if "GET" in flows:
            flows["HEAD"] = flows["GET"]
        flows.setdefault("OPTIONS", self._refusal("preflight", _preflight(allowed), allowed))
        operation: Operation = contributions[0].value
        not_allowed = self._refusal(
            "method-not-allowed", _method_not_allowed(allowed), allowed, operation
        )
        if elsewhere:
            # A version that is nowhere here is judged before the method is.
            not_allowed = self._versioned(not_allowed, {}, elsewhere)
        relationship = operation.relationship
        if operation.is_linkage and relationship is not None:
            refused = self._refusal(
                "relationship-refused", _relationship_refused(relationship), (), operation
            )
            for method in changes_of(relationship):
                flows.setdefault(HTTP_METHODS[method], refused)
        return Location(
            operation.types,
            operation.path,
            flows,
            not_allowed,
            is_related=all(each.value.relationship is not None for each in contributions),
        )

    def _refusal(
        self,
        name: str,
        handler: Handler,
        allowed: tuple[str, ...] = (),
        at: Operation | None = None,
    ) -> Flow:
        """Compile a refusal; one at a place knows what it shows, which not everybody may know.

        Refusals of one name that know the same are one flow: most places have the same methods.
        """
        known = () if at is None else (at.type, id(at.relationship), id(at.parent))
        flow = self._refusals.get((name, allowed, known))
        if flow is None:
            flow = self._refused(name, handler, allowed, at)
            self._refusals[name, allowed, known] = flow
        return flow

    def _refused(
        self, name: str, handler: Handler, allowed: tuple[str, ...], at: Operation | None
    ) -> Flow:
        operation = Operation(
            "options" if name == "preflight" else "get",
            handler,
            "/",
            name=name,
            refusal=name,
            errors=_REFUSED_WITH.get(name, ()),
            allowed=allowed,
            refused_type=None if at is None else at.type,
            relationship=None if at is None else at.relationship,
            parent=None if at is None else at.parent,
        )
        return self._compile(operation, handler)

    def _methods_elsewhere(self, contributions: Sequence[Contribution]) -> dict[GlueVersion, Flow]:
        """Return what answers a method that a version does not have, for each one at a place."""
        operation: Operation = contributions[0].value
        refusals: dict[GlueVersion, Flow] = {}
        for version in {each for held in contributions for each in versions_of(held.value)}:
            present = [
                each.value.http_method
                for each in contributions
                if version in (versions_of(each.value) or (version,))
            ]
            allowed = tuple(
                each
                for each in self._allowed[id(operation)]
                if each in present or each == "OPTIONS" or (each == "HEAD" and "GET" in present)
            )
            refusals[version] = self._refusal(
                "method-not-allowed", _method_not_allowed(allowed), allowed, operation
            )
        return refusals

    def _versioned(
        self,
        flow: Flow,
        targets: Mapping[GlueVersion, Flow],
        elsewhere: Mapping[GlueVersion, Flow],
    ) -> Flow:
        """Return a flow that knows what answers each version."""
        versions = Versions(
            MappingProxyType(dict(targets)),
            MappingProxyType(dict(elsewhere)),
            unknown=self._refusal("unknown-version", _not_found),
            unacceptable=self._refusal("unacceptable-version", _version_not_acceptable),
        )
        return replace(flow, versions=versions)

    def _varied(
        self, contributions: Sequence[Contribution], elsewhere: Mapping[GlueVersion, Flow]
    ) -> Flow:
        """Return what answers one method at one place: the newest version, knowing the others."""
        flow = self._stored(contributions, None)
        known = {version for each in contributions for version in versions_of(each.value)}
        if not known:
            return flow
        targets = {each: self._stored(contributions, each) for each in known}
        return self._versioned(flow, targets, elsewhere)

    def _stored(self, contributions: Sequence[Contribution], version: GlueVersion | None) -> Flow:
        """Return what answers in stores that nobody names, knowing those of the others."""
        general = self._pick(contributions, None, version)
        if general is None:
            flow = self._refusal("not-in-store", _not_found)
        else:
            flow = self._flow(general, None)
        targets: dict[str, Flow] = {}
        for store in self._stores:
            other = self._alike[store]
            if other != store:
                if other in targets:
                    targets[store] = targets[other]
                continue
            own = self._pick(contributions, store, version)
            if own is None:
                if general is not None:
                    targets[store] = self._refusal("not-in-store", _not_found)
            elif own is not general or self._differs(own.value, store):
                targets[store] = self._seen(own, store)
        if not targets:
            return flow
        return flow.varying(Stores(MappingProxyType(targets), self._choosers(contributions, flow)))

    def _stores_alike(self) -> dict[str, str]:
        """Return for each store the first one that has the same of everything."""
        found: dict[tuple[object, ...], str] = {}
        alike = {}
        for store, model in self._models.items():
            if store is None:
                continue
            operations = [
                id(each.value)
                for each in self._registry.operations
                if store in stores_of(each.value)
            ]
            types = [id(model.resource_of(type_)) for type_ in model.types]
            alike[store] = found.setdefault((*operations, "types", *types), store)
        return alike

    def _pick(
        self,
        contributions: Iterable[Contribution],
        store: str | None,
        version: GlueVersion | None,
    ) -> Contribution | None:
        """Return which of the operations at one place answers: the newest, or one of a version."""
        sees = self._sees[store]
        found = [
            each
            for each in contributions
            if sees(each.value, self._name)
            and (version is None or version in (versions_of(each.value) or (version,)))
        ]

        def rank(each: Contribution) -> tuple[GlueVersion, bool]:
            newest = (
                UNREADABLE
                if version is not None
                else max(versions_of(each.value), default=UNREADABLE)
            )
            return newest, bool(stores_of(each.value))

        return max(found, key=rank, default=None)

    def _choosers(self, contributions: Sequence[Contribution], flow: Flow) -> tuple[Build, ...]:
        """Return the builders that choose the store of a request."""
        placed = [
            each
            for each in self._stacks["glue_request_builders"]
            if each.contribution.value.chooses_store
        ]
        if not placed:
            about = contributions[0]
            raise ConfigurationError(
                f"The operation {about.id!r} of {self._application!r} varies by store, and no "
                f"request builder chooses the store of a request.\n  {about.party}\n"
                f"Install a plugin that does, such as glue-stores-api for the storefront, or "
                f"contribute a Step with chooses_store=True."
            )
        bound = [_bind(each, flow.operation) for each in placed]
        return tuple(each for each in bound if each is not None)

    def _seen(self, contribution: Contribution, store: str | None) -> Flow:
        """Return an operation as a store sees it: as all do, where nothing differs."""
        operation: Operation = contribution.value
        if store is not None and not stores_of(operation) and not self._differs(operation, store):
            store = None
        return self._flow(contribution, store)

    def _differs(self, operation: Operation, store: str) -> bool:
        """Say whether a store sees something else than the others do, by one operation."""
        key = (id(operation), store)
        if key not in self._differing:
            self._differing[key] = self._compared(operation, store)
        return self._differing[key]

    def _compared(self, operation: Operation, store: str) -> bool:
        types = [] if operation.type is None else [operation.type]
        if operation.relationship is not None:
            types.append(operation.relationship.source)
        if not self._model.agrees(self._models[store], types or self._models[store].types):
            return True
        if operation.http_method != "GET":
            reads = self._beside(operation, "get", None)
            if self._beside(operation, "get", store) is not reads:
                return True
            if self._model.has_policies and self._gets[store] != self._gets[None]:
                # What a body names is fetched, to see whether the caller may know it.
                return True
        return self._parent(operation, store) is not self._parent(operation, None)

    def _beside(
        self, operation: Operation, method: Method, store: str | None
    ) -> Contribution | None:
        """Return the operation of another method at the same place that a store sees."""
        return self._pick(
            [
                each
                for each in self._located[id(operation)]
                if each.value.method == method and share_versions(each.value, operation)
            ],
            store,
            None,
        )

    def _parent(self, operation: Operation, store: str | None) -> Contribution | None:
        """Return the operation that fetches what a relationship starts at, as a store sees it."""
        parent = operation.parent
        if parent is None:
            return None
        if store is None and not self._sees[None](parent, self._name):
            return self._contributions[id(parent)]
        return self._beside(parent, parent.method, store)

    def _flow(self, contribution: Contribution, store: str | None) -> Flow:
        """Compile an operation as a store sees it."""
        operation: Operation = contribution.value
        flow = self._flows.get((id(operation), store))
        if flow is None:
            model = self._models[store]
            parent = self._parent(operation, store)
            if parent is None:
                try:
                    handler = bind_handler(operation, contribution.party)
                except ConfigurationError as error:
                    raise ConfigurationError(Complaint(str(error), contribution.source)) from error
            else:
                handler = relationship_handler(operation, self._seen(parent, store), model)
            reads = None
            if operation.http_method != "GET":
                reads = self._beside(operation, "get", store)
            whole = replace(
                operation,
                allowed=self._allowed[id(operation)],
                parent=None if parent is None else parent.value,
                current=self._seen(reads, store).controller if reads is not None else None,
                current_errors=reads.value.errors if reads is not None else (),
            )
            flow = self._compile(whole, handler, store, contribution)
            self._flows[id(operation), store] = flow
        return flow

    def _compile(
        self,
        declared: Operation,
        handler: Handler,
        store: str | None = None,
        contribution: Contribution | None = None,
    ) -> Flow:
        """Compile an operation, or a refusal, which nobody contributes.

        Args:
            declared: The operation.
            handler: What answers, without wrappers.
            store: The store that sees it, or None.
            contribution: Who contributed the operation, or None.
        """
        model = self._models[store]
        resource = declared.resource
        if resource is not None and resource is self._model.resource_of(resource.type):
            # What stands for the type in all stores stands there for what this store has.
            resource = model.resource_of(resource.type)
        operation = replace(
            declared,
            resource=resource,
            application=self._application,
            convention=self._name,
            model=model.showing(resource),
            spoken=self._convention,
            catalogue=self._registry.catalogue,
            access=self._registry.access,
        )
        operation = replace(operation, varies=self._varies(operation))
        trace: list[Trace] = []
        reads: list[Parameter] = list(operation.parameters)
        undescribed: list[Parameter] = list(operation.parameters)
        describers: list[tuple[str, Describe]] = []
        bound: dict[str, tuple[Any, ...]] = {}
        parts: dict[str, list[Bound]] = {}
        for hook, stack in self._stacks.items():
            runs = []
            parts[hook] = []
            for placed, traces in zip(stack, self._traces[hook], strict=True):
                run = _bind(placed, operation)
                if run is None:
                    trace.append(traces[False])
                    continue
                step: Step[Any] = placed.contribution.value
                runs.append(run)
                part = _bound_to(placed, operation, run)
                parts[hook].append(part)
                trace.append(_only(traces[True], part.looks_at))
                reads.extend(step.reads_of(operation))
                if step.describe is None:
                    undescribed.extend(step.reads_of(operation))
                else:
                    describers.append((placed.contribution.id, step.describe))
            bound[hook] = tuple(runs)
        builders, validators, routed, wrappers, formatters, finishers = (
            bound[hook] for hook in STACKS
        )
        refusal = operation.refusal is not None
        ignored = None
        if isinstance(self._convention, IgnoresParameters):
            ignored = self._convention.ignores(operation, self._settings)
        if operation.is_raw:
            ignored = _everything
        with _named(self._wrapper_ids, operation):
            controller = handler
            if not refusal:
                controller = _completed(_wrapped(handler, wrappers), operation)
                controller = self._admitted(controller, operation, store)
        with _named(self._registry.convention_sources[self._name], operation):
            writer = self._convention.writer(operation, self._settings)
            if not callable(writer):
                raise TypeError(
                    f"writer() returned {writer!r} where a function of response and request is "
                    f"expected, which writes 'content' and 'format'"
                )
        trace += self._answering(operation, contribution)
        steps = {
            name: [] if refusal and name == "routed_validators" else parts[hook]
            for name, hook in Flow.parts.items()
        }
        lanes = Lanes(steps)
        flow = Flow(
            operation,
            builders,
            validators,
            None if refusal else KnownParameters(reads, ignored),
            () if refusal else routed,
            controller,
            formatters,
            writer,
            finishers,
            tuple(trace),
            reads=tuple(undescribed),
            describers=tuple(describers),
            lanes=lanes,
            looks_at={environ_key(name): bit for name, bit in lanes.headers.items()},
        )
        flow = self._plan.make(flow, bound, self._settings)
        if self._registry.wrap is not None:
            flow = wrapped(flow, self._registry.wrap, steps=steps)
        return timed(flow, self._settings)

    def _varies(self, operation: Operation) -> tuple[str, ...]:
        """Return the request headers by which the answers of an operation differ, each once."""
        found: dict[str, str] = {}
        for placed in chain.from_iterable(self._stacks.values()):
            step: Step[Any] = placed.contribution.value
            if step.varies:
                for name in _called(step.varies_of, placed, operation):
                    found.setdefault(name.lower(), name)
        return tuple(found.values())

    def _answering(
        self, operation: Operation, contribution: Contribution | None
    ) -> tuple[Trace, Trace]:
        """Return who answers and who writes, which no stack has."""
        id_, party = f"{CORE}.{operation.refusal}", self._core
        if contribution is not None:
            id_, party = contribution.id, contribution.party
        return Trace(CONTROLLER, id_, party, "it answers the operation", True), self._writes

    def _admitted(self, controller: Handler, operation: Operation, store: str | None) -> Handler:
        """Hold what is shown, changed or named against the policies of the application."""

        def get_of(type_: str) -> Flow | None:
            """Return what fetches a resource of a type by its id, or None where nothing does."""
            get = self._gets[store].get(type_)
            return self._seen(self._contributions[id(get)], store) if get is not None else None

        return naming_admitted(admitted(controller, operation), operation, get_of)


def _in_order(contributions: Iterable[Contribution]) -> list[Contribution]:
    return sorted(contributions, key=lambda each: METHODS.index(each.value.method))


def _bind(placed: Placed, operation: Operation) -> Any:
    step: Step[Any] = placed.contribution.value
    return _called(step.bind, placed, operation)


def _bound_to(placed: Placed, operation: Operation, run: Any) -> Bound:
    """Return a step that an operation has, with what it looks at."""
    step: Step[Any] = placed.contribution.value
    looks_at = _called(step.looks_at, placed, operation)
    otherwise = None
    if step.otherwise is not None:
        otherwise = _called(step.otherwise, placed, operation)
    return Bound(run, looks_at, otherwise)


def _called(bind: Callable[[Operation], Any], placed: Placed, operation: Operation) -> Any:
    """Call what a step has to say of an operation, or tell who cannot."""
    try:
        return bind(operation)
    except Exception as error:
        raise ConfigurationError(
            f"The step {placed.contribution.id!r} cannot be bound to "
            f"{operation.refusal or operation.contribution_name!r} of "
            f"{operation.application!r}: {type(error).__name__}: {error}\n"
            f"  {placed.contribution.party}\n"
            f"Mend it, or put {placed.contribution.id!r} under 'disable' in the settings."
        ) from error


def _traced(hook: str, placed: Placed, bound: bool) -> Trace:
    return Trace(
        hook.removeprefix("glue_"),
        placed.contribution.id,
        placed.contribution.party,
        placed.reason,
        bound,
    )


def _only(trace: Trace, looks_at: Sequence[str]) -> Trace:
    """Say which requests run a step, where not all do."""
    return replace(trace, reason=f"{trace.reason}; {told(looks_at)}") if looks_at else trace


@contextmanager
def _named(culprit: str, operation: Operation) -> Iterator[None]:
    """Say who raised while an operation was compiled."""
    try:
        yield
    except Exception as error:
        raise ConfigurationError(
            f"{operation.refusal or operation.contribution_name!r} of {operation.application!r} "
            f"cannot be compiled: {type(error).__name__}: {error}\n  {culprit}\n"
            f"Mend it, or put it under 'disable' in the settings."
        ) from error


def _wrapped(handler: Handler, wrappers: Sequence[Wrap]) -> Handler:
    return reduce(lambda inner, wrap: wrap(inner), reversed(wrappers), handler)


def _completed(handler: Handler, operation: Operation) -> Handler:
    """Fill in type and id of what a handler shows."""
    type_, model = operation.type, operation.model
    lenses = None if model is None else model.lenses
    known = type_ if model is not None and type_ in model else None
    listed = operation.method == "getCollection"

    def complete(request: GlueRequest) -> GlueResponse:
        response = handler(request)
        if not isinstance(response, GlueResponse):
            raise TypeError(
                f"The handler of {operation.contribution_name!r} returned "
                f"{type(response).__qualname__} instead of a GlueResponse."
            )
        if listed:
            response.is_collection = True
        resources = response._shown
        if isinstance(resources, Batch):
            if (
                known is not None
                and lenses is not None
                and _identified(resources, lenses[known, request.grants])
            ):
                return response
            resources = response.resources
        for resource in resources:
            shown = resource.type
            if shown is None:
                shown = resource.type = type_
            if resource.id is None and resource.attributes is not None and lenses is not None:
                try:
                    lens = lenses[shown or "", request.grants]
                except KeyError:
                    raise LookupError(
                        f"The handler of {operation.contribution_name!r} returned a resource of "
                        f"the type {shown!r}, which no plugin of {operation.application!r} "
                        f"declares under {operation.convention or 'plain JSON'}."
                    ) from None
                attributes, name = resource.attributes, lens.id_name
                if name is not None and attributes.__class__ is dict:
                    value = attributes.get(name)
                    resource.id = value if value is None else str(value)
                else:
                    resource.id = lens.identify(attributes)
        return response

    return complete


def _identified(batch: Batch, lens: Lens) -> bool:
    """Fill in type and ids of objects that are no resources yet.

    Returns:
        Whether each of them is something; else they are identified one by one.
    """
    if batch.type is not None:
        return True
    objects, name = batch.objects, lens.id_name
    kinds = {*map(type, objects)}
    if type(None) in kinds:
        return False
    if name is not None and kinds == {dict}:
        ids: list[Any] = [*map(dict.get, objects, repeat(name))]  # type: ignore[arg-type]
        if not {*map(type, ids)} <= _TEXTS:
            ids = [each if each is None else str(each) for each in ids]
    else:
        ids = [*map(lens.identify, objects)]
    batch.type, batch.ids = lens.type, ids
    return True


_TEXTS = {str}
_BY_TYPE: Mapping[Any, str] = {
    GlueRequest: "request",
    GlueResponse: "GlueResponse()",
    Work: "request.work",
}
_BY_NAME: Mapping[str, str] = {
    "attributes": "request.attributes",
    "http_request_attributes": "request.http_request_attributes",
}
_PATH_ID = "request.resource.id"
"""Expressions that fill the parameters of handlers."""


def bind_handler(operation: Operation, party: str) -> Handler:
    """Return a handler that takes the request alone.

    The parameters of what a plugin declared are filled by annotation: the request, an empty
    response for the handler to fill and return, the unit of work and ``id`` (str). Two are filled
    by name: ``attributes`` (what the schema made of the body: a dict, or the object of its
    ``post_load``) and ``http_request_attributes`` (what the transport knows).

    Raises:
        ConfigurationError: The handler asks for something else.
    """
    handler = operation.handler
    filled: list[tuple[inspect.Parameter, str]] = []
    try:
        parameters = tuple(inspect.signature(handler).parameters.values())
        hints = typing.get_type_hints(
            handler if inspect.isroutine(handler) else type(handler).__call__
        )
    except (NameError, TypeError, ValueError) as error:
        raise ConfigurationError(
            f"The handler of {operation.contribution_name!r} cannot be read: {error}\n  {party}\n"
            f"Annotate its parameters with names that exist at run time."
        ) from error
    for parameter in parameters:
        hint = hints.get(parameter.name)
        source = _BY_TYPE.get(hint)
        if source is None and parameter.name == "id" and hint is str:
            source = _PATH_ID
        elif source is None and parameter.name in _BY_NAME:
            source = _BY_NAME[parameter.name]
        elif source is None and parameter.name == "request" and hint is None:
            source = _BY_TYPE[GlueRequest]
        if source is None:
            if parameter.default is not parameter.empty or parameter.kind in (
                parameter.VAR_POSITIONAL,
                parameter.VAR_KEYWORD,
            ):
                continue
            raise ConfigurationError(
                f"The handler of {operation.contribution_name!r} asks for {parameter.name!r}, "
                f"which nobody fills in.\n  {party}\n"
                f"It may take: a GlueRequest, a GlueResponse, a Work, 'id: str', "
                f"'attributes: dict', 'http_request_attributes: Mapping'."
            )
        filled.append((parameter, source))
    first = parameters[0] if parameters else None
    if filled == [(first, _BY_TYPE[GlueRequest])] and first is not None and _by_position(first):
        return handler
    # By name, where it has one: parameters with defaults may stand in between.
    arguments = ", ".join(
        source if each.kind is each.POSITIONAL_ONLY else f"{each.name}={source}"
        for each, source in filled
    )
    # Every name in the code is a parameter's own; what fills it stands above.
    names = {"handler": handler, "GlueResponse": GlueResponse}
    call: Handler = eval(f"lambda request: handler({arguments})", names)  # noqa: S307
    return call


def _by_position(parameter: inspect.Parameter) -> bool:
    return parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)


NOT_FOUND_STATUS = 404
_NOT_FOUND = ErrorCode(NOT_FOUND_STATUS, codes.NOT_FOUND, "Not found")
_PARENT_NOT_FOUND = ErrorCode(404, codes.PARENT_NOT_FOUND, "Parent resource not found")
_NO_VERSION = ErrorCode(406, codes.NOT_ACCEPTABLE, "There is no such version of this resource.")
_INVALID_PATH = ErrorCode(
    400, codes.INVALID_PATH, "The path is not UTF-8 text, or contains a NUL character."
)
_NO_METHOD = ErrorCode(405, codes.METHOD_NOT_ALLOWED, "Method does not exist")
_NO_CHANGE = ErrorCode(
    403, codes.RELATIONSHIP_REFUSED, "The relationship cannot be changed this way."
)
_REFUSED_WITH = {
    "not-found": (_NOT_FOUND,),
    "not-in-store": (_NOT_FOUND,),
    "unknown-version": (_NOT_FOUND,),
    "parent-not-found": (_PARENT_NOT_FOUND,),
    "unacceptable-version": (_NO_VERSION,),
    "invalid-path": (_INVALID_PATH,),
    "method-not-allowed": (_NO_METHOD,),
    "relationship-refused": (_NO_CHANGE,),
}
"""Errors of refusals by their names; a preflight is none."""


def _refusing(
    refused: ErrorCode, headers: dict[str, str] | None = None, *, header: str | None = None
) -> Handler:
    """Return what answers with an error.

    Args:
        refused: The error.
        headers: Headers of the answer.
        header: Name of the header of the request that is at fault.
    """

    def refuse(request: GlueRequest) -> GlueResponse:
        if refused.status == NOT_FOUND_STATUS:
            # Who asks within a request knows it by its type.
            raise NotFound(refused.code, refused.message)
        error = GlueError(
            status=refused.status, code=refused.code, message=refused.message, header=header
        )
        raise Problem(refused.status, [error], headers)

    return refuse


def _nowhere(refused: ErrorCode) -> Handler:
    """Return what answers a path that leads nowhere.

    Unlike a refusal that a handler may meet when it asks for another resource, it is only ever the
    whole answer; so nothing has to be raised.
    """
    status, code, message = refused.status, refused.code, refused.message

    def refuse(request: GlueRequest) -> GlueResponse:
        error = GlueError(status, code, message)
        return GlueResponse(http_status=status, errors=(error,))

    return refuse


_not_found = _refusing(_NOT_FOUND)
_version_not_acceptable = _refusing(_NO_VERSION, header="Accept")


def _method_not_allowed(allowed: tuple[str, ...]) -> Handler:
    return _refusing(_NO_METHOD, {"allow": ", ".join(allowed)})


def _relationship_refused(relationship: Relationship) -> Handler:
    def refuse(request: GlueRequest) -> GlueResponse:
        raise relationship_refused(relationship)

    return refuse


def _preflight(allowed: tuple[str, ...]) -> Handler:
    methods = ", ".join(each for each in allowed if each != "HEAD")

    def answer(request: GlueRequest) -> GlueResponse:
        response = GlueResponse.no_content()
        response.meta["allow"] = ", ".join(allowed)
        response.meta["access-control-allow-methods"] = methods
        return response

    return answer


def _everything(name: str) -> bool:
    """Say that a query parameter does no harm: the handler reads the query itself."""
    return True
