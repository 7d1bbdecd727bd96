"""A container of systemd-nspawn's: the package's own systemd and units at this machine's own speed, its compositor in an Xvfb."""
import atexit
import os
import subprocess
import tempfile
import time

from machine import Failed

# What wlroots opens on X11 unless somebody moves it.
WIDTH, HEIGHT = 1024, 768
DROP_IN = "etc/systemd/system/coupon-kiosk@tty1.service.d/container.conf"


class Container:
    """Booted when it is made, gone when it is left. It shares this machine's kernel: no display or touch device to pull."""

    slow = 1

    def __init__(self, folder):
        self.folder = folder
        root = os.path.join(folder, "root")
        self.display = self.open_display()
        with open(os.path.join(root, DROP_IN), "w", encoding="utf-8") as file:
            # The unit's own /tmp hides the socket's file; the abstract one is there.
            file.write(
                "[Service]\n"
                f"Environment=WLR_BACKENDS=x11 WLR_RENDERER=pixman LIBGL_ALWAYS_SOFTWARE=1 DISPLAY={self.display}\n"
            )
        self.began = self.kernel_began = time.monotonic()
        self.log = open(os.path.join(folder, "nspawn.log"), "w", encoding="utf-8")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot", "--directory", root]
            + ["--bind=/dev/tty0", "--bind=/dev/tty1", "--console=pipe"],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        atexit.register(self.leave)
        self.init = self.child()
        end = time.monotonic() + 60
        while "running" not in (state := self.run("systemctl", "is-system-running", may_fail=True)) and "starting" not in state:
            if time.monotonic() > end:
                raise Failed(f"the container does not boot: {state}")
            time.sleep(0.1)

    def open_display(self):
        with tempfile.TemporaryFile() as number:
            command = ["Xvfb", "-displayfd", str(number.fileno()), "-screen", "0", f"{WIDTH}x{HEIGHT}x24"]
            server = subprocess.Popen(command, pass_fds=[number.fileno()], stderr=subprocess.DEVNULL)
            atexit.register(server.kill)
            end = time.monotonic() + 30
            while not os.fstat(number.fileno()).st_size:
                if time.monotonic() > end:
                    raise Failed("no Xvfb")
                time.sleep(0.05)
            number.seek(0)
            return f":{int(number.read())}"

    def child(self):
        """The container's first process, as this machine numbers it."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            told = subprocess.run(["pgrep", "--parent", str(self.process.pid)], capture_output=True, text=True, check=False)
            for pid in told.stdout.split():
                with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                    if file.read().strip() == "systemd":
                        return pid
            time.sleep(0.05)
        raise Failed("there is no systemd in the container")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.leave()

    def leave(self):
        # Its first process takes all others along.
        subprocess.run(["kill", "-KILL", self.init], check=False, stderr=subprocess.DEVNULL)
        self.process.wait(20)

    def run(self, *command, may_fail=False):
        """What a command in the container printed."""
        inside = ["nsenter", "--target", self.init, "--all", "--", "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
        told = subprocess.run([*inside, *command], capture_output=True, check=False)
        out = told.stdout.decode(errors="replace")
        if told.returncode != 0 and not may_fail:
            err = told.stderr.decode(errors="replace")
            raise Failed(f"{' '.join(command)} ended with {told.returncode}: {out}{err}")
        return out

    def shell(self, script, may_fail=False):
        return self.run("/bin/sh", "-c", script, may_fail=may_fail)

    def on_display(self, *command):
        subprocess.run(command, check=True, env={**os.environ, "DISPLAY": self.display})

    def picture(self, name):
        """What stands on the display, as a PNG file."""
        file = os.path.join(self.folder, "pictures", f"{name}.png")
        os.makedirs(os.path.dirname(file), exist_ok=True)
        self.on_display("import", "-window", "root", file)
        return file

    def touch(self, x, y):
        self.on_display("xdotool", "mousemove", str(x), str(y), "click", "1")

    def type(self, text):
        """What a USB scanner would: each key, quickly, and Enter."""
        self.on_display("xdotool", "mousemove", "2", str(HEIGHT // 2), "type", "--delay", "4", text)
        self.on_display("xdotool", "key", "Return")
