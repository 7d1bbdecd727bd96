#!/usr/bin/env python3
"""tests/drop.py WINDOW TYPE [REPEAT]: drags what comes on standard input, REPEAT times over, onto a window and drops it.

All of XDND's messages as a file manager sends them (version 5), over the middle of the window. Prints the word of the
window: `accepted` or `rejected`.
"""

import select
import sys
import time

from Xlib import X, Xatom, display
from Xlib.protocol import event

PATIENCE = 10
MOST = 100_000

window_id, kind, repeat = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1
data = sys.stdin.buffer.read() * repeat

screen = display.Display()
root = screen.screen().root
target = screen.create_resource_object("window", window_id)
source = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)


def atom(name):
    return screen.intern_atom(name)


def send(message, *longs):
    longs = [source.id, *longs] + [0] * (4 - len(longs))
    told = event.ClientMessage(window=target, client_type=atom(message), data=(32, longs))
    target.send_event(told)
    screen.flush()


def give(request):
    """Whoever was dropped on asks for what was dropped."""
    # No request may be as long as the longest of these.
    mode = X.PropModeReplace
    for at in range(0, len(data), MOST):
        part = data[at : at + MOST]
        request.requestor.change_property(request.property, request.target, 8, part, mode=mode)
        mode = X.PropModeAppend
    told = event.SelectionNotify(
        time=request.time,
        requestor=request.requestor,
        selection=request.selection,
        target=request.target,
        property=request.property,
    )
    request.requestor.send_event(told)
    screen.flush()


def wait(*messages):
    """The first long of one of these messages; what is asked for meanwhile is given."""
    wanted = {atom(message) for message in messages}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if not screen.pending_events():
            select.select([screen], [], [], 0.05)
            continue
        told = screen.next_event()
        if told.type == X.SelectionRequest:
            give(told)
        elif told.type == X.ClientMessage and told.client_type in wanted:
            return told.data[1]
    sys.exit(f"no {messages} within {PATIENCE} s")


assert target.get_full_property(atom("XdndAware"), Xatom.ATOM) is not None, "it takes no drops at all"
source.set_selection_owner(atom("XdndSelection"), X.CurrentTime)
place = target.get_geometry()
middle = (place.width // 2) << 16 | place.height // 2
send("XdndEnter", 5 << 24, atom(kind))
for _ in range(3):
    send("XdndPosition", 0, middle, X.CurrentTime, atom("XdndActionCopy"))
    is_accepted = wait("XdndStatus")[1] & 1
send("XdndDrop", 0, X.CurrentTime)
wait("XdndFinished")
print("accepted" if is_accepted else "rejected")
