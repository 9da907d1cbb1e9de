/** An RPC endpoint as people write it down: a URL, perhaps with credentials in it, perhaps trusted. */

export interface EndpointConfig {
  /** http, https, ws or wss; a user and password in it are sent as basic authentication and never shown. */
  readonly url: string;
  /** Whether its word alone is proof: an own node, or the devnet. Default false. */
  readonly trusted?: boolean | undefined;
}

/** What is needed to speak to an endpoint. */
export interface EndpointAddress {
  /** http or https, without credentials; its path and query may still hold an API key. */
  readonly httpUrl: string;
  /** The same with ws or wss and `/websocket` at its end. */
  readonly websocketUrl: string;
  readonly authorization: string | undefined;
  /** Host and port only, fit to be shown. */
  readonly label: string;
}

/** Host and port only: paths, queries and credentials of an endpoint URL may be secret API keys. */
export const endpointLabel = (url: string): string => new URL(url).host;

const decoded = (part: string): string => decodeURIComponent(part);

/** @throws TypeError on a URL that is none */
export const endpointAddress = (text: string): EndpointAddress => {
  const url = new URL(text);
  const { username, password } = url;
  const secret = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  url.username = '';
  url.password = '';
  const isSafe = url.protocol === 'https:' || url.protocol === 'wss:';
  url.protocol = isSafe ? 'https:' : 'http:';
  const httpUrl = url.href;
  url.protocol = isSafe ? 'wss:' : 'ws:';
  url.pathname = `${url.pathname.replace(/\/$/, '')}/websocket`;
  return {
    httpUrl,
    websocketUrl: url.href,
    authorization: username === '' && password === '' ? undefined : `Basic ${secret}`,
    label: url.host,
  };
};
