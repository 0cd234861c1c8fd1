"""A small Socket.IO server on python-socketio and aiohttp.

    python server.py [NAMESPACE]

Prints one JSON object per line: {"is":"listening","port":n}, then {"is":"connected","auth":...},
{"is":"event","name":...,"args":[...]} (bytes as lists of numbers) and {"is":"answer","args":...}.
On connect it sends "hello" {"from":"python"}, then asks "question" (1, "two") and prints the answer;
every event it receives is acknowledged with its own arguments. End of stdin ends it.
"""

import asyncio
import json
import os
import sys

import socketio
from aiohttp import web

NAMESPACE = sys.argv[1] if len(sys.argv) > 1 else "/"


def say(**line):
    print(json.dumps(line, default=list), flush=True)


async def main():
    server = socketio.AsyncServer(async_mode="aiohttp", namespaces=[NAMESPACE])
    app = web.Application()
    server.attach(app)

    async def greet(sid):
        await server.emit("hello", {"from": "python"}, to=sid, namespace=NAMESPACE)
        answer = await server.call("question", (1, "two"), to=sid, namespace=NAMESPACE, timeout=5)
        say(**{"is": "answer", "args": answer})
        await server.emit("bytes", bytes(range(256)), to=sid, namespace=NAMESPACE)

    @server.on("connect", namespace=NAMESPACE)
    async def connect(sid, environ, auth):
        say(**{"is": "connected", "auth": auth})
        server.start_background_task(greet, sid)

    @server.on("*", namespace=NAMESPACE)
    async def anything(event, sid, *args):
        say(**{"is": "event", "name": event, "args": args})
        return args

    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    say(**{"is": "listening", "port": site._server.sockets[0].getsockname()[1]})
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    # Not a clean end on purpose: nothing here is worth waiting for.
    sys.stdout.flush()
    os._exit(0)


asyncio.run(main())
