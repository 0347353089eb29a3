"""Makes the application of a contestant, in the process that is to run it."""

from __future__ import annotations

import importlib
from contextlib import ExitStack
from typing import Any

from benchmarks.contestants import CONTESTANTS, YARDSTICK
from benchmarks.driving import AsgiDriver, Driver, WsgiDriver


def application_of(name: str, stack: ExitStack) -> Any:
    """Return the application of a contestant, of WSGI or of ASGI.

    Args:
        name: Its name.
        stack: Closes what is opened.
    """
    if name == YARDSTICK:
        from benchmarks import bare

        return bare.application()
    module = importlib.import_module(f"benchmarks.contestants.{name}")
    return module.application(stack) if CONTESTANTS[name].is_ours else module.application()


def driver_of(name: str, stack: ExitStack) -> Driver:
    """Return what sends requests to a contestant."""
    application = application_of(name, stack)
    if not CONTESTANTS[name].is_asgi:
        return WsgiDriver(application)
    driver = AsgiDriver(application, _loop_factory())
    stack.callback(driver.close)
    return driver


def _loop_factory() -> Any:
    """Return what makes the event loops that uvicorn would use."""
    try:
        return importlib.import_module("uvloop").new_event_loop
    except ImportError:
        return None
