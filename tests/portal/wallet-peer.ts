// What is at the other end when copies go into a wallet: a real authorization server, and a wallet that holds the
// portal to the contract?

import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import Ajv2020 from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from "jose";
import { Provider } from "oidc-provider";
import type { TestTls } from "./tls.js";
import { readYaml, type Yaml } from "./yaml.js";

const CONTRACT = new URL("../../../src/portal/wallet/contract.yaml", import.meta.url);

export const CLIENT = { id: "motcua-portal", secret: "a secret: 1+1=2 &%" } as const;

/** What the wallet does instead of its work with the next calls, one each. */
export type Trouble =
  | { readonly status: number; readonly retryAfterS?: number }
  /** The document is in the wallet, and the portal does not hear of it. */
  | "takeAndHangUp"
  /** The token is withdrawn before its time. */
  | "withdrawTokens";

export interface Put {
  readonly document: string;
  readonly key: string;
  readonly body: {
    readonly holder: { readonly value: string };
    readonly content: { readonly base64: string };
  };
}

type Json = Readonly<Record<string, Yaml>>;
const at = (value: Yaml, ...path: readonly string[]): Yaml =>
  path.reduce<Yaml>((inner, key) => (inner as Json)[key] ?? null, value);

/** JSON pointers of the contract, for the validator. */
const validators = () => {
  const contract = readYaml(readFileSync(CONTRACT, "utf8"));
  const ajv = new Ajv2020.default({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema({ $id: "contract", ...(contract as object) });
  const of = (name: string) => {
    const check = ajv.getSchema(`contract#/components/schemas/${name}`);
    if (check === undefined) throw new Error(`the contract has no ${name}`);
    return check;
  };
  const statuses = (path: string): ReadonlySet<number> =>
    new Set(Object.keys(at(contract, "paths", path, "put", "responses") as Json).map(Number));
  return {
    document: of("Document"),
    revocation: of("Revocation"),
    statuses: {
      put: statuses("/v1/documents/{document}"),
      revoke: statuses("/v1/documents/{document}/revocation"),
    },
  };
};

const tokenOf = (request: IncomingMessage): string =>
  /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );

export class WalletPeer {
  /** Each document that came, as often as it was taken. */
  readonly puts: Put[] = [];
  readonly revocations: { readonly document: string; readonly reason: string }[] = [];
  readonly troubles: Trouble[] = [];
  tokensIssued = 0;
  refusedTokens = 0;
  /** What of the portal's calls was not as the contract says. */
  readonly breaches: string[] = [];
  readonly #check = validators();
  readonly #authorization: Server;
  readonly #wallet: Server;
  #keys: ReturnType<typeof createLocalJWKSet> | null = null;
  readonly #withdrawn = new Set<string>();
  issuer = "";
  url = "";

  private constructor(tls: TestTls) {
    this.#authorization = createServer({ key: tls.key, cert: tls.cert });
    this.#wallet = createServer(
      { key: tls.key, cert: tls.cert },
      (request, response) => void this.#answer(request, response),
    );
  }

  static async start(tls: TestTls): Promise<WalletPeer> {
    const peer = new WalletPeer(tls);
    const port = await listen(peer.#authorization);
    peer.issuer = `https://localhost:${port}`;
    peer.url = `https://localhost:${await listen(peer.#wallet)}/api`;
    await peer.#setUp();
    return peer;
  }

  async close(): Promise<void> {
    for (const server of [this.#wallet, this.#authorization]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  async #setUp(): Promise<void> {
    const pair = await generateKeyPair("ES256", { extractable: true });
    const jwk = { ...(await exportJWK(pair.privateKey)), kid: "test", use: "sig", alg: "ES256" };
    const { d: _, ...publicJwk } = jwk as typeof jwk & { d?: string };
    this.#keys = createLocalJWKSet({ keys: [publicJwk] });
    const resource = this.url;
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          grant_types: ["client_credentials"],
          redirect_uris: [],
          response_types: [],
          token_endpoint_auth_method: "client_secret_basic",
          id_token_signed_response_alg: "ES256",
        },
      ],
      jwks: { keys: [jwk] },
      scopes: ["documents.write"],
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({
            scope: "documents.write",
            audience: resource,
            accessTokenFormat: "jwt",
            accessTokenTTL: 600,
            jwt: { sign: { alg: "ES256" } },
          }),
        },
      },
    });
    const callback = provider.callback();
    this.#authorization.on("request", (request, response) => {
      if (request.url === "/token")
        response.once("finish", () => {
          if (response.statusCode === 200) this.tokensIssued += 1;
        });
      callback(request, response);
    });
  }

  async #allowed(request: IncomingMessage): Promise<boolean> {
    const token = tokenOf(request);
    try {
      if (this.#keys === null) return false;
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer: this.issuer,
        audience: this.url,
        requiredClaims: ["exp"],
      });
      return payload["scope"] === "documents.write" && !this.#withdrawn.has(token);
    } catch {
      return false;
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const trouble = this.troubles.shift();
    if (trouble === "withdrawTokens") this.#withdrawn.add(tokenOf(request));
    if (!(await this.#allowed(request))) {
      this.refusedTokens += 1;
      response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' }).end();
      return;
    }
    if (typeof trouble === "object") {
      const headers = trouble.retryAfterS === undefined ? {} : { "retry-after": String(trouble.retryAfterS) };
      response.writeHead(trouble.status, headers).end();
      return;
    }
    const status = this.#take(request, body);
    if (trouble === "takeAndHangUp") request.socket.destroy();
    else response.writeHead(status, { "content-type": "application/json" }).end("{}");
  }

  #take(request: IncomingMessage, body: Buffer): number {
    const match = /^\/api\/v1\/documents\/([0-9a-f-]{36})(\/revocation)?$/.exec(request.url ?? "");
    const key = request.headers["idempotency-key"];
    const isJson = request.headers["content-type"] === "application/json";
    if (match?.[1] === undefined || request.method !== "PUT" || typeof key !== "string" || !isJson)
      return this.#breach(`${request.method} ${request.url}`);
    const [, document, revocation] = match;
    const json: unknown = JSON.parse(body.toString("utf8"));
    const check = revocation === undefined ? this.#check.document : this.#check.revocation;
    if (!check(json)) return this.#breach(JSON.stringify(check.errors));
    const status =
      revocation === undefined ? this.#put(document, key, json as Put["body"]) : this.#revoke(document, json);
    const { put, revoke } = this.#check.statuses;
    if (!(revocation === undefined ? put : revoke).has(status))
      throw new Error(`the contract has no ${status}`);
    return status;
  }

  #put(document: string, key: string, body: Put["body"]): number {
    const known = this.puts.find((put) => put.document === document);
    if (known !== undefined) return known.key === key ? 200 : 409;
    this.puts.push({ document, key, body });
    return 201;
  }

  #revoke(document: string, json: unknown): number {
    if (!this.puts.some((put) => put.document === document)) return 404;
    if (this.revocations.some((each) => each.document === document)) return 409;
    this.revocations.push({ document, reason: (json as { reason: string }).reason });
    return 200;
  }

  #breach(what: string): number {
    this.breaches.push(what);
    return 422;
  }
}
