"""What servers of WSGI load that read no settings of gunicorn, such as Granian.

``granian --interface wsgi --factory glue_core.served:create``
"""

from __future__ import annotations

import atexit
import gc
from multiprocessing import util

from glue_core.cli.checking import refuse_unmigrated_host
from glue_core.deployment import Deployment
from glue_core.host import Host
from glue_core.logs import set_up_logging


def create() -> Host:
    """Return the WSGI callable of a deployment, in a process that begins to serve.

    It does what `glue_core.gunicorn` does for gunicorn: an unmigrated database is refused, the log
    is set up, plugins start up, and at the end of the process everything is closed.

    Raises:
        ConfigurationError: The deployment cannot start, or migrations are missing.
    """
    host = Host(Deployment())
    refuse_unmigrated_host(host)
    deployment = host.deployment
    set_up_logging(deployment.settings["logging"])
    deployment.start_up()
    # A process of `multiprocessing`, as the workers of Granian are, leaves out what `atexit` has.
    atexit.register(deployment.close)
    util.Finalize(None, deployment.close, exitpriority=0)
    keep_what_there_is()
    return host


def keep_what_there_is() -> None:
    """Take what was made at start-up out of what the garbage collector looks through.

    It stays as long as the process. A collection in the midst of a large answer would look through
    all of it again; and what is looked at before a fork is no longer shared by the workers.
    """
    gc.collect()
    gc.freeze()
