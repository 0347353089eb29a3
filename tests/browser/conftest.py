"""A headless Chromium that looks at the page of the documentation, and what it looks at."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.demo import running_demo

PATIENCE = 60.0
"""Seconds to wait for what the page or a server does."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"
OPTIONS = (
    "--headless=new",
    "--window-size=1280,1200",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    # A container often has little shared memory.
    "--disable-dev-shm-usage",
)
PRODUCTION = {
    "GLUE_MODE": "production",
    "GLUE_APPLICATIONS__BACKEND_API__DOCUMENTATION__SERVED": "always",
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo is, and the output of what is served beside it."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def shop(folder: Path) -> Iterator[str]:
    """Base URL of the demo, in development mode."""
    with running_demo(folder, 6, folder / "kept") as base:
        yield base


@pytest.fixture(scope="session")
def production(shop: str, folder: Path) -> Iterator[str]:
    """Base URL of the same data in production mode, with its documentation."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GLUE_")}
    file, output = folder / "kept" / "glue.toml", folder / "production"
    with output.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "glue_core.cli", "serve", f"--bind=127.0.0.1:{port}"],
            env={**environment, **PRODUCTION, "GLUE_CONFIG": str(file)},
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(port, process, output)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=90)


def _wait_for(port: int, process: subprocess.Popen[bytes], output: Path) -> None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    text = output.read_text(encoding="utf-8", errors="replace")
    pytest.fail(f"The server in production mode did not start:\n{text}")


class Explorer:
    """A page in a browser, by what people see and do.

    Attributes:
        driver: The browser.
        refused: Statuses of answers that a test provokes: the browser tells of them as errors.
    """

    def __init__(self, driver: Any, shots: Path) -> None:
        self.driver = driver
        self.refused: set[int] = set()
        self._shots = shots
        self._hosts: set[str] = set()
        self._count = 0

    def open(self, address: str) -> None:
        """Open a page, and wait until it shows its document."""
        self._hosts.add(urlsplit(address).netloc)
        self.driver.get(address)
        self.one(".opblock-tag")

    def wait(self, look: Callable[[], Any]) -> Any:
        """Wait until something is true, and return it."""
        from selenium.common.exceptions import StaleElementReferenceException
        from selenium.webdriver.support.ui import WebDriverWait

        ignored = (StaleElementReferenceException,)
        return WebDriverWait(self.driver, PATIENCE, ignored_exceptions=ignored).until(
            lambda _: look()
        )

    def all(self, selector: str, within: Any = None) -> list[Any]:
        """Return the elements that are there now."""
        found: list[Any] = (within or self.driver).find_elements("css selector", selector)
        return found

    def one(self, selector: str, within: Any = None) -> Any:
        """Wait for an element that can be seen, and return it."""
        return self.wait(
            lambda: next((e for e in self.all(selector, within) if e.is_displayed()), None)
        )

    def act(self, selector: str, within: Any, action: Callable[[Any], Any]) -> None:
        """Do something with an element; again where the page drew it anew meanwhile."""

        def done() -> bool:
            element = self.one(selector, within)
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
            action(element)
            return True

        self.wait(done)

    def click(self, selector: str, within: Any = None) -> None:
        """Click on an element, wherever on the page it is."""
        self.act(selector, within, lambda element: element.click())

    def type(self, selector: str, text: str, within: Any = None) -> None:
        """Write a text into a field, in the place of what is there."""
        from selenium.webdriver.common.keys import Keys

        self.act(selector, within, lambda e: e.send_keys(Keys.CONTROL, "a", Keys.NULL, text))

    def choose(self, selector: str, value: str, within: Any = None) -> None:
        """Choose from a list."""
        from selenium.webdriver.support.ui import Select

        self.act(selector, within, lambda element: Select(element).select_by_value(value))

    def settle(self) -> None:
        """Wait until what changed is drawn."""
        self.driver.execute_async_script(
            "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(done))"
        )

    def shoot(self, name: str, element: Any = None) -> None:
        """Keep a picture of what is seen, from an element on."""
        if element is not None:
            self.driver.execute_script("arguments[0].scrollIntoView()", element)
        self._count += 1
        file = self._shots / f"{self._count}-{name}.png"
        assert self.driver.save_screenshot(str(file))

    def say(self) -> str:
        """Return what the page says of the document."""
        text: str = self.driver.find_element("id", "explorer-status").text
        return text

    def sign_in(self, username: str, password: str) -> None:
        """Sign in by the password grant."""
        self.click(".btn.authorize")
        self.type("#oauth_username", username)
        self.type("#oauth_password", password)
        self.shoot("sign-in")
        form = "//*[@id='oauth_username']/ancestor::*[contains(@class, 'auth-container')]"
        self.driver.find_element("xpath", f"{form}//button[text()='Authorize']").click()
        self.wait(lambda: "may call" in self.say())
        self.click(".close-modal")
        self.settle()

    def operation(self, tag: str, id_: str) -> Any:
        """Open an operation and return it."""
        if not self.all(f"#operations-{tag}-{id_}"):
            self.click(f"#operations-tag-{tag}")
        found = self.one(f"#operations-{tag}-{id_}")
        if not self.all(".opblock-body", found):
            self.click(".opblock-summary-control", found)
        self.one(".execute", found)
        return found

    def execute(self, operation: Any) -> None:
        """Send the request of an operation, and wait for the answer."""
        self.click(".execute", operation)
        self.one(".live-responses-table", operation)

    def answer(self, operation: Any) -> Any:
        """Return the document of the answer that is shown."""
        return json.loads(self.one(".glue-json", operation).text)

    def requests(self) -> list[dict[str, Any]]:
        """Return what the browser has sent since the last time, as its network events tell."""
        events = [json.loads(each["message"])["message"] for each in self.driver.get_log(NETWORK)]
        blocked = [e for e in events if e["params"].get("blockedReason")]
        assert not blocked, f"The policy of the page stopped requests: {blocked}"
        sent = [e["params"]["request"] for e in events if e["method"] == SENT]
        for each in sent:
            parts = urlsplit(each["url"])
            if parts.scheme not in ("data", "blob"):
                assert parts.netloc in self._hosts, f"The page asks elsewhere: {each['url']}"
        return sent

    def check(self) -> None:
        """Fail where the console tells of errors that no test provoked."""
        self.requests()
        told = [each["message"] for each in self.driver.get_log("browser") if is_bad(each)]
        expected = tuple(f"the server responded with a status of {each}" for each in self.refused)
        told = [each for each in told if not expected or not any(e in each for e in expected)]
        assert told == [], "The console tells of errors."


NETWORK, SENT = "performance", "Network.requestWillBeSent"


def is_bad(entry: dict[str, Any]) -> bool:
    """Say whether a line of the console is an error or a warning."""
    return entry["level"] in ("SEVERE", "WARNING")


def programs() -> tuple[str, str]:
    """Return the browser and its driver; the test is skipped where one is missing."""
    browser = next((found for each in BROWSERS if (found := shutil.which(each))), None)
    driver = shutil.which(DRIVER)
    if browser is None or driver is None:
        pytest.skip("Chromium and its driver are not installed; the page is not looked at.")
    return browser, driver


@pytest.fixture
def explorer(tmp_path: Path) -> Iterator[Explorer]:
    """A browser, which must not have complained nor asked elsewhere when the test ends."""
    webdriver = pytest.importorskip("selenium.webdriver")
    from selenium.webdriver.chrome.service import Service

    browser, driver = programs()
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    for each in (*OPTIONS, *(["--no-sandbox"] if is_root else [])):
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {NETWORK: "ALL", "browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    try:
        found = Explorer(chrome, tmp_path)
        yield found
        found.check()
    finally:
        chrome.quit()


def token_of(base: str, username: str, password: str) -> str:
    """Ask for a token without the page."""
    sent = {"grant_type": "password", "username": username, "password": password}
    request = urllib.request.Request(f"{base}/token", urlencode(sent).encode())
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        found: str = json.load(answer)["access_token"]
    return found


def header(sent: Sequence[dict[str, Any]], url: str, name: str) -> str | None:
    """Return a header of the last request to an address; None where it has none."""
    found = [each for each in sent if each["url"] == url and each["method"] != "OPTIONS"]
    assert found, f"Nothing was sent to {url}: {[each['url'] for each in sent]}"
    headers = {key.lower(): value for key, value in found[-1]["headers"].items()}
    return headers.get(name)
