"""Settings of gunicorn, for ``gunicorn -c python:glue_core.gunicorn ...`` and ``glue serve``.

What the command line of gunicorn says wins. Every public name here is a setting of gunicorn's.
"""

from __future__ import annotations

import gc as _gc
import os
from typing import Any

worker_class = "gthread"
# The variable is gunicorn's own; without it two workers, so that one may restart.
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4

# The application is made before a socket is opened: a wrong deployment ends with one message.
preload_app = True

# Workers are replaced now and then, not all at once, so that a slow leak never adds up.
max_requests = 10_000
max_requests_jitter = 1_000
# Running requests may finish; it is the default of 'limits.seconds', too.
graceful_timeout = 30

# The longest request line that gunicorn can read, in bytes: 'include' and 'fields' can be long.
limit_request_line = 8190

# Lines of gunicorn, too, have the form that '[logging]' of the settings says.
logger_class = "glue_core.gunicorn_logs.Logger"

# Two instances would share the path of the control socket.
control_socket_disable = True
# A client must not choose SCRIPT_NAME or PATH_INFO, wherever it connects from.
forwarder_headers = ""


def post_worker_init(worker: Any) -> None:
    """Begin to serve, in each process that does; gunicorn calls it after the fork.

    Args:
        worker: The worker of gunicorn.
    """
    from glue_core.logs import set_up_logging

    deployment = getattr(worker.wsgi, "deployment", None)
    if deployment is not None:
        # Again, for a gunicorn with a logger class of somebody else.
        set_up_logging(deployment.settings["logging"])
        deployment.start_up()
    _keep_what_there_is()


def on_starting(server: Any) -> None:
    """Refuse an unmigrated database; gunicorn calls it before it opens a socket.

    Args:
        server: The arbiter of gunicorn.

    Raises:
        ConfigurationError: An application that is served uses the database, and migrations are
            missing.
    """
    from glue_core.cli.checking import refuse_unmigrated_host

    refuse_unmigrated_host(server.app.wsgi())
    _keep_what_there_is()


def _keep_what_there_is() -> None:
    """Take what was made at start-up out of what the garbage collector looks through.

    It stays as long as the process. A collection in the midst of a large answer would look through
    all of it again; and what is looked at before the fork is no longer shared by the workers.
    """
    _gc.collect()
    _gc.freeze()


def worker_exit(server: Any, worker: Any) -> None:
    """Close what a worker opened, once its requests have ended.

    Args:
        server: The arbiter of gunicorn.
        worker: The worker, in its own process.
    """
    from glue_core.host import Host

    application = getattr(worker, "wsgi", None)
    if isinstance(application, Host):
        application.deployment.close()
