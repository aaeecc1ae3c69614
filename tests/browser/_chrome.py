"""A headless Chromium that opens files without a network."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--window-size=1200,1500",
)
# Chromium writes one such object per page.
_PAGE = re.compile(rb"/Type\s*/Page[^s]")
# A4 in inches.
_A4 = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": True}


@contextmanager
def browser() -> Iterator[Browser]:
    """Start the Chromium of the system, and end it."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for argument in _ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    binary = shutil.which("chromium")
    if binary is not None:
        options.binary_location = binary
    driver = webdriver.Chrome(
        options=options, service=Service(shutil.which("chromedriver"))
    )
    try:
        yield Browser(driver)
    finally:
        driver.quit()


class Browser:
    """What the checks do with a page."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, path: Path) -> list[str]:
        """Open a file; return what its console says."""
        self.driver.get(path.resolve().as_uri())
        return self.complaints()

    def complaints(self) -> list[str]:
        """What the console has said since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script; as a driver, past the content policy of the page."""
        return self.driver.execute_script(script, *arguments)

    def audit(self, axe: str) -> list[str]:
        """Serious and critical findings of axe-core on the open page."""
        self.run(axe)
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run().then((result) => done(result.violations),"
            " (error) => done([{impact: 'critical', id: String(error), nodes: []}]));"
        )
        return [
            f"axe: {one['id']} ({one['impact']}) at "
            f"{[node['target'] for node in one['nodes']][:3]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    def n_printed_pages(self) -> int:
        """Count the A4 pages of the print."""
        printed = self.driver.execute_cdp_cmd("Page.printToPDF", _A4)
        return len(_PAGE.findall(base64.b64decode(printed["data"])))

    def press(self, selector: str, key: str) -> None:
        """Press a key in an element."""
        from selenium.webdriver.common.keys import Keys

        element = self.driver.find_element("css selector", selector)
        element.send_keys(getattr(Keys, key))

    def save(self, path: Path) -> None:
        """Save a picture of the whole page."""
        height = self.run("return document.documentElement.scrollHeight")
        self.driver.set_window_size(1200, min(int(height) + 160, 6000))
        self.driver.save_screenshot(str(path))
        self.driver.set_window_size(1200, 1500)
