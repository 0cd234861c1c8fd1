"""Odoo's "TW Possible Print Driver" as the till sees it, on Werkzeug: dispatches its two routes as Odoo 17 does.

    python odoo.py PORT [CERT KEY]      (port 0: a free one; with a certificate it speaks TLS)

A route of type "json" in Odoo 17 takes a request whose Content-Type is application/json and whose body is a JSON-RPC
object, also with GET; it calls the controller with `params`, and answers {"jsonrpc", "id", "result"}. Anything else is
HTTP 400. A route of type "http" answers with the controller's own JSON.

Tells on stdout what happens, one JSON object a line: {"is":"listening","port"}, {"is":"asked","code","ids"},
{"is":"acked","uuid","status","message","authorised"}, {"is":"garbage","body"} once such a body has been handed out. Obeys lines on stdin:

    {"id", "do": "queue", "jobs": [{"uuid", "printer_code", "payload_type", "payload_base64"}, …]}   oldest first
    {"id", "do": "states"}                            answers {"states": {uuid: "pending"|"printing"|"done"|"error"}}
    {"id", "do": "set", "options": {…}}
        token       what has to be shown
        dispatch    "rpc" or "http"
        refuse      null, or "https_required", "unauthorized", "not_found": the answer to everything
        answer_acks false: the ack is stored, and the answer is lost (HTTP 502)
        garbage     null, or a body that is sent instead of the list of jobs
        again       true: jobs are handed out again whatever became of them
"""

import json
import logging
import os
import sys
import threading

from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

out = threading.Lock()
state = threading.Lock()
jobs = []  # [{"uuid", …, "state"}], oldest first
options = {
    "token": "odoo-token",
    "dispatch": "rpc",
    "refuse": None,
    "answer_acks": True,
    "garbage": None,
    "again": False,
}
routes = Map(
    [
        Rule("/tw/print/jobs", endpoint="list", methods=["GET"]),
        Rule("/tw/print/jobs/<uuid>/ack", endpoint="ack", methods=["POST"]),
        Rule("/shop/tw/print/jobs", endpoint="list", methods=["GET"]),
        Rule("/shop/tw/print/jobs/<uuid>/ack", endpoint="ack", methods=["POST"]),
    ]
)


def say(**line):
    with out:
        print(json.dumps(line), flush=True)


def authorised(request):
    return request.headers.get("Authorization") == f"Bearer {options['token']}"


def list_jobs(request, params):
    """The controller behind GET /tw/print/jobs."""
    if not authorised(request):
        return {"error": "unauthorized"}
    code = params.get("printer_code") or request.args.get("printer_code")
    with state:
        if not any(job["printer_code"] == code for job in jobs) and code.startswith("unknown"):
            return {"error": "not_found"}
        wanted = [job for job in jobs if job["printer_code"] == code]
        if not options["again"]:
            wanted = [job for job in wanted if job["state"] == "pending"]
        page = wanted[::-1][:20]
        for job in page:
            job["state"] = "printing"
    say(**{"is": "asked", "code": code, "ids": [job["uuid"] for job in page]})
    fields = ("uuid", "printer_code", "payload_type", "payload_base64")
    return {"jobs": [{name: job[name] for name in fields if name in job} for job in page]}


def ack(request, params, uuid):
    """The controller behind POST /tw/print/jobs/<uuid>/ack."""
    status, message = params.get("status"), params.get("message")
    known = [job for job in jobs if job["uuid"] == uuid]
    if authorised(request) and known:
        known[0]["state"] = "done" if status == "success" else "error"
    say(**{"is": "acked", "uuid": uuid, "status": status, "message": message, "authorised": authorised(request)})
    if not authorised(request):
        return {"error": "unauthorized"}
    return {"ok": True} if known else {"error": "not_found"}


def dispatch(request):
    """As Odoo 17: the content type decides, and has to be the route's own."""
    endpoint, arguments = routes.bind_to_environ(request.environ).match()
    if options["dispatch"] == "rpc":
        if request.mimetype not in ("application/json", "application/json-rpc"):
            raise BadRequest("Request inferred type is http, but the route is json")
        try:
            body = json.loads(request.get_data())
            params, id = dict(body.get("params") or {}), body.get("id")
        except (ValueError, AttributeError, TypeError):
            raise BadRequest("Invalid JSON data")
        wrap = lambda result: {"jsonrpc": "2.0", "id": id, "result": result}
    else:
        body = request.get_json(silent=True) or {}
        params, wrap = {name: body[name] for name in body if name != "params"}, lambda result: result
    if options["refuse"]:
        return wrap({"error": options["refuse"]})
    if endpoint == "list":
        if options["garbage"] is not None:
            say(**{"is": "garbage", "body": options["garbage"]})
            return options["garbage"]
        return wrap(list_jobs(request, params))
    result = ack(request, params, **arguments)
    return wrap(result) if options["answer_acks"] else None


@Request.application
def application(request):
    try:
        answer = dispatch(request)
    except HTTPException as error:
        return error
    if answer is None:
        return Response("bad gateway", status=502)
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return Response(text, content_type="application/json")


def obey(command):
    match command["do"]:
        case "queue":
            with state:
                jobs.extend({**job, "state": "pending"} for job in command["jobs"])
        case "states":
            with state:
                return {"states": {job["uuid"]: job["state"] for job in jobs}}
        case "set":
            options.update(command["options"])
    return {}


def listen_to_stdin():
    while line := sys.stdin.readline():
        command = json.loads(line)
        try:
            say(re=command["id"], **obey(command))
        except Exception as error:
            say(re=command["id"], error=repr(error))
    # Not a clean end on purpose: nothing here is worth waiting for.
    os._exit(0)


logging.getLogger("werkzeug").setLevel(logging.ERROR)
tls = (sys.argv[2], sys.argv[3]) if len(sys.argv) > 3 else None
server = make_server("127.0.0.1", int(sys.argv[1]), application, threaded=True, ssl_context=tls)
threading.Thread(target=listen_to_stdin, daemon=True).start()
say(**{"is": "listening", "port": server.port})
server.serve_forever()
