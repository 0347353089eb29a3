"""Metrics, settings, and what is told where the exporter is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from glue_core import ConfigurationError
from glue_core.testing import Deployment, installed

Watch = Callable[..., Any]


def test_duration_is_told_by_route_and_status(watch: Watch) -> None:
    """A histogram in seconds, whose attributes have few values: never a path or an id."""
    shop = watch(spans="request")

    for path in ("/lamps/1", "/lamps/2", "/lamps/9", "/nothing/7", "/fail"):
        shop.get(path)

    found = {
        (
            (about := dict(each.attributes)).get("http.route"),
            about["http.response.status_code"],
            about.get("error.type"),
        ): each
        for each in shop.points("http.server.request.duration")
    }
    assert {key: each.count for key, each in found.items()} == {
        ("/lamps/{lamps_id}", 200, None): 2,
        ("/lamps/{lamps_id}", 404, None): 1,
        (None, 404, None): 1,
        ("/fail", 500, "RuntimeError"): 1,
    }
    point = found["/lamps/{lamps_id}", 200, None]
    assert point.explicit_bounds[0] == 0.005
    assert 0 < point.sum < 60
    assert dict(point.attributes)["glue.application"] == "shop"


def test_active_requests_return_to_nothing(watch: Watch) -> None:
    """Whatever becomes of a request, it is not active afterwards."""
    shop = watch(spans="request")

    for path, host in (("/lamps", "shop"), ("/fail", "shop"), ("/broken", "old"), ("/", "no")):
        shop.get(path, headers={"host": f"{host}.example"})

    assert [each.value for each in shop.points("http.server.active_requests")] == [0]


def test_request_is_active_until_its_last_byte(watch: Watch) -> None:
    """The body that is still sent belongs to a request that runs."""
    import falcon.testing

    from glue_core.host import Host

    shop = watch(spans="request")
    environ = falcon.testing.create_environ("/lamps", host="shop.example")

    body: Any = Host(shop.deployment)(environ, lambda *_: None)
    during = [each.value for each in shop.points("http.server.active_requests")]
    list(body)
    body.close()
    body.close()

    assert during == [1]
    assert [each.value for each in shop.points("http.server.active_requests")] == [0]


def test_metrics_can_be_off(watch: Watch) -> None:
    """Without metrics there are spans alone."""
    shop = watch(spans="request", metrics=False)

    shop.get("/lamps")

    assert len(shop.spans()) == 1
    assert shop.points("http.server.request.duration") == []


@pytest.mark.parametrize(
    "table", [{"spans": "all"}, {"incoming": "trust"}, {"export": "zipkin"}, {"exporter": "otlp"}]
)
def test_wrong_settings_stop_the_start(watch: Watch, table: dict[str, Any]) -> None:
    """A value that there is not is told with the key."""
    with pytest.raises(ConfigurationError, match=r"plugins\.opentelemetry"):
        watch(**table)


def test_missing_exporter_stops_the_start(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who wants to send and cannot is told what to install."""
    from glue_opentelemetry import telemetry

    monkeypatch.setattr(telemetry, "find_spec", lambda name: None)

    with pytest.raises(ConfigurationError, match=r"pip install 'glue-opentelemetry\[otlp\]'"):
        watch(export="otlp")


def test_switched_off_imports_nothing() -> None:
    """A deployment that has it installed and off does not even import OpenTelemetry."""
    code = (
        "import sys\n"
        "from glue_core.testing import Deployment, installed\n"
        "sources = installed('opentelemetry', 'storefront_api', 'json_api')\n"
        "Deployment({}, sources).close()\n"
        "assert 'glue_opentelemetry.plugin' in sys.modules\n"
        "print([name for name in sys.modules if name.partition('.')[0] == 'opentelemetry'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == "[]"


def test_off_is_the_default(glue_deployment: Callable[..., Deployment]) -> None:
    """Installed alone it does nothing: the deployment says that it wants it."""
    deployment = glue_deployment(installed("opentelemetry", "storefront_api"))

    assert deployment.settings.section("opentelemetry")["enabled"] is False
    assert deployment.registry.applications["storefront_api"].wrap is None
