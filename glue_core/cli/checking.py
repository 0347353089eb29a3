"""Is the database migrated? Asked before anything relies on it."""

from __future__ import annotations

import logging
from typing import Any

from glue_core.deployment import Deployment
from glue_core.errors import ConfigurationError, ServiceUnavailable
from glue_core.host import Host

LOG = logging.getLogger("glue")
SHOWN = 5


def refuse_unmigrated(deployment: Deployment) -> None:
    """Refuse a database that lacks migrations.

    Raises:
        ConfigurationError: Migrations are missing.
        ServiceUnavailable: The database did not answer.
    """
    from glue_core.migrating import pending

    missing = pending(deployment.services.database, deployment.migrations)
    if missing:
        named = ", ".join(missing[:SHOWN]) + (", ..." if len(missing) > SHOWN else "")
        raise ConfigurationError(
            f"The database {deployment.services.database.url} lacks {len(missing)} "
            f"{'migration' if len(missing) == 1 else 'migrations'}: {named}.\n"
            f"Run 'glue migrate'."
        )


def refuse_unmigrated_host(application: Any) -> None:
    """Refuse to serve applications on an unmigrated database, where they declare that they use it.

    A database that does not answer stops no start: its routes answer 503 until it does. Nothing
    stays open, since processes are forked afterwards.

    Args:
        application: The WSGI callable; anything but a `Host` is left alone.

    Raises:
        ConfigurationError: Migrations are missing.
    """
    if not isinstance(application, Host):
        return
    deployment = application.deployment
    served = deployment.registry.applications.values()
    if not any("database" in each.application.services for each in served):
        return
    try:
        refuse_unmigrated(deployment)
    except ServiceUnavailable as error:
        LOG.warning("The migrations were not checked. %s", error)
    finally:
        deployment.services.database.close()
