"""Logging in with a name and a password, whoever asks for it: a grant, or the sign-in page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from glue_core import (
    ConfigurationError,
    Database,
    GrantRefused,
    GrantRequest,
    LoginGuard,
    Subject,
    TokenPlugins,
    UserProvider,
    too_many_attempts,
)

WRONG = "The user credentials were incorrect."
LONGEST_NAME = 1000
"""Characters; whatever is longer belongs to nobody."""


class Login:
    """Says who somebody is, and makes those wait who fail too often."""

    def __init__(
        self,
        users: Mapping[str, str],
        plugins: Callable[[], TokenPlugins],
        database: Callable[[], Database],
        guard: LoginGuard,
    ) -> None:
        """Remember who is asked.

        Args:
            users: Application to the name of its user provider.
            plugins: Returns the user providers.
            database: Returns the database.
            guard: Counts what fails.
        """
        self._users = users
        self._plugins = plugins
        self._database = database
        self._guard = guard

    def provider(self, application: str) -> UserProvider | None:
        """Return who knows the users of an application; None where nobody logs in there."""
        name = self._users.get(application)
        for each in self._plugins().user_providers:
            if each.name == name and each.authenticate is not None:
                return each
        return None

    def log_in(self, username: str, password: str, request: GrantRequest) -> Subject:
        """Return whom a name and a password belong to.

        Raises:
            GrantRefused: They belong to nobody, or the caller has to wait.
            ServiceUnavailable: Nobody can tell.
        """
        provider = self.provider(request.application)
        if provider is None or provider.authenticate is None:
            raise GrantRefused(
                "unauthorized_client", "Nobody logs in to this application with a password."
            )
        counted, limits = provider.kind, None
        if request.counted_as is not None:
            counted, limits = request.counted_as.name, request.counted_as.limits
        guard, where = self._guard, (counted, request.address, username)
        told = {"application": request.application}
        seconds = guard.blocked(*where, **told)
        if seconds:
            raise GrantRefused.of(too_many_attempts(seconds))
        # A unit of work of its own that only reads: no lock is held while the password is hashed.
        with self._database().work(writes=False) as work:
            is_long = len(username) > LONGEST_NAME
            subject = None if is_long else provider.authenticate(username, password, work)
        if subject is None:
            guard.failed(*where, **told, reason="wrong credentials", limits=limits)
            raise GrantRefused("invalid_grant", WRONG)
        guard.succeeded(*where, **told, subject=subject.natural_identifier)
        return subject


def check_users(users: Mapping[str, str], plugins: TokenPlugins, origin: str) -> None:
    """Refuse settings that name a user provider nobody provides.

    Those of the defaults may be absent: a deployment need not have customers and users.

    Args:
        users: Application to the name of its user provider, without the defaults.
        plugins: The user providers.
        origin: Where the settings come from.

    Raises:
        ConfigurationError: One is unknown.
    """
    known = sorted(each.name for each in plugins.user_providers if each.authenticate is not None)
    for application, name in users.items():
        if name not in known:
            raise ConfigurationError(
                f"{origin}: plugins.oauth.users gives {application!r} the user provider {name!r}, "
                f"which no installed plugin provides.\nThere are: {', '.join(known) or 'none'}."
            )
