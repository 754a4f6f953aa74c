"""A real Chromium for tests of report.html."""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class Browser:
    """Opens pages, each as a file of its own."""

    def __init__(self, chrome: Any, folder: Path) -> None:
        self._chrome, self._folder, self._number = chrome, folder, 0

    def open(self, page: str, width: int = 1280, scheme: str = "light", *, scripts: bool = True) -> None:
        """Open the page; what was logged before is forgotten."""
        self._number += 1
        file = self._folder / f"{self._number}.html"
        file.write_text(page, encoding="utf-8")
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.cdp("Emulation.setDeviceMetricsOverride", **size)
        self.media(scheme=scheme)
        self.cdp("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.console()
        self.requests()
        self._chrome.get(file.as_uri())

    def media(self, kind: str = "", scheme: str = "light") -> None:
        self.cdp("Emulation.setEmulatedMedia", media=kind, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def cdp(self, command: str, **told: Any) -> Any:
        return self._chrome.execute_cdp_cmd(command, told)

    def run(self, script: str) -> Any:
        """What a script of the test returns; needs that the page's scripts are on."""
        return self._chrome.execute_script(script)

    def run_async(self, script: str) -> Any:
        return self._chrome.execute_async_script(script)

    def console(self) -> list[Any]:
        """What stands on the console since it was last asked for."""
        return list(self._chrome.get_log("browser"))

    def requests(self) -> list[str]:
        """Addresses that were asked for since this was last called."""
        messages = [json.loads(entry["message"])["message"] for entry in self._chrome.get_log("performance")]
        return [each["params"]["request"]["url"] for each in messages if each["method"] == "Network.requestWillBeSent"]

    def pdf(self) -> list[str]:
        """The text of each printed page, laid out as it stands there."""
        printed = self.cdp("Page.printToPDF", preferCSSPageSize=True)["data"]
        told = subprocess.run(
            ["pdftotext", "-layout", "-", "-"], input=base64.b64decode(printed), capture_output=True, check=True
        ).stdout.decode()
        return told.split("\f")[:-1]


@contextmanager
def started(folder: Path) -> Iterator[Browser]:
    """A browser for as long as it is needed; skips the test where a part of it is missing."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or driver is None or shutil.which("pdftotext") is None:
        pytest.skip("Chromium, its driver or pdftotext is not installed")
    from selenium.webdriver import Chrome
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = Chrome(options=options, service=Service(driver))
    try:
        yield Browser(chrome, folder)
    finally:
        chrome.quit()
