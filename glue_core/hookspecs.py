"""The hooks: everything a distribution can add, in one place.

Hooks are called at start-up, never while a request runs. Each returns typed contributions; Glue
puts them in one order, checks them for conflicts and freezes them. An implementation takes any
subset of the arguments, by name. The order in which implementations are called means nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from glue_core.catalogue import ErrorText
    from glue_core.changes import BodyRules, OperationChange, ResourceChange
    from glue_core.command import Command
    from glue_core.convention import MediaTypeExtension
    from glue_core.demo import DemoData
    from glue_core.encoding import Encoder
    from glue_core.exchange import Importer, Migrations, Publisher
    from glue_core.features import Features, Provider
    from glue_core.fixtures import FixtureMaker
    from glue_core.health import HealthCheck
    from glue_core.listener import Call, Expand, Listener, LogFields, Notice
    from glue_core.openapi.serving import DocumentFormatter, ExpandDocument, IsStale
    from glue_core.operation import Operation, SimpleResource
    from glue_core.relationship import Relationship
    from glue_core.security.authentication import AuthenticationServer
    from glue_core.security.grants import Grant, ScopeProvider, UserProvider
    from glue_core.security.identity import IdentityReader
    from glue_core.security.lens import Policy
    from glue_core.security.protection import ProtectedPath, Strategy
    from glue_core.services.services import ServiceEngine, Services
    from glue_core.settings import Section, Settings
    from glue_core.step import Build, Format, Step, Validate, ValidateRouted, Wrap
    from glue_core.transport import Transport
    from glue_core.wrapping import WrapPart

PROJECT = "glue"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookDeprecation(DeprecationWarning):
    """Says that a hook, or one of its arguments, will go.

    ``@hookspec(warn_on_impl=HookDeprecation("0.2", "Implement 'glue_new'."))`` on a hook, and
    ``warn_on_impl_args={"old": HookDeprecation(...)}`` where an argument goes. Whoever implements
    it is warned by Python, and named by ``glue doctor``.

    Attributes:
        since: Version since which it is deprecated.
        reason: What to do in its place, or why it goes, as a sentence.
    """

    def __init__(self, since: str, reason: str) -> None:
        super().__init__(f"Deprecated since {since}: {reason}")
        self.since = since
        self.reason = reason


@hookspec
def glue_resources(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Operation | SimpleResource]:
    """Contribute resources: operations at places, paths made of types and ids.

    Called once per application, for plugins of that application's groups only.

    Args:
        features: The business logic of the deployment.
        services: The services that the application may reach.
        settings: The settings of the deployment.

    Returns:
        Operations, and resources in the short form, which are their operations.
    """


@hookspec
def glue_route_providers(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Operation]:
    """Contribute custom routes: operations whose place is a template, such as ``/catalog/{sku}``.

    A custom route wins over a resource of the same path. Called as `glue_resources` is.

    Returns:
        Operations with a template for a place.
    """


@hookspec
def glue_relationships(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Relationship]:
    """Contribute relationships from a type to another, whoever declares the types.

    Called as `glue_resources` is. A relationship from or to a type that no plugin of the
    application declares stops the start.

    Returns:
        Relationships with a ``source``.
    """


@hookspec
def glue_declaration_changes(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[ResourceChange | OperationChange | BodyRules]:
    """Change parts of what other plugins declare: types, operations and rules for bodies.

    Called as `glue_resources` is. The changes are applied to what the hooks before return, whoever
    declares it, and before anything is checked. What the project says, in the hooks of its
    application or in a plugin that the setting ``project`` names, wins over what plugins say. Two
    changes of one layer that contradict each other stop the start, unless one names the other in
    ``after`` or ``before``.

    Returns:
        Changes of types and of operations, and rules.
    """


@hookspec
def glue_request_builders(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Build]]:
    """Contribute steps that fill a request in, before it is validated.

    A convention, an application and any plugin may implement it. With a convention the order is
    common, convention, application; without one it is plain flow, common, application.

    Returns:
        Steps whose callable takes the request and changes it.
    """


@hookspec
def glue_request_validators(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Validate]]:
    """Contribute validators that run before the outcome of routing is told.

    They run for unknown paths as well; the first invalid result is the answer. Order as for
    builders.

    Returns:
        Steps whose callable takes the request and returns a `GlueRequestValidation` or None.
    """


@hookspec
def glue_request_after_routing_validators(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[ValidateRouted]]:
    """Contribute validators that know the resource.

    They run only when the request has an operation; the first invalid result is the answer. Order
    as for builders.

    Returns:
        Steps whose callable takes the request and its resource, and returns a
        `GlueRequestValidation` or None.
    """


@hookspec
def glue_controller_wrappers(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Wrap]]:
    """Contribute wrappers around controllers.

    A wrapper is bound at start-up: it takes a handler and returns one. The first in order is the
    outermost.

    Returns:
        Steps whose callable takes a handler and returns a handler.
    """


@hookspec
def glue_response_formatters(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Format]]:
    """Contribute steps that change a response before the convention writes it.

    They run for every outcome: success, refusal, unknown path, failure. Order as for builders.

    Returns:
        Steps whose callable takes the response and the request.
    """


@hookspec
def glue_response_finishers(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Step[Format]]:
    """Contribute steps that look at an answer once its document is written.

    They run inside the unit of work, for whatever the convention could write: the body is in
    ``response.content``. A failure is not seen again once one of them raised it. Order as for
    builders.

    Returns:
        Steps whose callable takes the response and the request.
    """


@hookspec
def glue_response_events(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Listener[Notice]]:
    """Contribute what may change the headers of an answer last.

    Called for every answer of every application: those that the flow did not give and those of
    the host itself as well, for which plugins in ``glue.plugins`` are asked alone.

    Returns:
        Listeners whose callable takes the event and changes its headers.
    """


@hookspec
def glue_terminate(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Listener[Notice]]:
    """Contribute what runs once an answer was sent, while nobody waits for it.

    The setting ``terminate`` of an application switches it off.

    Returns:
        Listeners whose callable takes the event of the answer.
    """


@hookspec
def glue_part_wrappers(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Listener[WrapPart]]:
    """Contribute what is put around the parts of an application while it is compiled.

    For measuring and recording: a wrapper changes nothing of what it wraps. It is called at
    start-up with each part and what is called for it, whose arguments differ by the stage:

    - a stage of the flow, such as ``build`` or ``format``: those of its steps;
    - ``control``: the request; what answers has the wrappers around the controller in it;
    - ``write``: the response and the request;
    - ``load``: what a relationship's ``load`` or ``load_page`` gets;
    - ``run``, ``choose``, ``fail`` and ``commit``, what a flow does by itself: the flow; then the
      request and the failure that came before, or None; the request; the error and the request;
      the response and the request;
    - ``request``: the WSGI environment and ``start_response``. It is the whole application, and
      the only part of one that answers by itself. What runs as the shadow of another one does not
      come here.

    Plugins in ``glue.plugins`` are asked for the host as well, whose own answers are a ``request``.
    Features are asked for the worker: ``publish`` is what a publisher's ``handle`` gets.
    Where no wrapper is contributed, or it returns what it got, nothing is called in between. The
    first in order is the outermost.

    Returns:
        Listeners whose callable takes a `Part` and what is called, and returns what to call.
    """


@hookspec
def glue_log_fields(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Listener[LogFields]]:
    """Contribute fields of log lines, such as the tenant of a request or the id of a trace.

    Asked when a line is written, in the thread that writes it; where nobody logs, nobody is asked.
    Lines of a request ask the plugins of its application, others those in ``glue.plugins``.

    Returns:
        Listeners whose callable takes nothing and returns names and values; one that raises is
        left out of the line.
    """


@hookspec
def glue_health_checks(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[HealthCheck]:
    """Contribute what ``/health-check`` of an application asks.

    Called once for each application that has a flow.

    Returns:
        Checks; two with one name stop the start.
    """


@hookspec
def glue_documentation_expanders(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Listener[ExpandDocument]]:
    """Contribute what changes the generated description of an application once it is made.

    Called for applications that have a flow. What a step, an operation or a convention knows of
    itself it says in its own ``describe``; this is for what belongs to the document as a whole.

    Returns:
        Listeners whose callable takes the document, and the grants it was made for: None where it
        shows everything. It changes the document in place.
    """


@hookspec
def glue_documentation_formatters(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[DocumentFormatter]:
    """Contribute formats of the generated description, beside JSON and YAML.

    Returns:
        Formatters; two of one name stop the start.
    """


@hookspec
def glue_documentation_voters(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Listener[IsStale]]:
    """Contribute what says that descriptions which were made and kept are stale.

    Declarations do not change while a deployment runs, so this is for plugins whose expanders read
    data that does. They are asked whenever somebody asks for the description.

    Returns:
        Listeners whose callable takes nothing; if one says True, all are made anew.
    """


@hookspec
def glue_start_up(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Listener[Call]]:
    """Contribute what runs when a process begins to serve: after the fork, before a request.

    Returns:
        Listeners whose callable takes nothing; one that raises stops the process.
    """


@hookspec
def glue_shut_down(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Listener[Call]]:
    """Contribute what runs when a process stops to serve, in the opposite of their order.

    Returns:
        Listeners whose callable takes nothing; what one raises is logged.
    """


@hookspec
def glue_transports(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Listener[Transport]]:
    """Contribute other ways for a request to come in, and for its answer to go out.

    The first transport that says so takes an HTTP request; it extracts the request that goes
    through the flow, and sends its answer in an envelope of its own. For applications with a flow.

    Returns:
        Listeners that are bound to the application and return a `Transport`, or None.
    """


@hookspec
def glue_context_expanders(settings: Settings) -> Sequence[Listener[Expand]]:  # type: ignore[empty-body]
    """Contribute what makes the context that selects an application. For ``glue.plugins`` alone.

    With at least one, host, path and method are no longer read from HTTP: the first starts with a
    context of empty texts, each later one with what the former returned.

    Returns:
        Listeners whose callable takes the context and the WSGI environment and returns a context;
        they are bound with None, since no application is selected yet.
    """


@hookspec
def glue_encoders(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Encoder]:
    """Contribute formats of plain answers, for requests that select no convention.

    A client selects one by its media type in ``Accept``; JSON is built in and the default. Errors
    are JSON whatever is selected. Two encoders of one media type stop the start.

    Returns:
        Encoders; their media types join those of the plain flow.
    """


@hookspec
def glue_authentication_servers(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[AuthenticationServer]:
    """Contribute what issues tokens and checks bearer tokens.

    The setting ``authentication_servers`` of an application chooses among them and orders them.

    Returns:
        Servers; two of one name stop the start.
    """


@hookspec
def glue_identity_readers(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[IdentityReader]:
    """Contribute what reads who asks from a header other than a bearer token's.

    Returns:
        Readers; two of one name or one header stop the start.
    """


@hookspec
def glue_authorization_strategies(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Strategy]:
    """Contribute ways to decide whether a caller may, for protections to name.

    Returns:
        Strategies; two of one name stop the start, and so does a name that nobody provides.
    """


@hookspec
def glue_authorization_policies(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Policy]:
    """Contribute rules about who sees and changes which types, fields and resources.

    What a rule denies does not exist for that caller, wherever it could show.

    Returns:
        Policies; one that denies is enough.
    """


@hookspec
def glue_protected_paths(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[ProtectedPath]:
    """Contribute paths that not everybody may call, whoever answers there.

    Returns:
        Paths; they join those of the settings.
    """


@hookspec
def glue_error_catalogue(settings: Settings) -> Sequence[ErrorText]:  # type: ignore[empty-body]
    """Contribute the words of errors, by code or kind, in several languages.

    A code or kind that two plugins word stops the start.

    Returns:
        Texts; the language of the request's locale is chosen.
    """


@hookspec
def glue_media_type_extensions(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[MediaTypeExtension]:
    """Contribute what the media type parameters of a convention may name.

    JSON:API's ``ext`` and ``profile`` are such: a client may send and accept a document with an
    extension that is contributed here, and the steps of the same plugin give it its meaning.

    Returns:
        Extensions; two with one convention, parameter and URI stop the start.
    """


@hookspec
def glue_features(services: Services, settings: Settings) -> Sequence[Provider[Any]]:  # type: ignore[empty-body]
    """Contribute business logic behind Protocols. For plugins of the group ``glue.features``.

    Two providers of one Protocol stop the start, unless ``replace`` in the settings decides; those
    that say different keys stand beside each other.

    Args:
        services: All services of the deployment; opened when first used.
        settings: The settings of the deployment.

    Returns:
        Providers; each makes its object when somebody first asks.
    """


@hookspec
def glue_service_engines() -> Sequence[ServiceEngine]:  # type: ignore[empty-body]
    """Contribute implementations of services, chosen by the scheme of a URL.

    For plugins of the group ``glue.features``. Two engines for one service and scheme stop the
    start.

    Returns:
        Engines.
    """


@hookspec
def glue_settings() -> Sequence[Section]:  # type: ignore[empty-body]
    """Contribute a table of ``glue.toml`` under ``[plugins]``, with its schema and defaults.

    Called before all other hooks.

    Returns:
        Sections; each name at most once in a deployment.
    """


@hookspec
def glue_migrations() -> Sequence[Migrations]:  # type: ignore[empty-body]
    """Contribute a branch of database migrations. For plugins of the group ``glue.features``.

    Returns:
        Branches; ``glue migrate`` brings each to its head.
    """


@hookspec
def glue_importers(features: Features) -> Sequence[Importer]:  # type: ignore[empty-body]
    """Contribute kinds of import files. For plugins of the group ``glue.features``.

    Returns:
        Importers; two for one entity stop the start.
    """


@hookspec
def glue_publishers(features: Features, services: Services) -> Sequence[Publisher]:  # type: ignore[empty-body]
    """Contribute what turns events into published documents. For ``glue.features`` as well.

    Returns:
        Publishers; an event without one is acknowledged and forgotten.
    """


@hookspec
def glue_demo_data() -> Sequence[DemoData]:  # type: ignore[empty-body]
    """Contribute data for ``glue demo``. For plugins of the group ``glue.features``.

    Returns:
        Writers of import directories.
    """


@hookspec
def glue_grants(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[Grant]:
    """Contribute ways to get a token. For plugins of the group ``glue.features``.

    Called once, when an authorization server is made. Two grants of one name stop the start where
    an application would offer both.

    Args:
        features: The business logic of the deployment, all but the authorization server itself.
        services: All services of the deployment.
        settings: The settings of the deployment.

    Returns:
        Grants, each for all applications or for some.
    """


@hookspec
def glue_user_providers(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[UserProvider]:
    """Contribute who logs in, and who still may. For plugins of the group ``glue.features``.

    Called as `glue_grants` is. Two of one name, or of one kind of subjects, stop the start.

    Returns:
        User providers; the setting ``plugins.oauth.users`` gives each application one.
    """


@hookspec
def glue_scope_providers(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[ScopeProvider]:
    """Contribute scopes of tokens. For plugins of the group ``glue.features``.

    Called as `glue_grants` is. A token may have what all of them give it together.

    Returns:
        Scope providers; two of one name stop the start.
    """


@hookspec
def glue_fixture_makers(  # type: ignore[empty-body]
    features: Features, services: Services, settings: Settings
) -> Sequence[FixtureMaker]:
    """Contribute what makes data for outer tests. For plugins of the group ``glue.features``.

    Called once, when something offers fixtures, which it does in settings for tests alone. Two of
    one name stop the start.

    Args:
        features: The business logic of the deployment.
        services: All services of the deployment.
        settings: The settings of the deployment.

    Returns:
        Makers, each with the schema of its parameters.
    """


@hookspec
def glue_commands() -> Sequence[Command]:  # type: ignore[empty-body]
    """Contribute commands of ``glue``. For plugins of the group ``glue.features``.

    Called whenever somebody asks for the overview of commands, so it imports nothing heavy. The
    name of a built-in command, and one that two plugins have, stop the start.

    Returns:
        Commands; each is imported when it is run, and gets the `Session` by ``click.pass_obj``.
    """
