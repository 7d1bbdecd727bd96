#!/usr/bin/env python3
"""tests/web/page.py PROGRAM PLATFORM PICTURES [AXE]: the page in a real browser, against the real program.

PROGRAM is coupon-kiosk, PLATFORM the stand-in for Weixin (tests/rig/platform.rs); wx.js plays Weixin's own script. Each
scene's picture goes into PICTURES; AXE is axe-core's axe.min.js, where it is at hand. Exit 0 only if everything holds.
"""

import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import webdriver
from webdriver import Browser, Driver

HERE = pathlib.Path(__file__).parent
KEY = "key-of-the-front-desk-0123456789"
SMALL, PHONE = (320, 568), (390, 844)
FINE = {"config": "ok", "able": True, "choose": "success", "encrypt_code": "", "as_list": False}


class Script(http.server.BaseHTTPRequestHandler):
    """Serves wx.js as the scene wants it; a play of None is a script that does not load."""

    play = dict(FINE)

    def do_GET(self):
        if Script.play is None:
            self.send_error(404)
            return
        body = (HERE / "wx.js").read_text().replace("const play = PLAY", f"const play = {json.dumps(Script.play)}").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Weixin:
    """The stand-in for the card API."""

    def __init__(self, program, codes):
        self.process = subprocess.Popen([program, *codes], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()

    def books(self, line=""):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return dict(pair.split("=") for pair in self.process.stdout.readline().split())


class Site:
    """coupon-kiosk serve."""

    def __init__(self, program, folder, weixin, script):
        self.program, self.folder = program, folder
        port = free_port()
        self.url = f"http://localhost:{port}"
        for name, text in [("secret", "s3cret-of-the-account"), ("desks", f"front: {KEY}")]:
            path = pathlib.Path(folder, name)
            path.write_text(text + "\n")
            path.chmod(0o600)
        self.config = pathlib.Path(folder, "kiosk.toml")
        self.config.write_text(f"""
[weixin]
base_url = "http://{weixin}"
timeout_secs = 1
doubt_secs = 1
[weixin.token]
appid = "wx0123456789abcdef"
secret_file = "secret"
[journal]
path = "online.sqlite"
[online]
public_url = "{self.url}"
listen = "127.0.0.1:{port}"
journal_path = "online.sqlite"
desks_file = "desks"
self_redeem = ["pCARD"]
jweixin_url = "{script}"
requests_per_minute = 100000
""")
        self.start()

    def start(self):
        self.log = open(f"{self.folder}/serve.log", "a")
        self.process = subprocess.Popen([self.program, "--config", self.config, "serve", "--json"],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        assert "listening" in self.process.stdout.readline()

    def stop(self):
        self.process.kill()
        self.process.wait()

    def attempts(self, code):
        listed = subprocess.run([self.program, "--config", self.config, "journal", "list", "--json"],
                                capture_output=True, text=True, check=True)
        lines = [json.loads(line) for line in listed.stdout.splitlines()]
        return [line["outcome"] for line in lines if line["kind"] == "attempt" and line["code"] == code]

    def desk(self, **waiting):
        body = json.dumps({"kiosk": "k", **waiting}).encode()
        request = urllib.request.Request(f"{self.url}/desk/wait", data=body, method="POST", headers={
            "Content-Type": "application/json", "Authorization": f"Bearer {KEY}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


def free_port():
    with http.server.HTTPServer(("127.0.0.1", 0), Script) as server:
        return server.server_port


class Scenes:
    def __init__(self, driver, site, weixin, pictures, axe, profiles):
        self.driver, self.site, self.weixin = driver, site, weixin
        self.pictures, self.axe, self.profiles = pictures, axe, profiles
        self.faults, self.count, self.serious = [], 0, []

    def browser(self, **how):
        self.count += 1
        return Browser(self.driver, f"{self.profiles}/{self.count}", **how)

    def play(self, code="", **how):
        Script.play = {**FINE, "encrypt_code": f"sealed.{code}", **how}

    def wait(self, browser, head, css="#head"):
        until = time.monotonic() + 20
        while (seen := browser.text(css)) != head:
            if time.monotonic() > until:
                browser.picture(self.pictures / "fault.png")
                raise AssertionError(f"\"{head}\" does not come, but \"{seen}\"")
            time.sleep(0.05)

    def look(self, browser, name):
        """A picture, and what holds for every picture."""
        browser.picture(self.pictures / f"{name}.png")
        wide = browser.run("const d = document.documentElement; return [d.scrollWidth, d.clientWidth]")
        assert wide[0] <= wide[1], f"{name}: wider than the phone, {wide}"
        small = browser.run("""return [...document.querySelectorAll('button, summary')].filter(e => e.offsetParent)
            .map(e => [e.textContent, e.getBoundingClientRect().height]).filter(([, height]) => height < 44)""")
        assert not small, f"{name}: small targets {small}"
        if self.axe:
            found = browser.run_async(self.axe + """;
                axe.run(document, {resultTypes: ['violations']}).then(told => arguments[arguments.length - 1](
                    told.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.target.join(' '))])))""")
            serious = [one for one in found if one[0] in ("serious", "critical")]
            assert not serious, f"{name}: axe-core says {serious}"

    def settles(self, code, *outcomes):
        """The attempts on a code come to this. The page shows what Weixin answered; the record of it follows."""
        until = time.monotonic() + 20
        while (told := self.site.attempts(code)) != list(outcomes):
            assert "in_doubt" in told and time.monotonic() < until, f"{told}, not {outcomes}"

    def scene(self, name, act):
        try:
            act()
            print(f"page: {name}: as it should be", flush=True)
        except Exception as fault:  # noqa: BLE001 - each scene is told, whatever ends it
            self.faults.append(name)
            print(f"page: {name}: FAILED: {fault!r}", flush=True)

    # --- The scenes ---------------------------------------------------------------------------------------------

    def redeemed(self, code, lang, size, words, dark=False):
        """From the list to the end, in one language."""
        self.play(code)
        browser = self.browser(lang=lang, size=size, dark=dark)
        browser.open(self.site.url + "/")
        choose, review, used = words
        self.wait(browser, choose)
        name = f"{lang}-{size[0]}{'-dark' if dark else ''}"
        self.look(browser, f"1-choose-{name}")
        browser.touch("#main-key")
        self.wait(browser, review)
        self.look(browser, f"2-review-{name}")
        card = browser.run("return window.wxSeen.card")
        assert card["signType"] == "SHA1" and len(card["cardSign"]) == 40, card
        assert self.weixin.books()[code] == "NORMAL"
        browser.touch("#main-key")
        self.wait(browser, used)
        self.look(browser, f"3-used-{name}")
        assert self.weixin.books()[code] == "CONSUMED"
        self.settles(code, "redeemed")
        # What went before is over: back and forth changes nothing.
        browser.reload()
        self.wait(browser, used)
        complaints = browser.complaints()
        assert not complaints, complaints
        browser.close()

    def outside(self):
        for lang, head in [("zh-CN", "请在微信中打开本页面"), ("en", "Open this page in Weixin")]:
            browser = self.browser(lang=lang, agent=webdriver.OTHER)
            browser.open(self.site.url + "/")
            self.wait(browser, head)
            self.look(browser, f"outside-{lang}")
            browser.close()

    def other_language(self):
        browser = self.browser(lang="zh-CN")
        browser.open(self.site.url + "/")
        self.wait(browser, "您的卡券")
        browser.touch("#language")
        self.wait(browser, "Your coupons")
        browser.touch("#language")
        self.wait(browser, "您的卡券")
        browser.close()

    def troubles(self):
        """What Weixin's side can do wrong, each in plain words."""
        for name, play, head, has_causes in [
            ("cancelled", {"choose": "cancel"}, "Nothing was chosen", True),
            ("empty", {"choose": "empty"}, "There is no coupon to choose", True),
            ("too-old", {"able": False}, "This Weixin is too old", False),
            ("not-signed", {"config": "error"}, "Weixin does not let this page ask for your coupons", True),
            ("failed", {"choose": "fail"}, "Weixin does not let this page ask for your coupons", True),
            ("no-script", None, "Weixin's part of this page did not load", False),
        ]:
            self.play("700000000001", **(play or {}))
            if play is None:
                Script.play = None
            browser = self.browser(lang="en")
            browser.open(self.site.url + "/")
            self.wait(browser, "Your coupons")
            browser.touch("#main-key")
            self.wait(browser, head)
            causes = browser.run("return document.querySelectorAll('#causes li').length")
            is_shown = browser.run("return !document.getElementById('developer').hidden")
            assert (is_shown and causes == 3) == has_causes, name
            self.look(browser, f"trouble-{name}")
            if has_causes:
                browser.touch("summary")
                self.look(browser, f"trouble-{name}-open")
            # The way on: choose again, and it works.
            self.play("700000000001")
            if name in ("cancelled", "empty"):
                browser.run("window.wx.chooseCard = ({success}) => success({cardList: JSON.stringify("
                            "[{card_id: 'pCARD', encrypt_code: 'sealed.700000000001'}])})")
                browser.touch("#main-key")
                self.wait(browser, "Use this coupon now?")
            elif name == "no-script":
                browser.touch("#main-key")
                self.wait(browser, "Use this coupon now?")
            browser.close()
        assert self.weixin.books()["700000000001"] == "NORMAL"

    def reviewed(self, code, **how):
        self.play(code, **how)
        browser = self.browser(lang="en")
        browser.open(self.site.url + "/")
        self.wait(browser, "Your coupons")
        browser.touch("#main-key")
        self.wait(browser, "Use this coupon now?")
        return browser

    def double_touch(self):
        code = "700000000002"
        browser = self.reviewed(code, as_list=True)
        before = int(self.weixin.books()["consumes"])
        browser.run("const key = document.getElementById('main-key'); for (let i = 0; i < 5; i += 1) key.click()")
        self.wait(browser, "Used")
        assert int(self.weixin.books()["consumes"]) == before + 1
        self.settles(code, "redeemed")
        browser.close()

    def reload_in_the_middle(self):
        """The answer hangs, the page is loaded anew: it says what is known, and in the end what came of it."""
        code = "700000000003"
        browser = self.reviewed(code)
        before = int(self.weixin.books("fail hang_after")["consumes"])
        browser.touch("#main-key")
        while int(self.weixin.books()["consumes"]) == before:
            time.sleep(0.02)
        browser.reload()
        self.wait(browser, "Used")
        assert int(self.weixin.books()["consumes"]) == before + 1
        self.settles(code, "redeemed")
        browser.close()

    def back_button(self):
        code = "700000000004"
        browser = self.reviewed(code)
        browser.open("about:blank")
        browser.back()
        self.wait(browser, "Use this coupon now?")
        browser.touch("#main-key")
        self.wait(browser, "Used")
        browser.open("about:blank")
        browser.back()
        self.wait(browser, "Used")
        self.settles(code, "redeemed")
        browser.close()

    def two_tabs(self):
        code = "700000000005"
        browser = self.reviewed(code)
        first = browser.tab()
        browser.open(self.site.url + "/")
        self.wait(browser, "Use this coupon now?")
        before = int(self.weixin.books()["consumes"])
        browser.touch("#main-key")
        self.wait(browser, "Used")
        browser.turn(first)
        # The page has followed by itself.
        self.wait(browser, "Used")
        assert int(self.weixin.books()["consumes"]) == before + 1
        browser.close()

    def doubt(self):
        for lang, code, fault, used, unknown in [
            ("en", "700000000006", "fail hang_before", "Not used", "Not known yet"),
            ("zh-CN", "700000000007", "fail hang_before", "没有核销", "结果尚未知晓"),
        ]:
            self.play(code)
            browser = self.browser(lang=lang)
            browser.open(self.site.url + "/")
            self.wait(browser, "Your coupons" if lang == "en" else "您的卡券")
            browser.touch("#main-key")
            self.wait(browser, "Use this coupon now?" if lang == "en" else "现在使用这张卡券吗？")
            self.weixin.books(fault)
            browser.touch("#main-key")
            self.wait(browser, unknown)
            self.look(browser, f"doubt-{lang}")
            self.wait(browser, used)
            self.look(browser, f"doubt-settled-{lang}")
            self.settles(code, "not_redeemed")
            browser.close()

    def server_away(self):
        """The server is restarted in the middle: the page says so, and then how it stands."""
        code = "700000000008"
        browser = self.reviewed(code)
        self.site.stop()
        browser.touch("#main-key")
        self.wait(browser, "There is no connection")
        self.look(browser, "offline")
        self.site.start()
        browser.touch("#main-key")
        self.wait(browser, "Your coupons")
        assert self.site.attempts(code) == [] and self.weixin.books()[code] == "NORMAL"
        browser.close()

    def from_a_coupon(self):
        code = "700000000009"
        self.play(code)
        browser = self.browser(lang="en", size=PHONE)
        browser.open(f"{self.site.url}/coupon?encrypt_code=sealed.{code}&card_id=pCARD&outer_str=1")
        self.wait(browser, "Use this coupon now?")
        assert "encrypt_code" not in browser.run("return location.href")
        browser.reload()
        self.wait(browser, "Use this coupon now?")
        browser.touch("#main-key")
        self.wait(browser, "Used")
        browser.open(f"{self.site.url}/coupon?nothing=1")
        self.wait(browser, "This link is damaged or belongs to another merchant. Open the coupon itself in Weixin.")
        self.look(browser, "bad-link")
        browser.close()

    def hand_off(self):
        code = "700000000010"
        self.play(code)
        invitation = self.site.desk()["invitation"]
        assert invitation.startswith(self.site.url + "/?pass="), invitation
        browser = self.browser(lang="en")
        browser.open(invitation)
        self.wait(browser, "Your coupons")
        assert "\"front\"" in browser.text("#words")
        self.look(browser, "hand-off-choose")
        browser.touch("#main-key")
        self.wait(browser, "Your coupon goes to the desk …")
        choice = self.site.desk()["choice"]
        assert choice["encrypt_code"] == f"sealed.{code}", choice
        self.site.desk(taken=choice["number"])
        self.wait(browser, "The desk has your coupon")
        self.look(browser, "handed")
        browser.close()
        for lang, head in [("en", "This code is over"), ("zh-CN", "此码已失效")]:
            other = self.browser(lang=lang)
            other.open(invitation)
            self.wait(other, head)
            self.look(other, f"old-pass-{lang}")
            other.close()
        assert self.weixin.books()[code] == "NORMAL"


def main():
    program, platform, pictures = sys.argv[1:4]
    axe = pathlib.Path(sys.argv[4]).read_text() if len(sys.argv) > 4 else None
    pictures = pathlib.Path(pictures)
    pictures.mkdir(parents=True, exist_ok=True)
    codes = [f"7000000000{number:02}" for number in range(20)]
    with tempfile.TemporaryDirectory() as folder:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Script)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        weixin = Weixin(platform, codes)
        site = Site(program, folder, weixin.address, f"http://127.0.0.1:{server.server_port}/wx.js")
        driver = Driver(folder)
        try:
            scenes = Scenes(driver, site, weixin, pictures, axe, folder)
            zh, en = ("您的卡券", "现在使用这张卡券吗？", "已核销"), ("Your coupons", "Use this coupon now?", "Used")
            scenes.scene("redeemed in Chinese", lambda: scenes.redeemed("700000000011", "zh-CN", SMALL, zh))
            scenes.scene("redeemed in English", lambda: scenes.redeemed("700000000012", "en", SMALL, en))
            scenes.scene("redeemed in the dark", lambda: scenes.redeemed("700000000013", "zh-CN", PHONE, zh, dark=True))
            scenes.scene("outside of Weixin", scenes.outside)
            scenes.scene("the other language", scenes.other_language)
            scenes.scene("what Weixin can do wrong", scenes.troubles)
            scenes.scene("touched five times", scenes.double_touch)
            scenes.scene("loaded anew in the middle", scenes.reload_in_the_middle)
            scenes.scene("the back button", scenes.back_button)
            scenes.scene("two tabs", scenes.two_tabs)
            scenes.scene("a lost answer", scenes.doubt)
            scenes.scene("the server restarted", scenes.server_away)
            scenes.scene("from a coupon", scenes.from_a_coupon)
            scenes.scene("handed to a desk", scenes.hand_off)
        finally:
            driver.close()
            site.stop()
            weixin.process.kill()
        if not axe:
            print("page: axe-core is not at hand, so it was not asked")
        if scenes.faults:
            print(pathlib.Path(folder, "serve.log").read_text()[-3000:])
            sys.exit(f"page: FAILED: {', '.join(scenes.faults)}")
    print("page: all as it should be")


if __name__ == "__main__":
    os.environ["NO_PROXY"] = "*"
    main()
