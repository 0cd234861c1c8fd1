// A Socket.IO server that a test controls line by line.
//
//   node server.mjs '{"namespace":"/printing-ws","pingInterval":300}'
//
// stdout: one JSON object per line. First {"is":"listening","port":n}, then what happens:
//   {"is":"connected",sid,auth,query,recovered}  {"is":"disconnected",sid,reason}
//   {"is":"event",sid,name,args,wantsAck}        {"is":"refused",auth}
//   {"re":id,...} is the answer to the command with that id; {"re":id,"error":text} if it failed.
// stdin: one command per line, {"id":n,"do":name,...}; see `commands` below. End of stdin ends the server.
// Bytes travel as {"$bytes":"<base64>"} in both directions, at any depth.
//
// Options (all may be left out): host, port, namespace, path, pingInterval, pingTimeout, maxPayload,
//   recovery (true: connection state recovery), tls {key, cert} (file names),
//   onConnect: "keep" | "kick" | "close" | "drop" (what happens to each new connection),
//   greet: [{event, args}] (sent to each new connection),
//   licence: the only licenseKey let in (null: any), refusal: "connect_error" | "event",
//   refusalPayload: what a refusal carries, ackless: true (never acknowledge).

import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Server } from "socket.io";

const options = {
  host: "127.0.0.1",
  port: 0,
  namespace: "/printing-ws",
  path: "/socket.io",
  pingInterval: 25_000,
  pingTimeout: 20_000,
  maxPayload: 1_000_000,
  recovery: false,
  onConnect: "keep",
  greet: [],
  licence: null,
  refusal: "connect_error",
  refusalPayload: { code: "LICENSE_INVALID", message: "the licence is not valid" },
  ackless: false,
  ...JSON.parse(process.argv[2] ?? "{}"),
};

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
  if (value && typeof value === "object") {
    if (typeof value.$bytes === "string") return Buffer.from(value.$bytes, "base64");
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]));
  }
  return value;
}

const http = options.tls
  ? createTlsServer({ key: readFileSync(options.tls.key), cert: readFileSync(options.tls.cert) })
  : createServer();

const io = new Server(http, {
  path: options.path,
  pingInterval: options.pingInterval,
  pingTimeout: options.pingTimeout,
  maxHttpBufferSize: options.maxPayload,
  ...(options.recovery ? { connectionStateRecovery: { skipMiddlewares: true } } : {}),
});
const namespace = io.of(options.namespace);
const isLicensed = (socket) => options.licence === null || socket.handshake.auth?.licenseKey === options.licence;

namespace.use((socket, next) => {
  if (isLicensed(socket) || options.refusal !== "connect_error") return next();
  say({ is: "refused", auth: socket.handshake.auth });
  const error = new Error(options.refusalPayload.message);
  error.data = options.refusalPayload;
  next(error);
});

namespace.on("connection", (socket) => {
  const { auth, query } = socket.handshake;
  say({ is: "connected", sid: socket.id, auth, query, recovered: socket.recovered });
  socket.on("disconnect", (reason) => say({ is: "disconnected", sid: socket.id, reason }));
  socket.onAny((name, ...args) => {
    const ack = typeof args.at(-1) === "function" ? args.pop() : null;
    say({ is: "event", sid: socket.id, name, args, wantsAck: ack !== null });
    if (ack && !options.ackless) ack(...args);
  });
  if (!isLicensed(socket)) {
    say({ is: "refused", auth });
    socket.emit("connection:error", options.refusalPayload);
    return socket.disconnect(true);
  }
  for (const { event, args } of options.greet) socket.emit(event, ...unpack(args ?? []));
  if (options.onConnect === "kick") socket.disconnect(false);
  if (options.onConnect === "close") socket.disconnect(true);
  if (options.onConnect === "drop") socket.conn.close();
});

const sockets = () => [...namespace.sockets.values()];
const engines = () => sockets().map((socket) => socket.conn);

const commands = {
  // Changes options while the server runs: {"do":"set","options":{...}}
  set: ({ options: changed }) => void Object.assign(options, changed),
  // To everyone: {"do":"emit","event":name,"args":[...],"times":n,"volatile":true}
  emit: ({ event, args = [], times = 1, volatile = false }) => {
    const target = volatile ? namespace.volatile : namespace;
    for (let n = 0; n < times; n++) target.emit(event, ...(times > 1 ? [n] : []), ...unpack(args));
    return { sockets: sockets().length };
  },
  // With acknowledgement, to the first socket: {"do":"ask","event":name,"args":[...],"timeout":ms}
  ask: async ({ event, args = [], timeout = 2000 }) => {
    const answer = await new Promise((resolve, reject) => {
      const [socket] = sockets();
      if (!socket) return reject(new Error("nobody is connected"));
      socket
        .timeout(timeout)
        .emit(event, ...unpack(args), (error, ...answer) => (error ? reject(error) : resolve(answer)));
    });
    return { answer };
  },
  // DISCONNECT packet, without or with a close behind it: {"do":"kick","close":false}
  kick: ({ close = false }) => sockets().forEach((socket) => socket.disconnect(close)),
  // Orderly close of the connection, no DISCONNECT packet.
  drop: () => engines().forEach((engine) => engine.close()),
  // TCP reset.
  reset: () => engines().forEach((engine) => engine.transport.socket._socket.resetAndDestroy()),
  // A raw websocket frame: {"do":"raw","text":...} or {"do":"raw","bytes":base64}
  raw: ({ text, bytes }) =>
    engines().forEach((engine) => engine.transport.socket.send(text ?? Buffer.from(bytes, "base64"))),
  sockets: () => ({ sockets: sockets().map((socket) => ({ sid: socket.id, auth: socket.handshake.auth })) }),
  stop: () => setImmediate(() => process.exit(0)),
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
http.listen(options.port, options.host, () => say({ is: "listening", port: http.address().port }));
