// How does a bank's gateway look from here: a process of its own that tells of transfers by the contract, over TLS?
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { createInterface, type Interface } from "node:readline";
import { createServer, type Server } from "node:tls";
import { fileURLToPath } from "node:url";
import type { Errand, Report } from "./bank-process.js";
import type { TestTls } from "./tls.js";

const PROGRAM = fileURLToPath(new URL("./bank-process.js", import.meta.url));

/** What ends TLS before the portal, as a proxy does in service. */
class Front {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(tls: TestTls, portalUrl: string): Promise<Front> {
    const { port } = new URL(portalUrl);
    const server = createServer({ key: tls.key, cert: tls.cert, minVersion: "TLSv1.2" }, (socket) => {
      const inner = connect(Number(port), "127.0.0.1");
      const end = () => {
        socket.destroy();
        inner.destroy();
      };
      socket.on("error", end).on("close", end);
      inner.on("error", end).on("close", end);
      socket.pipe(inner).pipe(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Front(server);
  }

  get url(): string {
    return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }
}

export class BankGateway {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  private constructor(child: ChildProcess, lines: Interface) {
    this.#child = child;
    this.#lines = lines;
  }

  static async with(
    tls: TestTls,
    portalUrl: string,
    act: (bank: BankGateway) => Promise<void>,
  ): Promise<void> {
    const front = await Front.open(tls, portalUrl);
    const child = spawn(process.execPath, ["--enable-source-maps", PROGRAM, front.url, tls.caFile], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (child.stdout === null) throw new Error("no pipe");
    const bank = new BankGateway(child, createInterface({ input: child.stdout }));
    try {
      await act(bank);
    } finally {
      child.kill("SIGKILL");
      front.close();
    }
  }

  /** What the gateway heard. Throws when either side did not keep to the contract. */
  async tell(errand: Errand): Promise<Report> {
    const heard = once(this.#lines, "line");
    this.#child.stdin?.write(`${JSON.stringify(errand)}\n`);
    const [line] = (await heard) as [string];
    const report = JSON.parse(line) as Report;
    if (report.breaches.length > 0) throw new Error(report.breaches.join("; "));
    return report;
  }
}
