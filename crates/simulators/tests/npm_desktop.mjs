// A desktop on npm's socket.io-client: announces a printer, answers jobs and tests.
// Usage: node npm_desktop.mjs URL NAMESPACE TRANSPORT
import { createRequire } from "node:module";
const require = createRequire(new URL("../../../tests/node/package.json", import.meta.url));
const { io } = require("socket.io-client");

const [url, namespace, transport] = process.argv.slice(2);
const socket = io(url + namespace, {
  transports: [transport],
  auth: {
    licenseKey: "11111111-1111-4111-8111-111111111111",
    branchId: "branch-1",
    deviceId: "npm-1",
    instanceId: "npm-1",
    userRole: "desktop_app",
    appVersion: "0.0.1",
  },
});
const say = (line) => process.stdout.write(line + "\n");
socket.on("connect_error", (error) => say("connect_error " + error.message));
socket.on("disconnect", (reason) => say("disconnect " + reason));
socket.on("connection:error", (error) => say("refused " + error.code));
socket.on("connect", () => {
  socket.emit("printer:discovered", {
    id: "p1", name: "Till", type: "receipt", connection: "network", status: "online",
    capabilities: ["text", "cut"], branchId: "branch-1", discoveredBy: "npm-1", discoveryMethod: "manual",
  });
});
socket.on("print:job", (job) => {
  const base = { jobId: job.id, printerId: job.printerId };
  socket.emit("print:job:started", base);
  if (job.content === "fail") socket.emit("print:job:failed", { ...base, error: "no paper" });
  else socket.emit("print:job:completed", { ...base, success: true, length: (job.escposCommands ?? []).length });
});
socket.on("print:physical", (job) => socket.emit("print:physical:result", { jobId: job.id, success: true }));
socket.on("print:raw", (job) => socket.emit("print:raw:result", { printerName: job.printerName, success: false, error: "jam" }));
socket.on("printer:test", (test, ack) => {
  if (ack) ack({ received: true });
  socket.emit("printer:test:result", { printerId: test.printerId, correlationId: test.correlationId, success: true });
});
