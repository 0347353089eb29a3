"""What every command starts from: settings, what is installed, and a deployment of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_core.deployment import Deployment
from glue_core.logs import set_up_logging
from glue_core.registry.discovery import APPLICATIONS, Source, installed
from glue_core.registry.quarantine import Quarantine
from glue_core.registry.registry import Registry
from glue_core.settings import LoggingSettings, Settings

if TYPE_CHECKING:
    from glue_core.registry.order import Contribution


@dataclass(slots=True)
class Session:
    """One call of ``glue``; commands of plugins get it with ``click.pass_obj``.

    Attributes:
        plugins: What counts as installed; None stands for the distributions of this environment.
        given: Settings as tables; None stands for ``glue.toml`` and the environment.
        debug: Whether errors show their tracebacks.
    """

    plugins: tuple[Source, ...] | None = None
    given: Mapping[str, Any] | None = None
    debug: bool = False

    def settings(self) -> Settings:
        """Read the settings.

        Raises:
            ConfigurationError: They are wrong.
        """
        return Settings.read() if self.given is None else Settings.of(self.given)

    def sources(self) -> tuple[Source, ...]:
        """Return what is installed, disabled or not."""
        return installed() if self.plugins is None else self.plugins

    def applications(self) -> tuple[str, ...]:
        """Return the names of the applications that are installed, in alphabetical order."""
        return tuple(sorted({each.name for each in self.sources() if each.group == APPLICATIONS}))

    def deployment(self, only: str | None = None, *, serving: bool = True) -> Deployment:
        """Make the deployment; the caller closes it.

        Args:
            only: Name of the one application to serve, or None.
            serving: False loads the features alone.

        Raises:
            ConfigurationError: It cannot start.
        """
        settings = self.settings()
        if settings["logging"] != LoggingSettings().load({}):
            # Else the warnings of a command are for the person who typed it.
            set_up_logging(settings["logging"])
        return Deployment(settings, self.sources(), only, serving=serving)

    @contextmanager
    def migrated(self) -> Iterator[Deployment]:
        """Open a deployment of the features alone, on a database that is migrated.

        Yields:
            The deployment: ask its ``features``, and write in a ``services.database.work()``.

        Raises:
            ConfigurationError: It cannot start, or migrations are missing.
            ServiceUnavailable: The database did not answer.
        """
        from glue_core.cli.checking import refuse_unmigrated

        with self.deployment(serving=False) as deployment:
            refuse_unmigrated(deployment)
            yield deployment

    def commands(self) -> Mapping[str, Contribution]:
        """Return the commands of plugins, by name.

        Raises:
            ConfigurationError: The features cannot be loaded.
        """
        settings = self.settings()
        registry = Quarantine(settings).settle(
            lambda left_out: Registry(self.sources(), settings, serving=False, left_out=left_out)
        )
        return {each.value.name: each for each in registry.features.commands}
