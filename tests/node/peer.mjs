// The peer of the benchmark: a small printing agent as they are usually written. It stores nothing.
//
//   node peer.mjs '{"gateway":"http://127.0.0.1:3001","printers":{"Counter":9100}}'
//
// Each print:job goes to its printer over a TCP connection of its own, one job at a time for each printer, because a
// receipt printer serves one connection at a time. When the printer has taken all bytes and closed, the gateway is told.
// stdout: {"is":"online"} at every connect. End of stdin ends it.

import { connect } from "node:net";
import { io } from "socket.io-client";

const { gateway, printers } = JSON.parse(process.argv[2]);
const socket = io(`${gateway}/printing-ws`, {
  transports: ["websocket"],
  auth: { userRole: "desktop_app", deviceId: "peer", instanceId: "peer", appVersion: "peer" },
});

function print(port, bytes) {
  return new Promise((resolve, reject) => {
    const printer = connect({ port, host: "127.0.0.1", noDelay: true }, () => printer.end(bytes));
    printer.on("data", () => {});
    printer.on("error", reject);
    printer.on("close", resolve);
  });
}

const queues = new Map(Object.entries(printers).map(([name, port]) => [name, { port, jobs: [], busy: false }]));

async function work(queue) {
  if (queue.busy) return;
  queue.busy = true;
  for (let job = queue.jobs.shift(); job; job = queue.jobs.shift()) {
    const told = { jobId: job.id, printerId: job.printerId, timestamp: new Date().toISOString() };
    try {
      await print(queue.port, Buffer.from(job.escposCommands));
      socket.emit("print:job:completed", { ...told, success: true });
    } catch (error) {
      socket.emit("print:job:failed", { ...told, error: error.message });
    }
  }
  queue.busy = false;
}

socket.on("print:job", (job) => {
  const queue = queues.get(job.printerId);
  if (!queue) return;
  queue.jobs.push(job);
  void work(queue);
});

socket.on("connect", () => process.stdout.write('{"is":"online"}\n'));
process.stdin.resume().on("end", () => process.exit(0));
