/** An HTTP GET as a port: what trackers and, later, web seeds need. */
export interface HttpRequest {
  /** `http:` or `https:`, absolute. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** For the whole exchange, redirects included. */
  readonly timeout: number
  /** The answer is cut off and refused beyond this. */
  readonly maxBytes: number
  /** Redirects followed at most; each target passes the same address rules. Default 3. */
  readonly maxRedirects?: number
  readonly signal?: AbortSignal
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface HttpClient {
  /** @throws an Error with code `ETIMEDOUT`, `TOO_LARGE`, `REDIRECT_REFUSED`, `ABORTED`, `OFFLINE` or a system code */
  get(request: HttpRequest): Promise<HttpResponse>
}
