"""guest.py PROGRAM WORK ROUND SEED CASES: the real program before cameras that are pulled, frozen, damaged, taken away.

ROUND is `short` or `full`. WORK holds the frames and simulators that run.sh made. Every case says what happened and
how many seconds the program took to heal after the cause had gone; more than LIMIT is a failure."""

import datetime
import json
import os
import random
import subprocess
import sys
import time

from rig import Camera, Failed, Program, Table, nodes, wait_for_node, wait_until

PROGRAM, WORK, ROUND, SEED, CASES = sys.argv[1:6]
SIMULATOR = f"{WORK}/uvcsim-plain"
TEXTS = {"a": "409632457895", "b": "409632457906"}
MJPG = "mjpg:1280x720:30"
NAME = "Desk Cam"
# A cause is gone, and it heals. The kernel's own time to find a plugged camera is in it.
LIMIT = 3.0
# Two seconds without a frame, and what the machine takes to say so.
STALL = 3.5
# So long a code has to be away to be taken again, and a little more.
AWAY = 2.5
LOG = "/share/log"


def module(name, *options):
    subprocess.run(["modprobe", name, *options], check=True)


def camera(frames="a", name=NAME, modes=MJPG, key="uvc", simulator=SIMULATOR):
    made = Camera(simulator, f"{WORK}/{frames}", name, modes, key)
    wait_for_node(name)
    return made


class Desk:
    """A live camera, and the program before it."""

    def __init__(self, **options):
        self.camera = camera(**options)
        self.program = Program(PROGRAM, log=LOG)

    def __enter__(self):
        self.program.wait_state("live", 10)
        return self

    def __exit__(self, *_):
        self.program.end()
        self.camera.quit()
        wait_until("the device's end", 10, lambda: self.camera.name not in nodes())


def heals(program, state, cause, cure, patience=STALL, text=TEXTS["a"]):
    """The cause leads to the state, the cure to `live` and to the text that is held up."""
    cause()
    program.wait_state(state, patience)
    mark = program.mark()
    begun = time.monotonic()
    cure()
    program.wait_state("live", LIMIT)
    healed = time.monotonic() - begun
    if text:
        program.wait_text(text, mark, 3)
    return f"{state}, live again after {healed:.2f} s"


def round_trip(cause, cure, state, patience=STALL, **options):
    def body():
        with Desk(**options) as desk:
            return heals(desk.program, state, lambda: desk.camera.tell(cause), lambda: desk.camera.tell(cure), patience)
    return body


def several(steps):
    """Several causes, one after the other, before one camera and one run of the program."""
    def body():
        told = []
        with Desk() as desk:
            for cause, cure, state in steps:
                cause = cause.format(WORK=WORK)
                cure = cure.format(WORK=WORK)
                healed = heals(desk.program, state, lambda: desk.camera.tell(cause), lambda: desk.camera.tell(cure))
                told.append(f"{cause.split('/')[0].strip()} {os.path.basename(cause) if '/' in cause else ''}: {healed}")
            if desk.program.facts()[1] > 6:
                raise Failed(f"{desk.program.facts()[1]} threads")
        return "; ".join(told)
    return body


def live_in(text, mode, **options):
    """The mode is taken and read."""
    def body():
        with Desk(**options) as desk:
            desk.program.wait_text(text, 0, 5)
            if not desk.program.mode().startswith(mode):
                raise Failed(f"the mode is {desk.program.mode()}, not {mode}")
            return f"live as {desk.program.mode()}, and read"
    return body


def absent_at_start():
    program = Program(PROGRAM, log=LOG)
    try:
        program.wait_state("none", 5)
        begun = time.monotonic()
        cam = camera()
        program.wait_state("live", LIMIT)
        healed = time.monotonic() - begun
        cam.quit()
        program.wait_state("lost", 3)
        return f"none, live {healed:.2f} s after it was plugged in"
    finally:
        program.end()


def another_model():
    with Desk() as desk:
        desk.camera.tell("unplug")
        desk.program.wait_state("lost", 3)
        begun = time.monotonic()
        other = camera(frames="b", name="Other Model", modes="yuyv:1280x720:30", key="other")
        desk.program.wait_state("live", LIMIT)
        healed = time.monotonic() - begun
        desk.program.wait_text(TEXTS["b"], 0, 3)
        device = desk.program.device()
        other.quit()
        if "Other Model" not in device:
            raise Failed(f"it says {device}")
        return f"lost, live with {device} after {healed:.2f} s"


def other_number():
    with Desk() as desk:
        number = nodes()[NAME][0]
        # Somebody else holds the old device open, so that its number is not free yet.
        with open(f"/dev/video{number}", "rb"):
            desk.camera.tell("unplug")
            desk.program.wait_state("lost", 3)
            begun = time.monotonic()
            desk.camera.tell("plug")
            desk.program.wait_state("live", LIMIT)
            healed = time.monotonic() - begun
            again = nodes()[NAME][-1]
            if again == number:
                raise Failed("the number stayed the same")
        return f"/dev/video{number} came back as /dev/video{again}, live after {healed:.2f} s"


def two_cameras():
    first, second = camera(name="Front Cam"), camera(frames="b", name="Desk Cam", key="second")
    program = Program(PROGRAM, device="desk cam", log=LOG)
    try:
        program.wait_state("live", 10)
        program.wait_text(TEXTS["b"], 0, 5)
        mark = program.mark()
        first.tell("unplug")
        wait_until("the first one's end", 5, lambda: "Front Cam" not in nodes())
        second.tell("unplug")
        program.wait_state("lost", 3)
        first.tell("plug")
        wait_for_node("Front Cam")
        time.sleep(2)
        if program.state() != "lost":
            raise Failed(f"it took {program.device()}, which was not wanted")
        begun = time.monotonic()
        second.tell("plug")
        program.wait_state("live", LIMIT)
        healed = time.monotonic() - begun
        if TEXTS["a"] in program.texts_since(mark):
            raise Failed("it read before the other camera")
        return f"only the wanted one is taken, live again after {healed:.2f} s"
    finally:
        program.end()
        first.quit()
        second.quit()


def chosen_by_bus():
    first, second = camera(), camera(frames="b", key="second")
    wait_until("two of one name", 10, lambda: len(nodes()[NAME]) == 2)
    listed = subprocess.run([PROGRAM, "cameras", "--json"], capture_output=True, text=True, check=True).stdout
    listed = [json.loads(line) for line in listed.splitlines()]
    buses = [device["bus"] for device in listed]
    if len(buses) != 2 or buses[0] == buses[1]:
        raise Failed(f"listed are {buses}")
    program = Program(PROGRAM, device=f"{NAME} @ {buses[1]}", log=LOG)
    try:
        program.wait_state("live", 10)
        program.wait_text(TEXTS["b"], 0, 5)
        return f"of two named {NAME} the one at {buses[1]} is taken"
    finally:
        program.end()
        first.quit()
        second.quit()


def busy():
    cam = camera()
    number = wait_for_node(NAME)
    def other_reader():
        reader = subprocess.Popen(
            ["gst-launch-1.0", "-q", "v4l2src", f"device=/dev/video{number}", "!", "fakesink"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        held = lambda: '"busy' in subprocess.run([PROGRAM, "cameras", "--json"], capture_output=True, text=True).stdout
        wait_until("the other reader", 20, held)
        return reader
    reader = other_reader()
    program = Program(PROGRAM, log=LOG)
    try:
        def gone():
            reader.terminate()
            reader.wait(10)
        return heals(program, "busy", lambda: None, gone, 5)
    finally:
        program.end()
        cam.quit()


def refused():
    cam = camera()
    path = f"/dev/video{wait_for_node(NAME)}"
    os.chmod(path, 0o600)
    program = Program(PROGRAM, user=65534, log=LOG)
    try:
        return heals(program, "refused", lambda: None, lambda: os.chmod(path, 0o666), 5)
    finally:
        program.end()
        cam.quit()


def unusable():
    cam = camera(simulator=f"{WORK}/uvcsim-uyvy", modes="yuyv:1280x720:30", name="Odd Cam")
    program = Program(PROGRAM, log=LOG)
    good = None
    try:
        program.wait_state("unusable", 5)
        cam.tell("unplug")
        program.wait_state("none", 3)
        begun = time.monotonic()
        good = camera(key="good")
        program.wait_state("live", LIMIT)
        return f"unusable, live {time.monotonic() - begun:.2f} s after it was replaced by one that is usable"
    finally:
        program.end()
        cam.quit()
        if good:
            good.quit()


def restless_shutdown():
    """A program that is stopped in a stall is gone at once."""
    cam = camera()
    program = Program(PROGRAM, log=LOG)
    program.wait_state("live", 10)
    cam.tell("stall")
    program.wait_state("stalled", STALL)
    took = program.end()
    cam.quit()
    if took > 1.5:
        raise Failed(f"it took {took:.1f} s")
    return f"gone after {took:.2f} s"


def left_odd():
    """A camera that was left at a fraction of a frame a second, in a format that nokhwa has no word for."""
    module("vivid", "n_devs=1", "node_types=0x1")
    name = "vivid"
    try:
        wait_until("vivid", 10, lambda: os.path.exists("/dev/video0"))
        subprocess.run([sys.executable, f"{os.path.dirname(__file__)}/set_format.py", "/dev/video0", "UYVY"], check=True)
        program = Program(PROGRAM, log=LOG)
        try:
            program.wait_state("live", 10)
            return f"{name} left at UYVY is live as {program.mode()}"
        finally:
            program.end()
    finally:
        subprocess.run(["modprobe", "-r", "vivid"], check=False)


def configured(keys):
    """A desk's configuration with these keys of its camera."""
    os.makedirs("/tmp/desk", exist_ok=True)
    with open("/tmp/desk/token", "w") as token:
        token.write("a-token-of-nobody\n")
    os.chmod("/tmp/desk/token", 0o600)
    with open("/tmp/desk/kiosk.toml", "w") as file:
        file.write('[weixin.token]\nsource = "static"\ntoken_file = "/tmp/desk/token"\n[camera]\n' + keys)
    return "/tmp/desk/kiosk.toml"


def region():
    """What is outside of the region is not read; the same code is, where it is inside."""
    cam = camera()
    try:
        for keys, is_read in (("region = [0, 0, 15, 15]", False), ("region = [10, 0, 80, 100]\nzoom = 120\nrotate = 180", True)):
            program = Program(PROGRAM, config=configured(keys), log=LOG)
            try:
                program.wait_state("live", 10)
                if is_read:
                    program.wait_text(TEXTS["a"], 0, 5)
                else:
                    time.sleep(3)
                    if program.texts_since(0):
                        raise Failed(f"read in spite of {keys}")
            finally:
                program.end()
        return "a corner without the code reads nothing, the middle, magnified and turned, does"
    finally:
        cam.quit()


def symbologies():
    """What the configuration does not name is not looked for."""
    cam = camera()
    program = Program(PROGRAM, config=configured('[scan]\nsymbologies = ["code128"]'), log=LOG)
    try:
        program.wait_state("live", 10)
        time.sleep(3)
        if program.texts_since(0):
            raise Failed(f"read was {program.texts_since(0)}")
        return "stripes alone are configured, and a QR code is not read"
    finally:
        program.end()
        cam.quit()


def sleep():
    """A minute without motion, and then a phone."""
    cam = camera()
    program = Program(PROGRAM, config=configured("sleep_minutes = 1"), log=LOG)
    def told(words):
        with open(LOG) as log:
            return [line for line in log if words in line]
    try:
        program.wait_state("live", 10)
        def share():
            before = program.cpu_seconds()
            time.sleep(10)
            return (program.cpu_seconds() - before) / 10
        awake = share()
        wait_until("sleep", 75, lambda: told("nothing moves"))
        asleep = share()
        mark, begun = program.mark(), time.time()
        cam.tell(f"dir {WORK}/b")
        program.wait_text(TEXTS["b"], mark, 3)
        woken = told("something moves")[-1].split()[0]
        at = datetime.datetime.fromisoformat(woken.replace("Z", "+00:00")).timestamp()
        if at - begun > 0.2:
            raise Failed(f"it woke after {at - begun:.3f} s")
        return f"{awake:.2f} of a core awake, {asleep:.2f} asleep, woken after {(at - begun) * 1000:.0f} ms, and read"
    finally:
        program.end()
        cam.quit()


def log_lines(words):
    with open(LOG) as log:
        return [line for line in log if words in line]


def wait_mode(program, mode, seconds):
    """Live in this mode."""
    there = lambda: program.state() == "live" and program.mode().startswith(mode)
    try:
        return wait_until(f"the mode {mode}", seconds, there)
    except Failed as failed:
        raise Failed(f"{failed}; it is {program.state()} as {program.mode()}") from None


def more_pixels():
    """A code that is too small to be read gets a larger picture, and the counter its usual one again."""
    with Desk(frames="counter", modes="mjpg:1280x720:30,mjpg:1920x1080:30") as desk:
        program, link = desk.program, "https://shop.example/c?encrypt_code="
        wait_mode(program, "MJPG 1280x720", 5)
        mark, begun = program.mark(), time.monotonic()
        desk.camera.tell(f"dir {WORK}/far")
        wait_mode(program, "MJPG 1920x1080", 20)
        larger = time.monotonic() - begun
        if program.texts_since(mark):
            raise Failed("it was read before the picture was larger")
        wait_until("the text", 30, lambda: program.texts_since(mark))
        read = time.monotonic() - begun
        states = program.states_since(mark)
        desk.camera.tell(f"dir {WORK}/counter")
        begun = time.monotonic()
        wait_mode(program, "MJPG 1280x720", 30)
        calm = time.monotonic() - begun
        texts = program.texts_since(mark)
        if len(texts) != 1 or not texts[0].startswith(link):
            raise Failed(f"read was {texts}")
        if states != ["opening", "live"]:
            raise Failed(f"the states were {states}")
        for words in ("larger pictures, since a code in view is too small", "no small code is in view"):
            if not log_lines(words):
                raise Failed(f"the log does not say: {words}")
        return (f"1920x1080 {larger:.1f} s after a small code came into view ({', '.join(states)}), read after {read:.1f} s, "
                f"once; 1280x720 again {calm:.1f} s after it had gone")


def slow_machine():
    """A machine that has little time for it reads fewer frames, then smaller ones, and still reads."""
    cam = camera(modes="mjpg:1280x720:30,mjpg:640x480:30")
    program = Program(PROGRAM, log=LOG, nice=12)
    busy = None
    try:
        wait_mode(program, "MJPG 1280x720", 10)
        busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
        begun = time.monotonic()
        wait_mode(program, "MJPG 640x480", 120)
        smaller = time.monotonic() - begun
        busy.kill()
        busy.wait()
        program.wait_text(TEXTS["a"], 0, 5)
        fewer = log_lines("one of so many frames is read from now on")
        if not fewer or not log_lines("smaller pictures, since the machine is slow"):
            raise Failed("the log does not say why")
        shares = [line.split("share=")[1].split()[0] for line in fewer]
        return f"fewer frames at {', '.join(shares)} hundredths of the time, 640x480 after {smaller:.0f} s, and read"
    finally:
        if busy:
            busy.kill()
        program.end()
        cam.quit()


def listed():
    """What `cameras` says of two cameras, one of them busy."""
    first = camera(name="Front Cam", modes="yuyv:640x480:30,mjpg:1280x720:30")
    second = camera(frames="b", name="Desk Cam", key="second", modes="yuyv:1280x720:7.5")
    try:
        text = lambda *options: subprocess.run([PROGRAM, *options, "cameras"], capture_output=True, text=True, check=True).stdout
        told = text()
        wanted = text("--config", configured('device = "desk cam"\n'))
        for words, there in (
                ("Front Cam (free)", told), ("taken: the first that works", told), ("Desk Cam (free)", told),
                ("not taken: another one comes first", told), ("MJPG 1280x720 30/1   <- taken", told),
                ("taken: desk cam is wished", wanted), ("not taken: desk cam is wished", wanted),
                ("YUYV 1280x720 15/2   <- taken", wanted)):
            if words not in there:
                raise Failed(f"{words} is not in: {there}")
        with open("/share/cameras.txt", "w") as file:
            file.write(f"{told}\n{wanted}")
        return "names, buses, modes, which would be taken and why, also of one that is configured"
    finally:
        first.quit()
        second.quit()


def random_round(seed, steps):
    """Everything that may happen, in any order; after each step the state is what it has to be."""
    dice = random.Random(seed)
    plugged, stalled, broken, scene, told = True, False, False, "a", []
    changed = time.monotonic()
    with Desk() as desk:
        def expected():
            if not plugged:
                return "lost"
            return "stalled" if stalled or broken else "live"
        desk.program.wait_text(TEXTS["a"], 0, 5)
        for _step in range(steps):
            choices = ["plug"] if not plugged else ["unplug", "scene", "scene"]
            choices += ["resume"] if stalled else ["stall"]
            choices += ["corrupt 0"] if broken else ["corrupt 1"]
            step = dice.choice(choices)
            before, mark, begun = expected(), desk.program.mark(), time.monotonic()
            command = step
            if step == "scene":
                # The code that comes back was away for so long that it is another appearance.
                time.sleep(max(0.0, changed + AWAY - time.monotonic()))
                scene, changed = "b" if scene == "a" else "a", time.monotonic()
                begun = changed
                command = f"dir {WORK}/{scene}"
            plugged = step == "plug" or (plugged and step != "unplug")
            stalled = step == "stall" or (stalled and step != "resume")
            broken = step == "corrupt 1" or (broken and step != "corrupt 0")
            desk.camera.tell(command)
            told.append(step)
            now = expected()
            try:
                # A camera that is plugged in frozen is opened, and told to be frozen two seconds later.
                desk.program.wait_state(now, LIMIT if now == "live" else LIMIT + STALL)
                if now == "live" and (before != "live" or step == "scene"):
                    desk.program.wait_text(TEXTS[scene], mark, 4)
                if now != "live":
                    late = desk.program.mark()
                    time.sleep(0.3)
                    if desk.program.texts_since(late):
                        raise Failed("something was read of a camera that is not live")
            except Failed as failed:
                raise Failed(f"seed {seed}, after {', '.join(told)} ({time.monotonic() - begun:.1f} s): {failed}") from None
    return f"seed {seed}: {', '.join(told)}"


def unplugs(count):
    """Pulled and plugged in again and again: nothing may pile up."""
    def body():
        slowest, first = 0.0, None
        with Desk() as desk:
            for number in range(count + 1):
                desk.camera.tell("unplug")
                desk.program.wait_state("lost", 3)
                begun = time.monotonic()
                desk.camera.tell("plug")
                desk.program.wait_state("live", LIMIT)
                slowest = max(slowest, time.monotonic() - begun)
                if number == 0:
                    time.sleep(2)
                    first = desk.program.facts()
            time.sleep(2)
            last = desk.program.facts()
        told = f"{count} times, the slowest heal {slowest:.2f} s; descriptors, threads, KiB after one {first}, after all {last}"
        if last[:2] != first[:2] or last[2] > first[2] + 4096:
            raise Failed(told)
        return told
    return body


def main():
    module("vhci-hcd")
    # Short frames are handed on, marked, as newer kernels do it.
    module("uvcvideo", "nodrop=1")
    table = Table(wanted=CASES)
    is_full = ROUND == "full"
    several_causes = [
        ("unplug", "plug", "lost"),
        ("stall", "resume", "stalled"),
        ("corrupt 1", "corrupt 0", "stalled"),
    ]
    damages = [
        ("empty 1", "empty 0", "stalled"),
        ("dir {WORK}/cut", "dir {WORK}/a", "stalled"),
        ("dir {WORK}/other-size", "dir {WORK}/a", "stalled"),
        ("dir {WORK}/no-picture", "dir {WORK}/a", "stalled"),
    ]
    table.case("pulled, frozen, damaged", several(several_causes))
    table.case("absent at start", absent_at_start)
    table.case("another program has it", busy)
    table.case("no permission", refused)
    table.case("no mode that can be taken", unusable)
    table.case("YUYV, short frames", round_trip("corrupt 1", "corrupt 0", "stalled", modes="yuyv:1280x720:30", simulator=f"{WORK}/uvcsim-short"))
    table.case("a rate that is a fraction", live_in(TEXTS["a"], "YUYV 1280x720 15/2", modes="yuyv:1280x720:7.5"))
    table.case("a code too small for the picture", more_pixels)
    if is_full:
        table.case("a machine that is too slow", slow_machine)
        table.case("listed", listed)
        table.case("empty, cut off, of another size, no picture", several(damages))
        table.case("replaced by another model", another_model)
        table.case("another number after a replug", other_number)
        table.case("two cameras, one wanted", two_cameras)
        table.case("two of one name", chosen_by_bus)
        table.case("stopped in a stall", restless_shutdown)
        table.case("GREY", live_in(TEXTS["a"], "GREY 1280x720", frames="grey", modes="yuyv:1280x720:30", simulator=f"{WORK}/uvcsim-grey"))
        table.case("NV12", live_in(TEXTS["a"], "NV12 1280x720", frames="nv12", modes="yuyv:1280x720:30", simulator=f"{WORK}/uvcsim-nv12"))
        table.case("left in a format that nokhwa does not know", left_odd)
        table.case("region, zoom and turn", region)
        table.case("not configured", symbologies)
        table.case("asleep, and woken", sleep)
    seed = int(SEED)
    for number in range(20 if is_full else 1):
        table.case(f"random {number + 1}", lambda: random_round(seed + number, 8 if is_full else 6))
    table.case("unplugs", unplugs(100 if is_full else 5))
    print(f"camera: {table.failed} failed", flush=True)
    return 1 if table.failed else 0


sys.exit(main())
