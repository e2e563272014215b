/**
 * A passive tap on the way to one server: it carries TCP connections on byte by byte and writes down what passed, when, in which
 * direction, and from which address. It has no key, so it is where an observer on the path is.
 */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { nowUs } from "../clock.js";
import type { LiveServer } from "../transport/serve-protocol.js";
import type { TappedPiece } from "./observations.js";
import type { Lines } from "./write-lines.js";

/** Starts a tap. @param port 0 takes a free one. @param upstreamPort Of the server behind it, on this machine. */
export async function serveTap(port: number, upstreamPort: number, lines: Lines<TappedPiece>): Promise<LiveServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (near) => {
    const connection = connections++, source = near.remoteAddress ?? "", far = connect({ port: upstreamPort, host: "127.0.0.1", noDelay: true });
    carry(near, far, (bytes) => { lines.write({ atUs: nowUs(), source, connection, direction: "up", bytes }); });
    carry(far, near, (bytes) => { lines.write({ atUs: nowUs(), source, connection, direction: "down", bytes }); });
    for (const socket of [near, far]) sockets.add(socket.on("close", () => { sockets.delete(socket); }));
  });
  await new Promise<void>((resolve, reject) => { server.once("error", reject).listen(port, "127.0.0.1", resolve); });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => {
      server.close(() => { lines.close(); resolve(); });
      for (const socket of sockets) socket.destroy();
    }),
  };
}

/** Hands on, at the pace that the other side takes; one side that is gone takes the other with it. */
function carry(from: Socket, to: Socket, note: (base64: string) => void): void {
  from.on("data", (piece) => { note(piece.toString("base64")); }).on("error", () => { to.destroy(); }).on("close", () => { to.destroySoon(); });
  from.pipe(to);
}
