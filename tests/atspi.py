#!/usr/bin/env python3
"""Walks every story of the demo as a screen reader would: by names, roles and actions over AT-SPI, and nothing else.

atspi.py STORIES SENTENCES: the stories' names, one a line; the sentences of the language, as `key = words` lines.
"""

import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

# Between two looks at the tree, and how long to look.
GAP, LIMIT = 0.05, 60
# The area that takes a touch: 12 mm of a panel of 1920 pixels on 345 mm; the display is one of these.
LEAST = 12 * 1920 / 345


def fail(words, tree=None):
    print(f"atspi: {words}", file=sys.stderr)
    for node in tree or []:
        print(f"    {node}", file=sys.stderr)
    sys.exit(1)


def sentences(path):
    """Message and attribute lines of a Fluent file: `key` and `key.do`."""
    found, key = {}, None
    for line in open(path, encoding="utf-8"):
        if line.startswith("    .do = "):
            found[f"{key}.do"] = line.split(" = ", 1)[1].strip()
        elif " = " in line and not line.startswith((" ", "#")):
            key, words = line.split(" = ", 1)
            found[key] = words.strip()
    return found


class Reader:
    """What is on the screen, as it is told over the bus."""

    def __init__(self):
        self.said = []
        listener = Atspi.EventListener.new(self.hear)
        for event in ("object:announcement", "object:property-change:accessible-name"):
            try:
                listener.register(event)
            except GLib.Error:
                pass
        self.listener = listener
        self.window = None

    def hear(self, event):
        if event.type.startswith("object:announcement"):
            self.said.append(str(event.any_data))

    def turn(self):
        """Lets the bus be heard for a moment."""
        context = GLib.MainContext.default()
        end = time.monotonic() + GAP
        while time.monotonic() < end:
            if not context.iteration(False):
                time.sleep(0.005)

    def find_program(self):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            desktop = Atspi.get_desktop(0)
            for at in range(desktop.get_child_count()):
                program = desktop.get_child_at_index(at)
                if program and program.get_name() == "coupon-kiosk":
                    # What is on the screen changes by itself: nothing is remembered.
                    program.set_cache_mask(Atspi.Cache.NONE)
                    self.window = program
                    return
            self.turn()
        fail("the program is not on the accessibility bus")

    def nodes(self):
        """Every node as (name, role, node); what goes away while it is looked at is passed over."""
        found, todo = [], [self.window]
        while todo:
            node = todo.pop()
            try:
                found.append((node.get_name() or "", node.get_role_name(), node))
                todo += [node.get_child_at_index(at) for at in range(node.get_child_count())]
            except GLib.Error:
                continue
            todo = [node for node in todo if node]
        return found

    def wait(self, what, is_there):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            nodes = self.nodes()
            found = is_there(nodes)
            if found:
                return found
            self.turn()
        fail(f"no {what} within {LIMIT} s", [node[:2] for node in self.nodes()])

    def key(self, name, is_enabled=True):
        def there(nodes):
            for known, role, node in nodes:
                if known == name and "button" in role:
                    states = node.get_state_set()
                    if not is_enabled or states.contains(Atspi.StateType.ENABLED):
                        return node
            return None

        return self.wait(f"key {name!r}", there)

    def press(self, name):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            try:
                if self.key(name).do_action(0):
                    return
            except GLib.Error:
                pass
            self.turn()
        fail(f"{name!r} cannot be pressed")

    def text(self, words):
        return self.wait(repr(words), lambda nodes: any(name == words for name, _, _ in nodes))

    def one_of(self, words):
        return self.wait(
            " or ".join(words), lambda nodes: next((name for name, _, _ in nodes if name in words), None)
        )

    def check(self, where):
        """Whatever can be pressed has a name, takes the focus, and is as large as a finger."""
        keys = 0
        for name, role, node in self.nodes():
            try:
                if "button" not in role:
                    continue
                if not name.strip():
                    fail(f"{where}: a key has no name")
                states = node.get_state_set()
                if not states.contains(Atspi.StateType.ENABLED):
                    continue
                if not states.contains(Atspi.StateType.FOCUSABLE):
                    fail(f"{where}: {name!r} takes no focus")
                place = node.get_extents(Atspi.CoordType.WINDOW)
                if min(place.width, place.height) < LEAST - 1:
                    fail(f"{where}: {name!r} has {place.width}x{place.height} pixels")
                keys += 1
            except GLib.Error:
                continue
        if not keys:
            fail(f"{where}: nothing can be pressed")
        return keys


def main():
    stories = open(sys.argv[1], encoding="utf-8").read().split()
    say = sentences(sys.argv[2])
    outcomes = [words for key, words in say.items() if key.startswith("outcome-")]
    reader = Reader()
    reader.find_program()
    reader.text(say["idle"])
    keys = reader.check("viewfinder")
    print(f"atspi: the viewfinder has {keys} keys, each with a name, the focus and 12 mm")
    # `queried` and the review say the same; the review is known by its key.
    ends = [words for words in outcomes if words != say["outcome-queried"]]
    for story in stories:
        reader.said.clear()
        reader.press(say[f"story-{story.replace('_', '-')}"])
        if story == "two_phones":
            reader.text(say["view-several"])
            reader.check("several codes")
            reader.press(say["sight"].replace("{ $number }", "2").replace("{ $count }", "2"))
        if story == "hand_off":
            # On the customer's own phone: the page's key, then his coupon.
            reader.text(say["page-choose-head"])
            reader.press(say["page-choose"])
            reader.text(say["handset-list"])
            reader.press("Free coffee")
        seen = reader.one_of([say["review-confirm"], *ends])
        if seen == say["review-confirm"]:
            reader.check(f"review of {story}")
            reader.press(seen)
            seen = reader.one_of(ends)
        # It takes no touch in its first moment.
        reader.key(say["back"])
        reader.check(f"outcome of {story}")
        reader.wait(
            f"announcement of {seen!r}",
            lambda _, seen=seen: any(words.startswith(seen) for words in reader.said),
        )
        print(f"atspi: {story}: {seen} (announced: {' | '.join(reader.said)})")
        reader.press(say["back"])
        reader.text(say["idle"])
    reader.press(say["keypad-open"])
    reader.text(say["keypad-title"])
    reader.check("keypad")
    for digit in "409632457895":
        reader.press(digit)
    reader.text("4096 3245 7895")
    reader.press(say["keypad-look-up"])
    seen = reader.one_of([say["review-confirm"], *ends])
    print(f"atspi: a code typed key by key: {seen}")
    print("atspi: all passed")


main()
