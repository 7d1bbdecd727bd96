"""A machine of QEMU's: its devices by QMP, what runs in it by its guest agent."""
import atexit
import base64
import json
import os
import socket
import subprocess
import time

WIDTH, HEIGHT = 1280, 800
KEYS = {" ": "spc", "\n": "ret", "-": "minus"}


class Failed(Exception):
    """What did not come about."""


def has_kvm():
    """A /dev/kvm alone is no proof: some machines' takes no kernel but their own."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        has_one = bool({"vmx", "svm"} & set(file.read().split()))
    return has_one and os.access("/dev/kvm", os.W_OK)


class Wire:
    """Lines of JSON over a socket: QMP's, or the agent's."""

    def __init__(self, path):
        end = time.monotonic() + 60
        while True:
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.settimeout(30)
                self.socket.connect(path)
                break
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        self.lines = self.socket.makefile("rw", encoding="utf-8")

    def ask(self, name, arguments=None):
        order = {"execute": name}
        if arguments is not None:
            order["arguments"] = arguments
        self.lines.write(json.dumps(order) + "\n")
        self.lines.flush()
        while True:
            line = self.lines.readline()
            if not line:
                raise Failed("the machine is gone")
            answer = json.loads(line)
            if "error" in answer:
                raise Failed(f"{name}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]


class Machine:
    """Switched on when it is made, off when it is left."""

    def __init__(self, folder):
        self.folder = folder
        boot = os.path.join(folder, "root", "boot")
        kernel = max(name for name in os.listdir(boot) if name.startswith("vmlinuz-"))
        path = lambda name: os.path.join(folder, name)
        for name in ("qmp", "agent"):
            if os.path.exists(path(name)):
                os.unlink(path(name))
        # Without KVM every instruction is translated: nothing is quick then, and no time that is measured says anything.
        self.slow = 1 if has_kvm() else 12
        processor = ["-accel", "kvm", "-cpu", "host"] if self.slow == 1 else ["-accel", "tcg,thread=multi", "-cpu", "max"]
        # A USB keyboard holds few keys; where everything is slow a scanner's text has to come in one go all the same, since
        # the kiosk tells it from fingers by its pace.
        keyboard = "usb-kbd,id=scanner,bus=usb.0" if self.slow == 1 else "virtio-keyboard-pci,id=scanner"
        self.began = time.monotonic()
        # Its log counts from there.
        self.kernel_began = 0
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", *processor, "-smp", "2", "-m", "2048", "-nodefaults", "-display", "none"]
            + ["-kernel", os.path.join(boot, kernel), "-initrd", os.path.join(boot, kernel.replace("vmlinuz", "initrd.img"))]
            + ["-append", "root=/dev/vda rw quiet console=tty0 console=ttyS0", "-serial", f"file:{path('serial.log')}"]
            + ["-drive", f"file={path('disk')},format=raw,if=virtio"]
            + ["-device", f"virtio-gpu-pci,id=display,xres={WIDTH},yres={HEIGHT}"]
            + ["-device", "qemu-xhci,id=usb", "-device", keyboard]
            + ["-device", "usb-tablet,id=finger,bus=usb.0"]
            + ["-audiodev", f"wav,id=speaker,path={path('sound.wav')}", "-device", "intel-hda"]
            + ["-device", "hda-output,audiodev=speaker"]
            + ["-device", "virtio-serial", "-chardev", f"socket,id=agent,path={path('agent')},server=on,wait=off"]
            + ["-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"]
            + ["-qmp", f"unix:{path('qmp')},server=on,wait=off", "-nic", "none"],
            stdin=subprocess.DEVNULL,
        )
        atexit.register(self.process.kill)
        self.qmp = Wire(path("qmp"))
        self.qmp.ask("qmp_capabilities")
        self.agent = Wire(path("agent"))
        self.agent.socket.settimeout(60 * self.slow)
        self.agent.ask("guest-ping")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def run(self, *command, may_fail=False):
        """What a command in the machine printed."""
        order = {"path": command[0], "arg": list(command[1:]), "capture-output": True}
        pid = self.agent.ask("guest-exec", order)["pid"]
        while True:
            state = self.agent.ask("guest-exec-status", {"pid": pid})
            if state["exited"]:
                break
            time.sleep(0.02)
        out = base64.b64decode(state.get("out-data", "")).decode(errors="replace")
        if state.get("exitcode") != 0 and not may_fail:
            err = base64.b64decode(state.get("err-data", "")).decode(errors="replace")
            raise Failed(f"{' '.join(command)} ended with {state.get('exitcode')}: {out}{err}")
        return out

    def shell(self, script, may_fail=False):
        return self.run("/bin/sh", "-c", script, may_fail=may_fail)

    def picture(self, name):
        """What stands on the display, as a PNG file."""
        file = os.path.join(self.folder, "pictures", f"{name}.png")
        os.makedirs(os.path.dirname(file), exist_ok=True)
        self.qmp.ask("screendump", {"filename": file, "format": "png", "device": "display"})
        return file

    def touch(self, x, y):
        """A tap of the tablet's pen, which comes from somewhere else: the kernel tells only what has changed, and a compositor
        that has just been started knows nothing of where the pen was."""
        place = lambda x, y: [
            {"type": "abs", "data": {"axis": "x", "value": round(x * 32767 / WIDTH)}},
            {"type": "abs", "data": {"axis": "y", "value": round(y * 32767 / HEIGHT)}},
        ]
        button = lambda down: [{"type": "btn", "data": {"down": down, "button": "left"}}]
        for events in (place(x - 9, y - 9), place(x, y), button(True), button(False)):
            self.qmp.ask("input-send-event", {"events": events})
            time.sleep(0.04 * self.slow)

    def type(self, text):
        """What a USB scanner would: each key, quickly, and Enter."""
        events = []
        for character in text + "\n":
            code = {"type": "qcode", "data": KEYS.get(character, character)}
            events += [{"type": "key", "data": {"down": down, "key": code}} for down in (True, False)]
        if self.slow != 1:
            self.qmp.ask("input-send-event", {"events": events})
            return
        for event in events:
            self.qmp.ask("input-send-event", {"events": [event]})
            time.sleep(0.004)
