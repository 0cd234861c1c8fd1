"""Calls a till as other systems do: Python requests. One JSON line in, one JSON line out."""

import base64
import contextlib
import json
import resource
import select
import socket
import sqlite3
import ssl
import sys
import threading
import time

import requests
import urllib3

urllib3.disable_warnings()


def call(order):
    """One request. `json` goes out as such, `text` as it is, `base64` decoded, `size` as so many bytes; `verify` is a file or false."""
    body = order.get("text", "x" * order.get("size", 0)).encode() or None
    if "base64" in order:
        body = base64.b64decode(order["base64"])
    began = time.monotonic()
    try:
        answer = requests.request(
            order.get("method", "POST"),
            order["url"],
            headers=order.get("headers"),
            json=order.get("json"),
            data=None if "json" in order else body,
            verify=order.get("verify", False),
            timeout=order.get("timeout", 10),
        )
    except requests.RequestException as error:
        seconds = time.monotonic() - began
        return {"failed": type(error).__name__, "why": str(error), "seconds": seconds}
    try:
        said = answer.json()
    except ValueError:
        said = answer.text
    head = {name.lower(): value for name, value in answer.headers.items()}
    seconds = time.monotonic() - began
    return {"status": answer.status_code, "body": said, "head": head, "seconds": seconds}


def follow(order, events):
    """Server-sent events until the stream ends, in order: the name of each, and its data as JSON; `comments` counts the others."""
    comments, name = 0, None
    limits = {"stream": True, "verify": False, "timeout": order.get("timeout", 20)}
    try:
        with requests.get(order["url"], headers=order["headers"], **limits) as answer:
            if answer.status_code != 200:
                return {"status": answer.status_code, "body": answer.json()}
            for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    events.append({"event": name, "data": json.loads(line.removeprefix("data: "))})
                elif line.startswith(":"):
                    comments += 1
            status, kind = answer.status_code, answer.headers["content-type"]
    except requests.RequestException as error:
        return {"failed": type(error).__name__, "events": events}
    return {"status": status, "kind": kind, "events": events, "comments": comments}


def trickle(order):
    """Says this (as Latin-1 text), then a byte a second of what it promised, until it is answered; gives the answer."""
    with socket.create_connection((order["host"], order["port"]), timeout=1) as connection:
        connection.sendall(order["says"].encode("latin-1"))
        for _ in range(60):
            try:
                if heard := connection.recv(4096):
                    return {"heard": heard.decode("latin-1")}
                return {"heard": ""}
            except TimeoutError:
                connection.sendall(b"x")
    return {"heard": None}


def flood(order):
    """The same request again and again; how often each status came."""
    with requests.Session() as session:
        calls = {"headers": order["headers"], "timeout": 10, "verify": False}
        statuses = [session.post(order["url"], **calls).status_code for _ in range(order["times"])]
    return {"statuses": {str(status): statuses.count(status) for status in set(statuses)}}


def hold(order, held):
    """Connections that say this (as Latin-1 text) and nothing more, kept open; `from` is an address of this computer."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for _ in range(order["times"]):
        source = (order["from"], 0) if "from" in order else None
        place = (order["host"], order["port"])
        connection = socket.create_connection(place, timeout=10, source_address=source)
        if order.get("tls"):
            connection = context.wrap_socket(connection)
        try:
            connection.sendall(order["says"].encode("latin-1"))
        except OSError:
            pass  # It is closed already.
        held.append(connection)
    return {"held": len(held)}


def alive(held):
    """How many of the held connections are not closed by the other side."""
    waits = select.poll()
    for connection in held:
        waits.register(connection, select.POLLRDHUP)
    return {"alive": len(held) - len(waits.poll(0))}


def hear(held):
    """What the held connections were told until they were closed."""
    said = []
    for connection in held:
        connection.settimeout(30)
        text = b""
        try:
            while piece := connection.recv(4096):
                text += piece
        except OSError:
            pass
        said.append(text.decode("latin-1"))
    held.clear()
    return {"heard": said}


def count(order):
    """How many rows a table of a till's journal has."""
    with contextlib.closing(sqlite3.connect(f"file:{order['file']}?mode=ro", uri=True)) as journal:
        return {"rows": journal.execute(f"SELECT count(*) FROM {order['table']}").fetchone()[0]}


def main():
    held, waiting = [], []
    print(json.dumps({"is": "ready"}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "begin":
            answers, events = [], []
            follows = lambda order, events=events: follow(order, events)
            way = {"follow": follows, "trickle": trickle}.get(order.get("way"), call)
            work = lambda order=order, answers=answers, way=way: answers.append(way(order))
            thread = threading.Thread(target=work)
            thread.start()
            waiting.append((thread, answers, events))
            answer = {"is": "begun"}
        elif order["do"] == "so far":
            answer = {"events": list(waiting[-1][2])}
        elif order["do"] == "end":
            thread, answers, _ = waiting.pop()
            thread.join()
            answer = answers[0]
        elif order["do"] == "follow":
            answer = follow(order, [])
        elif order["do"] == "flood":
            answer = flood(order)
        elif order["do"] == "hold":
            answer = hold(order, held)
        elif order["do"] == "alive":
            answer = alive(held)
        elif order["do"] == "count":
            answer = count(order)
        elif order["do"] == "hear":
            answer = hear(held)
        else:
            answer = call(order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
