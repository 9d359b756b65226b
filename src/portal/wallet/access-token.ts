// With which token does the portal speak to a wallet, and when is a new one needed?
//
// OAuth 2.0 client credentials (RFC 6749, 4.4); the authorization server's metadata are read from its issuer
// (RFC 8414 or OpenID Connect Discovery).
import {
  type AuthorizationServer,
  ClientSecretBasic,
  clientCredentialsGrantRequest,
  customFetch,
  discoveryRequest,
  processClientCredentialsResponse,
  processDiscoveryResponse,
} from "oauth4webapi";
import type { Clock } from "../../core/clock.js";
import type { HttpsFetch } from "./https-fetch.js";

export interface TokenOptions {
  /** https://…, exactly as the authorization server names itself. */
  readonly issuer: string;
  readonly discovery: "oauth2" | "oidc";
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  /** RFC 8707: for whom the token is; absent: the server decides. */
  readonly resource?: string;
}

/** A token is not used in its last moments: it would end on the way. */
const MARGIN_MS = 30_000;
const DEFAULT_LIFE_MS = 300_000;

export class AccessToken {
  readonly #options: TokenOptions;
  readonly #fetch: HttpsFetch;
  readonly #clock: Clock;
  #server: AuthorizationServer | null = null;
  #token: { readonly value: string; readonly untilMs: number } | null = null;

  constructor(options: TokenOptions, fetch: HttpsFetch, clock: Clock) {
    this.#options = options;
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** Rejects when the server gives none. */
  async get(signal: AbortSignal): Promise<string> {
    if (this.#token !== null && this.#clock.monotonicMs() < this.#token.untilMs) return this.#token.value;
    const { clientId, clientSecret, scope, resource } = this.#options;
    const server = await this.#discover(signal);
    const client = { client_id: clientId };
    const askedAtMs = this.#clock.monotonicMs();
    const response = await clientCredentialsGrantRequest(
      server,
      client,
      ClientSecretBasic(clientSecret),
      { scope, ...(resource !== undefined && { resource }) },
      {
        signal,
        [customFetch]: (url, { body, method, headers }) =>
          this.#fetch(url, { method, headers, body: body.toString(), signal }),
      },
    );
    const answer = await processClientCredentialsResponse(server, client, response);
    const lifeMs = answer.expires_in === undefined ? DEFAULT_LIFE_MS : answer.expires_in * 1000;
    this.#token = { value: answer.access_token, untilMs: askedAtMs + lifeMs - MARGIN_MS };
    return answer.access_token;
  }

  /** It was refused: the next `get` asks for another. */
  forget(): void {
    this.#token = null;
  }

  async #discover(signal: AbortSignal): Promise<AuthorizationServer> {
    if (this.#server !== null) return this.#server;
    const issuer = new URL(this.#options.issuer);
    const response = await discoveryRequest(issuer, {
      algorithm: this.#options.discovery,
      signal,
      [customFetch]: (url, { method, headers }) => this.#fetch(url, { method, headers, signal }),
    });
    this.#server = await processDiscoveryResponse(issuer, response);
    return this.#server;
  }
}
