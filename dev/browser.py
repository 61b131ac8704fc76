"""Drive a headless Chromium over its DevTools protocol, to take screenshots.

Runs on the virtual environment's interpreter, which has ``websocket-client``:
``python -m dev.browser URL SHOTS OUTPUT``. What a shot is, see :class:`Shot`.
"""

import argparse
import base64
import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import websocket

from .console import RuntimeProblem, say
from .process import ending
from .setup.debian import browser_program

PATIENCE_SECONDS = 60
SETTLE_SECONDS = 0.7
BUSY = ".o_loading_indicator, .o_blockUI, .o_view_sample_data"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: where to go, what to do and wait for, and how to call it.

    :ivar path: of the page, like ``/odoo/lengow-orders``
    :ivar file: name of the PNG file
    :ivar wait: CSS selector of what has to be there first
    :ivar script: JavaScript to run then, which may use ``await``; and ``wait_after``,
        the selector of what has to be there after it
    """

    path: str
    file: str
    wait: str = ".o_action_manager .o_view_controller"
    script: str = ""
    wait_after: str = ""
    width: int = 1280
    height: int = 800


class Page:
    """One tab of the browser."""

    def __init__(self, address: str):
        # Chromium only talks to those who name no page as their origin.
        self.socket = websocket.create_connection(
            address, suppress_origin=True, timeout=PATIENCE_SECONDS
        )
        self.numbers = itertools.count(1)

    def call(self, method: str, **parameters) -> dict:
        """Call a method of the DevTools protocol and return its result.

        :raise RuntimeProblem: the browser refuses it
        """
        number = next(self.numbers)
        request = {"id": number, "method": method, "params": parameters}
        self.socket.send(json.dumps(request))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                break
        if "error" in answer:
            raise RuntimeProblem(f"Chromium: {method}: {answer['error']['message']}")
        return answer["result"]

    def evaluate(self, script: str):
        """Run JavaScript in the page and return its value.

        :raise RuntimeProblem: the script throws
        """
        answer = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if details := answer.get("exceptionDetails"):
            reason = details.get("exception", {}).get("description", details["text"])
            raise RuntimeProblem(f"The page's script fails: {reason}")
        return answer["result"].get("value")

    def go(self, url: str) -> None:
        """Open an address and wait until its document is complete."""
        self.call("Page.navigate", url=url)
        self.wait_until("document.readyState === 'complete'")

    def wait_for(self, selector: str) -> None:
        """Wait until something is there and the page no longer works on anything."""
        self.wait_until(f"!!document.querySelector({json.dumps(selector)})")
        self.wait_until(f"!document.querySelector({json.dumps(BUSY)})")
        time.sleep(SETTLE_SECONDS)

    def wait_until(self, condition: str) -> None:
        """Wait until a JavaScript expression is true.

        :raise RuntimeProblem: it is not after a minute
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            # While a page is replaced by the next one, there is nothing to ask.
            with contextlib.suppress(RuntimeProblem):
                if self.evaluate(condition):
                    return
            time.sleep(0.1)
        raise RuntimeProblem(f"The browser waited in vain for {condition}.")

    def resize(self, width: int, height: int) -> None:
        """Give the page a size, in CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def capture(self, file: Path) -> None:
        """Write a PNG picture of what the page shows."""
        picture = self.call("Page.captureScreenshot", format="png")["data"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(picture))


@contextlib.contextmanager
def browser_page() -> Iterator[Page]:
    """Run a headless browser with an empty profile; yield its only page.

    :raise RuntimeProblem: it does not start
    """
    with tempfile.TemporaryDirectory(prefix="lengow-browser-") as profile:
        command = [
            browser_program() or "chromium",
            "--headless",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--lang=en",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            "about:blank",
        ]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with ending(process):
            yield Page(_page_address(process, Path(profile)))


def _page_address(process: subprocess.Popen, profile: Path) -> str:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    port_file = profile / "DevToolsActivePort"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, IndexError, StopIteration):
            port = port_file.read_text(encoding="utf-8").split()[0]
            with direct.open(f"http://127.0.0.1:{port}/json/list", timeout=5) as found:
                pages = (tab for tab in json.load(found) if tab["type"] == "page")
                return next(pages)["webSocketDebuggerUrl"]
        time.sleep(0.1)
    raise RuntimeProblem("Chromium does not start.")


def log_in(page: Page, url: str, login: str, password: str) -> None:
    """Log in to Odoo by its own form."""
    page.go(f"{url}/web/login")
    page.wait_for("form.oe_login_form input[name=password]")
    page.evaluate(
        "const form = document.querySelector('form.oe_login_form');"
        f"form.elements.login.value = {json.dumps(login)};"
        f"form.elements.password.value = {json.dumps(password)};"
        "form.submit()"
    )
    page.wait_for(".o_web_client .o_main_navbar")


def take(page: Page, url: str, shot: Shot, folder: Path) -> Path:
    """Take one picture; return its file."""
    page.resize(shot.width, shot.height)
    page.go(url + shot.path)
    page.wait_for(shot.wait)
    if shot.script:
        page.evaluate(f"(async () => {{ {shot.script} }})()")
        page.wait_for(shot.wait_after or shot.wait)
    file = folder / shot.file
    page.capture(file)
    return file


def main() -> int:
    """Take the pictures that a JSON file lists; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m dev.browser")
    parser.add_argument("url", help="of a running Odoo, without a slash at the end")
    parser.add_argument("shots", type=Path, help="JSON file: a list of shots")
    parser.add_argument("output", type=Path, help="folder for the pictures")
    options = parser.parse_args()
    shots = [Shot(**shot) for shot in json.loads(options.shots.read_text("utf-8"))]
    try:
        with browser_page() as page:
            log_in(page, options.url, "admin", "admin")
            for shot in shots:
                say(f"  {take(page, options.url, shot, options.output)}")
    except RuntimeProblem as problem:
        say(f"✗ {problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
