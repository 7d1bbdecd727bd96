"""What the cases of guest.py stand on: cameras that obey, the program that is watched, and the table of what happened.

Runs inside the rig's guest, as root, with a real uvcvideo driver."""

import json
import os
import re
import subprocess
import threading
import time

FIFO = "/run/%s.cmd"


def wait_until(what, seconds, condition):
    """The seconds that it took; a failure where it took longer."""
    begun = time.monotonic()
    while True:
        if condition():
            return time.monotonic() - begun
        if time.monotonic() - begun > seconds:
            raise Failed(f"{what} did not come within {seconds} s")
        time.sleep(0.02)


class Failed(Exception):
    """A case that did not go as it should."""


class Camera:
    """A camera in user space, at the kernel's real USB driver. It is plugged in when it starts."""

    def __init__(self, simulator, frames, name, modes, key="uvc"):
        self.fifo = FIFO % key
        if os.path.exists(self.fifo):
            os.unlink(self.fifo)
        self.name = name
        self.frames = frames
        self.process = subprocess.Popen(
            [simulator, "-f", frames, "-c", self.fifo, "-m", modes, "-n", name],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until("the simulated camera", 10, lambda: os.path.exists(self.fifo))

    def tell(self, command):
        """Fails, and does not wait, where the simulator has died."""
        fifo = os.open(self.fifo, os.O_WRONLY | os.O_NONBLOCK)
        os.write(fifo, f"{command}\n".encode())
        os.close(fifo)

    def quit(self):
        self.tell("quit")
        self.process.wait(10)


def nodes():
    """The numbers of the nodes that have pictures, by the camera's name."""
    found = {}
    root = "/sys/class/video4linux"
    for entry in sorted(os.listdir(root)) if os.path.isdir(root) else []:
        try:
            with open(f"{root}/{entry}/index") as index, open(f"{root}/{entry}/name") as name:
                has_pictures, called = index.read().strip() == "0", name.read().strip()
        except OSError:
            continue  # It is being pulled at this very moment.
        if has_pictures and os.path.exists(f"/dev/{entry}"):
            found.setdefault(called, []).append(int(entry[5:]))
    return found


def wait_for_node(name, seconds=15):
    """Until the kernel has made the device; the program's time begins then or before."""
    wait_until(f"a device for {name}", seconds, lambda: nodes().get(name))
    return nodes()[name][0]


class Program:
    """`scan --device --json`, and what it has told so far."""

    def __init__(self, program, device=None, config=None, user=None, log=None, nice=None):
        which = "--device" if device is None else f"--device={device}"
        command = [program, "scan", which, "--json"]
        if config:
            command[1:1] = ["--config", config]
        if user:
            command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"] + command
        if nice:
            command = ["nice", "-n", str(nice)] + command
        self.log = open(log or os.devnull, "w")
        environment = dict(os.environ, RUST_LOG="coupon_kiosk=info", XDG_CONFIG_HOME="/nonexistent")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        self.events = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            event["seen"] = time.monotonic()
            self.events.append(event)

    def state(self):
        states = [event for event in self.events if event["event"] == "camera"]
        return states[-1]["state"] if states else None

    def device(self):
        states = [event for event in self.events if event["event"] == "camera"]
        return states[-1]["device"] if states else None

    def mode(self):
        states = [event for event in self.events if event["event"] == "camera"]
        return states[-1]["mode"] if states else None

    def mark(self):
        return len(self.events)

    def states_since(self, mark):
        return [event["state"] for event in self.events[mark:] if event["event"] == "camera"]

    def texts_since(self, mark):
        return [event["text"] for event in self.events[mark:] if event["event"] == "code"]

    def wait_state(self, state, seconds):
        def there():
            if self.process.poll() is not None:
                raise Failed(f"the program ended with {self.process.returncode}")
            return self.state() == state
        try:
            return wait_until(f"the state {state}", seconds, there)
        except Failed as failed:
            raise Failed(f"{failed}; it says {self.state()}") from None

    def wait_text(self, text, mark, seconds):
        return wait_until(f"the text {text}", seconds, lambda: text in self.texts_since(mark))

    def facts(self):
        """File descriptors, threads, and resident memory in KiB."""
        root = f"/proc/{self.process.pid}"
        with open(f"{root}/status") as status:
            memory = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
        return len(os.listdir(f"{root}/fd")), len(os.listdir(f"{root}/task")), memory

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def end(self):
        """Stops it as a service is stopped; the seconds until it was gone."""
        begun = time.monotonic()
        self.process.terminate()
        self.process.wait(10)
        self.log.close()
        return time.monotonic() - begun


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Table:
    """What happened, one line a case."""

    def __init__(self, keeps=False, wanted=""):
        """`keeps`: the cases share one camera, and do not begin without any."""
        self.failed = 0
        self.keeps = keeps
        self.wanted = wanted

    def case(self, name, body):
        if not re.search(self.wanted, name):
            return
        begun = time.monotonic()
        try:
            wait_until("the end of the last case's devices", 10, lambda: self.keeps or not nodes())
            told = body()
            print(f"camera: {name}: {told} [{time.monotonic() - begun:.0f} s]", flush=True)
        except (Failed, OSError, subprocess.SubprocessError) as failed:
            self.failed += 1
            print(f"camera: {name}: FAILED: {failed}", flush=True)
