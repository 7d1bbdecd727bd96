"""As much of a WebDriver client as the page's tests need, on Python's own library alone."""

import base64
import json
import subprocess
import time
import urllib.error
import urllib.request

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
]
WEIXIN = ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile "
          "Safari/537.36 MicroMessenger/8.0.50 Language/")
OTHER = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Driver:
    """chromedriver, on a port of its own choice."""

    def __init__(self, folder):
        self.log = open(f"{folder}/chromedriver.log", "w+")
        self.process = subprocess.Popen(["chromedriver", "--port=0"], stdout=self.log, stderr=subprocess.STDOUT)
        until = time.monotonic() + 20
        self.port = None
        while self.port is None:
            with open(self.log.name) as log:
                for line in log:
                    if "on port " in line and "successfully" in line:
                        self.port = int(line.split("on port ")[1].split(".")[0])
            if self.port is None and time.monotonic() > until:
                raise TimeoutError("chromedriver does not start")
            time.sleep(0.05)

    def close(self):
        self.process.terminate()
        self.process.wait()

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None


class Browser:
    """One phone: a browser with a profile of its own."""

    def __init__(self, driver, profile, agent=WEIXIN, size=(320, 568), lang="zh-CN", dark=False):
        self.driver = driver
        options = {
            "args": [*FLAGS, f"--user-data-dir={profile}", f"--user-agent={agent}", f"--lang={lang}",
                     *(["--force-dark-mode"] if dark else [])],
            "prefs": {"intl.accept_languages": lang},
            "mobileEmulation": {"deviceMetrics": {"width": size[0], "height": size[1], "pixelRatio": 2.0, "touch": True},
                                "userAgent": agent},
        }
        told = driver.ask("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.path = f"/session/{told['sessionId']}"

    def close(self):
        self.driver.ask("DELETE", self.path)

    def ask(self, method, path, body=None):
        return self.driver.ask(method, self.path + path, body)

    def open(self, url):
        self.ask("POST", "/url", {"url": url})

    def back(self):
        self.ask("POST", "/back", {})

    def reload(self):
        self.ask("POST", "/refresh", {})

    def run(self, script, *args):
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(args)})

    def run_async(self, script, *args):
        return self.ask("POST", "/execute/async", {"script": script, "args": list(args)})

    def text(self, css):
        return self.run("const e = document.querySelector(arguments[0]); return e && !e.hidden ? e.textContent : ''", css)

    def touch(self, css):
        found = self.ask("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]
        self.ask("POST", f"/element/{found}/click", {})

    def tab(self):
        """Opens another tab and turns to it; the one before."""
        before = self.ask("GET", "/window")
        self.turn(self.ask("POST", "/window/new", {"type": "tab"})["handle"])
        return before

    def turn(self, tab):
        self.ask("POST", "/window", {"handle": tab})

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.ask("GET", "/screenshot")))

    def complaints(self):
        return [entry["message"] for entry in self.ask("POST", "/se/log", {"type": "browser"})
                if entry["level"] in ("SEVERE", "WARNING")]
