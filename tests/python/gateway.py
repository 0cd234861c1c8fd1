"""A PrinterMaster-like gateway on python-socketio and aiohttp: the little of `tests/node/gateway.mjs` that one
happy path needs, with the same lines on stdout and the commands "emit" and "kick" on stdin.
"""

import asyncio
import json
import os
import sys

import socketio
from aiohttp import web

NAMESPACE = "/printing-ws"


def say(**line):
    print(json.dumps(line, default=list), flush=True)


async def validate(request):
    body = await request.json()
    say(**{"is": "rest", "path": request.path, "body": body})
    data = {"licenseKey": body["licenseKey"], "branchId": "branch-1", "branchName": "Main"}
    return web.json_response({"success": True, "data": data, "message": "ok"}, status=201)


async def main():
    server = socketio.AsyncServer(async_mode="aiohttp", namespaces=[NAMESPACE])
    app = web.Application()
    app.router.add_post("/api/v1/printer-licenses/validate", validate)
    server.attach(app)

    @server.on("connect", namespace=NAMESPACE)
    async def connect(sid, environ, auth):
        say(**{"is": "connected", "sid": sid, "auth": auth})

    @server.on("disconnect", namespace=NAMESPACE)
    async def disconnect(sid, reason=None):
        say(**{"is": "disconnected", "sid": sid})

    @server.on("*", namespace=NAMESPACE)
    async def anything(event, sid, *args):
        say(**{"is": "event", "sid": sid, "name": event, "args": args})

    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    say(**{"is": "listening", "port": site._server.sockets[0].getsockname()[1]})

    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command = json.loads(line)
        if command["do"] == "emit":
            await server.emit(command["event"], *command["args"], namespace=NAMESPACE)
        say(re=command["id"])
    # Not a clean end on purpose: nothing here is worth waiting for.
    sys.stdout.flush()
    os._exit(0)


asyncio.run(main())
