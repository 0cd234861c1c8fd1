"""Calls tills as other systems do, several calls at once: Python requests, each on a thread of its own.

Tells on stdout what happens, one JSON object a line: {"is": "listening", "port": 0}, {"is": "answered", "number", …} with what
caller.py says of a call. Obeys lines on stdin: {"id", "do": "call", "number", …} begins such a call.
"""

import json
import os
import sys
import threading

from caller import call

out = threading.Lock()


def say(**line):
    with out:
        print(json.dumps(line), flush=True)


def carry_out(order):
    say(**{"is": "answered", "number": order["number"], **call(order)})


say(**{"is": "listening", "port": 0})
for line in sys.stdin:
    order = json.loads(line)
    threading.Thread(target=carry_out, args=(order,), daemon=True).start()
    say(re=order["id"])
# Not a clean end on purpose: nothing here is worth waiting for.
os._exit(0)
