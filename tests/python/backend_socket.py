"""A Backend-Socket server on Flask-SocketIO.

    python backend_socket.py threading|gevent PORT      (0: a free one)

Tells on stdout what happens, one JSON object a line: {"is":"listening","port"}, {"is":"connected","sid","session_id",
"username","nipt","transport"}, {"is":"disconnected","sid"}, {"is":"event","name","args"}. Obeys lines on stdin:

    {"id", "do": "emit", "event", "args"}               to every client
    {"id", "do": "emit_json", "event", "text"}           what that JSON is to Python
    {"id", "do": "burst", "event", "all": [...], "every_ms"}   one payload after the other, so far apart
    {"id", "do": "kick"}                                 ends every session
    {"id", "do": "set", "options": {"refuse": bool}}     turns clients away from now on, or lets them in again
"""

import json
import os
import sys
import threading

MODE = sys.argv[1]
if MODE == "gevent":
    from gevent import monkey

    monkey.patch_all()

import socket
import time

# Not used here, and half of the time that a start takes.
sys.modules["aiohttp"] = None

from flask import Flask, request
from flask_socketio import ConnectionRefusedError, SocketIO

app = Flask(__name__)
server = SocketIO(app, async_mode=MODE, cors_allowed_origins="*")
options = {"refuse": False}
sids = set()
out = threading.Lock()


def say(**line):
    with out:
        print(json.dumps(line, default=list), flush=True)


@server.on("connect")
def connect(auth=None):
    if options["refuse"]:
        # As servers do: it quotes what it refuses.
        raise ConnectionRefusedError(f"this printer is not known: {request.args.get('session_id')}")
    who = {name: request.args.get(name) for name in ("session_id", "username", "nipt", "transport")}
    sids.add(request.sid)
    say(**{"is": "connected", "sid": request.sid, "auth": auth, **who})
    server.emit("status", {"message": f"Connected as {who['username']}"}, to=request.sid)


@server.on("disconnect")
def disconnect(reason=None):
    sids.discard(request.sid)
    say(**{"is": "disconnected", "sid": request.sid})


@server.on("print_response")
def print_response(*args):
    say(**{"is": "event", "name": "print_response", "args": args})


def obey(command):
    match command["do"]:
        case "emit":
            server.emit(command["event"], tuple(command["args"]))
        case "emit_json":
            # What Rust's JSON cannot carry, and Python's can.
            server.emit(command["event"], json.loads(command["text"]))
        case "burst":
            for payload in command["all"]:
                server.emit(command["event"], payload)
                time.sleep(command["every_ms"] / 1000)
        case "kick":
            for sid in list(sids):
                server.server.disconnect(sid)
        case "set":
            options.update(command["options"])


def next_line():
    if MODE == "gevent":
        import gevent

        return gevent.get_hub().threadpool.apply(sys.stdin.readline)
    return sys.stdin.readline()


def listen_to_stdin():
    while line := next_line():
        command = json.loads(line)
        try:
            obey(command)
            say(re=command["id"])
        except Exception as error:
            say(re=command["id"], error=repr(error))
    # Not a clean end on purpose: nothing here is worth waiting for.
    os._exit(0)


def tell_when_listening(port):
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return say(**{"is": "listening", "port": port})
        except OSError:
            time.sleep(0.01)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


port = int(sys.argv[2]) or free_port()
server.start_background_task(listen_to_stdin)
server.start_background_task(tell_when_listening, port)
server.run(app, host="127.0.0.1", port=port, allow_unsafe_werkzeug=True)
