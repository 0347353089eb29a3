"""The files that docs/deployment.md shows are taken by the programs that they are for."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PAGE = Path(__file__).resolve().parent.parent / "docs" / "deployment.md"
FENCE = re.compile(r"^```(\w+) ([^\n]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILES = {mark: text for _, mark, text in FENCE.findall(PAGE.read_text(encoding="utf-8"))}
UNITS = [mark.removeprefix("unit ") for mark in FILES if mark.startswith("unit ")]
SBIN = "/usr/sbin:/sbin:/usr/local/sbin"


def program(name: str) -> str:
    """Return the path of a program; skip the test where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path=SBIN)
    if found is None:
        pytest.skip(f"{name} is not installed.")
    return found


def run(command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program."""
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Write a certificate for a day, with its key beside and behind it, and return its folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "api.example.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    for file, content in (
        ("certificate.pem", pem),
        ("key.pem", secret),
        ("both.pem", pem + secret),
    ):
        (tmp_path / file).write_bytes(content)
    return tmp_path


Nginx = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def nginx(certificate: Path) -> Nginx:
    """Ask nginx whether it takes a server of a configuration."""
    name = program("nginx")

    def check(server: str) -> subprocess.CompletedProcess[str]:
        places = "".join(
            f"    {each}_temp_path {certificate}/{each};\n"
            for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        server = server.replace("/etc/ssl/shop", str(certificate))
        text = (
            f"pid {certificate}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{places}{server}}}\n"
        )
        (certificate / "nginx.conf").write_text(text, encoding="utf-8")
        return run(
            [
                *(name, "-t", "-q", "-p", certificate),
                *("-c", certificate / "nginx.conf", "-e", certificate / "error.log"),
            ],
            certificate,
        )

    return check


def test_nginx_refuses_what_is_misspelled(nginx: Nginx) -> None:
    """The check of the configuration would see a directive that does not exist."""
    done = nginx(FILES["server"].replace("proxy_request_buffering", "request_buffer"))

    assert done.returncode != 0
    assert 'unknown directive "request_buffer"' in done.stderr


def test_nginx_takes_the_configuration(nginx: Nginx) -> None:
    """The servers of the page stand in a configuration of nginx as they are."""
    done = nginx(FILES["server"])

    assert done.returncode == 0, done.stderr


Haproxy = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture
def haproxy(certificate: Path) -> Haproxy:
    """Ask HAProxy whether it takes a configuration, without a warning."""
    name = program("haproxy")

    def check(text: str) -> subprocess.CompletedProcess[str]:
        (certificate / "haproxy.cfg").write_text(
            text.replace("/etc/ssl/shop", str(certificate)), encoding="utf-8"
        )
        return run([name, "-c", "-dW", "-f", certificate / "haproxy.cfg"], certificate)

    return check


def test_haproxy_refuses_what_is_misspelled(haproxy: Haproxy) -> None:
    """The check of the configuration would see a keyword that does not exist."""
    done = haproxy(FILES["haproxy.cfg"].replace("http-buffer-request", "buffer"))

    assert done.returncode != 0
    assert "unknown option 'buffer'" in done.stderr


def test_haproxy_takes_the_configuration(haproxy: Haproxy) -> None:
    """The file of the page is one of HAProxy as it is."""
    done = haproxy(FILES["haproxy.cfg"])

    assert done.returncode == 0, done.stderr + done.stdout


Systemd = Callable[[str, str], subprocess.CompletedProcess[str]]


@pytest.fixture
def systemd(tmp_path: Path) -> Systemd:
    """Ask systemd what it thinks of a unit, where the programs of all units exist."""
    name = program("systemd-analyze")
    programs = tmp_path / "shop" / ".venv" / "bin"
    programs.mkdir(parents=True)
    for each in ("glue", "gunicorn"):
        (programs / each).write_text("#!/bin/sh\n", encoding="utf-8")
        (programs / each).chmod(0o755)
    units = tmp_path / "units"
    units.mkdir()

    def check(unit: str, text: str) -> subprocess.CompletedProcess[str]:
        for each in UNITS:
            content = text if each == unit else FILES[f"unit {each}"]
            (units / each).write_text(
                content.replace("/srv/shop", str(tmp_path / "shop")), encoding="utf-8"
            )
        return run([name, "verify", "--man=no", "--recursive-errors=no", units / unit], units)

    return check


def test_systemd_complains_of_what_is_misspelled(systemd: Systemd) -> None:
    """The check of units would see a setting that does not exist."""
    text = FILES["unit glue.service"].replace("KillMode=", "KillWay=")

    assert "KillWay" in systemd("glue.service", text).stderr


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_the_unit(systemd: Systemd, unit: str) -> None:
    """Systemd has nothing to say of a unit of the page."""
    done = systemd(unit, FILES[f"unit {unit}"])

    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if unit in line] == []


def test_logrotate_takes_the_configuration(tmp_path: Path) -> None:
    """The rotation of logs is one that logrotate understands."""
    name = program("logrotate")
    text = (
        FILES["logrotate"].replace("/srv/shop/var/log", str(tmp_path)).replace("su shop shop", "")
    )
    (tmp_path / "rotation").write_text(text, encoding="utf-8")

    done = run([name, "-d", "-s", tmp_path / "state", tmp_path / "rotation"], tmp_path)

    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr
