// A PrinterMaster-like gateway on the npm socket.io server, for tests that run the whole program.
//
//   node gateway.mjs '{"generation":"b","port":0}'
//
// stdout, one JSON object a line: first {"is":"listening","port":n}, then what happens:
//   {"is":"connected",sid,auth}  {"is":"disconnected",sid,reason}  {"is":"refused",sid}
//   {"is":"event",sid,name,args,acked}  {"is":"rest",path,body}
//   {"re":id,...} answers the command with that id; {"re":id,"error":text} if it failed.
// stdin: one command a line, {"id":n,"do":name,...}; see `commands`. End of stdin ends it.
// Bytes travel as {"$bytes":"<base64>"}. In commands, {"$repeat":[text,n]} stands for a long text and
// {"$nest":n} for lists in lists, so that large payloads need not cross the pipe.
//
// Options: port, generation ("a": no acknowledgements, no licence check at connect; "b": both; "c": as a),
//   licence (the one key that is valid; null: any), expires (until when it is; null: not said), validate ("answer" | "missing" | "hang"),
//   rest (true: the printer calls exist), onConnect ("keep" | "kick" | "close" | "drop"),
//   tls: {key, cert} (file names; without it there is no TLS), storm (so many connections get onConnect, those after it are kept), greet: [{event,args}] (to each connection).

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createInterface } from "node:readline";
import { Server } from "socket.io";

const options = {
  port: 0,
  generation: "c",
  licence: null,
  expires: null,
  validate: "answer",
  rest: true,
  onConnect: "keep",
  storm: Infinity,
  greet: [],
  ...JSON.parse(process.argv[2] ?? "{}"),
};
const BRANCH = { branchId: "branch-1", branchName: "Main", companyId: "company-1", companyName: "Platen Café" };

const say = (line) => process.stdout.write(JSON.stringify(pack(line)) + "\n");

function pack(value) {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(pack);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pack(item)]));
  return value;
}

function unpack(value) {
  if (Array.isArray(value)) return value.map(unpack);
  if (!value || typeof value !== "object") return value;
  if (typeof value.$bytes === "string") return Buffer.from(value.$bytes, "base64");
  if (value.$repeat) return value.$repeat[0].repeat(value.$repeat[1]);
  if (value.$nest) {
    let nested = [];
    for (let depth = 1; depth < value.$nest; depth++) nested = [nested];
    return nested;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]));
}

// ---- REST ----

const isLicensed = (key) => options.licence === null || key === options.licence;

const calls = {
  "/api/v1/printer-licenses/validate": (body) =>
    isLicensed(body.licenseKey)
      ? {
          success: true,
          message: "License validated successfully",
          data: {
            id: "licence-1", licenseKey: body.licenseKey, status: "active", ...BRANCH,
            deviceId: body.deviceInfo?.deviceId, features: [], maxPrinters: 10,
            ...(options.expires ? { expiresAt: options.expires } : {}),
          },
        }
      : { success: false, error: "License not found", code: 404 },
  "/api/v1/printers/register": (body) => ({
    success: true, registeredCount: body.printers?.length ?? 0, printers: [], ...BRANCH, message: "ok",
  }),
  "/api/v1/printing/printers/heartbeat": (body) => ({
    success: true, message: "ok", updated: body.printers?.length ?? 0,
  }),
};

function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function rest(request, response) {
  if (request.url.startsWith("/socket.io")) return;
  let text = "";
  for await (const part of request) text += part;
  const body = text === "" ? {} : JSON.parse(text);
  say({ is: "rest", path: request.url, body });
  const isValidate = request.url.endsWith("/validate");
  if (isValidate && options.validate === "hang") return;
  const isMissing = isValidate ? options.validate === "missing" : !options.rest;
  if (isMissing || !calls[request.url]) return answer(response, 404, { message: "Cannot POST", statusCode: 404 });
  answer(response, 201, calls[request.url](body));
}

// ---- Socket.IO ----

const { tls } = options;
const http = tls
  ? createTlsServer({ key: readFileSync(tls.key), cert: readFileSync(tls.cert) }, rest)
  : createServer(rest);
const io = new Server(http, { maxHttpBufferSize: 1_000_000, transports: ["websocket", "polling"] });
const namespace = io.of("/printing-ws");
let connections = 0;

namespace.on("connection", (socket) => {
  const auth = socket.handshake.auth ?? {};
  connections += 1;
  say({ is: "connected", sid: socket.id, auth });
  socket.on("disconnect", (reason) => say({ is: "disconnected", sid: socket.id, reason }));
  socket.onAny((name, ...args) => {
    const ack = typeof args.at(-1) === "function" ? args.pop() : null;
    say({ is: "event", sid: socket.id, name, args, acked: ack !== null });
    if (ack && options.generation === "b") ack({ received: true });
    if (name === "join:branch") {
      socket.join(`branch_${args[0]?.branchId}`);
      socket.emit("branch:joined", { branchId: args[0]?.branchId, timestamp: new Date().toISOString() });
    }
  });
  if (options.generation === "b" && !isLicensed(auth.licenseKey)) {
    say({ is: "refused", sid: socket.id });
    socket.emit("connection:error", { code: "LICENSE_INVALID", message: `licence ${auth.licenseKey} is not valid` });
    return socket.disconnect(true);
  }
  if (auth.branchId) socket.join(`branch_${auth.branchId}`);
  if (auth.userRole === "desktop_app") socket.join("desktops");
  socket.emit("desktop:connected", {
    message: "connected", timestamp: new Date().toISOString(), branchId: auth.branchId, deviceId: auth.deviceId,
  });
  for (const { event, args } of options.greet) socket.emit(event, ...unpack(args ?? []));
  if (connections > options.storm) return;
  if (options.onConnect === "kick") socket.disconnect(false);
  if (options.onConnect === "close") socket.disconnect(true);
  if (options.onConnect === "drop") socket.conn.close();
});

const sockets = () => [...namespace.sockets.values()];
const engines = () => sockets().map((socket) => socket.conn);

const commands = {
  set: ({ options: changed }) => void Object.assign(options, changed),
  // To every desktop: {"do":"emit","event":name,"args":[...]}
  emit: ({ event, args = [] }) => void namespace.to("desktops").emit(event, ...unpack(args)),
  // Many events in one go: {"do":"burst","events":[[name, arg], ...]}
  burst: ({ events }) => events.forEach(([event, arg]) => namespace.to("desktops").emit(event, unpack(arg))),
  // With acknowledgement, to the first socket: {"do":"ask","event":name,"args":[...],"timeout":ms}
  ask: ({ event, args = [], timeout = 5000 }) =>
    new Promise((resolve, reject) => {
      const [socket] = sockets();
      if (!socket) return reject(new Error("nobody is connected"));
      const done = (error, ...answers) => (error ? reject(error) : resolve({ answer: answers }));
      socket.timeout(timeout).emit(event, ...unpack(args), done);
    }),
  kick: ({ close = false }) => sockets().forEach((socket) => socket.disconnect(close)),
  drop: () => engines().forEach((engine) => engine.close()),
  reset: () => engines().forEach((engine) => engine.transport.socket._socket.resetAndDestroy()),
  // A raw websocket frame: {"do":"raw","text":...} or {"do":"raw","bytes":base64}
  raw: ({ text, bytes }) =>
    engines().forEach((engine) => engine.transport.socket.send(unpack(text) ?? Buffer.from(bytes, "base64"))),
  // Bytes below the websocket protocol.
  wire: ({ bytes }) =>
    engines().forEach((engine) => engine.transport.socket._socket.write(Buffer.from(bytes, "base64"))),
};

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const command = JSON.parse(line);
    try {
      const run = commands[command.do];
      if (!run) throw new Error(`unknown command ${command.do}`);
      say({ re: command.id, ...((await run(command)) ?? {}) });
    } catch (error) {
      say({ re: command.id, error: String(error?.message ?? error) });
    }
  })
  .on("close", () => process.exit(0));

http.on("error", (error) => {
  say({ is: "failed", error: error.message });
  process.exit(1);
});
http.listen(options.port, "127.0.0.1", () => say({ is: "listening", port: http.address().port }));
