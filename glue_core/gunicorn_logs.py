"""The log of gunicorn, in the form that the settings say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from gunicorn import glogging  # type: ignore[import-untyped]

from glue_core.errors import ConfigurationError
from glue_core.logs import JsonFormatter, set_up_logging, with_fields
from glue_core.request_id import NO_REQUEST, log_with
from glue_core.settings import LoggingSettings, Settings


class Logger(glogging.Logger):  # type: ignore[misc]
    """Gunicorn's own logger; what is to be JSON leaves its handlers as JSON.

    Where the deployment sets the log up by gunicorn's ``logconfig``, ``logconfig_dict`` or
    ``logconfig_json``, that stays as it is.

    Attributes:
        table: The table ``[logging]`` of the settings; None reads them.
    """

    table: Mapping[str, Any] | None = None

    def __new__(cls, cfg: Any) -> Self:
        """Make a logger that sends to StatsD as well, where gunicorn would choose that one."""
        if not cfg.statsd_host:
            plain: Self = super().__new__(cls)
            return plain
        from gunicorn.instrument.statsd import Statsd  # type: ignore[import-untyped]

        kind: Any = cls if issubclass(cls, Statsd) else _both(cls, Statsd)
        made: Self = super().__new__(kind)
        return made

    def setup(self, cfg: Any) -> None:
        """Set the log up, that of the deployment as well: before the deployment is made."""
        super().setup(cfg)
        if cfg.logconfig_dict or cfg.logconfig_json or cfg.logconfig:
            table = LoggingSettings().load({})
        else:
            table = self._read() if self.table is None else self.table
        set_up_logging(table)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            with_fields(handler)
            if table["format"] == "json":
                handler.setFormatter(JsonFormatter())

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Write the last line of a request; what the thread logs now belongs to no request."""
        try:
            super().access(resp, req, environ, request_time)
        finally:
            log_with(NO_REQUEST)

    def _read(self) -> Mapping[str, Any]:
        try:
            table: Mapping[str, Any] = Settings.read()["logging"]
        except ConfigurationError:
            # The deployment, which is made next, ends with it.
            table = LoggingSettings().load({})
        return table


def _both(logger: type[Logger], statsd: type) -> type[Logger]:
    return type(f"Statsd{logger.__name__}", (logger, statsd), {})
